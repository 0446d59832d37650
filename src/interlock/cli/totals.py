"""What became of the cases of one run: counted once each, so that nothing can go missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from interlock.cli.waiting import reason_of
from interlock.domain.case import Case, CaseState, WaitsFor
from interlock.domain.ids import CaseId
from interlock.domain.money import Money
from interlock.domain.review import ReviewTask
from interlock.papers.words import clock
from interlock.runtime.commands import Delivered, Delivery
from interlock.storage import Store, TaskQuery

AT_ONCE: Final = 500  # cases loaded at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The closing table of a run. `ready`: cases that are still to be worked on."""

    files: int
    cases_in: int
    known: int
    closed: int
    waiting: int
    ready: int
    handled: dict[str, int]
    outcomes: dict[str, int]
    reasons: dict[str, int]
    money_closed: tuple[Money, ...]
    money_waiting: tuple[Money, ...]
    hold_ends: datetime | None
    took: timedelta

    @property
    def adds_up(self) -> bool:
        """True when every case that came in is closed, waits, or was known already."""
        return self.cases_in == self.closed + self.waiting + self.known

    @property
    def a_second(self) -> float:
        """New cases brought to a wait or an end, a second."""
        seconds = self.took / timedelta(seconds=1)
        return (self.closed + self.waiting) / seconds if seconds > 0 else 0.0


def totals_of(
    store: Store, delivered: Sequence[Delivered], *, files: int, took: timedelta
) -> Totals:
    """What became of what was delivered, read from the database."""
    new = [each.case_id for each in delivered if each.delivery is not Delivery.KNOWN]
    cases = list(_loaded(store, new))
    closed = [each for each in cases if each.state is CaseState.CLOSED]
    waiting = [each for each in cases if each.state is CaseState.WAITING]
    tasks = {each.id: each for each in _tasks_of(store, waiting)}
    held = [c.wake_at for c in waiting if c.waits_for is WaitsFor.HOLD and c.wake_at]
    reasons = Counter(reason_of(c, tasks.get(c.task) if c.task else None) for c in waiting)
    return Totals(
        files=files,
        cases_in=len(delivered),
        known=len(delivered) - len(new),
        closed=len(closed),
        waiting=len(waiting),
        ready=len(cases) - len(closed) - len(waiting),
        handled=_counted(each.handling for each in closed),
        outcomes=_counted(each.outcome for each in closed),
        reasons=dict(reasons.most_common()),
        money_closed=_sums(closed),
        money_waiting=_sums(waiting),
        hold_ends=max(held, default=None),
        took=took,
    )


def hold_words(totals: Totals, now: datetime) -> str:
    """Until when held cases wait, or nothing."""
    return f"until {clock(totals.hold_ends, now)}" if totals.hold_ends else ""


def _loaded(store: Store, case_ids: Sequence[CaseId]) -> Iterator[Case]:
    for start in range(0, len(case_ids), AT_ONCE):
        yield from store.load(case_ids[start : start + AT_ONCE])


def _tasks_of(store: Store, waiting: Sequence[Case]) -> list[ReviewTask]:
    ids = {each.task for each in waiting if each.task}
    if not ids:
        return []
    live = store.tasks(TaskQuery(limit=100_000))
    return [each for each in live if each.id in ids]


def _counted(values: Iterable[object]) -> dict[str, int]:
    return dict(Counter(str(value) for value in values if value is not None).most_common())


def _sums(cases: Iterable[Case]) -> tuple[Money, ...]:
    sums: Counter[str] = Counter()
    for each in cases:
        if each.amount is not None:
            sums[each.amount.currency] += each.amount.micros
    return tuple(Money(micros=sums[name], currency=name) for name in sorted(sums))
