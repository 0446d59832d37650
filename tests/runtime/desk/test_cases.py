"""Comments on a case, many decisions at once, and a case opened again because it is wrong."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from interlock.domain.action import ActionState
from interlock.domain.case import CaseState, ClosingOutcome
from interlock.domain.fact import FactKind
from interlock.domain.money import Money
from interlock.domain.people import Grant, Role
from interlock.domain.review import Verb
from interlock.runtime.commands import (
    BulkRefused,
    DecisionRefused,
    cancel_case,
    comment_case,
    comments,
    decide_many,
    decide_task,
    reopen_case,
)
from tests.runtime.desk.offices import hire
from tests.runtime.office import Office


def counted(office: Office, kind: FactKind) -> int:
    """How many facts of this kind there are."""
    with office.store.engine.connect() as connection:
        found = connection.execute(text("SELECT count(*) FROM fact WHERE kind = :k"), {"k": kind})
        return int(found.scalar_one())


# --- comments -----------------------------------------------------------------------------------


def test_a_comment_is_on_record_and_changes_nothing(desk: Office) -> None:
    """On an open case and on a closed one."""
    desk.unsure()
    before = desk.task()
    comment_case(desk.context, "R-1", "anna", "  The customer called.  ")
    assert desk.task() == before

    cancel_case(desk.context, "R-1", "lead")
    desk.run()
    case = comment_case(desk.context, "R-1", "ben", "Good.")

    assert case.state is CaseState.CLOSED
    said = [(each.by, each.text) for each in comments(desk.context, "R-1")]
    assert said == [("anna", "The customer called."), ("ben", "Good.")]
    assert counted(desk, FactKind.CASE_COMMENTED) == 2


@pytest.mark.parametrize(
    ("by", "words"), [("mallory", "hello"), ("anna", " "), ("anna", "x" * 4001)]
)
def test_an_odd_comment_is_refused(small_desk: Office, by: str, words: str) -> None:
    """From a stranger, without a word, or as long as a book."""
    small_desk.unsure()

    with pytest.raises(DecisionRefused):
        comment_case(small_desk.context, "R-1", by, words)


# --- many at once -------------------------------------------------------------------------------


def test_many_decisions_are_single_records(desk: Office) -> None:
    """One that is refused changes nothing for the others, and says why."""
    tasks = [desk.unsure(f"R-{n}", amount=amount) for n, amount in ((1, 10), (2, 900), (3, 20))]

    results = decide_many(
        desk.context, [*tasks, tasks[0], "task_none"], "anna", Verb.APPROVE, reason_code="clear"
    )

    assert [each.is_decided for each in results] == [True, False, True, False]
    assert (results[1].code, results[1].reason) == (
        "decision_refused",
        "you may decide up to EUR 500.00; this is EUR 900.00",
    )
    assert results[3].code == "task_unknown"
    assert [desk.decisions(f"R-{n}") for n in (1, 2, 3)] == [
        [("anna", "approve")],
        [],
        [("anna", "approve")],
    ]


@pytest.mark.parametrize("verb", [Verb.EDIT, Verb.ASK, Verb.ESCALATE])
def test_an_edit_is_never_one_of_many(small_desk: Office, verb: Verb) -> None:
    """It says something of one task alone."""
    with pytest.raises(BulkRefused, match="decide them one by one"):
        decide_many(small_desk.context, [small_desk.unsure()], "anna", verb)


def test_nobody_decides_more_at_once_than_can_be_looked_at(small_desk: Office) -> None:
    """A thousand approvals in one click are none."""
    with pytest.raises(BulkRefused, match="201 tasks, and 200 is the most"):
        decide_many(small_desk.context, [f"t{n}" for n in range(201)], "anna", Verb.APPROVE)


# --- reopening ----------------------------------------------------------------------------------


def closed(office: Office, number: str = "R-1", amount: float = 100) -> None:
    """A refund that went its whole way by itself."""
    office.handle(number, amount)
    office.later(30)
    assert office.case(number).outcome is ClosingOutcome.COMPLETED


def test_a_closed_case_that_is_wrong_waits_for_a_person(desk: Office) -> None:
    """Nothing is undone by opening it again."""
    closed(desk)

    case = reopen_case(desk.context, "R-1", "lead", reason="The wrong customer was paid.")

    assert (case.state, case.outcome) == (CaseState.WAITING, None)
    task = desk.task()
    assert (task.exception_type, task.queue) == ("reopened", "lead")
    assert task.question == (
        "Closed as completed, and said to be wrong: The wrong customer was paid. "
        "Was it right after all?"
    )
    assert desk.is_paid("R-1")
    assert counted(desk, FactKind.CASE_REOPENED) == 1


def test_it_was_right_after_all(desk: Office) -> None:
    """Then it closes as it was, and nothing is done a second time."""
    closed(desk)
    reopen_case(desk.context, "R-1", "head", reason="I think it is wrong.")

    case = desk.decide("R-1", "lead", Verb.APPROVE)

    assert case.outcome is ClosingOutcome.COMPLETED
    assert desk.shop.done("R-1").count("pay_out") == 1


def test_it_was_wrong_and_is_undone(desk: Office) -> None:
    """The last action first, as always."""
    closed(desk)
    reopen_case(desk.context, "R-1", "lead", reason="The wrong customer was paid.")
    assert Verb.EDIT not in desk.task().verbs

    case = desk.decide("R-1", "lead", Verb.REJECT)

    assert case.outcome is ClosingOutcome.COMPENSATED
    assert {each.state for each in case.actions} == {ActionState.COMPENSATED}


def test_a_case_refused_by_mistake_begins_anew(desk: Office) -> None:
    """Nothing of it had happened, so all of it may."""
    desk.unsure()
    cancel_case(desk.context, "R-1", "lead")
    desk.run()
    desk.shop.confidence["R-1"] = 0.95
    reopen_case(desk.context, "R-1", "lead", reason="The customer insists.")

    desk.decide("R-1", "lead", Verb.APPROVE)
    desk.later(30)

    assert desk.case("R-1").outcome is ClosingOutcome.COMPLETED
    assert desk.is_paid("R-1")


Wrongly = Callable[[Office], object]
WRONGLY: list[tuple[Wrongly, str]] = [
    (lambda o: reopen_case(o.context, "R-1", "anna", reason="wrong"), "anna answers neither"),
    (lambda o: reopen_case(o.context, "R-1", "mallory", reason="wrong"), "not a person"),
    (lambda o: reopen_case(o.context, "R-1", "lead", reason="  "), "say what is wrong with it"),
]


@pytest.mark.parametrize(("try_it", "words"), WRONGLY)
def test_reopening_needs_a_reason_and_the_right(
    small_desk: Office, try_it: Wrongly, words: str
) -> None:
    """And a case that is closed."""
    closed(small_desk)

    with pytest.raises(DecisionRefused, match=words):
        try_it(small_desk)
    reopen_case(small_desk.context, "R-1", "lead", reason="wrong")
    with pytest.raises(DecisionRefused, match="the case is waiting"):
        reopen_case(small_desk.context, "R-1", "lead", reason="wrong")


def test_an_account_stops_a_case_only_with_the_right(small_desk: Office) -> None:
    """The same rule for the console and the API."""
    small_desk.unsure()
    hire(small_desk, "anna")
    hire(small_desk, "olga", Grant(role=Role.OPERATOR))

    with pytest.raises(DecisionRefused, match="this needs the role operator"):
        cancel_case(small_desk.context, "R-1", "anna")
    cancel_case(small_desk.context, "R-1", "olga")
    small_desk.run()

    assert small_desk.case("R-1").outcome is ClosingOutcome.CANCELLED


def test_an_unknown_reviewer_decides_with_an_account(small_desk: Office) -> None:
    """Somebody of the directory's group works the contract's queue, within their own amount."""

    grant = Grant(role=Role.REVIEWER, queue="clerks", up_to=Money.of("150", "EUR"))
    hire(small_desk, "zoe", grant, groups=("clerks",))
    small, large = small_desk.unsure("R-1", 100), small_desk.unsure("R-2", 200)

    decide_task(small_desk.context, small, "zoe", Verb.APPROVE, reason_code="clear")
    with pytest.raises(DecisionRefused, match="up to EUR 150"):
        decide_task(small_desk.context, large, "zoe", Verb.APPROVE, reason_code="clear")
