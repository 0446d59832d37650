"""The whole way of one release: shadow, assisted, canary, autonomous, each stage left on evidence.

Requests come in day by day; the desk's people decide what reaches them; the gate looks every day,
and when it says promote, the service director signs. Nothing here knows how a gate judges.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from interlock.bootstrap import Services
from interlock.domain.authoring import Document
from interlock.domain.case import Case, Handling
from interlock.domain.contract import Stage
from interlock.domain.gate import GateDecision
from interlock.domain.ids import CaseId
from interlock.domain.rules.gate import judge
from interlock.release import lifecycle
from interlock.release.chores import Gate, look_at_all
from interlock.release.evidence import collect
from interlock.runtime.commands import deliver
from interlock.runtime.inline_engine import InlineEngine
from interlock.runtime.sweep import sweep
from interlock.testing.clock import MovingClock

from .desk_people import DeskPeople

WORKFLOW: Final = "service_desk"
MAKER, GOVERNOR, SIGNER = "desk_tools", "risk_office", "service_director"
GATE: Final = Gate(collect=collect, judge=judge)
Pairs = Sequence[tuple[str, str]]


@dataclass(slots=True)
class Stretch:
    """The days a release stood at one stage. alone: no person decided; wrong: of those."""

    stage: Stage
    first_day: int
    days: int = 0
    requests: int = 0
    alone: int = 0
    wrong: int = 0
    left_on: str = ""  # the verdict's words


@dataclass(slots=True)
class Rollout:
    """One release on its way up. truth: request number → what it is really about."""

    services: Services
    clock: MovingClock
    truth: dict[str, str] = field(default_factory=dict)
    stretches: list[Stretch] = field(default_factory=list)
    day: int = 0

    def begin(self) -> None:
        """Proposes this version, has it signed where it widens, and starts it in shadow."""
        context = self.services.context
        release = lifecycle.propose(context, WORKFLOW, MAKER, "the first version of the model")
        if release.widens:
            lifecycle.sign(context, release.id, GOVERNOR, "read, and agreed for the pilot")
        lifecycle.start(context, release.id, Stage.SHADOW, SIGNER, "the pilot begins")
        self.stretches.append(Stretch(stage=Stage.SHADOW, first_day=1))

    def run(self, traffic: Pairs, per_day: int, say: Callable[[str], None] = print) -> None:
        """Works through the traffic, so many requests a day."""
        for first in range(0, len(traffic), per_day):
            self._one_day(traffic[first : first + per_day])
            self._look(say)

    def _one_day(self, pairs: Pairs) -> None:
        self.day += 1
        ids = self._deliver(pairs)
        people = DeskPeople(self.services.context, self.truth)
        while people.work():
            self._work()
        stretch = self.stretches[-1]
        stretch.days += 1
        for case in self.services.store.load(ids):
            stretch.requests += 1
            if case.handling is Handling.AUTONOMOUS:
                stretch.alone += 1
                stretch.wrong += not self._is_right(case)
        self.clock.pass_time(timedelta(days=1))
        sweep(self.services.context, self.services.runner.worker)
        self._work()

    def _deliver(self, pairs: Pairs) -> list[CaseId]:
        numbers = [f"Q-{self.day:03}-{place:03}" for place in range(1, len(pairs) + 1)]
        text = io.StringIO()
        csv.writer(text).writerows(
            [("number", "text"), *zip(numbers, (words for words, _ in pairs), strict=True)]
        )
        self.truth |= dict(zip(numbers, (kind for _, kind in pairs), strict=True))
        name = f"day-{self.day:03}.csv"
        document = Document(name=name, content=text.getvalue().encode())
        sent = deliver(self.services.context, WORKFLOW, [document])
        self._work()
        return [each.case_id for each in sent]

    def _work(self) -> None:
        runner, engine = self.services.runner, self.services.engine
        assert isinstance(engine, InlineEngine)  # build_inline gives no other
        self.services.store.beat(runner.worker, version="rollout")
        engine.drain(runner)

    def _is_right(self, case: Case) -> bool:
        said = case.outputs.get("triage") or {}
        return bool(said.get("kind") == self.truth[str(case.data["number"])])

    def _look(self, say: Callable[[str], None]) -> None:
        context = self.services.context
        look_at_all(context, GATE)
        release = context.store.running_release(WORKFLOW)
        verdict = lifecycle.latest_verdict(context, release, "") if release else None
        if release is None or verdict is None:
            return
        if verdict.decision is GateDecision.PROMOTE:
            release = lifecycle.promote(context, release.id, SIGNER, "the gate says promote")
        if release.stand.stage is self.stretches[-1].stage:
            return
        self.stretches[-1].left_on = verdict.words
        say(f"day {self.day}: {release.stand.stage}. {verdict.words}")
        self.stretches.append(Stretch(stage=release.stand.stage, first_day=self.day + 1))
