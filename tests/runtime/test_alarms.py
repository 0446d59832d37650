"""An alarm puts one question to people; what they decide follows in the same transaction."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from interlock.domain.alarm import AlarmDecision, AlarmState
from interlock.domain.pause import Pause
from interlock.runtime.commands.alarms import (
    AlarmRefused,
    decide,
    for_whom,
    may_decide,
    open_alarms,
    picture,
    take,
)
from interlock.runtime.commands.pausing import pause, resume
from interlock.runtime.context import Context
from interlock.runtime.watching_chore import watch
from interlock.storage import AlarmOvertaken, AlarmUnknown, open_store
from tests.runtime.alarmed import (
    HOUR,
    LOW_CONFIDENCE,
    REFUNDS,
    SLOW,
    SMALL,
    alarmed,
    doubtful,
    house,
    the_alarm,
    watching,
)
from tests.runtime.office import Office

GO_ON, STAY_OFF = AlarmDecision.GO_ON, AlarmDecision.STAY_OFF
ANY_ACTION = {"measure": "action_rate", "high": 0, "minimum": 1}


def an_hour_of_work(office: Office, context: Context, name: str) -> None:
    """An hour in which actions took effect, and is over."""
    office.handle(f"{name}-1")
    office.later(31)
    office.pass_time(HOUR)
    watch(context)


def in_force(context: Context) -> list[str]:
    return [str(each.scope) for each in context.store.pauses_in_force()]


def test_a_breach_asks_somebody(office: Office) -> None:
    """A pause says that it is off; a question with a deadline says that somebody has to look."""
    context = alarmed(office)

    alarm = the_alarm(context)
    [paused] = context.store.pauses_in_force()
    assert (alarm.workflow, alarm.subject, alarm.windows) == ("refunds", "confidence of judge", 1)
    assert (alarm.reading.value, alarm.reading.band.low) == (0.5, 0.8)
    assert alarm.pauses == (paused.id,)
    assert alarm.due_at - alarm.opened_at == timedelta(hours=4)
    [raised] = [e for e in context.store.house_entries() if e.kind == "alarm_raised"]
    assert raised.body["alarm"] == alarm.id


def test_several_workers_ask_once(office: Office) -> None:
    """The lock of a chore may lapse; one open question for a number is the database's own rule."""
    doubtful(office, 3)
    office.pass_time(HOUR)
    url = office.store.url

    def once(_: int) -> int:
        with open_store(url) as store:
            return watch(watching(office, LOW_CONFIDENCE, store=store))

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(once, range(4)))

    [alarm] = office.store.alarms()
    assert (sum(done), alarm.windows) == (1, 1)


def test_another_breach_counts_with_the_open_question(office: Office) -> None:
    """Whoever looks needs one picture of it, not a pile of the same."""
    context = watching(office, ANY_ACTION)
    an_hour_of_work(office, context, "A")
    first = the_alarm(context)

    an_hour_of_work(office, context, "B")

    again = the_alarm(context)
    assert (again.id, again.windows, again.opened_at) == (first.id, 2, first.opened_at)
    assert again.reading.ends > first.reading.ends
    assert again.version > first.version
    assert house(context).count("alarm_raised") == 2
    assert house(context).count("pause_set") == 1


def test_going_on_lifts_what_the_alarm_paused_and_says_why(office: Office) -> None:
    """The review, the pause and both entries are one change."""
    context = alarmed(office)

    done = decide(
        context, the_alarm(context).id, "lead", GO_ON, "a new form, the answers are right"
    )

    assert [each.scope for each in done.lifted] == [SMALL]
    assert in_force(context) == []
    assert (done.alarm.state, done.alarm.decided_by) == (AlarmState.DECIDED, "lead")
    assert house(context)[-2:] == ["pause_lifted", "alarm_decided"]
    assert done.lifted[0].lifted_because == done.alarm.reason


def test_staying_off_leaves_the_pause(small_office: Office) -> None:
    """A look may find that the agent is wrong; then it is somebody's word that it stays off."""
    context = alarmed(small_office)

    done = decide(context, the_alarm(context).id, "lead", STAY_OFF, "it reads the wrong field")

    assert (done.lifted, in_force(context)) == ((), ["agent small-1"])
    assert done.alarm.decision is STAY_OFF
    assert house(context)[-1] == "alarm_decided"


