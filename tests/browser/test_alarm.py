"""An alarm in a real browser: decided by keyboard, live, in the dark, on a phone, on paper.

Its one rule: the town behind it is the tests' own, so that every number on the page is stated here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from interlock.console.app import attach
from interlock.domain.alarm import AlarmDecision, AlarmReview
from interlock.domain.ids import WorkflowId
from interlock.domain.watching import Band, Measure, Reading, ReadingState
from interlock.runtime.commands.alarms import decide
from tests.browser.street import SIDEWAYS, WIDTHS, Street
from tests.support.browser import Browser
from tests.web.alarmed import a_breach
from tests.web.town import Town

PAPER = (794, 1123)  # A4 at 96 dots an inch


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    """The console over a town whose numbers were as expected for two days."""
    town = Town.opened(f"sqlite:///{tmp_path}/town.db", trusted_hosts=("127.0.0.1",))
    attach(town.app)
    yield Street(town=town)
    town.close()


def an_alarm(town: Town) -> AlarmReview:
    """The alarm after a day of usual windows, with cases to look at."""
    now = town.services.clock.now()
    for hours in range(18, 0, -1):
        begins = now - timedelta(hours=hours + 1)
        usual = Reading(
            workflow=WorkflowId("claims"),
            measure=Measure.CONFIDENCE,
            step="judge",
            begins=begins,
            ends=begins + timedelta(hours=1),
            events=40,
            value=0.86 + 0.01 * (hours % 5),
            band=Band(low=0.8),
            state=ReadingState.USUAL,
        )
        town.services.store.add_reading(usual, [], now)
    for number in range(4):
        town.claim(f"C-{number}")
    return a_breach(town, 0.41)


def test_an_alarm_is_decided_by_keyboard_in_two_steps(browser: Browser, street: Street) -> None:
    """From the desk to the decision without a mouse, and never with one key."""
    alarm = an_alarm(street.town)
    store = street.town.services.store
    with street.open() as here:
        head = here.visit(browser, "head", "/work")
        head.driver.find_element("css selector", "#desk-alarms a").send_keys(Keys.ENTER)
        head.wait_for_text("Cases to look at first")

        head.keys("t")
        head.wait_for(lambda _: store.alarm(alarm.id).held_by == "head", "nobody took it")
        head.wait_for(lambda _: head.shows("[data-key=l]"), "the page did not come back")
        head.keys("l")
        head.wait_for_text("Goes on: Claims, step judge")
        between = store.alarm(alarm.id)
        head.wait_for(lambda _: head.focused() == "why", "the reason is not where one types")
        head.keys(*"A new form", Keys.ENTER)
        head.wait_for_text("AI may go on: Head decided")

        after = store.alarm(alarm.id)
        assert between.is_open
        assert (after.decision, after.reason) == (AlarmDecision.GO_ON, "A new form")
        assert store.pauses_in_force() == []
        assert head.console_errors() == []


def test_what_another_decides_is_said_and_what_was_typed_stays(
    browser: Browser, street: Street
) -> None:
    """Two people look at the same hour; the second one hears of the first."""
    alarm = an_alarm(street.town)
    with street.open() as here:
        head = here.visit(browser, "head", f"/alarms/{alarm.id}?decide=go_on")
        head.wait_for(lambda _: "Live" in head.text(), "it never said that it is live")
        head.driver.find_element("id", "why").send_keys("I was about to wri")

        decide(
            street.town.office.context,
            alarm.id,
            "lead",
            AlarmDecision.STAY_OFF,
            "It reads the wrong field",
        )

        head.wait_for_text("AI stays off: Lead decided")
        typed = head.driver.find_element("id", "why").get_property("value")
        assert typed == "I was about to wri"
        assert head.console_errors() == []


def test_an_alarm_comes_to_the_desk_and_home_by_itself(browser: Browser, street: Street) -> None:
    """Whoever has the page open is who can look soonest."""
    with street.open() as here:
        lead = here.visit(browser, "lead", "/work")
        lead.wait_for(lambda _: "Live" in lead.text(), "it never said that it is live")

        an_alarm(street.town)

        lead.wait_for_text("Alarms: does AI go on?")
        lead.open(f"{here.base}/")
        lead.wait_for_text("Alarm: mean confidence, judge")
        assert lead.console_errors() == []


@pytest.mark.parametrize("path", ["", "?decide=go_on"])
def test_nobody_is_left_out_by_day_by_night_on_a_phone_or_on_paper(
    browser: Browser, street: Street, pictures: Path, path: str
) -> None:
    """Who cannot read the page cannot decide on it."""
    alarm = an_alarm(street.town)
    name = "alarm-decide" if path else "alarm"
    with street.open() as here:
        head = here.visit(browser, "head", f"/alarms/{alarm.id}{path}")
        head.screenshot(pictures / f"{name}.png")
        found = head.accessibility_violations()
        head.prefer(color_scheme="dark")
        head.screenshot(pictures / f"{name}--dark.png")
        found += head.accessibility_violations()
        over = {}
        for width in WIDTHS:
            head.size(width, 900)
            over[width] = head.driver.execute_script(SIDEWAYS)
        head.size(390, 844)
        head.screenshot(pictures / f"{name}--dark-phone.png")
        head.prefer(color_scheme="light")
        head.size(*PAPER)
        head.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        head.screenshot(pictures / f"{name}-print.png")
        head.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})

        assert found == []
        assert over == dict.fromkeys(WIDTHS, 0)


def test_the_desk_with_an_alarm_has_no_barrier(
    browser: Browser, street: Street, pictures: Path
) -> None:
    """It stands above the queue, and first at home."""
    an_alarm(street.town)
    street.town.office.clock.pass_time(timedelta(minutes=30))
    with street.open() as here:
        lead = here.visit(browser, "lead", "/work")
        lead.screenshot(pictures / "desk-alarm.png")
        found = lead.accessibility_violations()
        lead.open(f"{here.base}/")
        lead.prefer(color_scheme="dark")
        lead.screenshot(pictures / "home-alarm--dark.png")

        assert found + lead.accessibility_violations() == []
