"""Where cases spend their time: measured from the logs of the last ones that closed.

One rule: every moment between opening and closing is counted once, by what the case waited for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Final

from interlock.console.views.scope import Scope
from interlock.domain.case import WaitsFor
from interlock.domain.contract import WorkflowContract
from interlock.papers.words import span
from interlock.runtime.context import Context
from interlock.storage.overview import Moved

CASES: Final = 200  # the last ones; enough to see where the time goes
WORKING: Final = "working"
KINDS: Final = (
    (WORKING, "AI and fixed rules", "mac"),
    (WaitsFor.REVIEW, "Waiting for our reviewers", "hum"),
    (WaitsFor.ANSWER, "Waiting for an answer", "ext"),
    (WaitsFor.HOLD, "Held, so that it can still be stopped", "ext"),
    ("other", "Waiting for a next try, a budget or a pause", "ext"),
)
NAMED: Final = frozenset(str(kind) for kind, _, _ in KINDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One kind of time. share: of all time, 0 to 1; start: the shares before it."""

    label: str
    css: str
    mean: str
    share: float
    start: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Time by kind over the last closed cases; `cases` 0: nothing closed yet."""

    cases: int
    mean: str
    parts: tuple[Part, ...]

    @property
    def in_words(self) -> str:
        """The whole strip as a sentence, for who cannot see it."""
        return ", ".join(f"{each.label} {each.mean}" for each in self.parts)


def spent_of(context: Context, scope: Scope, contract: WorkflowContract) -> Spent:
    """Where the last closed cases of this workflow spent their time."""
    moves = context.store.recent_moves(contract.workflow, limit=CASES, tenants=scope.tenants)
    return spent(moves)


def spent(moves: Iterable[Moved]) -> Spent:
    """Time by kind from logs, each in order."""
    logs: dict[str, list[Moved]] = {}
    for moved in moves:
        logs.setdefault(moved.case_id, []).append(moved)
    sums: dict[str, timedelta] = {}
    for log in logs.values():
        for before, after in pairwise(log):
            kind = _kind(before)
            sums[kind] = sums.get(kind, timedelta()) + (after.at - before.at)
    total = sum(sums.values(), timedelta())
    if not logs or not total:
        return Spent(cases=len(logs), mean="", parts=())
    parts: list[Part] = []
    start = 0.0
    for kind, label, css in KINDS:
        length = sums.get(str(kind), timedelta())
        if length:
            share = length / total
            mean = span(length / len(logs))
            parts.append(Part(label=label, css=css, mean=mean, share=share, start=start))
            start += share
    return Spent(cases=len(logs), mean=span(total / len(logs)), parts=tuple(parts))


def _kind(moved: Moved) -> str:
    if moved.state != "waiting":
        return WORKING
    return moved.waits_for if moved.waits_for in NAMED else "other"
