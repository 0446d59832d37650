"""The world a protected case plays in: no real system is in it, and no action can be done.

Its one rule: what is not frozen is sealed. A system of kind `model` is asked live; every other is
the stand-in that the workflow's own `frozen_systems` makes of the file, or cannot be asked at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from interlock.contracts import ActionFunction, LoadedWorkflow, StepFunction
from interlock.domain.protected import ProtectedCase
from interlock.errors import InterlockError
from interlock.runtime.workflow import Workflow

MODEL: Final = "model"


class CannotPlay(InterlockError):
    """A protected case cannot be played to an answer, so nothing is known of it."""

    code = "cannot_play"

    def __init__(self, why: str, remedy: str) -> None:
        super().__init__(why, remedy)
        self.why, self.remedy = why, remedy

    def __str__(self) -> str:
        return f"{self.why}; {self.remedy}"


class Sealed:
    """Stands where a real system would be. Whoever asks it anything gets an error."""

    def __init__(self, name: str) -> None:
        self.__dict__["_name"] = name

    def __getattr__(self, asked: str) -> Any:
        raise CannotPlay(
            f"system {self.__dict__['_name']} was asked for {asked!r} and is not frozen",
            "write what it holds under systems:",
        )

    def __setattr__(self, name: str, value: Any) -> None:
        self.__getattr__(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenWorld:
    """The workflow as a protected case sees it. sealed: the systems that cannot be asked."""

    workflow: Workflow
    sealed: frozenset[str]

    def cannot_call(self, function: str) -> str | None:
        """The sealed system a step's function asks for, or None when it can be called."""
        record = self.workflow.loaded.functions.steps.get(function)
        asked = [each.name for each in record.parameters] if record else []
        return next((name for name in asked if name in self.sealed), None)


def models_of(loaded: LoadedWorkflow, settings: Mapping[str, str]) -> dict[str, Any]:
    """The workflow's live models, made by its own factory from these settings."""
    factory = loaded.functions.systems
    wanted = {name for name, each in loaded.contract.systems.items() if each.kind == MODEL}
    if factory is None or not wanted:
        return {}
    return {name: each for name, each in factory(settings).items() if name in wanted}


def frozen_world(
    loaded: LoadedWorkflow, case: ProtectedCase, models: Mapping[str, Any], folder: Path
) -> FrozenWorld:
    """The world of one case; `folder` is its own and is thrown away. Raises: CannotPlay."""
    described = _described(loaded, case, folder)
    names = {*loaded.contract.systems, *described}
    known = {**models, **described}
    systems = {name: known.get(name, Sealed(name)) for name in names}
    functions = loaded.functions
    inert = {name: _inert(each) for name, each in functions.actions.items()}
    steps = functions.steps
    if case.document is None:  # its fields are no document a step could read
        steps = {name: _without_document(each) for name, each in steps.items()}
    still = replace(loaded, functions=replace(functions, steps=steps, actions=inert))
    return FrozenWorld(
        workflow=Workflow(loaded=still, systems=systems),
        sealed=frozenset(name for name in names if name not in known),
    )


def _described(loaded: LoadedWorkflow, case: ProtectedCase, folder: Path) -> Mapping[str, Any]:
    if not case.systems:
        return {}
    factory = loaded.functions.frozen_systems
    if factory is None:
        raise CannotPlay(
            "it says what systems hold, and the code has no frozen_systems",
            "write def frozen_systems(said, folder), as the documentation shows",
        )
    try:
        return dict(factory(case.systems, folder))
    except Exception as crash:
        raise CannotPlay(
            f"its systems could not be made: {type(crash).__name__}: {crash}",
            "correct systems: in the case, or frozen_systems in the code",
        ) from crash


def _without_document(step: StepFunction) -> StepFunction:
    """The step's function without the document, where it can do without one."""
    kept = tuple(
        each for each in step.parameters if each.name != "document" or not each.has_default
    )
    return replace(step, parameters=kept)


def _inert(action: ActionFunction) -> ActionFunction:
    """The action without anything that could be called; its name and its receipt's type stay."""
    return replace(
        action, function=_never_called, compensate=None, verify=None, state=None, parameters=()
    )


def _never_called(**_: Any) -> Any:
    """What stands where an action would be: reaching it would be a mistake of ours."""
    raise CannotPlay("an action was called", "no action may run here; report this as a bug")
