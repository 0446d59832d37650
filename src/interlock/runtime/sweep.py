"""The sweep: what time itself brings about. One worker at a time, each thing once.

Timers that are due wake their cases, and so does the end of a pause; late tasks go on along their
chain; lapsed leases end; requests whose time is over expire; ready cases nobody works on are found
again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from interlock.domain.case import Case, CaseState
from interlock.domain.event import (
    Event,
    PauseLifted,
    ReviewBreached,
    ReviewEscalated,
    ReviewExpired,
    ReviewReleased,
    TimerFired,
)
from interlock.domain.ids import CaseId
from interlock.domain.review import ReviewState, ReviewTask
from interlock.domain.rules import asking
from interlock.domain.rules.advance import advance, is_out_of_place
from interlock.domain.transition import Transition
from interlock.observe import CASE_BROKE, SWEEP_FINISHED, log
from interlock.runtime import held_decisions
from interlock.runtime.context import Context
from interlock.runtime.crash_points import CrashPoint
from interlock.storage import DEAD_AFTER_SECONDS, Change, RecordedKind

SWEEP: Final = "sweep"
# How long a sweeper keeps the lock: as long as a worker is believed alive, so that the sweeps of
# one that crashed go on with its cases. Two that overlap do no harm; each change names a version.
SWEEP_SECONDS: Final = DEAD_AFTER_SECONDS
BATCH: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What a sweep did: timers fired, tasks moved by their clocks, cases of lifted pauses gone on,
    ready cases found again."""

    timers: int = 0
    tasks: int = 0
    resumed: int = 0
    found: int = 0

    @property
    def anything(self) -> bool:
        return bool(self.timers or self.tasks or self.resumed or self.found)


def sweep(context: Context, worker: str) -> Swept:
    """One sweep, or nothing when another worker is at it. Raises: what the store raises."""
    if not context.store.sweep_lock(SWEEP, worker, SWEEP_SECONDS):
        return Swept()
    now = context.clock.now()
    swept = Swept(
        timers=_fire_timers(context, now),
        tasks=_move_tasks(context, now),
        resumed=_go_on(context, now),
        found=_find_ready(context),
    )
    if swept.anything:
        log().info(
            SWEEP_FINISHED,
            timers=swept.timers,
            tasks=swept.tasks,
            resumed=swept.resumed,
            found=swept.found,
        )
    return swept


def _fire_timers(context: Context, now: datetime) -> int:
    known = context.workflows.fingerprints
    cases = context.store.load(context.store.due_cases(known, now, BATCH))
    return _record(context, [(case, TimerFired()) for case in cases], now)


def _move_tasks(context: Context, now: datetime) -> int:
    tasks = context.store.due_tasks(context.workflows.fingerprints, now, BATCH)
    cases = {case.id: case for case in context.store.load([task.case_id for task in tasks])}
    moves = [
        (cases[task.case_id], event)
        for task in tasks
        if task.case_id in cases
        for event in _clock_event(context, cases[task.case_id], task, now)
    ]
    return _record(context, moves, now)


def _go_on(context: Context, now: datetime) -> int:
    """Cases whose pause was lifted go on; what is paused anew is held again at its next start."""
    known = context.workflows.fingerprints
    cases = context.store.load(context.store.cases_of_lifted_pauses(known, BATCH))
    moves: list[tuple[Case, Event]] = [
        (case, PauseLifted(pause=case.paused_by.pause)) for case in cases if case.paused_by
    ]
    return _record(context, moves, now)


def _clock_event(context: Context, case: Case, task: ReviewTask, now: datetime) -> Iterator[Event]:
    """What its clocks say about a task: at most one thing a sweep, the weightiest first."""
    contract = context.workflows.of(case.fingerprint).contract
    if task.held_decision is not None:
        yield from held_decisions.effect_of(context, case, task, now)
    elif task.expires_at is not None and now >= task.expires_at:
        yield ReviewExpired(task=task)
    elif task.is_overdue(now) and task.breached_at is None:
        onward = asking.next_queue(contract, task)
        yield ReviewEscalated(task=task) if onward else ReviewBreached(task=task)
    elif _lease_is_over(task, now):
        yield ReviewReleased(task=task)


def _lease_is_over(task: ReviewTask, now: datetime) -> bool:
    held = task.state is ReviewState.CLAIMED and task.lease_until is not None
    return held and task.clock_stopped_at is None and now >= (task.lease_until or now)


def _record(context: Context, moves: list[tuple[Case, Event]], now: datetime) -> int:
    """Applies the events, all in one transaction with the episodes they cause; counts them."""
    changes, ready = [], list[CaseId]()
    for case, event in moves:
        transition = _advanced(context, case, event, now)
        if transition is not None and not is_out_of_place(transition):
            changes.append(Change(seen_version=case.version, transitions=(transition,)))
            if transition.case.state is CaseState.READY:
                ready.append(case.id)
    if not changes:
        return 0
    context.crash.reach(CrashPoint.SWEEP_BEFORE_COMMIT)
    recorded = context.store.record(
        changes,
        also=lambda connection: context.engine.enqueue(connection, ready) if ready else None,
    )
    if ready:
        context.engine.committed(ready)
    refused = held_decisions.refused_by_key(moves, recorded)
    again = _record(context, refused, now) if refused else 0
    return again + sum(each.kind is RecordedKind.APPLIED for each in recorded)


def _advanced(context: Context, case: Case, event: Event, now: datetime) -> Transition | None:
    """What the event does to the case; None when a rule of ours breaks over it, which is logged
    and must not keep the sweep from all the others."""
    contract = context.workflows.of(case.fingerprint).contract
    try:
        return advance(contract, case, event, now)
    except Exception as crash:  # noqa: BLE001  (the sweep edge)
        log().error(CASE_BROKE, case_id=case.id, error=type(crash).__name__)
        return None


def _find_ready(context: Context) -> int:
    """Ready cases no living worker holds and no episode reached; their episode is made again."""
    if context.engine.is_behind():
        return 0
    found = context.store.ready_unclaimed(context.workflows.fingerprints, BATCH)
    if found:
        context.engine.enqueue_now(found)
    return len(found)
