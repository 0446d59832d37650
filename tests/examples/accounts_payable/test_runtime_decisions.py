"""What people decide about invoices, and that each case then goes on to its proper end."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from interlock.domain.case import CaseState, ClosingOutcome, Handling
from interlock.domain.review import Verb
from interlock.runtime.commands import DecisionRefused, decide_task, escalate_task
from tests.examples.accounts_payable.runtime_desk import DecisionDesk, ended, happened
from tests.examples.accounts_payable.runtime_office import stops_at


@pytest.fixture(scope="module")
def desk(company: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DecisionDesk]:
    """One department for all tests here; each takes a file of its own from the inbox."""
    desk = DecisionDesk.opened(company, tmp_path_factory.mktemp("decisions"))
    yield desk
    assert desk.office.broken_chains() == []
    desk.office.close()


def test_an_agreed_price_is_paid(desk: DecisionDesk) -> None:
    """The clerk knows of the new price; the match is taken as it is."""
    case = desk.next_of("price_variance")

    case = desk.office.decide(case, "anna", Verb.APPROVE, reason_code="agreed_price_change")
    case = desk.closed(case)

    assert ended(case) == (ClosingOutcome.COMPLETED, Handling.ASSISTED)
    assert desk.was_paid(case)


def test_a_price_needs_a_reason(desk: DecisionDesk) -> None:
    """Why more was paid than ordered must be readable a year later."""
    case = desk.next_of("price_variance")
    task = desk.office.task(case)

    with pytest.raises(DecisionRefused, match="a reason code is needed"):
        decide_task(desk.office.context, task.id, "anna", Verb.APPROVE)

    assert desk.office.task(case) == task


def test_a_price_nobody_agreed_to_ends_the_case(desk: DecisionDesk) -> None:
    """Nothing is posted and nothing is paid."""
    case = desk.next_of("price_variance")

    case = desk.office.decide(case, "bruno", Verb.REJECT, reason_code="supplier_error")

    assert ended(case) == (ClosingOutcome.REJECTED, Handling.HUMAN)
    assert case.actions == ()


def test_a_clerk_decides_up_to_her_limit_and_passes_the_rest_on(desk: DecisionDesk) -> None:
    """What is above a clerk's limit goes up the chain, with everything that is known."""
    case = desk.next_of("quantity_variance")
    while Decimal(str(case.data["payable"])) <= 2_000:
        case = desk.next_of("quantity_variance")  # chris decides up to 2,000 euros
    task = desk.office.task(case)

    with pytest.raises(DecisionRefused, match="you may decide up to"):
        decide_task(
            desk.office.context, task.id, "chris", Verb.APPROVE, reason_code="receipt_booked_late"
        )
    escalate_task(desk.office.context, task.id, "chris", note="above my limit")

    assert desk.office.task(case).queue == "ap_lead"
    case = desk.office.decide(case, "ap_lead", Verb.APPROVE, reason_code="receipt_booked_late")
    assert desk.was_paid(desk.closed(case))


def test_a_receipt_booked_late_is_paid(desk: DecisionDesk) -> None:
    """The goods are there; the note came after the bill."""
    case = desk.next_of("quantity_variance")

    case = desk.office.decide(case, "anna", Verb.APPROVE, reason_code="receipt_booked_late")

    assert desk.was_paid(desk.closed(case))


def test_a_duplicate_is_rejected_and_never_posted_twice(desk: DecisionDesk) -> None:
    """The bill in the books stays the only one."""
    case = desk.next_of("already_posted")

    case = desk.office.decide(case, "anna", Verb.REJECT, reason_code="same_invoice")

    assert ended(case) == (ClosingOutcome.REJECTED, Handling.HUMAN)
    assert case.actions == ()


