"""People are told by mail, once, and only those who can do something about it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from interlock.domain.ids import PersonId
from interlock.domain.notice import NoticeKind, NoticeState
from interlock.domain.people import Account
from interlock.domain.review import Verb
from interlock.runtime.commands import (
    answer_question,
    ask_question,
    claim_task,
    reassign_task,
)
from interlock.runtime.commands.questions import answer_by_link
from interlock.storage import HouseNote
from tests.notify.conftest import PUBLIC, Postbox, Telling, mailing
from tests.runtime.office import MONDAY, Office


def test_those_who_may_take_a_task_are_told_once_that_it_is_at_risk(
    any_office: Office, postbox: Postbox
) -> None:
    """Soon late: there is still time to do something. Looking twice tells nobody twice."""
    office = any_office
    telling = Telling(office, mailing(postbox))
    task = office.unsure()
    office.pass_time(58)

    telling.tell()
    telling.again()
    telling.tell()

    told = [to for to, _ in postbox.subjects]
    assert told == ["anna@example.com", "ben@example.com"]
    mail = postbox.mails[0]
    assert mail["Subject"] == "Soon late: low confidence, R-1"
    assert f"{PUBLIC}/work?task={task}" in mail.get_content()
    assert "Due 2026-03-02" in mail.get_content()


def test_a_mail_holds_no_field_of_the_case(office: Office, postbox: Postbox) -> None:
    """It leaves the house unencrypted: ids and business words only."""
    telling = Telling(office, mailing(postbox))
    office.unsure(iban="DE02120300000000202051", order="O-SECRET")
    office.pass_time(58)

    telling.tell()

    text = "".join(str(mail) for mail in postbox.mails)
    assert postbox.mails
    assert "DE0212" not in text
    assert "O-SECRET" not in text


def test_only_the_holder_is_told_of_a_task_in_hand(office: Office, postbox: Postbox) -> None:
    """The others can do nothing about it."""
    telling = Telling(office, mailing(postbox))
    task = office.unsure()
    office.pass_time(50)
    claim_task(office.context, task, "ben")
    office.pass_time(8)

    telling.tell()

    assert [to for to, _ in postbox.subjects] == ["ben@example.com"]


def test_what_is_decided_before_the_mail_leaves_is_not_told(
    office: Office, postbox: Postbox
) -> None:
    """News that is no longer true wastes a person's time."""
    telling = Telling(office, mailing(postbox))
    office.unsure()
    office.pass_time(58)
    telling.look()
    office.decide("R-1", "anna", Verb.APPROVE, reason_code="clear")

    telling.send()

    assert postbox.mails == []
    assert {each.state for each in office.store.notices()} == {NoticeState.MOOT}


def test_a_late_task_tells_its_holder_the_owner_and_the_next_queue(
    office: Office, postbox: Postbox
) -> None:
    """Whoever had it, whoever answers for the work, and whoever has it now."""
    telling = Telling(office, mailing(postbox))
    task = office.unsure()
    office.pass_time(55)
    telling.look()
    claim_task(office.context, task, "ben")

    office.later(6)
    telling.tell()

    told = postbox.subjects
    assert ("ben@example.com", "Late: low confidence, R-1") in told
    assert ("lead@example.com", "Late: low confidence, R-1") in told
    assert ("lead@example.com", "Passed on to you: low confidence, R-1") in told


def test_a_named_person_is_told_what_is_kept_for_them(office: Office, postbox: Postbox) -> None:
    """Else nobody would look before it is at risk."""
    telling = Telling(office, mailing(postbox))
    task = office.unsure()
    reassign_task(office.context, task, "ben", "lead", note="yours")

    telling.tell()

    assert postbox.subjects == [("ben@example.com", "Kept for you: low confidence, R-1")]


def test_whoever_opened_the_case_is_asked_with_a_link_that_answers_once(
    office: Office, postbox: Postbox
) -> None:
    """The question goes out as it was asked; the answer comes back without an account."""
    telling = Telling(office, mailing(postbox))
    office.shop.confidence["R-1"] = 0.5
    office.send(opened_by=PersonId("engineer"))
    office.run()
    ask_question(office.context, office.task().id, "anna", "Which order was it?")

    telling.tell()
    [mail] = postbox.mails
    token = re.search(r"/answer/(\S+)", mail.get_content())
    assert token is not None
    answer_by_link(office.context, token.group(1), "The second one.")

    assert mail["To"] == "engineer@example.com"
    assert "Which order was it?" in mail.get_content()
    assert office.task().questions[-1].answer == "The second one."
    assert office.task().questions[-1].answered_by == "engineer"


