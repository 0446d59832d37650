"""How autonomy is earned beside the gate's lines: waivers somebody answers for, limits that count.

What is the gate itself cannot be waived.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from interlock.contracts.draft import Draft
from interlock.contracts.problem import Problem, did_you_mean, one_of
from interlock.domain.rollout import WAIVABLE

ROLLOUT: Final = "rollout"


def problems(draft: Draft) -> Iterator[Problem]:
    """What is wrong with `rollout`."""
    if not draft.document.has(ROLLOUT):
        return
    yield from _waiver_problems(draft)
    yield from _radius_problems(draft)
    yield from _segment_problems(draft)
    if draft.shape.workflow_release_gate is None:
        message = "rollout says how autonomy is earned, and there is no gate to earn it at"
        yield draft.warning((ROLLOUT,), message, "write workflow_release_gate:, or leave it out")


def _waiver_problems(draft: Draft) -> Iterator[Problem]:
    owner, seen = draft.shape.owners.governance, set[str]()
    for place, waiver in enumerate(draft.shape.rollout.waive):
        path = (ROLLOUT, "waive", place)
        if draft.was_refused(*path, "condition"):
            continue
        if waiver.condition not in WAIVABLE:
            message = f'waive {place + 1} names "{waiver.condition}", which is the gate itself'
            names = sorted(WAIVABLE)
            remedy = did_you_mean(waiver.condition, names, one_of(names))
            yield draft.problem((*path, "condition"), message, remedy)
        if waiver.by and waiver.by != owner:
            message = f'waive {place + 1} is signed by "{waiver.by}"'
            remedy = f"the governance owner ({owner}) signs what is done without"
            yield draft.problem((*path, "by"), message, remedy)
        if waiver.condition in seen:
            message = f'"{waiver.condition}" is waived twice'
            yield draft.problem((*path, "condition"), message, "write it once")
        seen.add(waiver.condition)


def _radius_problems(draft: Draft) -> Iterator[Problem]:
    money = draft.shape.rollout.blast_radius.money_per_day
    path = (ROLLOUT, "blast_radius", "money_per_day")
    if money is None:
        return
    if draft.shape.case.amount is None:
        message = "blast_radius counts money, but the case has no amount"
        remedy = "write amount: {value: …} under case, or cases_per_day here"
        yield draft.problem(path, message, remedy)
    wanted = draft.shape.currency
    if wanted is not None and money.currency != wanted:
        message = f"blast_radius is in {money.currency}, the contract in {wanted}"
        yield draft.problem(path, message, f"write it in {wanted}; currencies never mix")


def _segment_problems(draft: Draft) -> Iterator[Problem]:
    shape = draft.shape
    if shape.rollout.by_segment and not shape.case.segment:
        message = "each segment is to climb on its own evidence, and the case has no segment"
        remedy = "write segment: and the fields it is made of under case"
        yield draft.problem((ROLLOUT, "by_segment"), message, remedy)
    share = shape.quality.sample if shape.quality.sample is not None else shape.quality_sample
    if shape.rollout.stand_down_on_rejection and not share:
        message = "a rejection is to take its segment back, and nobody is shown autonomous results"
        remedy = "write quality: {sample: 0.05}, or leave it to those who reopen cases"
        yield draft.warning((ROLLOUT, "stand_down_on_rejection"), message, remedy)
