"""What somebody is to find out by themselves is on no page of theirs, in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from interlock import identity
from interlock.domain.people import Grant, Role
from interlock.domain.quality import LookKind, Quality
from interlock.domain.review import Verb
from interlock.runtime.commands import decide_task
from tests.browser.street import Street
from tests.browser.test_in_whose_hands import decide, opened
from tests.runtime.watched import look_of
from tests.support.browser import Browser
from tests.web.rollout import by_contract

NewBrowser = Callable[[], Browser]
SUGGESTED = "looks like the others"  # by the AI
WHY = "The branch knows them"  # said by who answered first


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    """Claims whose clerks answer first, and each answer of theirs is asked for once more."""
    made = opened(tmp_path)
    queues = made.town.office.workflow.contract.queues
    clerks = replace(queues["clerks"], blind=True)  # type: ignore[index]
    by_contract(made.town, queues={**queues, "clerks": clerks}, quality=Quality(second_look=1.0))
    yield made
    made.town.close()


def everywhere(street: Street, browser: Browser, task: str) -> dict[str, str]:
    """The source of every page that could tell something of the case, by its path."""
    case = street.town.office.case("C-1").id
    paths = (
        *("/", "/work", f"/work?task={task}", "/work?view=team", f"/work/bulk?t={task}"),
        *("/cases", "/cases?state=closed", "/cases?q=C-1", "/audit", f"/audit?q={case}"),
        *(f"/cases/{case}", f"/cases/{case}?all=1", f"/cases/{case}/document"),
        *("/workflows/claims", "/workflows/claims/release", "/workflows/claims/value", "/people"),
    )
    found = {}
    for path in paths:
        browser.open(street.base + path)
        found[path] = f"{browser.driver.page_source} {browser.text()}"
    return found


def test_a_blind_queue_shows_the_suggestion_after_the_readers_own_answer(
    new_browser: NewBrowser, street: Street, pictures: Path
) -> None:
    """Who has seen the answer of the AI looks for what speaks for it."""
    town = street.town
    town.claim()
    task = town.task()
    with street.open() as here:
        anna = here.visit(new_browser(), "anna", "/work")
        before = everywhere(here, anna, task)
        anna.open(f"{here.base}/work?task={task}")
        anna.screenshot(pictures / "task-blind.png")
        barriers = anna.accessibility_violations()
        assert anna.shows(".act[value=approve][aria-disabled=true]"), "no yes to what is unseen"

        anna.write("#own-text", "I would accept it")
        anna.press("button[name=confirm][value=own]")
        anna.wait_for_text("Your own answer is on record")
        after = anna.text()
        decide(anna, "a")
        anna.wait_for(lambda _: town.office.store.decisions(town.office.case("C-1").id), "no yes")

        assert [path for path, text in before.items() if SUGGESTED in text] == []
        assert SUGGESTED in after
        assert barriers == []


def test_the_second_reviewer_finds_the_first_answer_on_no_page(
    new_browser: NewBrowser, street: Street, pictures: Path
) -> None:
    """Two people who agree prove something only when the second did not know the first."""
    town = street.town
    town.claim()
    context = town.office.context
    identity.grant_role(context, "ben", Grant(role=Role.GOVERNANCE), "rosa")
    decide_task(context, town.task(), "anna", Verb.REJECT, reason_code="unclear", note=WHY)
    town.work()
    second = look_of(town.office, "C-1", LookKind.SECOND)
    case = town.office.case("C-1")
    with street.open() as here:
        ben = here.visit(new_browser(), "ben", "/work")
        pages = everywhere(here, ben, second.id)
        pages |= everywhere(here, ben, second.about[0])
        ben.open(f"{here.base}/cases/{case.id}")
        ben.screenshot(pictures / "case-second-look.png")
        barriers = ben.accessibility_violations()
        of_case = ben.text()
        ben.open(f"{here.base}/cases")
        of_list = ben.driver.find_element("css selector", "main table").text

        assert [path for path, text in pages.items() if WHY in text] == []
        assert "Rejected" not in of_case + of_list
        assert "kept back until the second answer is there" in of_case
        ben.open(f"{here.base}/work?task={second.id}")
        decide(ben, "r")
        ben.wait_for(lambda _: not town.office.store.task(second.id).is_live, "no second answer")
        ben.open(f"{here.base}/cases/{case.id}")
        assert "Rejected" in ben.text()
        assert WHY in ben.text()
        assert barriers == []
