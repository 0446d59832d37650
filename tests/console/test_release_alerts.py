"""Somebody is told: what waits for a signature, was taken back, or burns, and only who may know."""

from __future__ import annotations

from datetime import timedelta

from interlock.domain.contract import Stage
from interlock.domain.gate import GateDecision
from interlock.domain.quality import Quality
from interlock.release import lifecycle, taking_back
from interlock.release.burning import look_at_budgets
from tests.console.visit import Browser, Desk
from tests.web.rollout import WHY, at_stage, by_contract, handled, proposed, say, started
from tests.web.town import SOUTH


def alerts(browser: Browser) -> list[str]:
    """The titles and texts of the home's alerts about releases."""
    page = browser.get("/")
    shown = [" ".join(each.text_content().split()) for each in page.all("#alerts .alerts li")]
    return [each for each in shown if "Open the board" in each]


def to_sign(browser: Browser) -> list[str]:
    """What the desk of this person says waits for them."""
    page = browser.get("/work")
    shown = [" ".join(each.text_content().split()) for each in page.all(".queue .notice.said")]
    return [each for each in shown if "Waits for your signature" in each]


def test_a_proposal_that_widens_waits_on_the_home_and_the_desk_of_governance(desk: Desk) -> None:
    """Nobody else's desk says it: they could do nothing about it."""
    proposed(desk.town)

    [alert] = alerts(desk.visit("vera"))
    [mine] = to_sign(desk.visit("auditor"))

    assert "what AI may newly do waits for a signature" in alert
    assert "Lead proposed it" in alert
    assert "Waits for your signature." in mine
    assert to_sign(desk.visit("head")) == to_sign(desk.visit("lead")) == []


def test_a_signed_proposal_waits_for_nobodys_signature(desk: Desk) -> None:
    """What is done is not asked for again."""
    release = proposed(desk.town)
    lifecycle.sign(desk.town.office.context, release.id, "auditor", WHY)

    assert alerts(desk.visit("head")) == []
    assert to_sign(desk.visit("auditor")) == []


def test_a_promotion_waits_for_those_who_may_sign_it_and_leads_to_its_board(desk: Desk) -> None:
    """Going up is signed, so somebody has to be told that it can be."""
    release = at_stage(desk.town, Stage.ASSISTED)
    say(desk.town, release, GateDecision.PROMOTE)
    head = desk.visit("head")

    [alert] = alerts(desk.visit("lead"))
    [mine] = to_sign(head)
    link = head.get("/work").one(".queue .notice.said a").get("href")

    assert "up to Canary 10% waits for a signature" in alert
    assert "up to Canary 10%" in mine
    assert head.get(link).status == 200
    assert to_sign(desk.visit("anna")) == []


def test_nothing_waits_while_it_is_held_or_when_the_gate_changed_its_mind(desk: Desk) -> None:
    """Calling somebody to a door that is locked teaches them not to come."""
    release = at_stage(desk.town, Stage.ASSISTED)
    say(desk.town, release, GateDecision.PROMOTE)
    lifecycle.hold(desk.town.office.context, release.id, "lead", WHY)
    held = alerts(desk.visit("head"))
    lifecycle.end_hold(desk.town.office.context, release.id, "head", WHY)
    again = alerts(desk.visit("head"))
    say(desk.town, release, GateDecision.HOLD)

    assert (held, len(again), alerts(desk.visit("head"))) == ([], 1, [])


def test_what_was_taken_back_is_said_for_a_day(desk: Desk) -> None:
    """Whoever comes in the morning sees what happened at night."""
    at_stage(desk.town, Stage.AUTONOMOUS)
    taking_back.roll_back(desk.town.office.context, "claims", "head", WHY)

    [alert] = alerts(desk.visit("vera"))
    desk.town.office.clock.pass_time(timedelta(days=1, minutes=1))

    assert "rolled back" in alert
    assert "New cases begin at Assisted." in alert
    assert alerts(desk.visit("vera")) == []


def test_a_budget_that_burns_is_said_until_it_is_calm_again(desk: Desk) -> None:
    """Two windows burn too fast: that is a warning, and nothing is lost yet."""
    by_contract(
        desk.town, quality=Quality(sample=1.0), error_budget={"rate": 0.05, "window_days": 30}
    )
    release = at_stage(desk.town, Stage.CANARY)
    handled(desk.town, release, 12, checked=12, wrong=10, over=timedelta(minutes=4))
    before = alerts(desk.visit("vera"))
    look_at_budgets(desk.town.office.context)

    burning = alerts(desk.visit("vera"))
    desk.town.office.clock.pass_time(timedelta(days=5))
    look_at_budgets(desk.town.office.context)

    assert before == []
    assert any("error budget burns too fast" in each for each in burning)
    assert any("16.7 times the allowed rate over 60 min" in each for each in burning)
    assert alerts(desk.visit("vera")) == []


def test_who_sees_some_tenants_only_is_told_of_no_release(desk: Desk) -> None:
    """Its numbers are of everybody's cases."""
    release = at_stage(desk.town, Stage.ASSISTED)
    say(desk.town, release, GateDecision.PROMOTE)

    assert alerts(desk.visit(SOUTH)) == []
    assert to_sign(desk.visit(SOUTH)) == []


def test_another_workflows_people_are_told_of_nothing(desk: Desk) -> None:
    """What is not theirs to see is not there."""
    started(desk.town)
    taking_back.roll_back(desk.town.office.context, "claims", "head", WHY)

    assert alerts(desk.visit("elsewhere")) == []
