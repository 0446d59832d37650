"""The release board in a real browser: by keyboard, live, in the dark, on a phone.

Its one rule: the town behind it is the tests' own, so that every number on the page is stated here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from interlock.console.app import attach
from interlock.domain.contract import Stage
from interlock.domain.gate import GateDecision
from interlock.domain.quality import Quality
from interlock.domain.release import Release
from interlock.release import lifecycle, taking_back
from tests.browser.street import SIDEWAYS, WIDTHS, Street
from tests.support.browser import Browser
from tests.web.rollout import WHY, at_stage, by_contract, gate_looks, handled, proposed, say
from tests.web.town import SOUTH, Town

BOARD = "/workflows/claims/release"


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    """The console over a town with an error budget, still closed."""
    town = Town.opened(f"sqlite:///{tmp_path}/town.db", trusted_hosts=("127.0.0.1",))
    attach(town.app)
    by_contract(town, quality=Quality(sample=0.5), error_budget={"rate": 0.02, "window_days": 30})
    yield Street(town=town)
    town.close()


def at_canary(town: Town) -> Release:
    """A release with ten days of evidence behind it."""
    release = at_stage(town, Stage.CANARY)
    handled(town, release, 400, exceptions=8, checked=100, wrong=1, over=timedelta(days=10))
    gate_looks(town)
    for number in range(3):
        town.claim(f"C-{number}")
    return release


def test_a_release_is_promoted_by_keyboard_in_two_steps(browser: Browser, street: Street) -> None:
    """Nobody needs a mouse, and nobody promotes with one key."""
    release = at_stage(street.town, Stage.ASSISTED)
    say(street.town, release, GateDecision.PROMOTE)
    with street.open() as here:
        head = here.visit(browser, "head", BOARD)

        head.driver.find_element("css selector", "input[value^=promote]").send_keys(Keys.SPACE)
        head.keys(Keys.TAB)
        head.keys(*"All lines pass")
        head.keys(Keys.TAB, Keys.ENTER)
        head.wait_for_text("Promote to Canary 10%?")
        between = street.town.services.store.running_release("claims")
        head.driver.find_element("id", "why").send_keys(Keys.TAB)
        head.wait_for(
            lambda d: "verdict" in d.switch_to.active_element.text, "the verdict is not next"
        )
        head.keys(Keys.TAB, Keys.ENTER)
        head.wait_for_text("Assisted to Canary 10%")

        assert between is not None and between.stand.stage is Stage.ASSISTED
        after = street.town.services.store.running_release("claims")
        assert after is not None and after.stand.stage is Stage.CANARY
        assert after.signatures[-1].note == "All lines pass"
        assert head.console_errors() == []


def test_a_rollback_is_seen_at_once_by_whoever_looks(browser: Browser, street: Street) -> None:
    """Nobody goes on deciding on a board that tells of yesterday; their form stays as it is."""
    at_canary(street.town)
    with street.open() as here:
        head = here.visit(browser, "head", BOARD)
        head.wait_for_text("Hold at Canary 10%")
        head.wait_for(lambda _: "Live" in head.text(), "it never said that it is live")
        head.driver.find_element("id", "d-why").send_keys("I was about to wri")

        taking_back.roll_back(street.town.office.context, "claims", "lead", "Two wrong entries")

        head.wait_for_text("Rolled back to Assisted")
        head.wait_for_text("It changed since you opened this page.")
        typed = head.driver.find_element("id", "d-why").get_property("value")
        assert typed == "I was about to wri"
        assert "Two wrong entries" in head.text()
        assert head.console_errors() == []


def test_a_new_verdict_is_seen_without_loading_again(browser: Browser, street: Street) -> None:
    """The gate looks every few seconds, and so does the page."""
    release = at_stage(street.town, Stage.CANARY)
    with street.open() as here:
        head = here.visit(browser, "head", BOARD)
        head.wait_for_text("Nothing is on record at this stage yet")

        handled(street.town, release, 200, exceptions=4)
        gate_looks(street.town)

        head.wait_for_text("4 of 200")
        head.wait_for_text("On record: verdict 2")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_state_is_accessible(
    browser: Browser, street: Street, scheme: str, pictures: Path
) -> None:
    """WCAG 2.2 AA in every state a release can be in, at a desk and on a phone."""
    town = street.town
    with street.open() as here:
        browser.prefer(color_scheme=scheme)
        self_checked = _Looks(here, browser, pictures / scheme)
        self_checked("lead", "none")
        release = proposed(town)
        self_checked("auditor", "proposed")
        lifecycle.sign(town.office.context, release.id, "auditor", WHY)
        lifecycle.start(town.office.context, release.id, Stage.SHADOW, "head", WHY)
        self_checked("head", "shadow")
        lifecycle.hold(town.office.context, release.id, "head", WHY)
        self_checked("head", "held")
        taking_back.roll_back(town.office.context, "claims", "head", WHY)
        self_checked("head", "rolled-back")
        self_checked("vera", "viewer")
        self_checked(SOUTH, "some-tenants")


def test_nothing_hangs_over_the_edge_at_any_width(
    browser: Browser, street: Street, pictures: Path
) -> None:
    """On a phone each row is a card, and the page never scrolls sideways."""
    at_canary(street.town)
    with street.open() as here:
        head = here.visit(browser, "head", BOARD)

        over = {}
        for width in WIDTHS:
            head.size(width, 900)
            over[width] = head.driver.execute_script(SIDEWAYS)
            head.screenshot(pictures / f"release-board-{width}.png")

        assert over == dict.fromkeys(WIDTHS, 0)
        assert head.accessibility_violations() == []


@dataclass(slots=True)
class _Looks:
    """Opens the board as somebody, and finds nothing wrong with it."""

    here: Street
    browser: Browser
    folder: Path

    def __call__(self, person: str, state: str) -> None:
        self.here.visit(self.browser, person, BOARD)
        assert self.browser.accessibility_violations() == [], (person, state)
        self.browser.screenshot(self.folder / f"release-board-{state}.png")
        self.browser.size(390, 844)
        assert self.browser.driver.execute_script(SIDEWAYS) == 0, (person, state)
        assert self.browser.console_errors() == [], (person, state)
