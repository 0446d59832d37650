"""What somebody is to find out by themselves is shown to them at no door.

A check by a second person that has seen the first answer is no check.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from interlock.api.description import PREFIX
from interlock.cli import app as command_line
from interlock.console.app import attach
from interlock.domain.quality import LookKind, Quality
from interlock.domain.review import ReviewState, Verb
from interlock.domain.rules.lens import lens_of
from interlock.papers.case_file import case_file_html, case_file_pdf
from interlock.papers.case_file.record import CaseFileNotYet
from interlock.papers.case_file.verify import verify_case_file
from interlock.runtime.commands import decide_task, give_own_answer
from interlock.storage import TaskQuery
from tests.runtime.watched import watch
from tests.web.town import CLAIMS, Town

SUGGESTED = "looks like the others"
WHY = "the branch knows them"
ENDS = ("", "/timeline", "/actions", "/decisions", "/audit")


@pytest.fixture
def town(sqlite_url: str) -> Iterator[Town]:
    """A town with its console."""
    opened = Town.opened(sqlite_url)
    attach(opened.app)
    yield opened
    opened.close()


def doors(town: Town, person: str, url: str) -> dict[str, str]:
    """Everything this person is shown of the case, by door."""
    case = town.office.case("C-1")
    program, browser = town.program(person), town.browser(person)
    shown = {end or "case": program.get(f"{PREFIX}/cases/{case.id}{end}").text for end in ENDS}
    for path in (f"/cases/{case.id}?all=1", f"/cases/{case.id}/file"):
        shown[path.replace(case.id, "")] = browser.get(path, headers={"accept": "text/html"}).text
    moment = {"INTERLOCK_CLOCK": town.office.clock.now().isoformat(), "COLUMNS": "400"}
    where = ["--database", url, "--workflow", str(CLAIMS), "--as", person]
    for words in (["case", "show"], ["audit", "show"]):
        for more in ([], ["--json"]):
            asked = [*words, case.id, *more, *where]
            result = CliRunner(env=moment).invoke(command_line, asked)
            assert result.exit_code == 0, result.output
            shown[" ".join([*words, *more])] = result.stdout
    return shown


def test_a_blind_queue_keeps_the_suggestion_back_at_every_door(town: Town, sqlite_url: str) -> None:
    """And shows it everywhere once the person has given an answer of their own."""
    watch(town.office, Quality(), blind=True)
    town.claim()

    before = doors(town, "anna", sqlite_url)
    give_own_answer(town.office.context, town.task(), "anna", text="I would accept")
    after = doors(town, "anna", sqlite_url)
    of_ben = doors(town, "ben", sqlite_url)

    assert [door for door, text in before.items() if SUGGESTED in text] == []
    assert [door for door, text in of_ben.items() if SUGGESTED in text] == []
    assert [door for door, text in of_ben.items() if "I would accept" in text] == []
    assert SUGGESTED in after["/cases//file"]


def test_a_case_file_with_something_kept_back_still_verifies(town: Town) -> None:
    """It is withheld like a protected value: the commitments that bind it stay."""
    watch(town.office, Quality(), blind=True)
    town.claim()
    context, case = town.office.context, town.office.case("C-1")
    lens, now = lens_of(town.office.workflow.contract).opened(), context.clock.now()

    html = case_file_html(context, case.id, lens=lens, now=now, reader="anna")
    case_file_pdf(context, case.id, lens=lens, now=now, reader="anna")

    assert verify_case_file(html).is_whole
    assert SUGGESTED not in html
    assert "answered before seeing what the AI suggested" in " ".join(html.split())


def test_the_first_answer_is_kept_back_from_who_is_asked_the_same(
    town: Town, sqlite_url: str
) -> None:
    """Until they answered; who is not asked, and who gave it, may read it."""
    watch(town.office, Quality(second_look=1.0))
    town.claim()
    context, first = town.office.context, town.task()
    decide_task(context, first, "anna", Verb.APPROVE, reason_code="clear", note=WHY)
    town.work()

    ben, anna, auditor = (doors(town, each, sqlite_url) for each in ("ben", "anna", "auditor"))

    assert [door for door, text in ben.items() if WHY in text] == []
    assert json.loads(ben["/decisions"]) == []
    assert "answer it first" in ben["/cases//file"] or WHY not in ben["/cases//file"]
    for shown in (anna, auditor):
        assert WHY in shown["/decisions"] and WHY in shown["/timeline"]
    with pytest.raises(CaseFileNotYet, match="answer it first"):
        lens, now = lens_of(town.office.workflow.contract), context.clock.now()
        case_file_html(context, town.office.case("C-1").id, lens=lens, now=now, reader="ben")

    states = tuple(ReviewState)
    tasks = town.office.store.tasks(TaskQuery(states=states, limit=50))
    [second] = [each for each in tasks if each.look is LookKind.SECOND]
    decide_task(context, second.id, "ben", Verb.APPROVE, reason_code="clear", note="agreed")
    town.work()
    assert WHY in doors(town, "ben", sqlite_url)["/decisions"]


def test_nobody_in_particular_is_shown_nothing_that_is_kept_back(town: Town) -> None:
    """A paper made without saying for whom may reach anybody."""
    watch(town.office, Quality(), blind=True)
    town.claim()
    context, case = town.office.context, town.office.case("C-1")
    lens = replace(lens_of(town.office.workflow.contract), sees_all=True)

    html = case_file_html(context, case.id, lens=lens, now=context.clock.now())

    assert SUGGESTED not in html
