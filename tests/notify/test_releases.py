"""People are told of releases: once, and those who can do something about it."""

from __future__ import annotations

import json

import pytest

from interlock.domain.contract import Stage
from interlock.domain.gate import GateDecision
from interlock.domain.notice import NoticeKind, NoticeState
from interlock.release import lifecycle, taking_back
from interlock.release.burning import look_at_budgets
from tests.notify.conftest import PUBLIC, Postbox, Receiver, Telling, hooked, mailing
from tests.release.rollouts import AUTHOR, GOVERNANCE, OWNER, WHY, at_stage, look, started
from tests.release.test_burning import burning_release
from tests.runtime.office import Office

OWNERS = ["auditor@example.com", "engineer@example.com", "head@example.com", "lead@example.com"]


@pytest.fixture
def telling(any_office: Office, postbox: Postbox) -> Telling:
    return Telling(any_office, mailing(postbox))


def again(telling: Telling) -> None:
    """What a worker does that is started anew: it looks as if for the first time."""
    telling.again()
    telling.tell()


def test_governance_is_told_once_of_a_proposal_that_widens(
    telling: Telling, postbox: Postbox
) -> None:
    """Only who can sign it, never who proposed it, and not at every look."""
    lifecycle.propose(telling.office.context, "refunds", AUTHOR, WHY)

    again(telling)
    again(telling)

    title = "Waits for a signature: Refunds: a new version lets AI do more"
    assert postbox.subjects == [("auditor@example.com", title)]
    text = postbox.mails[0].get_content()
    assert "judge: the AI may act, where people did" in text
    assert f"{PUBLIC}/workflows/refunds/release" in text


def test_owners_who_did_not_propose_it_are_told_that_it_may_go_up(
    telling: Telling, postbox: Postbox
) -> None:
    """Whoever proposed it could not sign, so the mail would be for nothing."""
    release = started(telling.office)
    look(telling.office, release, GateDecision.PROMOTE)

    again(telling)
    look(telling.office, release, GateDecision.PROMOTE)  # the same word, on more evidence
    again(telling)

    said = [(to, subject) for to, subject in postbox.subjects if "may go up" in subject]
    title = "Waits for a signature: Refunds may go up to canary"
    others = [each for each in OWNERS if not each.startswith(AUTHOR)]
    assert said == [(each, title) for each in others]


def test_what_was_promoted_before_the_mail_leaves_is_not_told(
    telling: Telling, postbox: Postbox
) -> None:
    """News that is no longer true wastes a person's time."""
    release = started(telling.office)
    look(telling.office, release, GateDecision.PROMOTE)
    telling.again()
    telling.look()
    lifecycle.promote(telling.office.context, release.id, OWNER, WHY)

    telling.send()

    assert [each for each in postbox.subjects if "may go up" in each[1]] == []
    moot = telling.office.store.notices([NoticeState.MOOT])
    assert {each.kind for each in moot} == {NoticeKind.RELEASE_WAITS}


def test_all_owners_are_told_once_of_a_rollback(telling: Telling, postbox: Postbox) -> None:
    """With who did it and why, for the next thing they are asked is what happened."""
    at_stage(telling.office, Stage.AUTONOMOUS)
    taking_back.roll_back(telling.office.context, "refunds", GOVERNANCE, "two wrong payments")

    again(telling)
    again(telling)

    told = [(to, subject) for to, subject in postbox.subjects if "Taken back" in subject]
    assert told == [(each, "Taken back: Refunds") for each in OWNERS]
    mail = next(each for each in postbox.mails if each["Subject"] == "Taken back: Refunds")
    assert "By auditor" in mail.get_content()
    assert "two wrong payments" in mail.get_content()


def test_owners_are_told_once_a_pace_that_the_budget_burns(
    telling: Telling, postbox: Postbox
) -> None:
    """Each look sees it burn; the record, and so the mail, is one."""
    burning_release(telling.office)
    for _ in range(3):
        look_at_budgets(telling.office.context)
        again(telling)

    told = [subject for to, subject in postbox.subjects if to == "lead@example.com"]
    assert told.count("Error budget burns too fast: Refunds") == 3  # fast, middle, slow


def test_systems_are_told_in_business_words(office: Office, receiver: Receiver) -> None:
    """Ids and stages; a program that pages somebody needs no more."""
    telling = Telling(office, hooked(receiver))
    release = started(office)
    look(office, release, GateDecision.PROMOTE)
    again(telling)
    taking_back.roll_back(office.context, "refunds", OWNER, WHY)
    again(telling)

    events = [json.loads(each.body) for each in receiver.received]
    told = {each["type"]: each["data"] for each in events}
    assert told["release.waits"]["about"] == "promotion"
    assert told["release.waits"]["to"] == "canary"
    assert told["release.taken_back"]["release"] == release.id
    assert told["release.taken_back"]["stage_after"] == "shadow"