def test_a_pause_a_person_set_outlasts_the_alarm(small_office: Office) -> None:
    """The alarm answers for its own pauses; the reason of a person is theirs to answer."""
    context = watching(small_office, LOW_CONFIDENCE)
    doubtful(small_office, 3)
    pause(context, SMALL, "head", "wrong postings")
    small_office.pass_time(HOUR)
    watch(context)

    done = decide(context, the_alarm(context).id, "lead", GO_ON, "the confidence is all right")

    assert (done.lifted, [each.by for each in done.kept]) == ((), ["head"])
    assert in_force(context) == ["agent small-1"]


def test_a_pause_a_person_made_wider_outlasts_the_alarm(small_office: Office) -> None:
    """They wanted more stopped than the alarm did; its end may not undo that."""
    context = watching(small_office, ANY_ACTION)
    an_hour_of_work(small_office, context, "A")
    pause(context, replace(REFUNDS, also_actions=True), "head", "the bank is down")

    done = decide(context, the_alarm(context).id, "head", GO_ON, "a busy hour")

    assert (done.lifted, in_force(context)) == ((), ["workflow refunds"])


def test_what_another_alarm_needs_stays_paused(office: Office) -> None:
    """Two numbers of one agent left their bands; one of them is still nobody's to trust."""
    context = alarmed(office, LOW_CONFIDENCE, SLOW)
    slow, doubted = sorted(open_alarms(context), key=lambda each: each.subject, reverse=True)
    assert slow.subject.startswith("latency")

    first = decide(context, doubted.id, "lead", GO_ON, "a new form")

    assert (first.lifted, [str(each.scope) for each in first.kept]) == ((), ["agent small-1"])
    second = decide(context, slow.id, "lead", GO_ON, "the line was slow")
    assert [each.scope for each in second.lifted] == [SMALL]


def test_what_somebody_kept_off_is_not_let_go_by_another_answer(small_office: Office) -> None:
    """Their word was that it stays off; only lifting the pause itself takes it back."""
    context = alarmed(small_office, LOW_CONFIDENCE, SLOW)
    one, other = open_alarms(context)
    decide(context, one.id, "lead", STAY_OFF, "it is wrong")

    done = decide(context, other.id, "lead", GO_ON, "the line was slow")

    assert (done.lifted, in_force(context)) == ((), ["agent small-1"])


def test_lifting_the_pause_by_hand_decides_the_open_question(office: Office) -> None:
    """Else a question would ask whether to go on with what goes on already."""
    context = alarmed(office)
    alarm = the_alarm(context)

    resume(context, SMALL, "lead", "looked at")

    after = context.store.alarm(alarm.id)
    assert (after.decision, after.decided_by, after.reason) == (GO_ON, "lead", "looked at")
    assert house(context)[-2:] == ["pause_lifted", "alarm_decided"]


def test_a_question_is_open_while_anything_of_it_is_paused(small_office: Office) -> None:
    """Lifting something else is no answer to it."""
    context = alarmed(small_office)
    pause(context, REFUNDS, "lead", "a look at everything")

    resume(context, REFUNDS, "lead", "looked at everything else")

    assert the_alarm(context).is_open


def test_an_answer_of_staying_off_is_not_asked_for_again(small_office: Office) -> None:
    """While all of it is paused; once somebody lifts it, the next breach asks anew."""
    context = watching(small_office, ANY_ACTION)
    an_hour_of_work(small_office, context, "A")
    decide(context, the_alarm(context).id, "head", STAY_OFF, "the season is over")

    an_hour_of_work(small_office, context, "B")
    asked = open_alarms(context)
    resume(context, REFUNDS, "head", "it begins again")
    an_hour_of_work(small_office, context, "C")

    assert asked == []
    assert the_alarm(context).windows == 1
    assert house(context).count("alarm_raised") == 3


@pytest.mark.parametrize("decision", list(AlarmDecision))
@pytest.mark.parametrize("person", ["anna", "watch", "nobody"])
def test_who_may_not_lift_a_pause_decides_no_alarm(
    small_office: Office, person: str, decision: AlarmDecision
) -> None:
    """The right is that of the kill switch; there is no second door to it."""
    context = alarmed(small_office)
    alarm = the_alarm(context)

    with pytest.raises(AlarmRefused) as refused:
        decide(context, alarm.id, person, decision, "fine")

    assert refused.value.rule == "owner"
    assert for_whom(context, [alarm], person) == []
    assert context.store.alarm(alarm.id) == alarm


@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 501])
def test_a_decision_says_why(small_office: Office, reason: str) -> None:
    """Everybody who reads the record asks it."""
    context = alarmed(small_office)

    with pytest.raises(AlarmRefused, match="reason"):
        decide(context, the_alarm(context).id, "lead", GO_ON, reason)

    assert in_force(context) == ["agent small-1"]


