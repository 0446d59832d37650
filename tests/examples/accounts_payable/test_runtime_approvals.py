"""Payments above a line and changed bank accounts: who is asked, and what a yes or no does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest

from interlock.domain.action import ActionState
from interlock.domain.case import ClosingOutcome, Handling
from interlock.domain.review import ReviewKind, Verb
from interlock.runtime.commands import DecisionRefused, decide_task
from tests.examples.accounts_payable.runtime_desk import DecisionDesk, ended

CALLED: Final = {"call_back_record": "called +49 511 5550 at 10:12, spoke to their bookkeeper"}


@pytest.fixture(scope="module")
def desk(company: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DecisionDesk]:
    """One department for all tests here; each takes a file of its own from the inbox."""
    desk = DecisionDesk.opened(company, tmp_path_factory.mktemp("approvals"))
    yield desk
    assert desk.office.broken_chains() == []
    desk.office.close()


def test_new_bank_details_need_the_record_of_a_call(desk: DecisionDesk) -> None:
    """Not even the finance director confirms an account without one."""
    case = desk.next_of("changed_bank_details")
    task = desk.office.task(case)

    with pytest.raises(DecisionRefused, match="not a member"):
        decide_task(
            desk.office.context, task.id, "anna", Verb.APPROVE,
            reason_code="confirmed_by_call", supplied=CALLED,
        )  # fmt: skip
    with pytest.raises(DecisionRefused, match="call_back_record"):
        decide_task(
            desk.office.context, task.id, "finance_director", Verb.APPROVE,
            reason_code="confirmed_by_call",
        )  # fmt: skip

    case = desk.office.decide(
        case, "finance_director", Verb.APPROVE, reason_code="confirmed_by_call", supplied=CALLED
    )
    case = desk.closed(case)
    paid = case.outputs["schedule_payment"]
    supplier = desk.office.erp.supplier(case.data["seller_id"])
    assert supplier is not None
    assert paid["iban"] == supplier.iban == case.data["seller_iban"]
    assert case.handling is Handling.HUMAN


def test_bank_details_the_supplier_denies_pay_nobody(desk: DecisionDesk) -> None:
    """The commonest fraud in accounts payable ends here."""
    case = desk.next_of("changed_bank_details")
    before = desk.office.erp.supplier(case.data["seller_id"])

    case = desk.office.decide(
        case, "finance_director", Verb.REJECT, reason_code="supplier_denied", supplied=CALLED
    )

    assert ended(case) == (ClosingOutcome.REJECTED, Handling.HUMAN)
    assert case.actions == ()
    assert desk.office.erp.supplier(case.data["seller_id"]) == before


def test_a_large_payment_takes_one_approval(desk: DecisionDesk) -> None:
    """Of the team lead, bound to exactly this payment."""
    case = desk.next_of("large_amount")
    task = desk.office.task(case)
    assert (task.kind, task.deciders) == (ReviewKind.APPROVAL, ("ap_lead",))

    with pytest.raises(DecisionRefused):
        decide_task(desk.office.context, task.id, "anna", Verb.APPROVE)
    case = desk.closed(desk.office.decide(case, "ap_lead", Verb.APPROVE))

    [payment] = [a for a in case.actions if a.name == "schedule_payment"]
    assert payment.approved_by == ("ap_lead",)
    assert desk.was_paid(case)


def test_a_very_large_payment_takes_two_people(desk: DecisionDesk) -> None:
    """First the team lead, then the director; nobody says yes twice."""
    case = desk.next_of("very_large_amount")

    case = desk.office.decide(case, "ap_lead", Verb.APPROVE)
    second = desk.office.task(case)
    assert (second.queue, second.deciders) == ("finance_director", ("finance_director",))
    with pytest.raises(DecisionRefused):
        decide_task(desk.office.context, second.id, "ap_lead", Verb.APPROVE)
    case = desk.closed(desk.office.decide(case, "finance_director", Verb.APPROVE))

    [payment] = [a for a in case.actions if a.name == "schedule_payment"]
    assert payment.approved_by == ("ap_lead", "finance_director")


def test_a_payment_refused_takes_its_posting_back(desk: DecisionDesk) -> None:
    """What was done for a case that ends otherwise is undone, and the books still balance."""
    case = desk.next_of("large_amount")

    case = desk.office.decide(case, "ap_lead", Verb.REJECT)
    totals = desk.office.erp.database.row("totals")

    assert case.outcome is ClosingOutcome.COMPENSATED
    assert [(a.name, a.state) for a in case.actions] == [
        ("post_invoice", ActionState.COMPENSATED),
        ("schedule_payment", ActionState.WITHDRAWN),
    ]
    assert totals is not None
    assert totals["debit"] == totals["credit"]
    assert desk.office.erp.posting_of(case.data["seller_id"], case.data["number"]) is None
