"""What a reviewer does beside deciding: undo, take over, hand back, many at once, ask and learn.

Its one rule: what the screen says is held against what is on record.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from interlock.console.app import attach
from interlock.domain.ids import PersonId
from interlock.runtime.commands import claim_task
from tests.browser.street import Street
from tests.doors.bank import LOANS
from tests.notify.conftest import Telling, mailing
from tests.support.browser import Browser
from tests.support.listening import Postbox
from tests.web.rollout import by_contract
from tests.web.town import CLAIMS, NORTH, Town

UNDO_SECONDS = 20
NewBrowser = Callable[[], Browser]


def opened(folder: Path, workflow: Path = CLAIMS) -> Street:
    """The console over a town of this workflow, still closed."""
    town = Town.opened(f"sqlite:///{folder}/town.db", workflow, trusted_hosts=("127.0.0.1",))
    attach(town.app)
    return Street(town=town)


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    """Claims, with a window in which a decision can be undone."""
    made = opened(tmp_path)
    queues = made.town.office.workflow.contract.queues
    clerks = replace(queues["clerks"], undo_seconds=UNDO_SECONDS)  # type: ignore[index]
    by_contract(made.town, queues={**queues, "clerks": clerks})
    yield made
    made.town.close()


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Street]:
    """Loans, some of which only who was trained may approve."""
    made = opened(tmp_path, LOANS)
    yield made
    made.town.close()


def decide(browser: Browser, key: str) -> None:
    """Opens the panel, picks the first reason, confirms; by keys alone."""
    browser.keys(key)
    browser.wait_for(lambda _: browser.shows(".reason:not([hidden])"), "no panel opened")
    browser.keys("1")
    browser.chord(Keys.CONTROL, Keys.ENTER)


def decisions(town: Town, number: str = "C-1") -> list[tuple[str, str]]:
    """Who decided what about a case, as it is on record."""
    found = town.office.store.decisions(town.office.case(number).id)
    return [(each.by, str(each.verb)) for each in found]


def test_a_decision_is_undone_by_a_key_within_its_window_and_stands_after_it(
    new_browser: NewBrowser, street: Street, pictures: Path
) -> None:
    """A slip of the hand is not yet a payment; and once the window is over, nobody undoes it."""
    town = street.town
    town.claim()
    with street.open() as here:
        anna = here.visit(new_browser(), "anna", f"/work?task={town.task()}")

        decide(anna, "a")
        anna.wait_for_text("can still be undone")
        anna.screenshot(pictures / "desk-undo.png")
        barriers = anna.accessibility_violations()
        anna.keys("z")
        anna.wait_for_text("Taken back")
        undone = town.office.store.task(town.task())
        assert (undone.held_decision, decisions(town)) == (None, [])

        decide(anna, "r")
        anna.wait_for_text("can still be undone")
        town.office.later(UNDO_SECONDS / 60 + 1)
        anna.open(f"{here.base}/work")
        anna.keys("z")

        assert not anna.shows("#held")
        assert decisions(town) == [("anna", "reject")]
        assert barriers == []
        assert anna.console_errors() == []


def test_an_undo_that_comes_too_late_says_that_it_did_nothing(
    new_browser: NewBrowser, street: Street
) -> None:
    """Whoever presses in the last second must know which of the two it became."""
    town = street.town
    town.claim()
    with street.open() as here:
        anna = here.visit(new_browser(), "anna", "/work")
        anna.driver.execute_cdp_cmd("Network.enable", {})
        anna.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*/events/*"]})
        anna.open(f"{here.base}/work?task={town.task()}")
        decide(anna, "a")
        anna.wait_for_text("can still be undone")

        town.office.later(UNDO_SECONDS / 60 + 1)
        anna.press("#held form[action='/work/undo'] button")
        anna.wait_for_text("Not taken back")
        assert "Nothing was recorded" not in anna.text()

        assert decisions(town) == [("anna", "approve")]


def test_a_task_is_taken_over_with_a_word_and_handed_back_with_all_that_was_said(
    new_browser: NewBrowser, street: Street, pictures: Path
) -> None:
    """Somebody falls ill with a task in hand; and gets it back when they were only at lunch."""
    town = street.town
    town.claim()
    task = town.task()
    claim_task(town.office.context, task, "anna")
    with street.open() as here:
        lead = here.visit(new_browser(), "lead", f"/work?task={task}")
        anna = here.visit(new_browser(), "anna", f"/work?task={task}")

        lead.wait_for_text("Anna holds this until")
        lead.press(".notice .pass-on summary")
        lead.write("#to-note", "The customer is on the phone")
        lead.screenshot(pictures / "task-takeover.png")
        barriers = lead.accessibility_violations()
        lead.press("form[action='/work/takeover'] button")
        lead.wait_for_text("Taken over from Anna")
        assert town.office.store.task(task).held_by == "lead"
        anna.open(f"{here.base}/work?task={task}")
        assert "The customer is on the phone" in anna.text()
        assert "Lead holds this until" in anna.text()
        assert not anna.shows("form[action='/work/takeover']"), "clerks take nothing over"

        lead.press("form[action='/work/hand-back'] button")
        lead.wait_for(lambda _: not lead.shows("form[action='/work/hand-back']"), "not handed back")

        after = town.office.store.task(task)
        assert (after.held_by, after.assigned_to) == (None, PersonId("anna"))
        anna.open(f"{here.base}/work?task={task}")
        anna.press("form[action='/work/claim'] button")
        anna.wait_for_text("held for you until")
        assert "The customer is on the phone" in anna.text()
        assert barriers == []


def test_several_tasks_are_chosen_and_decided_by_keys_alone(
    new_browser: NewBrowser, street: Street, pictures: Path
) -> None:
    """Forty of a kind are not forty times a hand on the mouse; each stays a decision of its own."""
    town = street.town
    for number in range(3):
        town.claim(f"C-{number}")
    with street.open() as here:
        anna = here.visit(new_browser(), "anna", "/work")

        for _ in range(2):
            anna.keys("j", "s")
        anna.wait_for_text("2 chosen")
        to_focus(anna, "#bulk-bar .btn")
        anna.keys(Keys.ENTER)
        anna.wait_for_text("Decide 2 tasks at once")
        anna.screenshot(pictures / "bulk-by-keys.png")
        to_focus(anna, "input[name=verb]")
        anna.keys(Keys.SPACE)
        to_focus(anna, "input[name=reason]")
        anna.keys(Keys.SPACE)
        to_focus(anna, "main form .btn-main")
        anna.keys(Keys.ENTER)
        anna.wait_for_text("2 of 2 approved")

        town.office.later(UNDO_SECONDS / 60 + 1)
        decided = [decisions(town, f"C-{number}") for number in range(3)]
        assert sorted(decided) == [[], [("anna", "approve")], [("anna", "approve")]]
        assert anna.console_errors() == []


def to_focus(browser: Browser, selector: str, most: int = 60) -> None:
    """Presses Tab until what fits the CSS selector has the focus. Raises: AssertionError."""
    is_there = "return document.activeElement.matches(arguments[0])"
    for _ in range(most):
        if browser.driver.execute_script(is_there, selector):
            return
        browser.keys(Keys.TAB)
    raise AssertionError(f"{selector} is not reached by Tab")


def test_a_filter_of_the_desk_is_kept_under_a_name_for_oneself_alone(
    new_browser: NewBrowser, street: Street
) -> None:
    """The same narrow view every morning; and nobody else's list grows by it."""
    town = street.town
    town.claim()
    with street.open() as here:
        anna = here.visit(new_browser(), "anna", "/work?severity=low&clock=on_time")

        anna.write("#vname", "Quiet ones first")
        anna.press(".save-view button")
        anna.open(f"{here.base}/work")
        anna.driver.find_element("link text", "Quiet ones first").click()
        anna.wait_for(lambda d: "severity=low" in d.current_url, "the filter was not kept")
        assert "clock=on_time" in anna.driver.current_url
        ben = here.visit(new_browser(), "ben", "/work?severity=low")
        assert "Quiet ones first" not in ben.text()

        anna.press(".saved button")
        anna.wait_for(lambda _: "Quiet ones first" not in anna.text(), "it was not forgotten")


