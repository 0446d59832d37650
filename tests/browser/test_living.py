"""Pages that change while somebody looks at them, and the comforts of the shell."""

from __future__ import annotations

import json
from pathlib import Path

from selenium.webdriver.common.keys import Keys

from tests.browser.conftest import BrowserOf
from tests.browser.department import Department
from tests.support.browser import Browser


def number(browser: Browser, selector: str) -> int:
    """The number that stands there."""
    return int(browser.driver.find_element("css selector", selector).text or 0)


def take_in(office: Department, folder: Path, name: str) -> None:
    """One more invoice, which nobody can book without a person."""
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps({"number": name}))
    office.command("run", str(folder / f"{name}.json"))


def test_new_work_shows_by_itself_behind_a_button_and_in_the_counter(
    office: Department, browser_of: BrowserOf, tmp_path: Path
) -> None:
    """A queue that has to be loaded anew is a queue people look at too late."""
    anna = browser_of("anna")
    anna.open(f"{office.base}/work")
    anna.driver.execute_script("window.isTheSamePage = true")
    before = number(anna, "#nav-work")
    rows = len(anna.driver.find_elements("css selector", ".q-row"))

    take_in(office, tmp_path / "post", "LIVE-1")
    anna.wait_for(lambda _: anna.shows("#new-work"), "the new task was never told")
    anna.wait_for(lambda _: number(anna, "#nav-work") > before, "the counter did not move")
    assert len(anna.driver.find_elements("css selector", ".q-row")) == rows, "nothing moved"
    anna.keys("n")
    anna.wait_for(
        lambda _: len(anna.driver.find_elements("css selector", ".q-row")) > rows, "no new row"
    )

    assert anna.driver.execute_script("return window.isTheSamePage")
    assert not anna.console_errors()


def test_the_home_and_the_map_count_on_without_being_loaded_again(
    office: Department, browser_of: BrowserOf, tmp_path: Path
) -> None:
    """An operations lead leaves these pages open all day; they must not lie after lunch."""
    dana, anna = browser_of("ap_lead"), browser_of("anna")
    dana.open(f"{office.base}/")
    anna.open(f"{office.base}/workflows/accounts_payable")
    home = dana.driver.find_element("css selector", ".waits b").text
    received = anna.driver.find_element("css selector", "#flow header .dim").text

    take_in(office, tmp_path / "post", "LIVE-2")

    def changed(browser: Browser, selector: str, was: str) -> bool:
        return browser.driver.execute_script(
            "return document.querySelector(arguments[0]).innerText !== arguments[1]", selector, was
        )

    dana.wait_for(lambda _: changed(dana, ".waits b", home), "the home did not change")
    anna.wait_for(lambda _: changed(anna, "#flow header .dim", received), "the map did not change")
    assert not dana.accessibility_violations()


def test_ai_is_paused_and_resumed_and_every_open_page_says_so(
    office: Department, browser_of: BrowserOf, pictures: Path
) -> None:
    """Whoever has to stop it has no time to look for the switch, and everybody has to know."""
    dana, anna = browser_of("ap_lead"), browser_of("anna")
    anna.open(f"{office.base}/work")
    dana.open(f"{office.base}/")

    dana.press(".topbar .stop")
    dana.press("input[name=scope][value='workflow|accounts_payable|']")
    dana.write("[name=reason]", "The wrong accounts since nine")
    dana.press("form[action='/pause'] .btn-stop")
    dana.wait_for_text("Paused now")
    anna.wait_for_text("The wrong accounts since nine")
    dana.screenshot(pictures / "pause-set.png")
    anna.screenshot(pictures / "desk-paused.png")
    assert not dana.accessibility_violations()
    assert not anna.accessibility_violations()

    dana.write("#r1", "The accounts are right again")
    dana.press("form[action='/pause/resume'] button")
    dana.wait_for(lambda _: "Paused now" not in dana.text(), "it is still paused")
    anna.wait_for(lambda _: not anna.shows(".banner.is-paused"), "the banner stayed")


def test_a_page_says_that_it_is_no_longer_live(
    office: Department, browser_of: BrowserOf, pictures: Path
) -> None:
    """An old page that looks new is worse than none."""
    anna = browser_of("anna")
    anna.open(f"{office.base}/work")
    anna.driver.execute_cdp_cmd("Network.enable", {})
    anna.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*/events/*"]})
    anna.open(f"{office.base}/work")

    anna.wait_for(lambda _: anna.shows("#stale"), "nothing said that the page may be old")
    anna.screenshot(pictures / "desk-stale.png")
    found = anna.accessibility_violations()

    anna.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})
    anna.driver.execute_cdp_cmd("Network.disable", {})
    anna.console_errors()
    assert "Not live since" in anna.text()
    assert found == []


def test_the_help_sheet_opens_by_a_key_and_switches_the_keys_off(
    office: Department, browser_of: BrowserOf, pictures: Path
) -> None:
    """Single letters get in the way of speech input, so a person must be able to end them."""
    anna = browser_of("anna")
    anna.open(f"{office.base}/cases")

    anna.keys("?")
    anna.wait_for(lambda _: anna.shows("#help"), "the help sheet did not open")
    anna.screenshot(pictures / "help-sheet.png")
    assert not anna.accessibility_violations()
    anna.press("#help [data-keys-on]")
    anna.keys(Keys.ESCAPE)
    anna.wait_for(lambda _: not anna.shows("#help"), "Escape did not close it")
    anna.keys("g", "w")
    assert "/cases" in anna.driver.current_url, "the letters are off"

    anna.keys("?")
    anna.wait_for(lambda _: anna.shows("#help"), "the help sheet is no letter; it stays")
    anna.press("#help [data-keys-on]")
    anna.keys(Keys.ESCAPE)
    anna.keys("g", "w")
    anna.wait_for(lambda d: "/work" in d.current_url, "G W did not go to the desk")


def test_dark_and_light_are_chosen_by_the_person_or_by_their_system(
    office: Department, browser_of: BrowserOf
) -> None:
    """Some work at night, and some cannot read light on dark; nobody has to ask."""
    anna = browser_of("anna")

    def paper() -> str:
        style = "return getComputedStyle(document.body).backgroundColor"
        return str(anna.driver.execute_script(style))

    anna.open(f"{office.base}/help")
    light = paper()
    anna.prefer(color_scheme="dark")
    dark = paper()
    assert light != dark, "the system's wish is followed"
    anna.press("input[name=theme][value=light]")
    anna.press("form[action='/appearance'] button")
    anna.wait_for(lambda _: paper() == light, "the person's wish comes first")
    anna.press("input[name=theme][value='']")
    anna.press("form[action='/appearance'] button")
    anna.wait_for(lambda _: paper() == dark, "back to what the system says")


def test_a_filter_of_the_cases_is_kept_under_a_name_and_forgotten(
    office: Department, browser_of: BrowserOf
) -> None:
    """The same question every morning is asked once."""
    dana = browser_of("ap_lead")
    dana.open(f"{office.base}/cases?state=waiting&exception=missing_data")

    dana.write("#vname", "What suppliers left out")
    dana.press(".save-view button")
    dana.open(f"{office.base}/cases")
    dana.driver.find_element("link text", "What suppliers left out").click()
    dana.wait_for(lambda d: "exception=missing_data" in d.current_url, "the filter is not kept")
    dana.open(f"{office.base}/work")
    assert "What suppliers left out" not in dana.text(), "the desk has filters of its own"

    dana.open(f"{office.base}/cases")
    dana.press(".saved button")
    dana.wait_for(lambda _: "What suppliers left out" not in dana.text(), "it was not forgotten")