def test_a_bill_that_only_looks_like_another_is_paid(desk: DecisionDesk) -> None:
    """The reviewer's word stands also before the ledger, which looks once more."""
    case = desk.next_of("already_posted")
    order = desk.office.erp.order(case.data["order"])
    assert order is not None
    for line in order.lines:  # the second delivery that the bill is about
        desk.office.erp.database.run(
            "add_receipt",
            id="GR-second",
            order_number=order.number,
            order_line=line.number,
            quantity=str(line.quantity),
            received_on="2026-03-01",
        )

    escalate_task(desk.office.context, desk.office.task(case).id, "anna", note="please look")
    case = desk.office.decide(case, "ap_lead", Verb.APPROVE, reason_code="different_delivery")
    if stops_at(case)[1] == "low_confidence":
        escalate_task(desk.office.context, desk.office.task(case).id, "anna")
        case = desk.office.decide(case, "ap_lead", Verb.APPROVE)

    assert desk.was_paid(desk.closed(case))


def test_the_order_somebody_looked_up_is_used(desk: DecisionDesk) -> None:
    """The corrected invoice begins anew, with all its checks."""
    case = desk.next_of("missing_order_unclear")
    supplier = desk.office.erp.supplier(case.data["seller_id"])
    assert supplier is not None
    fitting = [
        order.number
        for order in desk.office.erp.open_orders(supplier.id)
        if abs(order.open_value - Decimal(str(case.data["net"]))) < 1
    ]
    assert len(fitting) == 2

    case = desk.office.decide(case, "bruno", Verb.EDIT, changes={"order": fitting[1]})
    case = desk.closed(case)

    assert case.data["order"] == fitting[1]
    assert case.handling is Handling.ASSISTED
    assert desk.was_paid(case)


def test_an_order_of_another_supplier_is_corrected(desk: DecisionDesk) -> None:
    """The number was mistyped; the right one is in the ERP."""
    case = desk.next_of("order_of_another")
    supplier = desk.office.erp.supplier(case.data["seller_id"])
    assert supplier is not None
    [right] = [
        order.number
        for order in desk.office.erp.open_orders(supplier.id)
        if abs(order.open_value - Decimal(str(case.data["net"]))) < 1
    ]

    case = desk.office.decide(
        case, "ap_lead", Verb.EDIT, changes={"order": right}, reason_code="our_record_is_right"
    )

    assert desk.was_paid(desk.closed(case))


def test_a_supplier_entered_meanwhile_is_found_at_the_next_try(desk: DecisionDesk) -> None:
    """What is put right in the ERP needs no edit of the invoice."""
    case = desk.next_of("unknown_supplier")
    desk.office.erp.database.run(
        "add_supplier",
        id=case.data["seller_id"],
        name=case.data["seller_name"],
        name_key=case.data["seller_name"].casefold(),
        country="DE",
        iban=case.data["seller_iban"],
        blocked=0,
        cost_center="",
    )

    case = desk.office.decide(case, "ap_lead", Verb.APPROVE, reason_code="supplier_created")

    # the order was placed with somebody else, so the next check stops it
    assert stops_at(case) == (CaseState.WAITING, "conflicting_instructions", "match")


def test_saying_yes_to_a_stranger_does_not_make_a_supplier(desk: DecisionDesk) -> None:
    """To try once more is not to let it pass."""
    case = desk.next_of("unknown_supplier")

    case = desk.office.decide(case, "ap_lead", Verb.APPROVE, reason_code="supplier_created")

    assert stops_at(case) == (CaseState.WAITING, "unknown_supplier", "find_supplier")


def test_a_rate_entered_meanwhile_is_used(desk: DecisionDesk) -> None:
    """And counts the bill in euros."""
    case = desk.next_of("no_exchange_rate")
    desk.office.erp.database.run("add_rate", currency="ISK", valid_from="2026-01-01", rate="0.0068")

    escalate_task(desk.office.context, desk.office.task(case).id, "anna", note="foreign currency")
    escalate_task(desk.office.context, desk.office.task(case).id, "ap_lead", note="and mine")
    case = desk.office.decide(case, "finance_director", Verb.APPROVE)
    case = desk.closed(case)

    assert desk.was_paid(case)
    paid = case.outputs["schedule_payment"]
    assert (paid["currency"], paid["amount_in_books"] < paid["amount"]) == ("ISK", True)