def test_nobody_approves_before_the_training_and_it_is_passed_by_keys(
    new_browser: NewBrowser, bank: Street, pictures: Path
) -> None:
    """A question that needs practice is answered by who practised; the way there is on the page."""
    town = bank.town
    fields = {"number": "L-1", "branch": NORTH, "amount": "100", "odd": "tricky"}
    town.deliver(fields, "L-1.json")
    town.work()
    task = town.task("L-1")
    with bank.open() as here:
        anna = here.visit(new_browser(), "anna", f"/work?task={task}")
        assert anna.shows(".act[value=approve][aria-disabled=true]")
        anna.keys("a")
        assert not anna.shows(".reason:not([hidden])"), "no panel for what one may not do"
        way = anna.driver.find_element("css selector", "a[href^='/training/']")

        anna.open(str(way.get_attribute("href")))
        to_focus(anna, "main form .btn-main")
        anna.keys(Keys.ENTER)
        anna.wait_for_text("What would you do?")
        anna.screenshot(pictures / "training-exercise.png")
        barriers = anna.accessibility_violations()
        to_focus(anna, "input[name=verb]")
        choose(anna, "reject")
        if anna.shows("input[name=reason]"):
            to_focus(anna, "input[name=reason]")
            choose(anna, "unclear")
        to_focus(anna, "main form .btn-main")
        anna.keys(Keys.ENTER)
        anna.wait_for_text("You passed")

        anna.open(f"{here.base}/work?task={task}")
        decide(anna, "a")
        anna.wait_for(lambda _: decisions(town, "L-1"), "the decision did not count")
        assert decisions(town, "L-1") == [("anna", "approve")]
        assert barriers == []


