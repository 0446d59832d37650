"""`python -m examples.accounts_payable.some_days INBOX`: working days of a running release.

Invoices come in each morning, the stand-ins decide what reaches them, and the gate looks as often
as a worker lets it. Its one rule: nothing here knows how a gate judges, and nothing here promotes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from interlock.bootstrap import Services, build
from interlock.clock import SystemClock
from interlock.domain.authoring import Document
from interlock.domain.release import Release, ReleaseEvent, ReleaseMove
from interlock.domain.rules.gate import judge
from interlock.release.chores import Gate, look_at_all
from interlock.release.evidence import collect
from interlock.release.lifecycle import latest_verdict
from interlock.runtime.commands import deliver
from interlock.runtime.inline_engine import InlineEngine
from interlock.runtime.sweep import sweep
from interlock.settings import load_settings
from interlock.storage import CaseQuery
from interlock.testing.clock import MovingClock

from .clerks import Clerks

WORKFLOW: Final = "accounts_payable"
GATE: Final = Gate(collect=collect, judge=judge)
PARCEL: Final = 10  # invoices that come in together
BETWEEN: Final = timedelta(minutes=30)
HOLD: Final = timedelta(minutes=61)  # a payment can be stopped for an hour
NEXT_MORNING: Final = timedelta(hours=24)
FRIDAY: Final = 4
EVERY_CASE: Final = 100_000


@dataclass(slots=True)
class Day:
    """What one day brought. looks: verdicts the gate put on record. taken_back: the line of the
    release's history, when its gate took it back that day."""

    began: datetime
    invoices: int = 0
    decided: int = 0
    looks: int = 0
    taken_back: ReleaseEvent | None = None


@dataclass(slots=True)
class SomeDays:
    """Days of accounts payable in one process, on the office's own record."""

    services: Services
    clock: MovingClock

    def play(self, files: Sequence[Path], per_day: int) -> Iterator[Day]:
        """One day after the other, each when it is over."""
        for first in range(0, len(files), per_day):
            day = Day(began=self.clock.now())
            for start in range(first, min(first + per_day, len(files)), PARCEL):
                parcel = files[start : min(start + PARCEL, first + per_day)]
                self._parcel(parcel, day)
            self._pass(HOLD, day)
            self._look(day)
            yield day
            if first + per_day < len(files):  # over a weekend evidence grows stale
                self._pass(self._until_morning(day.began), day)

    def leave(self, files: Sequence[Path]) -> None:
        """One more parcel, which nobody has looked at yet."""
        self._deliver(files)

    def alone_since(self, at: datetime) -> int:
        """How many actions started after `at` in cases where the AI decided with nobody asked."""
        cases = self.services.store.cases(CaseQuery(limit=EVERY_CASE))
        return sum(
            action.intended_at is not None and action.intended_at > at
            for case in cases
            if case.decided_by_machine
            for action in case.actions
        )

    def _parcel(self, files: Sequence[Path], day: Day) -> None:
        self._deliver(files)
        day.invoices += len(files)
        self._pass(BETWEEN, day)
        self._look(day)

    def _look(self, day: Day) -> None:
        day.looks += look_at_all(self.services.context, GATE)
        for event in self.services.store.release_events(self._running().id):
            if event.move is ReleaseMove.ROLL_BACK and event.at >= day.began:
                day.taken_back = event

    def _deliver(self, files: Sequence[Path]) -> None:
        documents = [Document(name=each.name, content=each.read_bytes()) for each in files]
        deliver(self.services.context, WORKFLOW, documents)
        self._work()

    def _pass(self, span: timedelta, day: Day) -> None:
        """People decide what waits, then time passes and what it brings about is done."""
        people = Clerks(self.services.context, self.services.workflows.named(WORKFLOW).contract)
        while done := people.work():
            day.decided += done
            self._work()
        self.clock.pass_time(span)
        sweep(self.services.context, self.services.runner.worker)
        self._work()

    def _work(self) -> None:
        runner, engine = self.services.runner, self.services.engine
        assert isinstance(engine, InlineEngine)  # opened_for gives no other
        self.services.store.beat(runner.worker, version="some days")
        engine.drain(runner)

    def _running(self) -> Release:
        release = self.services.store.running_release(WORKFLOW)
        assert release is not None, "start a release first: interlock release start"
        return release

    def _until_morning(self, began: datetime) -> timedelta:
        days = 3 if began.weekday() == FRIDAY else 1
        return began + days * NEXT_MORNING - self.clock.now()


def main() -> int:
    """Plays the days and says what they brought, a line each."""
    wanted = _arguments()
    settings = load_settings(engine="inline", log_level="error")  # a rollback is told below
    clock = MovingClock(settings.clock or SystemClock().now())
    files = sorted(wanted.inbox.iterdir())[wanted.skip : wanted.skip + wanted.files]
    with build(settings, clock=clock) as services:
        days = SomeDays(services=services, clock=clock)
        if wanted.leave:
            days.leave(files)
            return 0
        for day in days.play(files, wanted.per_day):
            print(_line(services, day))
            if day.taken_back is not None:
                print(_taken_back(day.taken_back, days.alone_since(day.taken_back.at)))
    return 0


def _line(services: Services, day: Day) -> str:
    release = services.store.running_release(WORKFLOW)
    assert release is not None  # it was there when the day began
    verdict = latest_verdict(services.context, release, "")
    said = str(verdict.decision).replace("_", " ") if verdict else "nothing yet"
    return (
        f"{day.began:%A}: {day.invoices} invoices, {day.decided} questions answered, "
        f"{day.looks} looks of the gate, the last: {said}; the release is at {release.stand.stage}"
    )


def _taken_back(event: ReleaseEvent, alone: int) -> str:
    return (
        f"{event.at.astimezone():%A, %H:%M}: taken back by the {event.by}, nobody asked. "
        f"{event.reason}\nActions the AI started alone since then: {alone}"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m examples.accounts_payable.some_days",
        description="Play working days of the running release, people and gate included.",
    )
    parser.add_argument("inbox", type=Path, help="the folder the invoices come from")
    parser.add_argument("--skip", type=int, default=0, help="of its files, those played before")
    parser.add_argument("--files", type=int, required=True, help="how many come in")
    parser.add_argument("--per-day", type=int, default=60, help="how many of them a day")
    parser.add_argument("--leave", action="store_true", help="deliver them and decide nothing")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