def test_an_account_the_model_was_unsure_of_is_taken(desk: DecisionDesk) -> None:
    """The clerk agrees with the suggestion."""
    case = desk.next_of("unclear_text")
    assert case.proposal is not None
    suggested = case.proposal.value

    case = desk.office.decide(case, "anna", Verb.APPROVE)
    case = desk.closed(case)

    assert case.outputs["assign_account"] == suggested
    assert case.outputs["post_invoice"]["account"] == suggested["number"]


def test_an_account_the_model_was_wrong_about_is_corrected(desk: DecisionDesk) -> None:
    """What the clerk says is what is booked."""
    case = desk.next_of("unclear_text")

    case = desk.office.decide(
        case, "anna", Verb.EDIT, changes={"number": "9990", "name": "Clearing"}
    )
    case = desk.closed(case)

    assert case.outputs["post_invoice"]["account"] == "9990"
    assert case.handling is Handling.ASSISTED


def test_a_harmless_fault_is_accepted(desk: DecisionDesk) -> None:
    """The bill is wrong in its form, and the clerk answers for paying it."""
    case = desk.next_of("wrong_total")

    case = desk.office.decide(case, "anna", Verb.APPROVE, reason_code="harmless_fault")

    assert desk.was_paid(desk.closed(case))


def test_what_is_no_invoice_is_put_aside(desk: DecisionDesk) -> None:
    """A mail in the inbox of invoices is answered by hand."""
    case = desk.next_of("new_format")

    case = desk.office.decide(case, "anna", Verb.REJECT, reason_code="not_an_invoice")

    assert ended(case) == (ClosingOutcome.REJECTED, Handling.HUMAN)


def test_an_unreadable_bill_is_entered_by_hand(desk: DecisionDesk) -> None:
    """Its fields become a case like any other, under its own key."""
    case = desk.next_of("truncated")
    row = desk.company.expected[case.source.name] if case.source else {}

    case = desk.office.decide(
        case,
        "anna",
        Verb.EDIT,
        reason_code="entered_by_hand",
        changes={
            "seller_id": row["supplier"],
            "buyer_id": "DE811193231",
            "number": row["number"],
            "issue_date": "2026-02-27",
            "currency": row["currency"],
            "gross": row["payable"],
            "payable": row["payable"],
        },
    )

    assert case.key == f"{row['supplier']}|{row['number']}"
    assert case.state is CaseState.WAITING
    assert case.step is not None  # it is under way, and its own document is checked again


def test_a_credit_note_is_posted_and_nothing_is_paid(desk: DecisionDesk) -> None:
    """It takes back from the bill it names."""
    case = desk.next_of("credit_note")

    assert ended(case) == (ClosingOutcome.COMPLETED, Handling.AUTONOMOUS)
    assert happened(case, "post_invoice")
    assert not desk.was_paid(case)


def test_a_credit_note_about_nothing_waits_until_its_bill_is_named(desk: DecisionDesk) -> None:
    """An edit is checked like the document was: a number nobody knows is still none."""
    case = desk.next_of("credit_note_without_invoice")

    case = desk.office.decide(case, "anna", Verb.EDIT, changes={"preceding_invoice": "XX-1"})

    assert stops_at(case) == (CaseState.WAITING, "missing_data", "match")
    assert case.actions == ()


def test_a_blocked_supplier_waits_until_the_block_is_gone(desk: DecisionDesk) -> None:
    """The team lead can have the block lifted; she cannot pay around it."""
    case = desk.next_of("blocked_supplier")

    case = desk.office.decide(case, "ap_lead", Verb.APPROVE, reason_code="rule_exception_granted")

    assert stops_at(case) == (CaseState.WAITING, "out_of_policy", "find_supplier")
