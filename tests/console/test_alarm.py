"""The page of an alarm: what was seen, the cases to look at, and what follows from it."""

from __future__ import annotations

from datetime import timedelta

from interlock.domain.alarm import AlarmDecision
from interlock.domain.people import Grant, Role
from interlock.domain.watching import Measure
from interlock.runtime.commands.alarms import take
from interlock.runtime.commands.pausing import pause
from tests.console.visit import Desk
from tests.web.alarmed import JUDGE, a_breach
from tests.web.town import SOUTH


def paused(desk: Desk) -> list[str]:
    return [str(each.scope) for each in desk.town.services.store.pauses_in_force()]


def test_the_page_says_what_was_seen_and_which_cases_to_look_at(desk: Desk) -> None:
    """A person decides on evidence, not on a word in red."""
    desk.claim("C-1")
    alarm = a_breach(desk.town)

    page = desk.visit("head").get(f"/alarms/{alarm.id}")

    assert page.one("h1").text_content() == "Alarm: mean confidence, judge"
    assert [each.text_content() for each in page.all("#alarm-state dd")[:2]] == [
        "0.4",
        "at least 0.8",
    ]
    assert page.one("svg.readings").get("role") == "img"
    [link] = page.all("[aria-labelledby=h-u] a")
    assert link.text_content() == "Claim C-1"
    assert "nobody yet" in page.text


def test_letting_ai_go_on_takes_two_steps(desk: Desk) -> None:
    """The second says what it would do before it is done."""
    alarm, head = a_breach(desk.town), desk.visit("head")

    second = head.get(f"/alarms/{alarm.id}?decide=go_on")
    before = paused(desk)
    done = head.send(second, f"form[action='/alarms/{alarm.id}/decide']", reason="a new form")

    assert "Goes on: Claims, step judge. No case waits for it." in second.text
    assert before == ["step claims.judge"]
    assert paused(desk) == []
    assert "AI may go on: Head decided" in done.text
    assert "a new form" in done.text
    assert not done.all("form[action$='/decide']")


def test_keeping_it_off_leaves_it_paused(desk: Desk) -> None:
    """And says what ends it."""
    alarm, lead = a_breach(desk.town), desk.visit("lead")

    second = lead.get(f"/alarms/{alarm.id}?decide=stay_off")
    done = lead.send(second, f"form[action='/alarms/{alarm.id}/decide']", reason="wrong field")

    assert "Stays paused: Claims, step judge." in second.text
    assert paused(desk) == ["step claims.judge"]
    assert "AI stays off: Lead decided" in done.text


def test_what_a_person_paused_is_said_to_stay(desk: Desk) -> None:
    """Nobody should think that going on is going on when it is not."""
    pause(desk.town.office.context, JUDGE, "head", "wrong postings")
    alarm = a_breach(desk.town)

    page = desk.visit("head").get(f"/alarms/{alarm.id}?decide=go_on")

    assert "Stays paused: Claims, step judge, because Head paused it." in page.text


def test_an_operator_is_told_who_may_let_it_go_on(desk: Desk) -> None:
    """They may keep it off; the door to the other is not theirs, however they get to it."""
    alarm, lead = a_breach(desk.town), desk.visit("lead")
    page = lead.get(f"/alarms/{alarm.id}")
    token = page.form("form[action='/sign-out']")["csrf"]

    sent = lead.client.post(
        f"/alarms/{alarm.id}/decide",
        data={"csrf": token, "decision": "go_on", "version": "1", "reason": "fine"},
    )

    assert not page.all("a[href*='decide=go_on']")
    assert "The role owner or governance may" in page.text
    assert (sent.status_code, paused(desk)) == (403, ["step claims.judge"])


def test_a_viewer_looks_and_is_offered_nothing(desk: Desk) -> None:
    """The page is the same, without the doors."""
    alarm = a_breach(desk.town)

    page = desk.visit("vera").get(f"/alarms/{alarm.id}")

    assert page.status == 200
    assert not page.all("a[href*='decide=']") and not page.all("form[action$='/take']")


