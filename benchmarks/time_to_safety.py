"""Time to safety: from the case that trips the gate to the last thing the machine does alone.

Two workers, 1,000 cases in hand, and new ones all the time. First all are good; from one moment
on the AI is unsure of every second one. What happened is read from the record afterwards.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from benchmarks import office, safety_record, team
from benchmarks.figures import Figure, percentile
from benchmarks.safety_record import Safety
from interlock.bootstrap import Services
from interlock.domain.case import CaseState
from interlock.domain.contract import Stage
from interlock.domain.gate import GateDecision, GateVerdict
from interlock.domain.release import Release, ReleaseEvent, ReleaseMove, Stand, era_id
from interlock.domain.rules.release_moves import Moved
from interlock.release import lifecycle
from interlock.release.chores import LOOK_EVERY_SECONDS
from interlock.runtime.commands import deliver

CLUSTER: Final = MappingProxyType({"track_commit_timestamp": "on"})  # when each commit was made
WORKERS: Final = 2
BATCH: Final = 160  # cases an episode: two workers of four hands each hold up to 1,280
READY: Final = 2_000  # kept open, so that a hand that is free always finds some
GOOD: Final = 1_500  # closed before the first unsure one
THINKING_SECONDS: Final = 2.0
TAIL_SECONDS: Final = 15.0  # how long new cases come in after the rollback
LIMIT_SECONDS: Final = 240.0
WHY: Final = "a benchmark"


def measure(url: str) -> list[Figure]:
    """How soon, and how many cases. Raises: RuntimeError when anything began after the record."""
    with office.services(url) as built:
        release = _autonomous(built)
        feed = _Feed(built)
        with team.running(team.python("benchmarks.time_to_safety", url), WORKERS):
            feed.until(lambda: feed.closed >= GOOD)
            feed.unsure = True
            feed.until(lambda: _is_taken_back(built, release))
            tail = time.monotonic() + TAIL_SECONDS
            feed.until(lambda: time.monotonic() > tail)
            team.wait(lambda: not _ready(built), LIMIT_SECONDS)
        [verdict] = [
            each
            for each in built.store.verdicts(release.id)
            if each.decision is GateDecision.ROLL_BACK and each.evidence.era == release.stand.era
        ]
        contract = built.workflows.of(release.fingerprint).contract
        found = safety_record.read(built, contract, verdict)
    if found.begun_after_record:
        raise RuntimeError(f"{found.begun_after_record} began after the rollback was recorded")
    return _figures(found, feed, verdict)


@dataclass(slots=True)
class _Feed:
    """Keeps cases coming, good ones or every second one unsure."""

    built: Services
    unsure: bool = False
    closed: int = 0
    opened: int = 0
    in_hand: list[int] = field(default_factory=list)  # what workers held, at each look

    def until(self, done: Callable[[], bool]) -> None:
        """Feeds until then. Raises: TimeoutError."""
        end = time.monotonic() + LIMIT_SECONDS
        while not done():
            if time.monotonic() > end:
                raise TimeoutError(f"not there within {LIMIT_SECONDS:g} s")
            self._top_up()
            time.sleep(0.1)

    def _top_up(self) -> None:
        states = self.built.store.counts(office.WORKFLOW, now=self.built.clock.now()).states
        self.closed = states.get(CaseState.CLOSED, 0)
        self.in_hand.append(safety_record.in_hand(self.built.store.engine))
        for _ in range(states.get(CaseState.READY, 0), READY, office.BATCH):
            half = office.BATCH // 2
            texts = {"text": "unsure"} if self.unsure else {}
            sure = office.requests(half, thinking_seconds=THINKING_SECONDS)
            other = office.requests(half, thinking_seconds=THINKING_SECONDS, **texts)
            deliver(self.built.context, office.WORKFLOW, [sure, other])
            self.opened += 2 * half


def _autonomous(built: Services) -> Release:
    """A release at the top. It is put there by hand: how it would have earned that is no part of
    what is measured."""
    context = built.context
    release = lifecycle.propose(context, office.WORKFLOW, "owner", WHY)
    lifecycle.sign(context, release.id, "auditor", WHY)
    release = lifecycle.start(context, release.id, Stage.ASSISTED, "owner", WHY)
    now, number = built.clock.now(), release.eras + 1
    stand = Stand(stage=Stage.AUTONOMOUS, era=era_id(release.id, number), since=now)
    event = ReleaseEvent(
        release=release.id,
        move=ReleaseMove.PROMOTE,
        at=now,
        by="person:owner",
        reason=WHY,
        stage_before=release.stand.stage,
        stage_after=stand.stage,
        era_before=release.stand.era,
        era_after=stand.era,
    )
    moved = Moved(release=replace(release, stand=stand, eras=number), event=event)
    saved = built.store.save_moves([moved])
    if saved is None:
        raise RuntimeError("somebody else moved the release")
    return saved[0]


def _is_taken_back(built: Services, release: Release) -> bool:
    events = built.store.release_events(release.id)
    return any(each.move is ReleaseMove.ROLL_BACK for each in events)


def _ready(built: Services) -> int:
    states = built.store.counts(office.WORKFLOW, now=built.clock.now()).states
    return states.get(CaseState.READY, 0)


def _figures(found: Safety, feed: _Feed, verdict: GateVerdict) -> list[Figure]:
    counted, seen = found.counted, verdict.evidence.counts["exception_rate"]
    looked = (found.recorded_at - verdict.evidence.at).total_seconds()
    late = (found.last_finished_at - found.recorded_at).total_seconds()
    return [
        _figure(
            "from the trip to the last start by the machine",
            found.to_safety,
            "s",
            f"{found.in_flight:,} cases of the release in flight when it was recorded, "
            f"{percentile(feed.in_hand, 0.5):,} in workers' hands (median of the run)",
        ),
        _figure(
            "the same in cases",
            found.begun_after_trip,
            "cases",
            f"tripped at {counted.hits} of {counted.cases:,} with {counted.under_way} under way; "
            f"the gate saw {seen.hits} of {seen.cases:,}",
        ),
        _figure(
            "from the trip to the recorded rollback",
            found.to_record,
            "s",
            f"the gate looks every {LOOK_EVERY_SECONDS:g} s; {looked:.2f} s of it from its look",
        ),
        _figure(
            "started by the machine after that",
            found.begun_after_record,
            "cases",
            f"must be 0; {feed.opened:,} cases opened in all, {found.by_rules:,} actions of the "
            f"release's cases by fixed rules since; the machine's last ended {late:+.2f} s from it",
        ),
    ]


def _figure(what: str, value: float, unit: str, note: str) -> Figure:
    return Figure(what=what, database="PostgreSQL", value=value, unit=unit, note=note)


def _work(url: str, ready: str, go: str) -> None:
    """A worker process: set up, wait for the signal, work until told to stop."""
    with office.services(url, batch=BATCH) as built:
        stop = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        team.signal_ready(ready, go)
        with built.worker():
            stop.wait()


if __name__ == "__main__":
    _work(*sys.argv[1:])
