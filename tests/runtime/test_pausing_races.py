"""A pause against everything at once: two workers, a crash, and chance."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from interlock.domain.case import CaseState, WaitsFor
from interlock.domain.pause import PauseScope, ScopeKind
from interlock.domain.review import Verb
from interlock.runtime.commands.pausing import pause, pauses, resume
from interlock.runtime.crash_points import CrashPlan, CrashPoint
from interlock.runtime.episode import EpisodeRunner
from interlock.storage import CaseQuery, TaskQuery
from tests.runtime.office import Office
from tests.runtime.truth import assert_truth

EVERYTHING = PauseScope(kind=ScopeKind.EVERYTHING)
JUDGE = PauseScope(kind=ScopeKind.STEP, workflow="refunds", name="judge")
BOOK = PauseScope(kind=ScopeKind.ACTION, workflow="refunds", name="book")
PAY_OUT = PauseScope(kind=ScopeKind.ACTION, workflow="refunds", name="pay_out")
SMALL = PauseScope(kind=ScopeKind.AGENT, name="small-1")
MANY = 120
AT_ONCE = 6


@pytest.mark.parametrize("scope", [replace(EVERYTHING, also_actions=True), BOOK])
def test_no_action_of_a_paused_scope_starts_after_the_pause_is_recorded(
    office: Office, scope: PauseScope
) -> None:
    """Two workers are in the middle of everything when somebody stops it. What is on record when
    `pause` returns is all there will ever be."""
    for number in range(MANY):
        office.send(f"R-{number}", 5)

    with ThreadPoolExecutor(2) as workers:
        busy = [workers.submit(_work_off, office, name) for name in ("worker-a", "worker-b")]
        _until(office, started=MANY // 10, busy=busy)
        pause(office.context, scope, "lead", "stop")
        at_the_pause = _started(office)
        for each in busy:
            each.result(timeout=60)

    assert _started(office) == at_the_pause
    assert MANY // 10 <= at_the_pause < MANY

    resume(office.context, scope, "lead", "go on")
    for _ in range(4):
        office.later(31)
    for number in range(MANY):
        assert sorted(office.shop.done(f"R-{number}")) == ["book", "pay_out"]


def test_a_crash_between_intent_and_deed_starts_nothing_again_while_paused(
    office: Office,
) -> None:
    """Nobody knows whether it was done: it is looked up; a new try is a new start, and waits."""
    runner = replace(office.runner, crash=_Dies(CrashPoint.INTENT_RECORDED))
    sent = office.send()
    office.store.beat(runner.worker, version="test")
    with pytest.raises(_Crash):
        runner.run([sent.case_id])
    pause(office.context, BOOK, "lead", "stop")

    office.later(1)
    office.later(1)

    case = office.case("R-1")
    assert office.shop.met["is_booked"] == 1
    assert office.shop.done("R-1") == []
    assert (case.state, case.waits_for) == (CaseState.WAITING, WaitsFor.PAUSE)

    resume(office.context, BOOK, "lead", "go on")
    office.later(0)
    office.later(31)

    assert office.shop.done("R-1") == ["book", "pay_out"]


def test_a_crash_before_a_held_case_is_on_record_holds_it_again(office: Office) -> None:
    """The pause is on record; what the dead worker meant to write is found anew."""
    office.handle()
    pause(office.context, PAY_OUT, "lead", "stop")
    office.pass_time(31)
    runner = replace(office.runner, crash=_Dies(CrashPoint.RECORD_BEFORE_COMMIT, after=2))
    office.runner, living = runner, office.runner
    with pytest.raises(_Crash):
        office.later(0)
    office.runner = living

    office.later(0)

    assert office.case("R-1").waits_for is WaitsFor.PAUSE
    assert office.events().count("action_held") == 1


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        yield Path(folder)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.sampled_from([10, 350])),
        st.tuples(st.just("work"), st.none()),
        st.tuples(st.just("time"), st.sampled_from([1, 20, 31])),
        st.tuples(st.just("decide"), st.sampled_from([Verb.APPROVE, Verb.APPROVE, Verb.REJECT])),
        st.tuples(
            st.sampled_from(["pause", "pause", "resume"]),
            st.sampled_from([EVERYTHING, JUDGE, BOOK, PAY_OUT, SMALL]),
        ),
    ),
    max_size=25,
)


@settings(max_examples=20)
@given(steps=STEPS)
def test_whatever_happens_a_paused_thing_never_starts_and_no_case_is_lost(
    place: Path, steps: list[tuple[str, object]]
) -> None:
    """Pauses come and go at any time; after the last one every case ends as without them."""
    office = Office.opened(f"sqlite:///{place / 'chance.sqlite'}")
    try:
        sent = 0
        for what, how in steps:
            before = _Before(office)
            if what == "send" and sent < AT_ONCE:
                sent += 1
                office.send(f"R-{sent}", float(str(how)))
            elif what == "work":
                office.run()
            elif what == "time":
                office.later(float(str(how)))
            elif what == "decide":
                _decide_one(office, Verb(str(how)))
            elif isinstance(how, PauseScope):
                _turn(office, what, how)
            before.holds()
        _end_well(office)
        assert_truth(office)
    finally:
        office.close()


class _Before:
    """What was paused and done before a step; afterwards, that nothing paused was begun."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.scopes = {each.scope.key for each in pauses(office.context)}
        self.asked, self.done = office.shop.met["judge"], list(office.shop.lines)
        self.seen = {each.agent for each in office.store.agents_seen()}

    def holds(self) -> None:
        shop, paused = self.office.shop, self.scopes
        now = {each.scope.key for each in pauses(self.office.context)}
        paused = paused & now
        new = shop.lines[len(self.done) :]
        if EVERYTHING.key in paused or JUDGE.key in paused:
            assert shop.met["judge"] == self.asked, "a paused AI step began"
        if SMALL.key in paused and "small-1" in self.seen:
            assert shop.met["judge"] == self.asked, "a paused agent was asked"
        for what, number, _ in new:
            assert (ScopeKind.ACTION, "refunds", what) not in paused, "a paused action was done"
            if paused & {EVERYTHING.key, JUDGE.key}:
                self._somebody_stood_before(what, number)

    def _somebody_stood_before(self, what: str, number: str) -> None:
        case = self.office.case(number)
        [action] = [each for each in case.actions if each.name == what]
        assert case.fallback_used or action.approved_by, "it rested on the machine alone"


