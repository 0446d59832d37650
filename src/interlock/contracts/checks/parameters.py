"""Parameters: whatever a function asks for exists by the time it is called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from interlock.contracts.draft import Draft
from interlock.contracts.functions import (
    ActionFunction,
    Parameter,
    StepFunction,
    WorkflowFunctions,
)
from interlock.contracts.problem import Problem, nearest
from interlock.contracts.shape_steps import StepShape

FOR_STEPS: Final = frozenset({"document", "now"})
FOR_REMEDIES: Final = FOR_STEPS | {"exception"}
FOR_ACTIONS: Final = frozenset({"document", "now", "idempotency_key"})
FOR_COMPENSATIONS: Final = FOR_ACTIONS | {"receipt"}
FOR_STATES: Final = FOR_STEPS


def problems(draft: Draft) -> Iterator[Problem]:
    """Every parameter that nothing produces in time."""
    functions = draft.functions
    if functions is None:
        return
    for place, step in draft.steps:
        yield from _step_problems(draft, functions, place, step)
    for route in draft.shape.exceptions:
        remedy = functions.steps.get(route.remedy or "")
        if remedy is not None and remedy.name not in draft.step_names:
            known = {*draft.outputs_before(len(draft.shape.steps)), *FOR_REMEDIES}
            yield from _unknown(draft, remedy, remedy.parameters, known)
    for name, action in functions.actions.items():
        yield from _action_problems(draft, functions, name, action)
    yield from _shared_outputs(draft)


def _step_problems(
    draft: Draft, functions: WorkflowFunctions, place: int, step: StepShape
) -> Iterator[Problem]:
    before = draft.outputs_before(place)
    fallback = step.fallback.step if step.fallback else None
    for name in (step.step_name, fallback):
        function = functions.steps.get(name or "")
        if function is not None:
            known = {*before, *FOR_STEPS}
            yield from _unknown(draft, function, function.parameters, known)
            yield from _sometimes_absent(draft, step, function, before)


def _action_problems(
    draft: Draft, functions: WorkflowFunctions, name: str, action: ActionFunction
) -> Iterator[Problem]:
    users = [(place, step) for place, step in draft.steps if name in step.actions]
    asks = (functions.steps.get(step.step_name) for _, step in users)
    if not users or any(step is not None and step.may_ask_for_actions for step in asks):
        return  # what the case does not give comes with the request
    place, step = users[0]
    earlier = step.model_copy(update={"actions": step.actions[: step.actions.index(name)]})
    own = (*draft.produced_by(step), *draft.receipts_of(earlier))
    outputs = {*draft.outputs_before(place), *own}
    offered = (
        (action, FOR_ACTIONS),
        (action.compensate, FOR_COMPENSATIONS),
        (action.verify, FOR_ACTIONS),
        (action.state, FOR_STATES),
    )
    for function, names in offered:
        if function is not None:
            yield from _unknown(draft, function, function.parameters, outputs | names)


def _unknown(
    draft: Draft,
    function: StepFunction | ActionFunction,
    parameters: Iterable[Parameter],
    offered: set[str],
) -> Iterator[Problem]:
    known = {draft.case_name, *offered, *draft.shape.systems}
    for parameter in parameters:
        name = parameter.name
        if name in known or parameter.has_default or name.startswith("*"):
            continue
        message = f'"{function.name}" needs "{name}", which nothing gives it'
        remedy = _Remedy(draft, name, known).text()
        yield Problem(file=function.file, line=function.line, message=message, remedy=remedy)


@dataclass(frozen=True, slots=True)
class _Remedy:
    draft: Draft
    name: str
    known: set[str]

    def text(self) -> str:
        later = self.draft.outputs_before(len(self.draft.shape.steps))
        if self.name in later:
            step = self.draft.shape.steps[later[self.name]].step_name
            return f'step "{step}" gives it, so put that step before'
        if self.name in self.draft.case_fields:
            case = self.draft.case_name
            return f"take {case} and read {case}.{self.name}"
        close = nearest(self.name, sorted(self.known))
        if close:
            return f'did you mean "{close}"?'
        return f"add a step that gives it, or declare it under systems ({self.draft.file})"


def _sometimes_absent(
    draft: Draft, step: StepShape, function: StepFunction, before: dict[str, int]
) -> Iterator[Problem]:
    """A needed output of a step that may be skipped."""
    for parameter in function.parameters:
        giver = draft.shape.steps[before[parameter.name]] if parameter.name in before else None
        if giver is None or giver.when in (None, step.when) or parameter.has_default:
            continue
        if "None" in str(parameter.annotation) or "Optional" in str(parameter.annotation):
            continue
        message = f'"{function.name}" needs "{parameter.name}", but step "{giver.step_name}" '
        message += f"is skipped unless {giver.when}"
        remedy = f"give {parameter.name} a default, or both steps the same condition"
        yield Problem(
            file=function.file,
            line=function.line,
            message=message,
            remedy=remedy,
            severity="warning",
        )


def _shared_outputs(draft: Draft) -> Iterator[Problem]:
    giver: dict[str, str] = {}
    for place, step in draft.steps:
        for name in draft.produced_by(step):
            taken = _taken_by(draft, step, name)
            if taken is not None:
                message = f'step "{step.step_name}" gives "{name}", which is also {taken}'
                remedy = 'write @step(produces="another_name") at its function'
                yield draft.warning(("steps", place), message, remedy)
            elif giver.get(name, step.step_name) != step.step_name:
                message = f'steps "{giver[name]}" and "{step.step_name}" both give "{name}"'
                remedy = 'later steps see the last one, so name one with @step(produces="…")'
                yield draft.warning(("steps", place), message, remedy)
            giver[name] = step.step_name


def _taken_by(draft: Draft, step: StepShape, name: str) -> str | None:
    """What else the name of an output stands for; None when it is the output's alone."""
    if name in draft.shape.systems:
        return "a system"
    if name in draft.case_fields:
        return "a field of the case"
    function = draft.functions.steps.get(step.step_name) if draft.functions else None
    enriches = draft.functions and function and function.value_type is draft.functions.case_model
    return "the case" if name == draft.case_name and not enriches else None
