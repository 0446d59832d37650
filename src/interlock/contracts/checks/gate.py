"""The release gate: numbers that exist, and success and rollback lines that fit each other.

The stretch between the two lines is a *hold*, and that is as it should be.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from interlock.contracts.draft import Draft
from interlock.contracts.gate_expression import parsed
from interlock.contracts.metrics import METRICS, MetricKind
from interlock.contracts.problem import Problem, did_you_mean, one_of
from interlock.contracts.reading import Path
from interlock.contracts.shape import GateShape
from interlock.domain.contract import Criterion

GATE: Final = "workflow_release_gate"
TOP: Final = {"<": 1, "<=": 1, ">": -1, ">=": -1}  # which way success (or rollback) lies


def problems(draft: Draft) -> Iterator[Problem]:
    """What is wrong with the gate, the tolerance bands and the adoption milestones."""
    gate = draft.shape.workflow_release_gate
    if gate is not None:
        found: list[Problem] = []
        success = _criteria(draft, gate, found)
        rollback = _triggers(draft, gate, found)
        yield from found
        if not found:
            yield from _pairs(draft, success, rollback)
    yield from _monitoring_problems(draft)


def _criteria(
    draft: Draft, gate: GateShape, problems: list[Problem]
) -> list[tuple[Path, Criterion]]:
    found = []
    for metric, text in gate.success_criteria.items():
        path: Path = (GATE, "success_criteria", metric)
        found += _parsed(draft, path, f"{metric} {text}", problems)
    return found


def _triggers(
    draft: Draft, gate: GateShape, problems: list[Problem]
) -> list[tuple[Path, Criterion]]:
    found = []
    for number, text in enumerate(gate.rollback_trigger):
        found += _parsed(draft, (GATE, "rollback_trigger", number), text, problems)
    return found


def _parsed(
    draft: Draft, path: Path, text: str, problems: list[Problem]
) -> list[tuple[Path, Criterion]]:
    try:
        criterion = parsed(text)
    except ValueError as problem:
        problems.append(draft.problem(path, f'the gate says "{text}"', str(problem)))
        return []
    kind = METRICS.get(criterion.metric)
    if kind is None:
        message = f'the gate speaks of "{criterion.metric}", which is not measured'
        remedy = did_you_mean(criterion.metric, METRICS, one_of(METRICS))
        problems.append(draft.problem(path, message, remedy))
        return []
    if kind is MetricKind.AMOUNT:
        message = f"{criterion.metric} is an amount, and the gate judges shares, counts and flags"
        problems.append(draft.problem(path, message, "watch it under monitoring: instead"))
        return []
    is_flag = isinstance(criterion.value, bool)
    if is_flag != (kind is MetricKind.FLAG):
        wanted = "true or false" if kind is MetricKind.FLAG else "a number"
        message = f'the gate says "{criterion.text}"'
        problems.append(draft.problem(path, message, f"compare {criterion.metric} with {wanted}"))
        return []
    if kind is MetricKind.SHARE and not 0 <= criterion.value <= 1:
        message = f'the gate says "{criterion.text}", but {criterion.metric} is a share of 1'
        problems.append(draft.problem(path, message, "write a number from 0 to 1, as in 0.04"))
        return []
    return [(path, criterion)]


def _pairs(
    draft: Draft,
    success: list[tuple[Path, Criterion]],
    rollback: list[tuple[Path, Criterion]],
) -> Iterator[Problem]:
    triggers = {criterion.metric: criterion for _, criterion in rollback}
    for path, criterion in success:
        trigger = triggers.get(criterion.metric)
        if trigger is None:
            message = f"{criterion.metric} has a success line, but nothing rolls back on it"
            remedy = f"add a rollback_trigger for {criterion.metric}, or accept that it only holds"
            yield draft.warning(path, message, remedy)
        elif _overlap(criterion, trigger):
            message = f'"{criterion.text}" is a success while "{trigger.text}" rolls back'
            remedy = "leave no value that is both; between the two lines the verdict is hold"
            yield draft.problem(path, message, remedy)
    wanted = {criterion.metric for _, criterion in success}
    for path, trigger in rollback:
        if trigger.metric not in wanted:
            message = f"{trigger.metric} rolls back, but is no success criterion"
            remedy = "add it to success_criteria, or accept that promotion does not look at it"
            yield draft.warning(path, message, remedy)


def _overlap(success: Criterion, trigger: Criterion) -> bool:
    """True when some value is both a success and a reason to roll back."""
    if "==" in (success.op, trigger.op):
        exact, other = (success, trigger) if success.op == "==" else (trigger, success)
        return holds(other, exact.value)
    if "!=" in (success.op, trigger.op):
        return True
    if TOP[success.op] == TOP[trigger.op]:
        return True  # both on the same side: far enough out, every value is both
    low, high = (trigger, success) if TOP[success.op] == 1 else (success, trigger)
    touching = low.value == high.value and "=" in low.op and "=" in high.op
    return low.value < high.value or touching


def holds(criterion: Criterion, value: float | bool) -> bool:
    """True when the value meets the criterion."""
    answers = {
        "<": value < criterion.value,
        "<=": value <= criterion.value,
        ">": value > criterion.value,
        ">=": value >= criterion.value,
        "==": value == criterion.value,
        "!=": value != criterion.value,
    }
    return answers[criterion.op]


def _monitoring_problems(draft: Draft) -> Iterator[Problem]:
    for metric, (low, high) in draft.shape.monitoring.tolerance.items():
        path: Path = ("monitoring", "tolerance", metric)
        if metric not in METRICS:
            message = f'monitoring speaks of "{metric}", which is not measured'
            yield draft.problem(path, message, did_you_mean(metric, METRICS, one_of(METRICS)))
        if low >= high:
            message = f"tolerance of {metric} runs from {low:g} to {high:g}"
            yield draft.problem(path, message, "write the lower bound first")
    known = draft.case_fields
    for number, field in enumerate(draft.shape.monitoring.drift if draft.functions else ()):
        if field not in known:
            message = f'monitoring.drift has "{field}", which is no field of the case'
            otherwise = f"the case has: {', '.join(known)}"
            remedy = did_you_mean(field, known, otherwise)
            yield draft.problem(("monitoring", "drift", number), message, remedy)
    for number, milestone in enumerate(draft.shape.adoption):
        if milestone.target and not any(letter.isdigit() for letter in milestone.target):
            path = ("adoption", number, "target")
            message = f'target of milestone "{milestone.milestone}" has no number'
            yield draft.problem(path, message, 'write the line it must reach, as in "<= 0.02"')
