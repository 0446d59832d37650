"""Approvals: known actions, known people, and more money never needs fewer of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Final

from interlock.contracts.checks.bands import gap_problems
from interlock.contracts.checks.people import unknown_person
from interlock.contracts.draft import Draft
from interlock.contracts.problem import Problem, did_you_mean
from interlock.contracts.shape_parts import ApprovalShape

_THRESHOLD: Final = re.compile(r"\s*([A-Za-z_][\w.]*)\s*(>=?)\s*(\d{1,15}(?:\.\d{1,15})?)\s*\Z")


def problems(draft: Draft) -> Iterator[Problem]:
    """Unknown names, impossible quorums, and thresholds that contradict each other."""
    for place, tier in enumerate(draft.shape.approvals):
        path = ("approvals", place)
        if tier.action and tier.action not in draft.shape.actions:
            message = f'an approval names the action "{tier.action}", which is not declared'
            known = draft.shape.actions
            remedy = did_you_mean(tier.action, known, f"declare {tier.action} under actions")
            yield draft.problem((*path, "action"), message, remedy)
        for number, person in enumerate(tier.tier):
            yield from unknown_person(draft, (*path, "tier", number), person)
        if isinstance(tier.quorum, int) and tier.tier:
            yield from _quorum_problems(draft, place, tier, tier.quorum)
        yield from _limit_problems(draft, place, tier)
    yield from _contradictions(draft)
    yield from gap_problems(draft)


def _quorum_problems(
    draft: Draft, place: int, tier: ApprovalShape, quorum: int
) -> Iterator[Problem]:
    people = draft.shape.people
    in_groups = sum(any(name in p.groups for p in people.values()) for name in tier.tier)
    if in_groups == 0 and quorum > len(tier.tier):
        message = f"{draft.named('approvals', place, 'quorum')} is {quorum}, but it names "
        message += f"{len(tier.tier)}"
        remedy = "name more approvers, or lower the quorum"
        yield draft.problem(("approvals", place, "quorum"), message, remedy)


def threshold(tier: ApprovalShape) -> tuple[str, Decimal] | None:
    """(field, line) of a condition that is one simple threshold."""
    found = _THRESHOLD.match(tier.when or "")
    return (found.group(1), Decimal(found.group(3))) if found else None


def _limit_problems(draft: Draft, place: int, tier: ApprovalShape) -> Iterator[Problem]:
    amount = draft.shape.case.amount
    line = threshold(tier)
    if amount is None or line is None or line[0].split(".")[-1] != amount.value:
        return
    for number, name in enumerate(tier.tier):
        person = draft.shape.people.get(name)
        limit = person.approve_up_to if person else None
        if limit is not None and limit.amount <= line[1]:
            message = f'"{name}" may approve up to {limit}, but this tier begins above {line[1]}'
            path = ("approvals", place, "tier", number)
            yield draft.problem(path, message, "name somebody with a higher limit")


def _contradictions(draft: Draft) -> Iterator[Problem]:
    by_line: dict[tuple[str, str], list[tuple[Decimal, int, ApprovalShape]]] = {}
    for place, tier in enumerate(draft.shape.approvals):
        line = threshold(tier)
        if line is not None and tier.tier:
            by_line.setdefault((tier.action, line[0]), []).append((line[1], place, tier))
    for tiers in by_line.values():
        ordered = sorted(tiers, key=lambda each: (each[0], each[1]))
        for (low, _, lower), (high, place, higher) in pairwise(ordered):
            path = ("approvals", place)
            if low == high:
                message = f'two approvals of "{higher.action}" begin at the same line, {low}'
                yield draft.warning(path, message, "write one tier with both")
            elif _needed(higher) < _needed(lower):
                message = f'approval of "{higher.action}" above {high} needs fewer people than '
                message += f"above {low}"
                yield draft.warning(path, message, "ask at least as many for more")


def _needed(tier: ApprovalShape) -> int:
    if isinstance(tier.quorum, int):
        return tier.quorum
    return 1 if tier.quorum == "any" else len(tier.tier)
