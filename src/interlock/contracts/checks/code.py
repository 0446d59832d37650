"""Contract and code agree: every step has its function, every function its step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from interlock.contracts.draft import AI_MODES, Draft
from interlock.contracts.functions import StepFunction, WorkflowFunctions
from interlock.contracts.problem import Problem, nearest
from interlock.contracts.shape_steps import StepShape
from interlock.domain.contract import StepMode


def problems(draft: Draft) -> Iterator[Problem]:
    """Steps without a function, functions without a step, and modes their function breaks."""
    functions = draft.functions
    if functions is None:
        return
    for place, step in draft.steps:
        found = functions.steps.get(step.step_name)
        if found is None:
            yield from _absent(draft, functions, place, step)
        else:
            yield from _mode_problems(draft, place, step, found)
            yield from _fallback_type_problems(draft, functions, place, step, found)
    yield from _unused(draft, functions)


def _absent(
    draft: Draft, functions: WorkflowFunctions, place: int, step: StepShape
) -> Iterator[Problem]:
    if step.mode in (None, StepMode.HUMAN_OWNED):
        return
    if step.mode is StepMode.DETERMINISTIC and step.actions:
        return
    close = nearest(step.step_name, functions.steps)
    found = functions.steps[close] if close else None
    remedy = (
        f'did you mean "{close}" ({found.file}:{found.line})?'
        if found
        else f"write @step def {step.step_name}(…) in {draft.shape.module[0]}.py"
    )
    message = f'step "{step.step_name}" has no function'
    yield draft.problem(("steps", place, "step_name"), message, remedy)


def _mode_problems(
    draft: Draft, place: int, step: StepShape, found: StepFunction
) -> Iterator[Problem]:
    path, where = ("steps", place, "mode"), f"({found.file}:{found.line})"
    name = step.step_name
    if step.mode in AI_MODES and not found.returns_proposal:
        message = f'{step.mode} step "{name}" does not return a Proposal {where}'
        yield draft.problem(path, message, "write -> Proposal[…] at its function and return one")
    elif step.mode is StepMode.DETERMINISTIC and found.returns_proposal:
        message = f'deterministic step "{name}" returns a Proposal {where}'
        yield draft.problem(path, message, "write mode: assistive or agentic, or return the value")
    elif step.mode is StepMode.HUMAN_OWNED and found.returns_proposal:
        message = f'step "{name}" is human_owned but its function proposes {where}'
        yield draft.problem(path, message, "remove the function; a model can never do this step")
    elif step.mode is StepMode.HUMAN_OWNED:
        message = f'step "{name}" is human_owned, so its function is never called {where}'
        yield draft.warning(path, message, "remove the function, or change the mode")


def _fallback_type_problems(
    draft: Draft,
    functions: WorkflowFunctions,
    place: int,
    step: StepShape,
    found: StepFunction,
) -> Iterator[Problem]:
    name = step.fallback.step if step.fallback else None
    fallback = functions.steps.get(name) if name else None
    if fallback is None:
        return
    gives, wanted = fallback.value_type, found.value_type
    if _known(gives) and _known(wanted) and not issubclass(gives, wanted):
        message = f'fallback "{name}" gives {gives.__name__}, step "{step.step_name}" gives '
        message += wanted.__name__
        remedy = f"return {wanted.__name__} ({fallback.file}:{fallback.line})"
        yield draft.problem(("steps", place, "fallback", "step"), message, remedy)


def _known(value_type: Any) -> bool:
    return isinstance(value_type, type) and not getattr(value_type, "__args__", None)


def _unused(draft: Draft, functions: WorkflowFunctions) -> Iterator[Problem]:
    wanted = _names_with_lines(draft)
    without = [name for name in wanted if name not in functions.steps]
    for name, function in functions.steps.items():
        if name in wanted:
            continue
        close = nearest(name, without)
        remedy = (
            f'did you mean "{close}" ({draft.file}:{wanted[close]})?'
            if close
            else f"add a step, a fallback or a remedy of that name to {draft.file}, or remove @step"
        )
        yield Problem(
            file=function.file,
            line=function.line,
            message=f'function "{name}" has no step',
            remedy=remedy,
        )
    yield from _systems_factory_problems(draft, functions)


def _names_with_lines(draft: Draft) -> dict[str, int]:
    """Every function the contract speaks of, with the line where it does."""
    line, found = draft.document.line, dict[str, int]()
    for place, step in draft.steps:
        found.setdefault(step.step_name, line("steps", place, "step_name"))
        if step.fallback is not None and step.fallback.step is not None:
            found.setdefault(step.fallback.step, line("steps", place, "fallback", "step"))
    for place, route in enumerate(draft.shape.exceptions):
        if route.remedy is not None:
            found.setdefault(route.remedy, line("exceptions", place, "remedy"))
    return found


def _systems_factory_problems(draft: Draft, functions: WorkflowFunctions) -> Iterator[Problem]:
    if functions.systems is not None:
        return
    taken = [each.parameters for each in functions.steps.values()]
    taken += [each.parameters for each in functions.actions.values()]
    used = {parameter.name for parameters in taken for parameter in parameters}
    for name in draft.shape.systems:
        if name in used:
            message = f'system "{name}" is used, but nothing connects it'
            remedy = "write def systems(settings): return {…} in systems.py beside the contract"
            yield draft.problem(("systems", name), message, remedy)
            return
