"""Coming in and going out, in a real browser."""

from __future__ import annotations

from pathlib import Path

from tests.browser.conftest import BrowserOf
from tests.browser.department import Department

PASSWORD = "a long sentence nobody guesses"


def test_a_link_signs_in_once_and_only_by_its_button(
    office: Department, browser_of: BrowserOf, pictures: Path
) -> None:
    """Mail programs open links; the first to look must not be the one who is signed in."""
    stranger = browser_of("")
    link = office.base + office.link("chris")

    stranger.open(link)
    stranger.open(link)
    stranger.screenshot(pictures / "sign-in-link.png")
    assert not stranger.accessibility_violations()
    stranger.press("main form button")
    stranger.wait_for_text("Chris Okafor")

    stranger.press(".who-menu summary")
    stranger.press("form[action='/sign-out'] button")
    stranger.wait_for(lambda _: "Chris Okafor" not in stranger.text(), "still signed in")
    stranger.open(link)
    stranger.press("main form button")
    assert "Chris Okafor" not in stranger.text(), "the link was used up"


def test_a_password_signs_in_and_a_session_that_ended_says_so(
    office: Department, browser_of: BrowserOf, pictures: Path
) -> None:
    """Nobody may go on under rights they lost; and nobody may lose what they were writing."""
    stranger = browser_of("")
    office.command("people", "password", "chris", "--as", "admin", typed=f"{PASSWORD}\n")

    stranger.open(f"{office.base}/work")
    assert "/sign-in" in stranger.driver.current_url
    stranger.write("#u", "chris")
    stranger.write("#p", "not this one")
    stranger.press("main form button")
    stranger.wait_for(lambda _: stranger.shows("[role=alert]"), "a wrong password was not refused")
    assert not stranger.accessibility_violations()
    stranger.write("#p", PASSWORD)
    stranger.press("main form button")
    stranger.wait_for_text("Chris Okafor")
    assert stranger.driver.current_url.endswith("/work"), "back to where they wanted to go"

    office.command("people", "password", "chris", "--as", "admin", typed=f"{PASSWORD} twice\n")
    stranger.press("form[action='/work/next'] button")
    stranger.wait_for_text("Your session has ended")
    stranger.screenshot(pictures / "session-over.png")
    assert "Nothing was recorded" in stranger.text()
    assert not stranger.accessibility_violations()
