"""Approvals and requests: what runs is what was approved, and no model can ask for more."""

from __future__ import annotations

import pytest

from interlock import ActionRequest
from interlock.domain.case import CaseState, ClosingOutcome
from interlock.domain.review import ReviewKind, ReviewState, Verb
from interlock.runtime.commands import DecisionRefused, decide_task
from interlock.storage import TaskQuery
from tests.runtime.office import Office

# --- approvals ----------------------------------------------------------------------------------


def test_over_the_threshold_the_named_person_is_asked_about_the_exact_arguments(
    office: Office,
) -> None:
    """What was approved is what runs."""
    office.handle(amount=350)
    task = office.task()
    shown = office.store.evidence(task.id).content["action"]

    case = office.decide("R-1", "lead", Verb.APPROVE)
    office.later(30)

    assert (task.kind, task.question) == (ReviewKind.APPROVAL, "Approve this? It pays 350 EUR.")
    assert shown["arguments"]["refund"]["amount"] == 350
    assert shown["arguments_digest"] == case.actions[1].digest
    assert office.is_paid("R-1")
    [approval] = office.case("R-1").approvals
    assert (approval.by, approval.used) == ("lead", True)


def test_an_approval_that_is_too_old_when_the_deed_is_due_is_asked_for_again(
    small_office: Office,
) -> None:
    """An approval is not a ticket for another day."""
    small_office.handle(amount=350)
    small_office.later(60 * 24 - 10)
    task = small_office.task()
    who = "lead" if task.queue == "lead" else str(task.queue)
    small_office.decide("R-1", who, Verb.APPROVE)

    small_office.later(30)

    assert not small_office.is_paid("R-1")
    assert small_office.task().kind is ReviewKind.APPROVAL


def test_a_request_nobody_answers_expires_and_is_never_a_yes(small_office: Office) -> None:
    """It becomes a stalled handoff, put to a person; approving that asks anew."""
    small_office.handle(amount=350)

    small_office.later(60 * 24 * 7)

    case = small_office.case("R-1")
    assert case.exception is not None
    assert case.exception.type == "stalled_handoff"
    assert not small_office.is_paid("R-1")
    small_office.decide("R-1", "lead", Verb.APPROVE)
    assert small_office.task().kind is ReviewKind.APPROVAL
    assert not small_office.is_paid("R-1")


def test_an_expired_request_cannot_be_approved_any_more(small_office: Office) -> None:
    """Also when no sweep has come by yet."""
    small_office.handle(amount=350)
    task = small_office.task()
    small_office.pass_time(60 * 24)

    with pytest.raises(DecisionRefused, match="the time in which this could be decided is over"):
        decide_task(small_office.context, task.id, "lead", Verb.APPROVE)


def test_refusing_an_approval_undoes_what_came_before(small_office: Office) -> None:
    """The booking that prepared the payment goes with it."""
    small_office.handle(amount=350)

    case = small_office.decide("R-1", "lead", Verb.REJECT)

    assert case.outcome is ClosingOutcome.COMPENSATED
    assert small_office.deeds() == [("book", "compensated"), ("pay_out", "withdrawn")]


def test_an_approval_is_used_once(small_office: Office) -> None:
    """A state that changed after the yes needs a yes of its own."""
    small_office.handle(amount=350)
    small_office.decide("R-1", "lead", Verb.APPROVE)
    small_office.shop.accounts["R-1"] = "closed"
    small_office.later(30)

    small_office.decide("R-1", "lead", Verb.APPROVE)

    assert not small_office.is_paid("R-1")
    assert small_office.task().kind is ReviewKind.APPROVAL


# --- what a model asks for ----------------------------------------------------------------------


@pytest.mark.parametrize("wanted", ["call_customer", "pay_out", "drop_table", ""])
def test_a_model_that_asks_for_what_is_not_on_its_list_gets_nothing(
    small_office: Office, wanted: str
) -> None:
    """Whatever is not listed for the step is denied, and a person hears of it."""
    small_office.shop.requests["R-1"] = [ActionRequest(action=wanted)]

    case = small_office.handle()

    assert case.exception is not None
    assert case.exception.type == "permission_denied"
    assert case.exception.detail == f"judge asked for {wanted!r}; it may do: none"
    assert small_office.shop.lines == []
    assert Verb.APPROVE not in small_office.task().verbs


def test_an_assisted_model_that_asks_for_more_is_not_even_proposed(
    assisted_office: Office,
) -> None:
    """A reviewer in a hurry must not wave it through."""
    assisted_office.shop.requests["R-1"] = [ActionRequest(action="pay_out")]

    case = assisted_office.handle()

    assert case.exception is not None
    assert case.exception.type == "permission_denied"


def test_a_model_may_fill_only_what_nothing_else_fills(small_office: Office) -> None:
    """Free arguments reach the function; what the case, the runtime or a system gives does not
    come from a model."""
    small_office.shop.answers["announce", "R-1"] = [
        ActionRequest(
            action="note",
            arguments={
                "text": "thank you",
                "refund": {"number": "R-666", "amount": 1_000_000},
                "shop": "another shop",
                "now": "1999-01-01T00:00:00Z",
                "idempotency_key": "a key of its own",
                "no_such_parameter": 1,
            },
        )
    ]

    small_office.handle(amount=0.5)
    small_office.later(30)

    case = small_office.case("R-1")
    assert case.state is CaseState.CLOSED
    assert small_office.shop.notes == [("R-1", "thank you", small_office.clock.now())]
    noted = case.actions[-1]
    assert ("note", "R-1", noted.id) in small_office.shop.lines
    assert "refund" not in noted.arguments


def test_an_argument_of_the_wrong_type_starts_nothing(small_office: Office) -> None:
    """It is held against the function's own types before the deed."""
    odd = ActionRequest(action="note", arguments={"text": {"not": "a text"}})
    small_office.shop.answers["announce", "R-1"] = [odd]

    small_office.handle(amount=0.5)
    small_office.later(30)

    assert small_office.shop.notes == []
    assert small_office.deeds()[-1] == ("note", "failed")


def test_a_model_that_asks_twice_gets_two_deeds_with_two_keys(small_office: Office) -> None:
    """Each place in the plan is a deed of its own."""
    twice = [ActionRequest(action="note", arguments={"text": each}) for each in ("one", "two")]
    small_office.shop.answers["announce", "R-1"] = twice

    small_office.handle(amount=0.5)
    small_office.later(30)

    assert [text for _, text, _ in small_office.shop.notes] == ["one", "two"]
    assert len({key for what, _, key in small_office.shop.lines if what == "note"}) == 2


def test_a_withdrawn_request_leaves_nothing_to_decide(small_office: Office) -> None:
    """A case stopped while its approval is asked for takes the question with it."""
    small_office.handle(amount=350)
    task = small_office.task()

    small_office.cancel("R-1")

    states = (ReviewState.WITHDRAWN,)
    case_id = small_office.case("R-1").id
    [ended] = small_office.store.tasks(TaskQuery(case_id=case_id, states=states))
    assert ended.id == task.id
    with pytest.raises(DecisionRefused, match="the task is withdrawn"):
        decide_task(small_office.context, task.id, "lead", Verb.APPROVE)
