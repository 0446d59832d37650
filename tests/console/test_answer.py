"""The answer page: an outside party answers once, and looking changes nothing."""

from __future__ import annotations

from tests.console.visit import Desk, Page
from tests.web.town import HERE


def _asked(desk: Desk) -> tuple[str, str]:
    """The task, and the path at which its question can be answered."""
    task = desk.claim()
    page: Page = desk.visit("anna").decide(
        task, "ask", note__ask="Which branch was it?", party="The customer"
    )
    address = page.one("[data-copy]").get("data-copy")
    return task, address.removeprefix(HERE)


def test_opening_the_link_changes_nothing(desk: Desk) -> None:
    """A link scanner must not be able to decide, answer or use anything up."""
    task, path = _asked(desk)
    before = desk.task(task)

    page = desk.visit(None).get(path)
    desk.visit(None).get(path)

    assert "Which branch was it?" in page.text
    assert desk.task(task) == before


def test_the_answer_is_on_record_as_the_partys_and_the_clock_runs(desk: Desk) -> None:
    """Whoever decides reads who said it."""
    task, path = _asked(desk)
    stranger = desk.visit(None)

    page = stranger.send(stranger.get(path), ".gate-page form", text="The one in the north")

    [question] = desk.task(task).questions
    assert (question.answer, question.answered_by) == ("The one in the north", "The customer")
    assert desk.task(task).clock_stopped_at is None
    assert "on record" in page.text


def test_a_link_works_once(desk: Desk) -> None:
    """A second answer would overwrite what a decision may rest on."""
    _, path = _asked(desk)
    stranger = desk.visit(None)
    form = stranger.get(path)
    stranger.send(form, ".gate-page form", text="north")

    again = stranger.send(form, ".gate-page form", text="south")

    assert again.status == 404
    assert "over" in again.one("h1").text_content()


def test_an_empty_answer_is_no_answer(desk: Desk) -> None:
    """Silence is never a yes, and never an answer."""
    task, path = _asked(desk)
    stranger = desk.visit(None)

    page = stranger.send(stranger.get(path), ".gate-page form", text="  ")

    assert page.status == 422
    assert desk.task(task).clock_stopped_at is not None


def test_an_answer_that_came_another_way_is_recorded_by_the_reviewer(desk: Desk) -> None:
    """People also telephone."""
    task, _ = _asked(desk)
    anna = desk.visit("anna")

    page = anna.send(
        anna.get(f"/work?task={task}"), "form[action='/work/answer']", text="They called: north"
    )

    assert desk.task(task).clock_stopped_at is None
    assert "They called: north" in page.text
