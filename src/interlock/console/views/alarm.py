"""An alarm as people look at it: what was seen and expected, what it paused, and what may follow.

One rule: what would happen is said before it is done, and what stays paused is said beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from interlock.console import words
from interlock.console.views.alarm_chart import Chart, chart_of
from interlock.console.views.alarm_line import (
    AlarmLine,
    band_words,
    contract_of,
    line_of,
    value_words,
)
from interlock.console.views.pauses import scope_in_words
from interlock.console.views.release_choices import who_may
from interlock.console.views.scope import name_of
from interlock.domain.alarm import AlarmDecision, AlarmReview
from interlock.domain.contract import WorkflowContract
from interlock.domain.money import Money
from interlock.domain.pause import Pause
from interlock.domain.people import Right
from interlock.domain.watching import Measure, Reading, ReadingState
from interlock.runtime.commands import alarms
from interlock.runtime.context import Context
from interlock.storage.alarm_rows import WATCH
from interlock.web.alarms import unlike_for
from interlock.web.boundary import Caller

OF_A_CASE: Final = MappingProxyType(
    {Measure.CONFIDENCE: "Confidence", Measure.LATENCY: "Time", Measure.AMOUNT: "Amount"}
)
READ: Final = MappingProxyType(
    {
        ReadingState.USUAL: "as expected",
        ReadingState.TOO_FEW: "too few to say",
        ReadingState.LEARNING: "still learning",
        ReadingState.BREACH: "outside",
    }
)
TITLES: Final = MappingProxyType(
    {AlarmDecision.GO_ON: "Let AI go on", AlarmDecision.STAY_OFF: "Keep AI off"}
)
DONE: Final = MappingProxyType(
    {AlarmDecision.GO_ON: "AI may go on", AlarmDecision.STAY_OFF: "AI stays off"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PausedShown:
    """Something that was paused when the number left its band."""

    what: str
    by: str
    is_in_force: bool
    lifted: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingShown:
    """One window, for the table below the chart."""

    begins: datetime
    value: str
    expected: str
    events: int
    state: str
    is_outside: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlikeShown:
    """A case of the window that stands out."""

    id: str
    name: str
    key: str
    value: str
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceShown:
    """What may be decided. key: as the address and the form say it; off: why not, and who may."""

    key: str
    title: str
    says: str
    off: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmShown:
    """The whole page. effects: what the chosen decision would do, a sentence each."""

    line: AlarmLine
    alarm: AlarmReview
    expected: str
    value: str
    is_open: bool
    decided: str
    pauses: tuple[PausedShown, ...]
    chart: Chart | None
    readings: tuple[ReadingShown, ...]
    unlike: tuple[UnlikeShown, ...]
    value_column: str
    choices: tuple[ChoiceShown, ...]
    may_take: bool


def alarm_shown(caller: Caller, alarm: AlarmReview) -> AlarmShown:
    """The page of an alarm, as this person may see it."""
    context = caller.context
    contract, picture = contract_of(context, alarm), alarms.picture(context, alarm)
    reading = alarm.reading
    return AlarmShown(
        line=line_of(context, alarm),
        alarm=alarm,
        value=value_words(reading, reading.value),
        expected=band_words(reading),
        is_open=alarm.is_open,
        decided=_decided(contract, alarm, context.clock.now()),
        pauses=tuple(_paused(context, contract, each) for each in picture.pauses),
        chart=chart_of(picture.readings),
        readings=tuple(_reading(each) for each in picture.readings),
        unlike=_unlike(caller, alarm, picture),
        value_column=OF_A_CASE.get(reading.measure, ""),
        choices=_choices(caller, contract, alarm),
        may_take=contract is not None
        and caller.may(Right.PAUSE, workflow=alarm.workflow)
        and alarms.may_take(context, alarm, caller.id).allowed,
    )


def effects_of(context: Context, alarm: AlarmReview, decision: AlarmDecision) -> tuple[str, ...]:
    """What deciding it so would do now, a sentence each."""
    contract = contract_of(context, alarm)
    contracts = {str(alarm.workflow): contract} if contract else {}
    lifted, kept = alarms.would_lift(context, alarm)
    held, needed = context.store.held_counts(), context.store.needed_by_others(alarm.id)
    if decision is AlarmDecision.STAY_OFF:
        off = [f"Stays paused: {scope_in_words(e.scope, contracts)}." for e in [*lifted, *kept]]
        return (*off, "Nobody is asked about this again until somebody resumes it.")
    said = [
        f"Goes on: {scope_in_words(each.scope, contracts)}. {_waiting(held.get(each.id, 0))}"
        for each in lifted
    ]
    for each in kept:
        why = (
            f"alarm {needed[each.id]} needs it"
            if each.id in needed
            else f"{name_of(contract, each.by)} paused it"
        )
        said.append(f"Stays paused: {scope_in_words(each.scope, contracts)}, because {why}.")
    return tuple(said) or ("Nothing is paused by it any more.",)


def _waiting(cases: int) -> str:
    if not cases:
        return "No case waits for it."
    return f"{words.counted(cases, 'case')} {'waits' if cases == 1 else 'wait'} for it."


def _choices(
    caller: Caller, contract: WorkflowContract | None, alarm: AlarmReview
) -> tuple[ChoiceShown, ...]:
    if not alarm.is_open or contract is None:
        return ()
    says = {
        AlarmDecision.GO_ON: "You looked, and it is all right: what the alarm paused goes on.",
        AlarmDecision.STAY_OFF: "It is not all right, or not yet: people and fixed rules carry on.",
    }
    return tuple(
        ChoiceShown(
            key=each,
            title=TITLES[each],
            says=says[each],
            off=_off(caller, contract, alarm, each),
        )
        for each in AlarmDecision
    )


def _off(
    caller: Caller, contract: WorkflowContract, alarm: AlarmReview, decision: AlarmDecision
) -> str:
    """Why the person may not decide it so, and who may; empty when they may."""
    right = Right.RESUME if decision is AlarmDecision.GO_ON else Right.PAUSE
    if not caller.may(Right.PAUSE, workflow=alarm.workflow):
        return who_may(caller.context, contract, right)
    answer = alarms.may_decide(caller.context, alarm, caller.id, decision)
    if answer.allowed:
        return ""
    return f"{words.sentence_of(answer.reason)}. {who_may(caller.context, contract, right)}"


def _unlike(caller: Caller, alarm: AlarmReview, picture: alarms.Picture) -> tuple[UnlikeShown, ...]:
    return tuple(
        UnlikeShown(
            id=case.id,
            name=case.title or case.key,
            key=case.key,
            value="" if value is None else value_words(alarm.reading, value),
            amount=_money(case.amount),
        )
        for case, value in unlike_for(caller, picture.unlike)
    )


def _paused(context: Context, contract: WorkflowContract | None, pause: Pause) -> PausedShown:
    contracts = {str(contract.workflow): contract} if contract else {}
    lifted = ""
    if pause.lifted_at is not None:
        when = words.clock(pause.lifted_at, context.clock.now())
        lifted = f"{name_of(contract, pause.lifted_by or '')} let it go on, {when}"
    return PausedShown(
        what=scope_in_words(pause.scope, contracts),
        by="the alarm" if pause.by == WATCH else name_of(contract, pause.by),
        is_in_force=pause.is_in_force,
        lifted=lifted,
    )


def _reading(reading: Reading) -> ReadingShown:
    return ReadingShown(
        begins=reading.begins,
        value=value_words(reading, reading.value),
        expected=band_words(reading),
        events=reading.events,
        state=READ[reading.state],
        is_outside=reading.state is ReadingState.BREACH,
    )


def _decided(contract: WorkflowContract | None, alarm: AlarmReview, now: datetime) -> str:
    if alarm.decision is None or alarm.decided_at is None:
        return ""
    who = name_of(contract, alarm.decided_by or "")
    return f"{DONE[alarm.decision]}: {who} decided at {words.clock(alarm.decided_at, now)}"


def _money(amount: Money | None) -> str:
    return str(amount) if amount else ""
