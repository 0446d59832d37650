"""Whether the release gate can decide at the volume the baseline gives."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import Final

from interlock.contracts.baseline_volume import BaselineUnusable, volume_per_month
from interlock.contracts.compile_parts import gate as compiled_gate
from interlock.contracts.draft import Draft
from interlock.contracts.feasibility import CriterionOutlook, outlook
from interlock.contracts.problem import Problem
from interlock.domain.contract import ReleaseGate

GATE: Final = "workflow_release_gate"


def problems(draft: Draft) -> Iterator[Problem]:
    """A warning for each line that one window cannot decide, with the days it needs."""
    shape = draft.shape
    if shape.baseline is None or shape.workflow_release_gate is None or draft.was_refused(GATE):
        return
    try:
        volume = volume_per_month(draft.folder, shape.baseline)
    except BaselineUnusable as unusable:
        message, _, remedy = str(unusable).partition("; ")
        yield draft.warning(("baseline",), message, remedy)
        return
    try:
        gate = compiled_gate(shape)
    except ValueError:
        return  # a line that cannot be read is reported by the gate's own check
    if gate is None or gate.canary_traffic <= 0:
        return
    for each in outlook(gate, volume):
        if not each.can_decide:
            path = (GATE, "success_criteria", each.criterion.metric)
            yield draft.warning(path, _message(gate, volume, each), _remedy(each))


def _message(gate: ReleaseGate, volume: float, each: CriterionOutlook) -> str:
    return (
        f"at {volume:,.0f} cases a month, {gate.canary_traffic:.0%} of them over "
        f"{gate.promotion_window_hours} hours are {each.window_cases} cases: too few to decide "
        f'"{each.criterion.text}". A good release ({each.good.rate:.1%}) is promoted in '
        f"{each.good.promote:.0%} of such windows and a bad one ({each.bad.rate:.1%}) taken back "
        f"in {each.bad.roll_back:.0%}"
    )


def _remedy(each: CriterionOutlook) -> str:
    if each.cases_needed is None or each.days is None:
        return "no window is long enough; widen the line, or raise canary_traffic"
    return (
        f"plan for {ceil(each.days)} days, when {each.cases_needed} cases have come and half of "
        f"the good releases are promoted, or raise canary_traffic"
    )
