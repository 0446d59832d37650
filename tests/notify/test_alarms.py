"""Of an alarm those hear who may decide it, once when it is raised and once when it is late."""

from __future__ import annotations

import json

from interlock.domain.alarm import AlarmDecision
from interlock.domain.notice import NoticeState
from interlock.runtime.commands.alarms import decide
from interlock.runtime.watching_chore import watch
from tests.notify.conftest import PUBLIC, Postbox, Receiver, Telling, hooked, mailing
from tests.runtime.alarmed import HOUR, LOW_CONFIDENCE, doubtful, the_alarm, watching
from tests.runtime.office import Office

OWNER = "lead@example.com"
ALARM = "Alarm: confidence of judge, Refunds"


def an_alarm(office: Office, **monitoring: object) -> None:
    """An hour in which the model was not sure is over, and read."""
    context = watching(office, LOW_CONFIDENCE, **monitoring)
    office.context = context
    doubtful(office, 3)
    office.pass_time(HOUR)
    watch(context)


def about_alarms(postbox: Postbox) -> list[tuple[str, str]]:
    return [each for each in postbox.subjects if "larm" in each[1]]


def test_the_owner_of_operations_is_told_where_no_queue_is_named(
    any_office: Office, postbox: Postbox
) -> None:
    """Looking twice tells nobody twice, and the link leads to the question."""
    telling = Telling(any_office, mailing(postbox))
    an_alarm(any_office)

    telling.tell()
    telling.again()
    telling.tell()

    assert about_alarms(postbox) == [(OWNER, ALARM)]
    [mail] = [each for each in postbox.mails if "Alarm" in each["Subject"]]
    text = mail.get_content()
    assert "confidence of judge is 0.5 over 3 events" in text
    assert f"{PUBLIC}/alarms/{the_alarm(any_office.context).id}" in text


def test_a_queue_whose_people_may_decide_nothing_is_passed_over(
    office: Office, postbox: Postbox
) -> None:
    """A clerk who is told and may do nothing would think that somebody else does."""
    telling = Telling(office, mailing(postbox))
    an_alarm(office, alerts_queue="clerks")

    telling.tell()

    assert about_alarms(postbox) == [(OWNER, ALARM)]


def test_a_late_alarm_is_told_to_those_it_escalates_to(office: Office, postbox: Postbox) -> None:
    """Nobody decided in time, so more people hear of it."""
    telling = Telling(office, mailing(postbox))
    an_alarm(office, alerts_queue="lead")
    telling.tell()
    office.pass_time(4 * 60)

    telling.tell()
    telling.tell()

    late = [to for to, subject in about_alarms(postbox) if subject.startswith("Late alarm")]
    assert late == ["head@example.com", OWNER]


def test_what_was_decided_meanwhile_is_nobodys_news(office: Office, postbox: Postbox) -> None:
    """A mail that asks for what is done already teaches people to ignore the next one."""
    telling = Telling(office, mailing(postbox))
    an_alarm(office)
    telling.look()
    context = office.context
    decide(context, the_alarm(context).id, "lead", AlarmDecision.STAY_OFF, "it is wrong")

    telling.send()

    assert about_alarms(postbox) == []
    assert NoticeState.MOOT in {each.state for each in office.store.notices()}


def test_systems_hear_of_it_too(office: Office, receiver: Receiver) -> None:
    """Raised, late and decided: one event each."""
    telling = Telling(office, hooked(receiver))
    an_alarm(office)
    telling.tell()
    office.pass_time(4 * 60)
    telling.tell()
    context = office.context
    decide(context, the_alarm(context).id, "lead", AlarmDecision.GO_ON, "fine")
    telling.tell()

    events = [json.loads(each.body) for each in receiver.received]
    alarms = {each["type"]: each["data"] for each in events if each["type"].startswith("alarm")}
    assert list(alarms) == ["alarm.raised", "alarm.late", "alarm.decided"]
    assert alarms["alarm.raised"]["alarm"] == alarms["alarm.late"]["alarm"] == 1
    assert alarms["alarm.decided"]["decision"] == "go_on"
    assert alarms["alarm.decided"]["by"] == "lead"