def test_a_form_filled_in_before_it_broke_again_lets_nothing_go_on(desk: Desk) -> None:
    """Keeping it off is right whatever came."""
    alarm, head = a_breach(desk.town), desk.visit("head")
    old = head.get(f"/alarms/{alarm.id}?decide=go_on")
    take(desk.town.office.context, alarm.id, "lead")

    refused = head.send(old, f"form[action='/alarms/{alarm.id}/decide']", reason="fine")

    assert refused.status == 412
    assert "It changed since you saw it." in refused.text
    assert refused.form(f"form[action='/alarms/{alarm.id}/decide']")["reason"] == "fine"
    assert paused(desk) == ["step claims.judge"]


def test_a_decision_without_a_reason_is_refused(desk: Desk) -> None:
    """It goes on record, so there has to be one."""
    alarm, head = a_breach(desk.town), desk.visit("head")

    page = head.send(
        head.get(f"/alarms/{alarm.id}?decide=go_on"),
        f"form[action='/alarms/{alarm.id}/decide']",
        reason=" ",
    )

    assert (page.status, "No reason is given" in page.text) == (422, True)


def test_who_looks_at_it_is_named(desk: Desk) -> None:
    """So that two people do not spend the same hour."""
    alarm, lead = a_breach(desk.town), desk.visit("lead")

    page = lead.send(lead.get(f"/alarms/{alarm.id}"), f"form[action='/alarms/{alarm.id}/take']")

    assert "Who looks at it" in page.text and "Lead" in page.one("#alarm-state").text_content()
    assert not page.all("form[action$='/take']")


def test_it_stands_above_the_queue_of_those_who_may_decide_it(desk: Desk) -> None:
    """And on nobody else's desk."""
    alarm = a_breach(desk.town)

    mine, theirs = desk.visit("lead").get("/work"), desk.visit("anna").get("/work")

    [row] = mine.all("#desk-alarms a")
    assert row.get("href") == f"/alarms/{alarm.id}"
    assert "Claims: 0.4, expected at least 0.8" in row.text_content()
    assert "An alarm asks you" in mine.text
    assert not theirs.all("#desk-alarms a")


def test_the_home_names_it_and_says_when_it_is_late(desk: Desk) -> None:
    """Whoever opens the console first sees it first."""
    alarm = a_breach(desk.town)

    first = desk.visit("vera").get("/")
    desk.town.office.clock.pass_time(timedelta(hours=4))
    late = desk.visit("vera").get("/")

    assert first.all(f"#alerts .is-warn a[href='/alarms/{alarm.id}']")
    assert late.all(f"#alerts .is-bad a[href='/alarms/{alarm.id}']")
    assert "Lead is asked, late." in late.text


def test_whoever_sees_some_tenants_sees_nothing_of_it(desk: Desk) -> None:
    """Not the page, not on the desk, not at home; its number counts every branch."""
    alarm = a_breach(desk.town)
    desk.town.add("boss", [Grant(role=Role.OWNER, tenant=SOUTH)])
    boss = desk.visit("boss")

    assert boss.get(f"/alarms/{alarm.id}").status == 404
    assert not boss.get("/work").all("#desk-alarms a")
    assert not boss.get("/").all("a[href^='/alarms/']")


def test_every_number_is_said_with_its_unit(desk: Desk) -> None:
    """A share, a time and an amount are not the same 0.4."""
    head = desk.visit("head")
    for measure, said in (
        (Measure.REFUSALS, "40 %"),
        (Measure.LATENCY, "0 ms"),
        (Measure.AMOUNT, "0.40"),
        (Measure.ACTION_RATE, "0.4"),
    ):
        alarm = a_breach(desk.town, measure=measure)

        assert said in head.get(f"/alarms/{alarm.id}").all("#alarm-state dd")[0].text_content()


def test_an_unknown_decision_or_alarm_is_refused(desk: Desk) -> None:
    """What no page offers, no address gives."""
    alarm, head = a_breach(desk.town), desk.visit("head")
    page = head.get(f"/alarms/{alarm.id}?decide=whatever")
    token = page.form("form[action='/sign-out']")["csrf"]

    sent = head.client.post(
        f"/alarms/{alarm.id}/decide", data={"csrf": token, "decision": "x", "reason": "y"}
    )

    assert not page.all("form[action$='/decide']")
    assert sent.status_code == 422
    assert head.get("/alarms/77").status == 404
    assert desk.town.services.store.alarm(alarm.id).decision not in tuple(AlarmDecision)
