"""Whether the release gate can decide at the volume the baseline gives."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import Final

from interlock.contracts.baseline_volume import BaselineUnusable, volume_per_month
from interlock.contracts.compile_parts import gate as compiled_gate
from interlock.contracts.compile_parts import quality
from interlock.contracts.draft import Draft
from interlock.contracts.feasibility import SAMPLED, CriterionOutlook, outlook
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
    sampled = quality(shape).sample
    for each in outlook(gate, volume, sampled=sampled):
        if not each.can_decide:
            path = (GATE, "success_criteria", each.criterion.metric)
            yield draft.warning(path, _message(gate, volume, sampled, each), _remedy(each, sampled))


def _message(gate: ReleaseGate, volume: float, sampled: float, each: CriterionOutlook) -> str:
    of_sample = each.criterion.metric in SAMPLED
    if of_sample and not sampled:
        return f'"{each.criterion.text}" is known of the quality sample only, and none is drawn'
    looked_at = f" in the quality sample of {sampled:.0%}" if of_sample else ""
    return (
        f"at {volume:,.0f} cases a month, {gate.canary_traffic:.0%} of them over "
        f"{gate.promotion_window_hours} hours are {each.window_cases} cases{looked_at}: too few to "
        f'decide "{each.criterion.text}". A good release ({each.good.rate:.1%}) is promoted in '
        f"{each.good.promote:.0%} of such windows and a bad one ({each.bad.rate:.1%}) taken back "
        f"in {each.bad.roll_back:.0%}"
    )


def _remedy(each: CriterionOutlook, sampled: float) -> str:
    of_sample = each.criterion.metric in SAMPLED
    if of_sample and not sampled:
        return "write quality: {sample: 0.10} and how much of what no person decided is looked at"
    share = "quality.sample or canary_traffic" if of_sample else "canary_traffic"
    if each.cases_needed is None or each.days is None:
        return f"no window is long enough; widen the line, or raise {share}"
    return (
        f"plan for {ceil(each.days)} days, when {each.cases_needed} cases have come and half of "
        f"the good releases are promoted, or raise {share}"
    )
