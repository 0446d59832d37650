"""Other systems are told by signed webhooks: each event once, tried again, given up in the end."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from interlock.domain.case import Arm
from interlock.domain.notice import NoticeKind, NoticeState
from interlock.domain.pause import PauseScope, ScopeKind
from interlock.domain.review import Verb
from interlock.errors import SettingsInvalid
from interlock.notify import load_notify_settings, notice_chores
from interlock.notify.delivering import MOST_TRIES
from interlock.runtime.commands.pausing import pause, resume
from tests.notify.conftest import SECRET, Receiver, Telling, hooked
from tests.runtime.office import Office

EVERYTHING = PauseScope(kind=ScopeKind.EVERYTHING)


def types(receiver: Receiver) -> list[str]:
    """What was told, in order."""
    return [json.loads(each.body)["type"] for each in receiver.received]


def test_what_happens_to_a_case_is_told_and_signed(any_office: Office, receiver: Receiver) -> None:
    """A receiver proves by the signature that it was us, and which bytes."""
    office = any_office
    telling = Telling(office, hooked(receiver))
    office.unsure()
    office.decide("R-1", "anna", Verb.APPROVE, reason_code="clear")
    office.later(31)

    telling.tell()
    telling.tell()

    assert types(receiver) == ["review.opened", "review.decided", "case.closed"]
    for each in receiver.received:
        Webhook(SECRET).verify(each.body, each.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(receiver.received[0].body + b" ", receiver.received[0].headers)
    data = json.loads(receiver.received[-1].body)["data"]
    assert (data["key"], data["outcome"], data["handling"]) == ("R-1", "completed", "assisted")
    assert data["case_id"] == office.case("R-1").id


def test_a_body_holds_no_field_of_the_case(office: Office, receiver: Receiver) -> None:
    """Ids and business words only; whoever may see more asks the API."""
    telling = Telling(office, hooked(receiver))
    office.unsure(iban="DE02120300000000202051", order="O-SECRET")
    office.decide("R-1", "anna", Verb.APPROVE, reason_code="clear")

    telling.tell()

    told = b"".join(each.body for each in receiver.received)
    assert told
    assert b"DE0212" not in told
    assert b"O-SECRET" not in told
    assert b"confidence" not in told.replace(b"low_confidence", b"")


def test_a_pause_and_its_end_are_told(office: Office, receiver: Receiver) -> None:
    """Other systems may have to stop, too."""
    telling = Telling(office, hooked(receiver))
    pause(office.context, EVERYTHING, "lead", "wrong postings")
    resume(office.context, EVERYTHING, "lead", "mended")

    telling.tell()
    telling.tell()

    assert types(receiver) == ["pause.set", "pause.lifted"]
    data = json.loads(receiver.received[0].body)["data"]
    assert (data["scope"], data["by"], data["reason"]) == ("everything", "lead", "wrong postings")


def test_a_failing_receiver_is_tried_again_under_the_same_name_and_given_up_in_the_end(
    office: Office, receiver: Receiver
) -> None:
    """It may be down for an hour; it must not be asked for ever, and nothing is forgotten."""
    telling = Telling(office, hooked(receiver))
    receiver.answers = [503] * MOST_TRIES
    pause(office.context, EVERYTHING, "lead", "wrong postings")
    telling.look()

    for _ in range(MOST_TRIES + 2):
        telling.send()
        office.pass_time(121)

    [notice] = office.store.notices()
    assert (notice.state, notice.tries) == (NoticeState.DEAD, MOST_TRIES)
    assert "503" in notice.error
    assert len(receiver.received) == MOST_TRIES
    assert len({each.headers["webhook-id"] for each in receiver.received}) == 1

    assert office.store.retry_notices(office.clock.now(), notice.id) == 1
    assert telling.send() == 1
    assert office.store.notices()[0].state is NoticeState.SENT


def test_the_waits_grow_and_are_not_the_same_for_all(office: Office, receiver: Receiver) -> None:
    """A receiver that comes back must not be met by everybody at once."""
    telling = Telling(office, hooked(receiver))
    receiver.answers = [503] * 20
    for reason in ("a", "b", "c"):
        pause(office.context, EVERYTHING, "lead", reason)
    telling.tell()

    now = office.clock.now()
    waits = {each.next_at - now for each in office.store.notices()}

    assert len(waits) == 3
    assert all(timedelta(seconds=15) <= each <= timedelta(seconds=30) for each in waits)


def test_a_webhook_told_twice_after_a_crash_has_the_same_id(
    office: Office, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker died between the receiver's yes and writing it down; the receiver can tell."""
    telling = Telling(office, hooked(receiver))
    pause(office.context, EVERYTHING, "lead", "wrong postings")
    telling.look()
    with monkeypatch.context() as patch:
        patch.setattr(type(office.store), "settle_notice", _dies)
        with pytest.raises(_Crash):
            telling.send()

    telling.again()
    assert telling.tell() == 0, "it is still the dead worker's"
    office.pass_time(4)
    assert telling.tell() == 1

    assert len(receiver.received) == 2
    assert len({each.headers["webhook-id"] for each in receiver.received}) == 1


