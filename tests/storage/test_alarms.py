"""The life of alarms and their pauses against a model, whoever does what in which order.

The model knows what may be true; the store does it. What one alarm needs no other answer lifts,
and a question is open exactly as long as something of it is paused and nobody decided.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from interlock.domain.alarm import ALARM_MOVES, AlarmDecision, AlarmMove, AlarmOpening, AlarmState
from interlock.domain.ids import QueueName, WorkflowId
from interlock.domain.pause import PauseScope, ScopeKind
from interlock.domain.watching import Band, Measure, Reading, ReadingState
from interlock.storage import AlarmOvertaken, Store, open_store
from tests.storage.builders import NOW

A, B = (PauseScope(kind=ScopeKind.AGENT, name=name) for name in ("a", "b"))
ALL: Final = PauseScope(kind=ScopeKind.WORKFLOW, workflow="mail")
# What stops when a number leaves its band: some share an agent, one stops two.
NUMBERS: Final[dict[tuple[Measure, str], tuple[PauseScope, ...]]] = {
    (Measure.CONFIDENCE, "sort"): (A,),
    (Measure.LATENCY, "sort"): (A,),
    (Measure.REFUSALS, "both"): (A, B),
    (Measure.MIX, ""): (ALL,),
}
numbers = st.sampled_from(list(NUMBERS))
scopes = st.sampled_from([A, B, ALL])
decisions = st.sampled_from(list(AlarmDecision))


def a_reading(measure: Measure, step: str, hour: int) -> Reading:
    """One window outside its band."""
    begins = NOW + timedelta(hours=hour)
    return Reading(
        workflow=WorkflowId("mail"),
        measure=measure,
        step=step,
        begins=begins,
        ends=begins + timedelta(hours=1),
        events=40,
        value=0.1,
        band=Band(low=0.5),
        state=ReadingState.BREACH,
    )


def breached(store: Store, number: tuple[Measure, str], hour: int = 0) -> bool:
    """Whether this breach was read now and not before."""
    reading = a_reading(*number, hour)
    opening = AlarmOpening(queue=QueueName("desk"), due_at=reading.ends + timedelta(hours=4))
    return store.add_reading(reading, NUMBERS[number], reading.ends, opening) is not None


@dataclass
class Asked:
    """What the model knows of one open question: its windows, and which pauses it needs."""

    windows: int = 0
    needs: set[int] = field(default_factory=set)


class AlarmsLive(RuleBasedStateMachine):
    """Breaches, decisions, and people at the kill switch."""

    @initialize()
    def begin(self) -> None:
        self.store = open_store("sqlite://")
        self.store.upgrade()
        self.hour, self.drawn = 0, 0
        self.paused: dict[PauseScope, tuple[int, str]] = {}  # scope → which pause, by whom
        self.open: dict[tuple[Measure, str], Asked] = {}
        self.kept: list[tuple[tuple[Measure, str], set[int]]] = []

    @rule(number=numbers, twice=st.sampled_from([False, False, True]))
    def breach(self, number: tuple[Measure, str], twice: bool) -> None:
        """A number leaves its band; a second worker may read the same window."""
        self.hour += 1
        assert breached(self.store, number, self.hour)
        assert not (twice and breached(self.store, number, self.hour))

        pauses = {self._paused(scope, "watch") for scope in NUMBERS[number]}
        settled = {each for about, kept in self.kept if about == number for each in kept}
        if not pauses <= settled:
            asked = self.open.setdefault(number, Asked())
            asked.windows += 1
            asked.needs |= pauses

    @precondition(lambda self: self.open)
    @rule(data=st.data(), decision=decisions, is_late=st.sampled_from([False, False, False, True]))
    def decide(self, data: st.DataObject, decision: AlarmDecision, is_late: bool) -> None:
        """Somebody says what follows, perhaps of what they saw before it broke again."""
        number = data.draw(st.sampled_from(sorted(self.open)))
        alarm = self._alarm(number)
        goes_on = decision is AlarmDecision.GO_ON
        if is_late and goes_on:
            self.store.take_alarm(alarm, "ben", alarm.due_at)
            with pytest.raises(AlarmOvertaken):
                self.store.decide_alarm(alarm, decision, "anna", "looked", alarm.due_at)
            return

        lifted = self.store.decide_alarm(alarm, decision, "anna", "looked", alarm.due_at)

        asked = self.open.pop(number)
        others = [each.needs for each in self.open.values()] + [kept for _, kept in self.kept]
        needed = set().union(*others)
        gone = [
            scope
            for scope, (pause, by) in self.paused.items()
            if goes_on and by == "watch" and pause in asked.needs - needed
        ]
        assert {each.scope for each in lifted} == set(gone)
        for scope in gone:
            del self.paused[scope]
        if not goes_on:
            self.kept.append((number, asked.needs))

    @rule(scope=scopes)
    def pause(self, scope: PauseScope) -> None:
        """A person stops something; what is stopped already stays whose it was."""
        self.store.set_pause(scope, "anna", "a look", NOW)
        self._paused(scope, "anna")

    @rule(scope=scopes)
    def resume(self, scope: PauseScope) -> None:
        """A person lets something go on; questions about nothing else are thereby answered."""
        was = self.paused.pop(scope, None)
        lifted = self.store.lift_pause(scope, "anna", "looked", NOW)

        assert (lifted is None) == (was is None)
        in_force = {pause for pause, _ in self.paused.values()}
        for number, asked in list(self.open.items()):
            if was is not None and was[0] in asked.needs and not asked.needs & in_force:
                del self.open[number]
                assert self._last(number).decision is AlarmDecision.GO_ON

    @invariant()
    def what_is_paused_is_what_somebody_said(self) -> None:
        """No pause is lifted or set that the model does not know of."""
        found = {each.scope: str(each.by) for each in self.store.pauses_in_force()}
        assert found == {scope: by for scope, (_, by) in self.paused.items()}

    @invariant()
    def each_number_is_asked_about_once(self) -> None:
        """With the windows that breached since; and something of it is paused."""
        found = self.store.alarms(states=(AlarmState.OPEN,))
        known = {(e.reading.measure, e.reading.step): e.windows for e in found}
        assert known == {number: asked.windows for number, asked in self.open.items()}
        assert len(found) == len(known)
        in_force = {each.id for each in self.store.pauses_in_force()}
        assert all(in_force & set(each.pauses) for each in found)

    def teardown(self) -> None:
        """The record of all of it is whole."""
        assert self.store.house_faults() == []
        self.store.close()

    def _paused(self, scope: PauseScope, by: str) -> int:
        if scope not in self.paused:
            self.drawn += 1
            self.paused[scope] = (self.drawn, by)
        return self.paused[scope][0]

    def _alarm(self, number: tuple[Measure, str]):  # type: ignore[no-untyped-def]
        found = self.store.alarms(states=(AlarmState.OPEN,))
        return next(e for e in found if (e.reading.measure, e.reading.step) == number)

    def _last(self, number: tuple[Measure, str]):  # type: ignore[no-untyped-def]
        found = self.store.alarms()
        return next(e for e in found if (e.reading.measure, e.reading.step) == number)


AlarmsLive.TestCase.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)
TestAlarmsLive = AlarmsLive.TestCase


def test_the_table_of_its_life_has_one_end() -> None:
    """Decided is final: no arrow leaves it, and only deciding leads to it."""
    ends = {move for (_, move), to in ALARM_MOVES.items() if to is AlarmState.DECIDED}

    assert ends == {AlarmMove.DECIDE}
    assert {state for state, _ in ALARM_MOVES} == {AlarmState.OPEN}


def test_the_database_itself_keeps_one_open_question_a_number(store: Store) -> None:
    """Whatever else writes to it; and no decision without who, when and why."""
    breached(store, (Measure.MIX, ""))
    columns = (
        "workflow, measure, step, begins_at, ends_at, events, value, windows, queue, opened_at, "
        "due_at, state, version"
    )
    again = f"INSERT INTO alarm_review ({columns}) SELECT {columns} FROM alarm_review"

    for wrong in (again, "UPDATE alarm_review SET state = 'decided'"):
        with pytest.raises(IntegrityError), store.engine.begin() as conn:
            conn.execute(text(wrong))


def test_what_came_due_is_listed_in_order(store: Store) -> None:
    """For those who are told that it is late; what was decided is nobody's news."""
    for hour, number in enumerate(NUMBERS):
        breached(store, number, hour)
    first, *others = sorted(store.alarms(), key=lambda each: each.due_at)
    store.decide_alarm(others[0], AlarmDecision.STAY_OFF, "anna", "it is wrong", NOW)

    found = store.alarms_come_due(first.due_at - timedelta(seconds=1), others[1].due_at, 10)

    assert [each.id for each in found] == [first.id, others[1].id]
    assert store.alarms_come_due(first.due_at, first.due_at, 10) == []