def test_a_question_that_was_answered_meanwhile_is_not_sent(
    office: Office, postbox: Postbox
) -> None:
    """A link that leads nowhere helps nobody."""
    telling = Telling(office, mailing(postbox))
    office.shop.confidence["R-1"] = 0.5
    office.send(opened_by=PersonId("engineer"))
    office.run()
    ask_question(office.context, office.task().id, "anna", "Which order was it?")
    telling.look()
    answer_question(office.context, office.task().id, "engineer", "On the phone: the second.")

    telling.send()

    assert postbox.mails == []


def test_what_is_late_is_listed_once_a_day_to_each_person(office: Office, postbox: Postbox) -> None:
    """A morning's overview, whatever else was said before."""
    telling = Telling(office, mailing(postbox))
    for number in ("R-1", "R-2"):
        office.unsure(number)
    office.pass_time(60 * 24 * 3)
    for _ in range(6):
        office.later(0)

    telling.tell()
    postbox.mails.clear()
    office.pass_time(60 * 24)
    telling.tell()
    telling.tell()

    digests = [m for m in postbox.mails if "late on" in m["Subject"]]
    assert len({m["To"] for m in digests}) == len(digests) >= 1
    assert all(m["Subject"] == "2 tasks late on 2026-03-06" for m in digests)
    assert "2 tasks, the oldest due" in digests[0].get_content()


def test_nobody_is_told_of_the_past(office: Office, postbox: Postbox) -> None:
    """Turning notices on must not send what happened before."""
    office.unsure()
    office.later(58)
    office.later(5)

    telling = Telling(office, mailing(postbox))
    telling.tell()

    assert [n for n in office.store.notices() if n.kind is not NoticeKind.DIGEST] == []


def test_an_account_says_where_its_person_is_reached_and_whether(
    office: Office, postbox: Postbox
) -> None:
    """An account that is switched off is told nothing; its address wins over the contract's."""
    note = HouseNote(at=MONDAY, actor="test", kind="account_added")
    away = Account(id=PersonId("ben"), name="Ben", email="ben@example.com", active=False)
    office.store.save_account(away, note)
    telling = Telling(office, mailing(postbox))
    office.unsure()
    office.pass_time(58)

    telling.tell()

    assert [to for to, _ in postbox.subjects] == ["anna@example.com"]


def test_a_server_that_refuses_is_asked_again_later(office: Office, postbox: Postbox) -> None:
    """Greylisting is the rule, not the exception. The same mail keeps its name."""
    telling = Telling(office, mailing(postbox))
    office.unsure()
    office.pass_time(58)
    postbox.refusals = ["451 later", "451 later"]

    assert telling.tell() == 0
    assert telling.send() == 0, "not before its time"
    office.clock.pass_time(timedelta(seconds=31))

    assert telling.send() == 2
    assert len(postbox.mails) == 2


def test_an_address_that_does_not_exist_is_given_up_at_once(
    office: Office, postbox: Postbox
) -> None:
    """A server that says never means it; a person sees it in the list of the dead."""
    telling = Telling(office, mailing(postbox))
    office.unsure()
    office.pass_time(58)
    postbox.refusals = ["550 no such user", "550 no such user"]

    telling.tell()

    assert {n.state for n in office.store.notices()} == {NoticeState.DEAD}
    assert "550" in office.store.notices()[0].error


def test_a_mail_sent_twice_after_a_crash_has_the_same_name(
    office: Office, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker died between the server's yes and writing it down."""
    telling = Telling(office, mailing(postbox))
    task = office.unsure()
    claim_task(office.context, task, "ben")
    office.pass_time(10)
    telling.look()
    office.pass_time(48)
    with monkeypatch.context() as patch:
        patch.setattr(type(office.store), "settle_notice", _dies)
        telling.look()
        with pytest.raises(_Crash):
            telling.send()

    telling.again()
    assert telling.send() == 0, "it is still the dead worker's"
    office.clock.pass_time(timedelta(minutes=4))
    telling.send()

    names = [mail["Message-ID"] for mail in postbox.mails]
    assert len(names) == 2
    assert len(set(names)) == 1


class _Crash(BaseException):
    """The process is gone."""


def _dies(*_: object, **__: object) -> None:
    raise _Crash