def test_a_redirect_is_not_followed(office: Office, receiver: Receiver) -> None:
    """Whoever can answer for the endpoint must not be able to send us elsewhere."""
    telling = Telling(office, hooked(receiver))
    receiver.answers = [302]
    pause(office.context, EVERYTHING, "lead", "wrong postings")

    telling.tell()

    assert [each.path for each in receiver.received] == ["/in"]
    assert "redirects are not followed" in office.store.notices()[0].error


def test_a_receiver_that_is_gone_is_left_alone(office: Office, receiver: Receiver) -> None:
    """410 means: no more of these."""
    telling = Telling(office, hooked(receiver))
    receiver.answers = [410]
    pause(office.context, EVERYTHING, "lead", "wrong postings")

    telling.tell()

    assert office.store.notices()[0].state is NoticeState.DEAD


def test_an_endpoint_taken_out_of_the_settings_gets_nothing_more(
    office: Office, receiver: Receiver
) -> None:
    """What waits for it is given up; its address and secret were never kept."""
    telling = Telling(office, hooked(receiver))
    pause(office.context, EVERYTHING, "lead", "wrong postings")
    telling.look()
    telling.settings = load_notify_settings(webhooks=f"https://other.example.com/#{SECRET}")
    telling.again()

    telling.send()

    [notice] = office.store.notices()
    assert notice.state is NoticeState.DEAD
    assert receiver.received == []
    assert SECRET not in str(notice)
    assert "/in" not in str(notice)


def test_one_that_fails_keeps_none_of_the_others_back(office: Office, receiver: Receiver) -> None:
    """Two receivers; one is down."""
    both = f"http://127.0.0.1:9/in#{SECRET} {receiver.url}#{SECRET}"
    telling = Telling(office, load_notify_settings(webhooks=both))
    pause(office.context, EVERYTHING, "lead", "wrong postings")

    telling.tell()

    assert types(receiver) == ["pause.set"]
    states = {each.state for each in office.store.notices()}
    assert states == {NoticeState.SENT, NoticeState.WAITING}


def test_a_service_is_told_by_apprise(office: Office, receiver: Receiver) -> None:
    """A chat learns of what is late and of the kill switch; its address is kept nowhere."""
    address = f"json://127.0.0.1:{receiver.port}/chat"
    telling = Telling(office, load_notify_settings(notify_urls=address))
    office.unsure()
    office.later(61)
    pause(office.context, EVERYTHING, "lead", "wrong postings")

    telling.tell()

    kinds = {each.kind for each in office.store.notices()}
    assert {NoticeKind.BREACHED, NoticeKind.ESCALATED, NoticeKind.PAUSE_SET} <= kinds
    titles = {json.loads(each.body)["title"] for each in receiver.received}
    assert "AI paused: everything" in titles
    assert "Late: low confidence, R-1" in titles
    assert all(each.state is NoticeState.SENT for each in office.store.notices())
    assert "127.0.0.1" not in str(office.store.notices())


def test_a_planted_question_is_no_news_for_other_systems(
    office: Office, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Probes are kept out of every business number, here too."""
    telling = Telling(office, hooked(receiver))
    office.handle()
    office.later(31)
    planted = replace(office.case("R-1"), arm=Arm.PROBE)
    monkeypatch.setattr(type(office.store), "load", lambda *_: [planted])

    telling.tell()

    assert receiver.received == []


def test_sent_notices_are_forgotten_after_a_month_and_dead_ones_kept(
    office: Office, receiver: Receiver
) -> None:
    """The outbox does not grow for ever; what failed waits for a person."""
    telling = Telling(office, hooked(receiver))
    receiver.answers = [200, 410]
    for reason in ("a", "b"):
        pause(office.context, EVERYTHING, "lead", reason)
    telling.tell()
    office.pass_time(60 * 24 * 31)

    [_, _, forget] = notice_chores(telling.settings)
    assert forget.run(office.context) == 1

    assert [each.state for each in office.store.notices()] == [NoticeState.DEAD]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("webhooks", "ftp://example.com/#" + SECRET),
        ("webhooks", "https://example.com/in"),
        ("webhooks", "https://example.com/in#whsec_"),
        ("smtp_url", "http://example.com"),
        ("smtp_url", "smtp://"),
        ("mail_from", "nobody"),
        ("public_url", "interlock.example.com"),
        ("digest_hour", "24"),
    ],
)
def test_a_wrong_setting_is_refused_in_words_without_its_secret(name: str, value: str) -> None:
    """Refused at the start, not when the first notice is due."""
    with pytest.raises(SettingsInvalid) as refused:
        load_notify_settings(**{name: value})

    assert name.upper() in str(refused.value).upper()
    assert "whsec_" not in str(refused.value).partition(";")[0]


def test_without_settings_there_is_nothing_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """A laptop tells nobody anything."""
    for name in ("SMTP_URL", "MAIL_FROM", "NOTIFY_URLS", "WEBHOOKS"):
        monkeypatch.delenv(f"INTERLOCK_{name}", raising=False)

    assert notice_chores(load_notify_settings()) == []
    assert SECRET not in repr(load_notify_settings(webhooks=f"https://example.com/#{SECRET}"))


class _Crash(BaseException):
    """The process is gone."""


def _dies(*_: object, **__: object) -> None:
    raise _Crash
