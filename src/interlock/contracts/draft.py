"""A contract being checked: its shape, its lines, and its code when that could be loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any, Literal

from interlock.contracts.case_model import fields_of
from interlock.contracts.functions import WorkflowFunctions, model_fields
from interlock.contracts.places import named
from interlock.contracts.problem import Problem
from interlock.contracts.reading import Document, Path
from interlock.contracts.shape import ContractShape
from interlock.contracts.shape_steps import StepShape
from interlock.domain.contract import StepMode

AI_MODES = (StepMode.ASSISTIVE, StepMode.AGENTIC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Everything a check may look at. `functions` is None when the code could not be loaded.

    case_name: what steps and conditions call the case.
    """

    file: str
    folder: FilePath
    document: Document
    shape: ContractShape
    case_name: str
    functions: WorkflowFunctions | None = None
    refused: frozenset[Path] = frozenset()  # values already reported and taken out

    def was_refused(self, *path: str | int) -> bool:
        """True when something was written there but has been reported and taken out."""
        return any(each[: len(path)] == path for each in self.refused)

    def problem(
        self,
        path: Path,
        message: str,
        remedy: str,
        severity: Literal["error", "warning"] = "error",
    ) -> Problem:
        """A problem at a path of the contract."""
        line = self.document.line(*path)
        return Problem(file=self.file, line=line, message=message, remedy=remedy, severity=severity)

    def warning(self, path: Path, message: str, remedy: str) -> Problem:
        """A problem that does not stop the workflow from being loaded."""
        return self.problem(path, message, remedy, "warning")

    def named(self, *path: str | int) -> str:
        """A path in a person's words, e.g. `owner of step "match"`."""
        return named(self.document, path)

    @property
    def steps(self) -> Iterator[tuple[int, StepShape]]:
        """(place, step) of every step that has a name."""
        return ((n, step) for n, step in enumerate(self.shape.steps) if step.step_name)

    @property
    def step_names(self) -> tuple[str, ...]:
        return tuple(step.step_name for _, step in self.steps)

    @property
    def groups(self) -> frozenset[str]:
        """Every group that has at least one person."""
        return frozenset(g for person in self.shape.people.values() for g in person.groups)

    @property
    def case_fields(self) -> tuple[str, ...]:
        """The case's field names; none when its model is not known."""
        return tuple(fields_of(self.functions.case_model)) if self.functions else ()

    def outputs_before(self, place: int, *, included: bool = False) -> dict[str, int]:
        """Every name an earlier step's output or receipt is known by, with that step's place.

        included: also the outputs of the step at `place`, which its own actions may use.
        """
        found: dict[str, int] = {}
        for number, step in self.steps:
            if number < place or (included and number == place):
                names = (*self.produced_by(step), *self.receipts_of(step))
                found.update(dict.fromkeys(names, number))
        return found

    def produced_by(self, step: StepShape) -> tuple[str, ...]:
        """The names a step's output is known by; none when it gives nothing."""
        function = self.functions.steps.get(step.step_name) if self.functions else None
        if step.mode is StepMode.HUMAN_OWNED:
            return (step.step_name,)  # what the person decides; a function is never called
        if function is not None:
            return function.produces
        return () if step.actions else (step.step_name,)

    def receipts_of(self, step: StepShape) -> tuple[str, ...]:
        """The names the receipts of a step's actions are known by to the steps after it."""
        known = self.functions.actions if self.functions else {}
        return tuple(
            name for each in step.actions if each in known for name in known[each].produces
        )

    def output_fields(self) -> Mapping[str, frozenset[str]]:
        """The field names of every case and output whose type is a Pydantic model."""
        found: dict[str, frozenset[str]] = {}
        if self.functions:
            found[self.case_name] = frozenset(self.case_fields)
            for name, value_type in self.output_types().items():
                fields = model_fields(value_type)
                if fields is not None:
                    computed = getattr(value_type, "model_computed_fields", {})
                    found[name] = frozenset({*fields, *computed})
        return found

    def output_types(self) -> dict[str, Any]:
        """The annotated type of every step's output and of every action's receipt, by name."""
        if self.functions is None:
            return {}
        steps, actions = self.functions.steps, self.functions.actions
        coded = [steps[name] for name in self.step_names if name in steps]
        found = {name: step.value_type for step in coded for name in step.produces}
        return found | {n: each.returns for each in actions.values() for n in each.produces}