def test_nothing_is_decided_twice(office: Office) -> None:
    """Two owners at once: one decision is recorded, and one pause lifted."""
    context = alarmed(office)
    number = the_alarm(context).id

    def once(person: str) -> str:
        try:
            decide(context, number, person, GO_ON, f"{person} looked")
        except (AlarmRefused, AlarmOvertaken):
            return "no"
        return "yes"

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(once, ["lead", "head", "auditor", "engineer"]))

    assert sorted(said) == ["no", "no", "no", "yes"]
    assert [house(context).count(each) for each in ("alarm_decided", "pause_lifted")] == [1, 1]


def test_going_on_needs_what_was_looked_at(small_office: Office) -> None:
    """Another window may have breached meanwhile; staying off is right whatever came."""
    context = alarmed(small_office)
    seen = the_alarm(context)
    take(context, seen.id, "head")

    with pytest.raises(AlarmOvertaken):
        decide(context, seen.id, "lead", GO_ON, "fine", version=seen.version)
    assert in_force(context) == ["agent small-1"]

    decide(context, seen.id, "lead", STAY_OFF, "it is wrong", version=seen.version)
    assert context.store.alarm(seen.id).decision is STAY_OFF


def test_a_decided_alarm_is_final(small_office: Office) -> None:
    """A recorded decision is evidence."""
    context = alarmed(small_office)
    number = the_alarm(context).id
    decide(context, number, "lead", STAY_OFF, "it is wrong")

    for again in (
        lambda: decide(context, number, "head", GO_ON, "no, it is right"),
        lambda: take(context, number, "head"),
    ):
        with pytest.raises(AlarmRefused, match="decided it already"):
            again()


def test_who_takes_it_is_named_and_keeps_nobody_out(small_office: Office) -> None:
    """It saves two people the same hour; it is no lock on the kill switch."""
    context = alarmed(small_office)
    taken = take(context, the_alarm(context).id, "head")

    decide(context, taken.id, "lead", GO_ON, "fine")

    assert taken.held_by == "head"
    assert house(context)[-3:] == ["alarm_taken", "pause_lifted", "alarm_decided"]


def test_a_number_that_is_none_is_said(small_office: Office) -> None:
    """An address may be made up."""
    for number in (0, -1, 7, 2**63):
        with pytest.raises(AlarmUnknown):
            small_office.store.alarm(number)


def test_whoever_sees_some_tenants_sees_no_alarm(office: Office) -> None:
    """Its number counts the cases of every one of them."""
    context = alarmed(office)
    number = the_alarm(context).id
    narrow = context.store.seen_by(frozenset({"north"}))

    assert narrow.alarms() == []
    with pytest.raises(AlarmUnknown):
        narrow.alarm(number)


def test_there_is_something_to_look_at(small_office: Office) -> None:
    """The number beside those before it, and the cases it was made from, the oddest first."""
    context = watching(small_office, LOW_CONFIDENCE)
    for number, confidence in enumerate((0.7, 0.3, 0.6)):
        small_office.shop.confidence[f"R-{number}"] = confidence
        small_office.handle(f"R-{number}")
    small_office.pass_time(HOUR)
    watch(context)

    found = picture(context, the_alarm(context))

    keys = [case.key for each in found.unlike for case in context.store.load([each.case_id])]
    assert keys == ["R-1", "R-2", "R-0"]
    assert [each.value for each in found.unlike] == [0.3, 0.6, 0.7]
    assert [each.state for each in found.readings] == ["breach"]
    assert [isinstance(each, Pause) for each in found.pauses] == [True]


def test_an_alarm_is_in_no_number_of_cases(small_office: Office) -> None:
    """What the gate judges is work, and looking at an alarm is none."""
    context = watching(small_office, LOW_CONFIDENCE)
    doubtful(small_office, 3)
    facts = list(context.store.facts())
    small_office.pass_time(HOUR)
    watch(context)

    decide(context, the_alarm(context).id, "lead", GO_ON, "fine")

    assert list(context.store.facts()) == facts


def test_a_queue_of_the_contract_is_asked_in_its_own_hours(small_office: Office) -> None:
    """Four hours of theirs, not of the clock's."""
    context = alarmed(small_office, alerts_queue="lead", alerts_sla_minutes=30)
    alarm = the_alarm(context)

    assert (alarm.queue, alarm.due_at - alarm.opened_at) == ("lead", timedelta(minutes=30))
    assert may_decide(context, alarm, "head", GO_ON).allowed