def _turn(office: Office, what: str, scope: PauseScope) -> None:
    in_force = {each.scope.key for each in pauses(office.context)}
    if what == "resume" and scope.key in in_force:
        resume(office.context, scope, "lead", "go on")
    if what == "pause" and (scope is not SMALL or office.store.agents_seen()):
        pause(office.context, scope, "lead", "stop")


def _decide_one(office: Office, verb: Verb) -> None:
    for task in office.store.tasks(TaskQuery())[:1]:
        key = office.store.load([task.case_id])[0].key
        supplied = dict.fromkeys(task.missing, "a letter")
        by = "anna" if task.queue == "clerks" else "lead"
        office.decide(key, by, verb, supplied=supplied)


def _end_well(office: Office) -> None:
    """Every pause is lifted, people answer, time goes on: each case must come to its end."""
    for each in pauses(office.context):
        resume(office.context, each.scope, "lead", "go on")
    for _ in range(12):
        office.later(60 * 6)
        while office.store.tasks(TaskQuery()):
            _decide_one(office, Verb.APPROVE)
    for case in office.store.cases(CaseQuery(limit=100)):
        assert case.state is CaseState.CLOSED, (case.key, case.waits_for)
        if case.outcome == "completed":
            assert office.shop.done(case.key) == ["book", "pay_out"]


def _work_off(office: Office, name: str) -> None:
    """A worker that takes what is ready until nothing is."""
    runner: EpisodeRunner = office.second_runner(name)
    idle = 0
    while idle < 3:
        office.store.beat(name, version="test")
        idle = 0 if runner.run_ready(AT_ONCE).cases else idle + 1


def _until(office: Office, *, started: int, busy: list[Future[None]]) -> None:
    while _started(office) < started and not all(each.done() for each in busy):
        pass


def _started(office: Office) -> int:
    """How many intents are on record."""
    with office.store.engine.connect() as connection:
        counted = text("SELECT count(*) FROM action WHERE intended_at IS NOT NULL")
        return int(connection.execute(counted).scalar_one())


class _Crash(Exception):
    """The process is gone."""


class _Dies(CrashPlan):
    """A crash within this process: nothing after it is done."""

    def strike(self) -> None:
        raise _Crash
