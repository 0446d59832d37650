"""Asking outside: the answer by a link that answers once, and that nobody can use by looking."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from interlock.domain.review import ReviewState, Verb
from interlock.runtime.commands import (
    DecisionRefused,
    LinkOver,
    answer_by_link,
    answer_question,
    ask_question,
    cancel_case,
    question_behind,
    question_link,
)
from tests.runtime.office import Office


def test_a_party_outside_answers_by_its_link(desk: Office) -> None:
    """Recorded as theirs; the clock runs again."""
    task = desk.unsure()
    ask_question(desk.context, task, "anna", "Which order?")
    token = question_link(desk.context, task, party="the customer")

    asked = question_behind(desk.context, token)
    assert (asked.question.text, asked.party) == ("Which order?", "the customer")
    answered = answer_by_link(desk.context, token, "O-17, of March").task

    [question] = answered.questions
    assert (question.answer, question.answered_by) == ("O-17, of March", "the customer")
    assert answered.clock_stopped_at is None
    assert answered.state is ReviewState.CLAIMED


def test_looking_at_a_link_changes_nothing(desk: Office) -> None:
    """Mail programs open every link; none of them answers anything."""
    task = desk.unsure()
    ask_question(desk.context, task, "anna", "Which order?")
    token = question_link(desk.context, task)
    before = desk.task()

    for _ in range(3):
        question_behind(desk.context, token)

    assert desk.task() == before


def test_a_link_answers_once(desk: Office) -> None:
    """Not again, not another question, and not a task that is over."""
    task = desk.unsure()
    ask_question(desk.context, task, "anna", "Which order?")
    first, second = question_link(desk.context, task), question_link(desk.context, task)
    answer_by_link(desk.context, first, "O-17")

    for token in (first, second, "guessed", ""):
        with pytest.raises(LinkOver, match="this link is not valid"):
            answer_by_link(desk.context, token, "O-18")

    ask_question(desk.context, task, "anna", "And which line?")
    with pytest.raises(LinkOver):
        question_behind(desk.context, second)
    third = question_link(desk.context, task)
    cancel_case(desk.context, "R-1", "lead")
    with pytest.raises(LinkOver):
        question_behind(desk.context, third)


def test_the_token_itself_is_kept_nowhere(desk: Office) -> None:
    """Who reads the database cannot answer in somebody's name."""
    task = desk.unsure()
    ask_question(desk.context, task, "anna", "Which order?")
    token = question_link(desk.context, task)

    with desk.store.engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM answer_link")).all()

    assert rows
    assert token not in str(rows)


def test_a_link_needs_an_open_question_and_an_answer_some_words(small_desk: Office) -> None:
    """An empty answer leaves the link as it was."""
    task = small_desk.unsure()
    with pytest.raises(DecisionRefused, match="no question is open"):
        question_link(small_desk.context, task)
    ask_question(small_desk.context, task, "anna", "Which order?")
    token = question_link(small_desk.context, task)

    with pytest.raises(DecisionRefused, match="the answer is empty"):
        answer_by_link(small_desk.context, token, "  ")
    answer_question(small_desk.context, task, "ben", "O-17")

    with pytest.raises(LinkOver):
        answer_by_link(small_desk.context, token, "O-18")
    case = small_desk.decide("R-1", "anna", Verb.APPROVE, reason_code="clear")
    assert case.person_decided
