"""Steps: what each mode needs so that a person can stand behind it.

An AI step or a human one without owner, evidence, time and escalation is a person in name only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from interlock.contracts.draft import AI_MODES, Draft
from interlock.contracts.problem import Problem, did_you_mean, nearest
from interlock.contracts.shape_steps import StepShape
from interlock.domain.contract import FallbackMode, StepMode, TaskVerb

PERSON_NEEDS: Final = {
    "escalation_target": "write escalation_target: and who decides when nobody answers",
    "max_response_minutes": "write max_response_minutes: and the time people have, as in 240",
    "evidence_required": "write evidence_required: and what the reviewer must see",
}
AI_NEEDS: Final = {
    **PERSON_NEEDS,
    "fallback": "write fallback: {mode: human_review}, or a deterministic_path with its step",
}


def problems(draft: Draft) -> Iterator[Problem]:
    """What steps lack, and what contradicts their mode."""
    yield from _double_names(draft)
    for place, step in draft.steps:
        if step.mode in AI_MODES:
            yield from _missing(draft, place, step, AI_NEEDS)
            yield from _ai_problems(draft, place, step)
        elif step.mode is StepMode.HUMAN_OWNED:
            yield from _missing(draft, place, step, PERSON_NEEDS)
        if step.fallback is not None:
            yield from _fallback_problems(draft, place, step)
    yield from _never_automate_problems(draft)


def _double_names(draft: Draft) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for place, step in draft.steps:
        if step.step_name in first:
            line = draft.document.line("steps", first[step.step_name], "step_name")
            message = f'there are two steps "{step.step_name}", the first on line {line}'
            yield draft.problem(("steps", place, "step_name"), message, "rename one of the two")
        first.setdefault(step.step_name, place)
        if step.step_name in (draft.case_name, "end", "arguments"):
            message = f'step "{step.step_name}" has a name that means something else'
            yield draft.problem(("steps", place, "step_name"), message, "call it what it does")


def _missing(draft: Draft, place: int, step: StepShape, needs: dict[str, str]) -> Iterator[Problem]:
    for key, remedy in needs.items():
        if not getattr(step, key) and not draft.was_refused("steps", place, key):
            message = f'{step.mode} step "{step.step_name}" has no "{key}"'
            yield draft.problem(("steps", place), message, remedy)


def _ai_problems(draft: Draft, place: int, step: StepShape) -> Iterator[Problem]:
    name = step.step_name
    refused = draft.was_refused("steps", place, "confidence")
    if step.mode is StepMode.AGENTIC and step.confidence is None and not refused:
        message = f'agentic step "{name}" has no "confidence"'
        remedy = "write confidence: {accept_at: 0.92}, the line a proposal must reach"
        yield draft.problem(("steps", place), message, remedy)
    if not step.task_boundary and not draft.was_refused("steps", place, "task_boundary"):
        message = f'{step.mode} step "{name}" has no "task_boundary"'
        verbs = ", ".join(TaskVerb)
        yield draft.warning(("steps", place), message, f"list what the AI may do, out of: {verbs}")
    if step.mode is StepMode.ASSISTIVE and TaskVerb.EXECUTE in step.task_boundary:
        message = f'assistive step "{name}" lists execute, but an assistive step only suggests'
        path = ("steps", place, "task_boundary")
        yield draft.warning(path, message, "remove execute, or write mode: agentic")


def _fallback_problems(draft: Draft, place: int, step: StepShape) -> Iterator[Problem]:
    fallback, path = step.fallback, ("steps", place, "fallback")
    if fallback is None:
        return
    if fallback.mode is FallbackMode.DETERMINISTIC_PATH:
        if fallback.step is None:
            message = f'fallback of step "{step.step_name}" is a deterministic path without a step'
            yield draft.problem(path, message, "write step: and the function that needs no AI")
        else:
            yield from _fallback_function_problems(draft, place, step, fallback.step)
    elif fallback.step is not None:
        message = f'fallback of step "{step.step_name}" names a step, but {fallback.mode} uses none'
        remedy = "write mode: deterministic_path, or remove step"
        yield draft.warning((*path, "step"), message, remedy)


def _fallback_function_problems(
    draft: Draft, place: int, step: StepShape, name: str
) -> Iterator[Problem]:
    path = ("steps", place, "fallback", "step")
    of_mode = {each.step_name: each.mode for _, each in draft.steps}
    function = draft.functions.steps.get(name) if draft.functions else None
    if of_mode.get(name) in AI_MODES or (function is not None and function.returns_proposal):
        message = f'fallback "{name}" of step "{step.step_name}" needs the AI itself'
        yield draft.problem(path, message, "name a function that works when the AI is off")
    elif draft.functions is not None and function is None:
        message = f'fallback of step "{step.step_name}" is "{name}", which has no function'
        known = [n for n, f in draft.functions.steps.items() if not f.returns_proposal]
        close = nearest(name, known)
        found = draft.functions.steps[close] if close else None
        remedy = (
            f'did you mean "{close}" ({found.file}:{found.line})?'
            if found
            else f"write @step def {name}(…) beside the other steps"
        )
        yield draft.problem(path, message, remedy)


def _never_automate_problems(draft: Draft) -> Iterator[Problem]:
    steps = {step.step_name: (place, step) for place, step in draft.steps}
    for number, name in enumerate(draft.shape.never_automate):
        path = ("never_automate", number)
        place, step = steps.get(name, (0, None))
        if step is not None and step.mode not in (StepMode.HUMAN_OWNED, None):
            message = f'step "{name}" is on the never_automate list but its mode is {step.mode}'
            yield draft.problem(("steps", place, "mode"), message, "write mode: human_owned")
        if name in draft.shape.actions:
            message = f'action "{name}" is on the never_automate list'
            remedy = "remove it from the list or from the actions; a person does it by hand"
            yield draft.problem(path, message, remedy)
        elif step is None and nearest(name, [*steps, *draft.shape.actions]):
            known = [*steps, *draft.shape.actions]
            message = f'never_automate has "{name}", which is no step and no action'
            yield draft.problem(path, message, did_you_mean(name, known, ""))