def choose(browser: Browser, value: str) -> None:
    """Moves with the arrow keys to this choice of the group that has the focus."""
    browser.keys(Keys.SPACE)
    for _ in range(10):
        if browser.driver.execute_script("return document.activeElement.value") == value:
            return
        browser.keys(Keys.ARROW_DOWN)
    raise AssertionError(f"{value} is not among the choices")


def test_the_other_side_answers_from_the_mail_without_an_account(
    new_browser: NewBrowser, street: Street, postbox: Postbox, pictures: Path
) -> None:
    """Who is asked has no password here; the address in the mail is enough, and works once."""
    town = street.town
    fields = {"number": "C-1", "branch": NORTH, "amount": "100.00"}
    town.deliver(fields, "C-1.json", PersonId("engineer"))
    town.work()
    task = town.task()
    with street.open() as here:
        telling = Telling(town.office, mailing(postbox, public_url=here.base))
        anna = here.visit(new_browser(), "anna", f"/work?task={task}")
        anna.keys("i")
        anna.wait_for(lambda _: anna.shows("#p-ask"), "no panel opened")
        anna.write("#party", "The engineer")
        anna.write("#n-ask", "Which car was it?")
        anna.chord(Keys.CONTROL, Keys.ENTER)
        anna.wait_for_text("the clock stands still")
        telling.tell()
        [mail] = postbox.mails
        found = re.search(r"https?://\S+/answer/\S+", mail.get_content())
        assert found, mail.get_content()

        stranger = new_browser()
        stranger.open(found.group())
        assert "Which car was it?" in stranger.text()
        stranger.screenshot(pictures / "answer-from-mail.png")
        barriers = stranger.accessibility_violations()
        stranger.write("#a", "The red one")
        stranger.press("main form button")
        stranger.wait_for_text("Your answer is on record")
        stranger.open(f"{here.base}/work")
        assert "/sign-in" in stranger.driver.current_url, "an answer opens nothing else"
        stranger.open(found.group())
        assert "This link is over" in stranger.text()

        anna.open(f"{here.base}/work?task={task}")
        assert "The red one" in anna.text()
        after = town.office.store.task(task)
        assert after.clock_stopped_at is None
        assert after.questions[-1].answered_by == "engineer"
        assert barriers == []
