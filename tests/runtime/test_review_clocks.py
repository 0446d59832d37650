"""The clock of a review task: questions stop it, lateness passes it on, silence decides nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from interlock.domain.case import CaseState, WaitsFor
from interlock.domain.review import ReviewState, Verb
from interlock.runtime.commands import (
    DecisionRefused,
    answer_question,
    ask_question,
    cancel_case,
    decide_task,
    escalate_task,
)
from interlock.storage import TaskQuery
from tests.runtime.office import Office

LATE = 60  # minutes


# --- questions ----------------------------------------------------------------------------------


def test_a_question_stops_the_clock_and_the_answer_gives_back_the_time_that_was_left(
    office: Office,
) -> None:
    """Waiting for a customer is not the reviewer's delay."""
    task = office.unsure()
    office.pass_time(20)
    ask_question(office.context, task, "ben", "Which shop?")
    asked = office.case("R-1")
    office.later(60 * 24 * 3)

    answered = answer_question(office.context, task, "customer", "The one in Bern").task

    assert asked.waits_for is WaitsFor.ANSWER
    assert answered.due_at - office.clock.now() == timedelta(minutes=40)
    assert answered.questions[0].answer == "The one in Bern"
    assert office.decide("R-1", "ben", Verb.APPROVE, reason_code="clear").exception is None


def test_while_a_question_is_open_nobody_decides_or_asks_again(small_office: Office) -> None:
    """The answer may change everything."""
    task = small_office.unsure()
    ask_question(small_office.context, task, "ben", "Which shop?")

    with pytest.raises(DecisionRefused, match="a question is open; wait for its answer"):
        decide_task(small_office.context, task, "ben", Verb.APPROVE, reason_code="clear")
    with pytest.raises(DecisionRefused, match="a question is open already"):
        ask_question(small_office.context, task, "ben", "And when?")


def test_an_empty_question_or_answer_is_none(small_office: Office) -> None:
    """Nothing to wait for, nothing to go on with."""
    task = small_office.unsure()

    with pytest.raises(DecisionRefused, match="the question is empty"):
        ask_question(small_office.context, task, "ben", "  \n")
    with pytest.raises(DecisionRefused, match="no question is open"):
        answer_question(small_office.context, task, "customer", "yes")
    ask_question(small_office.context, task, "ben", "Which shop?")
    with pytest.raises(DecisionRefused, match="the answer is empty"):
        answer_question(small_office.context, task, "customer", "")


@pytest.mark.parametrize("text", ["a\x00b", "half a \ud83d sign", "🐙" * 5])
def test_any_text_a_person_writes_can_be_kept(office: Office, text: str) -> None:
    """What a database cannot hold is made visible, not lost with the whole decision."""
    task = office.unsure()
    ask_question(office.context, task, "ben", text)
    answer_question(office.context, task, "customer", text)

    office.decide("R-1", "ben", Verb.APPROVE, reason_code="clear", note=text)

    [decision] = office.store.decisions(office.case("R-1").id)
    assert decision.note == text.replace("\x00", "\ufffd").replace("\ud83d", "\ufffd")


# --- escalation and silence ---------------------------------------------------------------------


def test_a_task_that_is_passed_on_is_asked_anew_in_the_next_queue(office: Office) -> None:
    """The same question and evidence, and a fresh deadline."""
    task = office.unsure()

    moved = escalate_task(office.context, task, "ben", note="too odd for me").task

    assert (moved.queue, moved.escalations) == ("lead", 1)
    assert moved.why == "passed on by ben: too odd for me"
    with pytest.raises(DecisionRefused, match="the task is escalated"):
        decide_task(office.context, task, "ben", Verb.APPROVE, reason_code="clear")
    assert office.decide("R-1", "lead", Verb.APPROVE, reason_code="clear").exception is None


def test_the_end_of_the_chain_cannot_pass_on(small_office: Office) -> None:
    """Somebody has to be the last."""
    small_office.unsure()
    for who in ("ben", "lead", "head"):
        escalate_task(small_office.context, small_office.task().id, who)

    with pytest.raises(DecisionRefused, match="auditor is the end of the escalation chain"):
        escalate_task(small_office.context, small_office.task().id, "auditor")


def test_late_work_goes_along_the_chain_to_its_end_and_stays_there(office: Office) -> None:
    """Each queue has its own time; the last keeps it, marked late."""
    office.unsure()
    queues = [office.task().queue]

    for _ in range(4):
        office.later(LATE)
        queues.append(office.task().queue)

    assert queues == ["clerks", "lead", "head", "auditor", "auditor"]
    assert office.task().breached_at is not None
    assert office.task().state is ReviewState.OPEN


def test_silence_never_approves(office: Office) -> None:
    """Weeks in which nobody looks decide nothing and pay nothing."""
    office.unsure("R-1")
    office.handle("R-2", 350)
    office.handle("R-3", order=None)
    office.handle("R-4", 450)

    for _ in range(15):
        office.later(60 * 24 * 2)

    for number in ("R-1", "R-2", "R-3", "R-4"):
        assert office.case(number).state is CaseState.WAITING
        assert office.decisions(number) == []
        assert not office.is_paid(number)
        assert office.task(number).queue == "auditor"


def test_the_business_deadline_wins_over_the_queues(small_office: Office) -> None:
    """On time for the queue would be too late for the customer."""
    small_office.pass_time(60 * 14.5)  # 23:30
    task = small_office.unsure(promised_on="2026-03-02")

    found = small_office.store.task(task)

    assert found.due_at.isoformat() == "2026-03-02T23:59:59+00:00"
    assert found.at_risk_at < found.due_at


def test_a_deadline_that_has_passed_already_changes_nothing(small_office: Office) -> None:
    """Nobody can be asked to decide before the question was put."""
    task = small_office.unsure(promised_on="2020-01-01")

    assert small_office.store.task(task).due_at == small_office.clock.now() + timedelta(minutes=60)


# --- stopping a case ----------------------------------------------------------------------------


def test_stopping_a_case_takes_its_question_with_it(office: Office) -> None:
    """Nobody is asked about what is over."""
    office.unsure()

    case = office.cancel("R-1")

    assert case.state is CaseState.CLOSED
    assert office.store.tasks(TaskQuery(case_id=case.id)) == []


def test_a_stopped_case_cannot_be_stopped_again(small_office: Office) -> None:
    """Closed is final."""
    small_office.send()
    small_office.cancel("R-1")

    with pytest.raises(DecisionRefused, match=r"cannot cancel .*: the case is closed"):
        cancel_case(small_office.context, "R-1", "lead")


def test_only_people_of_the_contract_stop_a_case(small_office: Office) -> None:
    """An unknown name is no authority."""
    small_office.send()

    with pytest.raises(DecisionRefused, match="mallory is not a person of this contract"):
        cancel_case(small_office.context, "R-1", "mallory")
