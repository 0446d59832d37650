"""Conditions: valid CEL over names that exist by then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from interlock.contracts.cel import FUNCTIONS, CelCondition, ConditionInvalid
from interlock.contracts.draft import Draft
from interlock.contracts.problem import Problem, did_you_mean
from interlock.contracts.reading import Path

ARGUMENTS: Final = "arguments"  # where an approval's condition finds what the step asked for


def problems(draft: Draft) -> Iterator[Problem]:
    """What is wrong with the condition of every step and every approval."""
    for place, step in draft.steps:
        if step.when is not None:
            known = draft.outputs_before(place)
            yield from _condition_problems(draft, ("steps", place, "when"), step.when, known)
    for place, tier in enumerate(draft.shape.approvals):
        if tier.when is not None:
            known = {**_outputs_at_action(draft, tier.action), ARGUMENTS: 0}
            yield from _condition_problems(draft, ("approvals", place, "when"), tier.when, known)


def _outputs_at_action(draft: Draft, action: str) -> dict[str, int]:
    places = [place for place, step in draft.steps if action in step.actions]
    if not places:
        return draft.outputs_before(len(draft.shape.steps))
    return draft.outputs_before(min(places), included=True)


def _condition_problems(
    draft: Draft, path: Path, text: str, outputs: Mapping[str, int]
) -> Iterator[Problem]:
    where = draft.named(*path)
    try:
        condition = CelCondition.of(text)
    except ConditionInvalid as problem:
        yield draft.problem(path, f'{where} is "{text}", which is no condition', problem.remedy)
        return
    for name in sorted(condition.functions - FUNCTIONS):
        message = f'{where} calls "{name}", which is no function'
        yield draft.problem(path, message, did_you_mean(name, FUNCTIONS, "compare values instead"))
    if draft.functions is None:
        return
    known = [draft.case_name, *draft.case_fields, *outputs]
    for name in sorted(condition.variables - set(known)):
        yield draft.problem(path, f'{where} speaks of "{name}"', _remedy(draft, name, known))
    fields = draft.output_fields()
    for head, attribute in sorted(condition.attributes):
        if head in known and head in fields and attribute not in fields[head]:
            message = f'{where} reads "{head}.{attribute}", which {head} does not have'
            otherwise = f"it has: {', '.join(sorted(fields[head]))}"
            yield draft.problem(path, message, did_you_mean(attribute, fields[head], otherwise))


def _remedy(draft: Draft, name: str, known: list[str]) -> str:
    later = draft.outputs_before(len(draft.shape.steps), included=True)
    if name in later:
        step = draft.shape.steps[later[name]].step_name
        return f'step "{step}" gives it only later, so put that step before'
    return did_you_mean(name, known, f"use one of: {', '.join(known)}")
