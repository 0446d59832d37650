"""A reviewer's day at the desk, in a real browser, with the keys they really press."""

from __future__ import annotations

from selenium.webdriver.common.keys import Keys

from tests.browser.conftest import BrowserOf
from tests.browser.department import Department
from tests.support.browser import Browser


def open_task(browser: Browser, office: Department, task: str) -> None:
    """The desk with this task."""
    browser.open(f"{office.base}/work?task={task}")


def shown_task(browser: Browser) -> str:
    """The task on the screen; empty when there is none."""
    found = browser.driver.find_elements("css selector", "#review")
    return str(found[0].get_attribute("data-task")) if found else ""


def confirm(browser: Browser) -> None:
    """Control Enter."""
    browser.chord(Keys.CONTROL, Keys.ENTER)


def test_ten_cases_are_reviewed_by_keyboard_alone(
    office: Department, browser_of: BrowserOf
) -> None:
    """A reviewer spends the day here; a hand that leaves the keys each time is slow and sore."""
    anna = browser_of("anna")
    anna.open(f"{office.base}/work")

    anna.keys("t")
    anna.wait_for(lambda _: shown_task(anna), "T took no task")
    done: dict[str, str] = {}
    for _ in range(10):
        task = shown_task(anna)
        verb = "a" if anna.shows(".act[value=approve]:not([aria-disabled])") else "r"
        anna.keys(verb)
        anna.wait_for(lambda _: anna.shows(".reason:not([hidden])"), "no panel opened")
        anna.keys("1")
        confirm(anna)
        anna.wait_for(lambda _, was=task: shown_task(anna) not in ("", was), "no next task came")
        done[task] = verb

    recorded = {task: office.task(task) for task in done}
    assert {each["state"] for each in recorded.values()} == {"decided"}
    assert not anna.console_errors()


def test_an_edit_that_does_not_fit_keeps_what_was_typed_and_goes_to_the_field(
    office: Department, browser_of: BrowserOf
) -> None:
    """Typing it all again is how people learn to approve without looking."""
    anna, task = browser_of("anna"), office.a_task("missing_data")
    open_task(anna, office, task)
    field = "[name=field-issue_date]"

    anna.write(field, "some day in May")
    assert anna.shows(".act.main[value=edit]"), "with a change, Edit is the main button"
    confirm(anna)
    anna.wait_for(lambda _: anna.shows("#p-edit"), "the edit panel did not open")
    anna.keys("1")
    confirm(anna)
    anna.wait_for_text("Nothing was recorded")

    typed = anna.driver.find_element("css selector", field)
    assert typed.get_attribute("value") == "some day in May"
    assert typed.get_attribute("aria-invalid") == "true"
    first = anna.driver.find_element("css selector", ".field [aria-invalid=true]")
    assert anna.focused() == first.get_attribute("id"), "the first field that does not fit"
    assert office.task(task)["state"] in ("open", "claimed")


def test_a_task_is_escalated_with_a_word_to_whom_it_goes_to(
    office: Department, browser_of: BrowserOf
) -> None:
    """Saying "not mine to say" has to be as easy as approving."""
    anna, task = browser_of("anna"), office.a_task("quantity_variance")
    open_task(anna, office, task)

    anna.keys("x")
    anna.wait_for(lambda _: anna.shows("#p-escalate"), "no panel opened")
    anna.write("#n-escalate", "The warehouse says the goods are at the gate")
    confirm(anna)
    anna.wait_for(lambda _: shown_task(anna) != task, "no next task came")

    dana = browser_of("ap_lead")
    case = office.task(task)["case_id"]
    waiting = office.told("/reviews?queue=ap_lead&limit=200")["items"]
    [escalated] = [each["id"] for each in waiting if each["case_id"] == case]
    open_task(dana, office, escalated)
    dana.wait_for_text("The warehouse says the goods are at the gate")


