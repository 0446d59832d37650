"""A queue's training: passed before one may approve there; never before one may say no."""

from __future__ import annotations

from datetime import timedelta

import pytest

from interlock.domain.review import Verb
from interlock.runtime.commands import (
    DecisionRefused,
    Told,
    TrainingRefused,
    answer_exercise,
    ask_question,
    decide_task,
    start_training,
    training_state,
)
from tests.runtime.office import Office

RIGHT = {
    "A clear refund": ("approve", "clear"),
    "No order": ("reject", ""),
    "A strange letter": ("ask", ""),
}


def go_through(office: Office, by: str = "anna", wrong: int = 0) -> Told:
    """Answers every exercise, so many of them wrong."""
    state = start_training(office.context, "clerks", by)
    told = None
    while state.exercise is not None:
        verb, reason = RIGHT[state.exercise.title]
        if wrong > 0:
            verb, wrong = "escalate", wrong - 1
        told = answer_exercise(
            office.context, "clerks", by, state.exercise.place, verb, reason_code=reason
        )
        state = told.state
    assert told is not None
    return told


def test_approving_needs_the_training(school: Office) -> None:
    """Saying no, passing on and asking do not."""
    task = school.unsure()
    with pytest.raises(DecisionRefused, match="clerks asks for its training before one may appr"):
        decide_task(school.context, task, "anna", Verb.APPROVE, reason_code="clear")
    ask_question(school.context, task, "anna", "Which one?")

    second = school.unsure("R-2")
    decide_task(school.context, second, "anna", Verb.REJECT, reason_code="unclear")

    assert school.decisions("R-2") == [("anna", "reject")]


def test_who_passed_may_approve(school: Office) -> None:
    """For as long as the pass is valid."""
    task = school.unsure()
    told = go_through(school)
    assert told.state.passed
    assert told.state.valid_until == school.clock.now() + timedelta(days=30)

    school.pass_time(20)
    decide_task(school.context, task, "anna", Verb.APPROVE, reason_code="clear")

    school.run()
    school.clock.pass_time(timedelta(days=31))
    again = school.unsure("R-2")
    with pytest.raises(DecisionRefused, match="asks for its training"):
        decide_task(school.context, again, "anna", Verb.APPROVE, reason_code="clear")


def test_one_wrong_of_three_is_enough_right_and_two_are_not(school: Office) -> None:
    """The share is the contract's; a failed run may be followed by another."""
    assert not go_through(school, wrong=2).state.passed
    assert not training_state(school.context, "clerks", "anna").passed

    assert go_through(school, wrong=1).state.passed
    [*_, note] = [e for e in school.store.house_entries() if e.kind == "training_finished"]
    assert note.actor == "person:anna"


def test_the_right_answer_is_told_after_the_answer(school: Office) -> None:
    """An exercise is shown without it, in an order of its own for every run."""
    state = start_training(school.context, "clerks", "anna")
    assert state.exercise is not None
    shown = repr(state.exercise)
    assert "The order is there" not in shown
    assert not hasattr(state.exercise, "verb")

    told = answer_exercise(school.context, "clerks", "anna", state.exercise.place, "escalate")

    assert not told.right
    assert (told.verb, told.why != "") == (RIGHT[state.exercise.title][0], True)


def test_an_exercise_is_answered_once_and_in_turn(school: Office) -> None:
    """Nobody tries until it fits."""
    with pytest.raises(TrainingRefused, match="no run is open"):
        answer_exercise(school.context, "clerks", "anna", 0, "approve")
    state = start_training(school.context, "clerks", "anna")
    assert state.exercise is not None
    place = state.exercise.place
    answer_exercise(school.context, "clerks", "anna", place, "approve")

    with pytest.raises(TrainingRefused, match="another exercise is open"):
        answer_exercise(school.context, "clerks", "anna", place, "reject")
    goes_on = start_training(school.context, "clerks", "anna")
    assert goes_on.exercise is not None
    assert goes_on.exercise.number == 2


def test_a_training_belongs_to_who_works_the_queue(school: Office) -> None:
    """And a queue that asks for none needs none."""
    with pytest.raises(TrainingRefused, match="engineer works in no queue of that name"):
        start_training(school.context, "clerks", "engineer")
    with pytest.raises(TrainingRefused, match="this queue asks for none"):
        start_training(school.context, "lead", "lead")
    assert training_state(school.context, "lead", "lead").passed