def test_the_other_side_answers_by_a_link_that_opening_does_not_use_up(
    office: Department, browser_of: BrowserOf
) -> None:
    """Mail programs open every address they see; a look must never be an answer."""
    anna, stranger = browser_of("anna"), browser_of("")
    task = office.a_task("quantity_variance")
    open_task(anna, office, task)

    anna.keys("i")
    anna.wait_for(lambda _: anna.shows("#p-ask"), "no panel opened")
    anna.write("#party", "The supplier's warehouse")
    anna.write("#n-ask", "When were the goods sent?")
    confirm(anna)
    anna.wait_for_text("the clock stands still")
    link = anna.driver.find_element("css selector", "[data-copy]").get_attribute("data-copy")

    for _ in range(3):
        stranger.open(link)
    assert "When were the goods sent?" in stranger.text()
    assert not stranger.accessibility_violations()
    anna.open(f"{office.base}/work?view=asked")
    assert anna.driver.find_elements("css selector", f"#row-{task}"), "it waits on the other side"

    stranger.open(link)
    stranger.write("#a", "On Friday, with the note GR-77")
    stranger.press("main form button")
    stranger.wait_for_text("Your answer is on record")
    stranger.open(link)
    assert "This link is over" in stranger.text()

    open_task(anna, office, task)
    assert "On Friday, with the note GR-77" in anna.text()


def test_of_two_reviewers_who_race_one_decides_and_the_other_is_told_kindly(
    office: Department, browser_of: BrowserOf
) -> None:
    """Two answers to one question would be one too many; losing what was typed would be another."""
    anna, bruno = browser_of("anna"), browser_of("bruno")
    task = office.a_task("low_confidence")
    open_task(anna, office, task)
    open_task(bruno, office, task)

    bruno.keys("r")
    bruno.wait_for(lambda _: bruno.shows("#p-reject"), "no panel opened for the second")
    bruno.write("#n-reject", "Not our account at all")
    anna.keys("a")
    anna.wait_for(lambda _: anna.shows("#p-approve"), "no panel opened for the first")
    confirm(bruno)
    bruno.wait_for(lambda _: shown_task(bruno) != task, "the holder's decision did not count")
    confirm(anna)
    anna.wait_for_text("This changed while you were looking")

    assert office.task(task)["state"] == "decided"
    assert "Nothing of yours was recorded" in anna.text() or "decided" in anna.text()
    assert anna.shows("h1"), "the task stays readable"


def test_what_was_typed_stands_there_again_for_whoever_came_second(
    office: Department, browser_of: BrowserOf
) -> None:
    """The one who was slower may have seen more; their words are theirs to keep."""
    anna, bruno = browser_of("anna"), browser_of("bruno")
    task = office.a_task("low_confidence")
    open_task(anna, office, task)
    anna.write("[name=field-number]", "4400")

    open_task(bruno, office, task)
    bruno.press("form[action='/work/claim'] button")
    bruno.wait_for_text("held for you until")
    confirm(anna)
    anna.wait_for(lambda _: anna.shows("#p-edit"), "the edit panel did not open")
    confirm(anna)
    anna.wait_for_text("This changed while you were looking")

    field = anna.driver.find_element("css selector", "[name=field-number]")
    assert field.get_attribute("value") == "4400"
    assert "Bruno Keller" in anna.text()


def test_a_task_is_given_back_taken_and_passed_on(
    office: Department, browser_of: BrowserOf
) -> None:
    """People go to lunch; a task that only one pair of hands can let go of is a lost task."""
    anna, bruno = browser_of("anna"), browser_of("bruno")
    task = office.a_task("low_confidence")
    open_task(anna, office, task)

    anna.press("form[action='/work/claim'] button")
    anna.wait_for_text("held for you until")
    anna.press("form[action='/work/release'] button")
    anna.wait_for_text("You gave it back")
    open_task(anna, office, task)
    anna.press("form[action='/work/claim'] button")
    anna.wait_for_text("held for you until")
    anna.press(".task-h .pass-on summary")
    anna.driver.find_element("css selector", "#pass-to option[value=bruno]").click()
    anna.write("#pass-note", "You know this supplier")
    anna.press("form[action='/work/reassign'] button")
    anna.wait_for_text("Passed on")

    open_task(bruno, office, task)
    assert "You know this supplier" in bruno.text()


def test_several_tasks_are_decided_at_once_each_on_its_own_record(
    office: Department, browser_of: BrowserOf
) -> None:
    """One press for many is only safe when each is still a decision with its own answer."""
    anna = browser_of("anna")
    chosen = office.waiting("schema_change")[:2]
    anna.open(f"{office.base}/work")

    for task in chosen:
        anna.press(f"#row-{task} .choose")
    anna.wait_for_text(f"{len(chosen)} chosen")
    anna.press("#bulk-bar .btn")
    anna.press("input[name=verb][value=reject]")
    anna.press("input[name=reason][value=not_an_invoice]")
    anna.press("main form .btn-main")
    anna.wait_for_text(f"{len(chosen)} of {len(chosen)} rejected")

    assert {office.task(task)["state"] for task in chosen} == {"decided"}
    assert not anna.accessibility_violations()
