"""What people decide about invoices, and that each case then goes on to its proper end.

One department for all tests of this module; each test takes a file of its own from the inbox.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from shutil import copytree
from typing import Any

import pytest

from interlock.domain.action import HAPPENED, ActionState
from interlock.domain.case import Case, CaseState, ClosingOutcome, Handling
from interlock.domain.review import ReviewKind, Verb
from interlock.runtime.commands import DecisionRefused, decide_task, escalate_task
from tests.examples.accounts_payable.runtime_office import (
    HOLD_IS_OVER,
    BackOffice,
    documents_in,
    stops_at,
)

CALLED = {"call_back_record": "called +49 511 5550 at 10:12, spoke to their bookkeeper"}


@dataclass
class Desk:
    """The department, and the inbox it takes its invoices from."""

    office: BackOffice
    company: Any
    used: set[str] = field(default_factory=set)

    def next_of(self, trouble: str) -> Case:
        """The next invoice with that trouble, handled as far as it gets without a person."""
        for file, row in self.company.expected.items():
            if row["trouble"] == trouble and file not in self.used:
                self.used.add(file)
                [document] = documents_in(self.company.folder / "inbox", [file])
                return self.office.handle(document)
        raise AssertionError(f"the inbox has no further {trouble}; take another seed")

    def closed(self, case: Case) -> Case:
        """The case after the hold of its payment, closed as a person left it."""
        self.office.later(HOLD_IS_OVER)
        case = self.office.case(case.id)
        assert case.state is CaseState.CLOSED, stops_at(case)
        return case

    def was_paid(self, case: Case) -> bool:
        return _happened(case, "schedule_payment")


@pytest.fixture(scope="module")
def desk(company: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A department in the generated company, on SQLite."""
    folder = tmp_path_factory.mktemp("decisions")
    copytree(company.folder / "data", folder / "data")
    office = BackOffice.opened(f"sqlite:///{folder / 'interlock.sqlite'}", folder / "data")
    yield Desk(office, company)
    assert office.broken_chains() == []
    office.close()


def _happened(case: Case, name: str) -> bool:
    return any(a.name == name and a.state in HAPPENED for a in case.actions)


def _ended(case: Case) -> tuple[ClosingOutcome | None, Handling | None]:
    return case.outcome, case.handling


def test_an_agreed_price_is_paid(desk: Desk) -> None:
    """The clerk knows of the new price; the match is taken as it is."""
    case = desk.next_of("price_variance")

    case = desk.office.decide(case, "anna", Verb.APPROVE, reason_code="agreed_price_change")
    case = desk.closed(case)

    assert _ended(case) == (ClosingOutcome.COMPLETED, Handling.ASSISTED)
    assert desk.was_paid(case)


def test_a_price_needs_a_reason(desk: Desk) -> None:
    """Why more was paid than ordered must be readable a year later."""
    case = desk.next_of("price_variance")
    task = desk.office.task(case)

    with pytest.raises(DecisionRefused, match="a reason code is needed"):
        decide_task(desk.office.context, task.id, "anna", Verb.APPROVE)

    assert desk.office.task(case) == task


def test_a_price_nobody_agreed_to_ends_the_case(desk: Desk) -> None:
    """Nothing is posted and nothing is paid."""
    case = desk.next_of("price_variance")

    case = desk.office.decide(case, "bruno", Verb.REJECT, reason_code="supplier_error")

    assert _ended(case) == (ClosingOutcome.REJECTED, Handling.HUMAN)
    assert case.actions == ()


def test_a_clerk_decides_up_to_her_limit_and_passes_the_rest_on(desk: Desk) -> None:
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


def test_a_receipt_booked_late_is_paid(desk: Desk) -> None:
    """The goods are there; the note came after the bill."""
    case = desk.next_of("quantity_variance")

    case = desk.office.decide(case, "anna", Verb.APPROVE, reason_code="receipt_booked_late")

    assert desk.was_paid(desk.closed(case))


def test_a_duplicate_is_rejected_and_never_posted_twice(desk: Desk) -> None:
    """The bill in the books stays the only one."""
    case = desk.next_of("already_posted")

    case = desk.office.decide(case, "anna", Verb.REJECT, reason_code="same_invoice")

    assert _ended(case) == (ClosingOutcome.REJECTED, Handling.HUMAN)
    assert case.actions == ()


def test_a_bill_that_only_looks_like_another_is_paid(desk: Desk) -> None:
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


def test_the_order_somebody_looked_up_is_used(desk: Desk) -> None:
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


def test_an_order_of_another_supplier_is_corrected(desk: Desk) -> None:
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


def test_a_supplier_entered_meanwhile_is_found_at_the_next_try(desk: Desk) -> None:
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


def test_saying_yes_to_a_stranger_does_not_make_a_supplier(desk: Desk) -> None:
    """To try once more is not to let it pass."""
    case = desk.next_of("unknown_supplier")

    case = desk.office.decide(case, "ap_lead", Verb.APPROVE, reason_code="supplier_created")

    assert stops_at(case) == (CaseState.WAITING, "unknown_supplier", "find_supplier")


def test_a_rate_entered_meanwhile_is_used(desk: Desk) -> None:
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


def test_an_account_the_model_was_unsure_of_is_taken(desk: Desk) -> None:
    """The clerk agrees with the suggestion."""
    case = desk.next_of("unclear_text")
    assert case.proposal is not None
    suggested = case.proposal.value

    case = desk.office.decide(case, "anna", Verb.APPROVE)
    case = desk.closed(case)

    assert case.outputs["assign_account"] == suggested
    assert case.outputs["post_invoice"]["account"] == suggested["number"]


def test_an_account_the_model_was_wrong_about_is_corrected(desk: Desk) -> None:
    """What the clerk says is what is booked."""
    case = desk.next_of("unclear_text")

    case = desk.office.decide(
        case, "anna", Verb.EDIT, changes={"number": "9990", "name": "Clearing"}
    )
    case = desk.closed(case)

    assert case.outputs["post_invoice"]["account"] == "9990"
    assert case.handling is Handling.ASSISTED


def test_a_harmless_fault_is_accepted(desk: Desk) -> None:
    """The bill is wrong in its form, and the clerk answers for paying it."""
    case = desk.next_of("wrong_total")

    case = desk.office.decide(case, "anna", Verb.APPROVE, reason_code="harmless_fault")

    assert desk.was_paid(desk.closed(case))


def test_what_is_no_invoice_is_put_aside(desk: Desk) -> None:
    """A mail in the inbox of invoices is answered by hand."""
    case = desk.next_of("new_format")

    case = desk.office.decide(case, "anna", Verb.REJECT, reason_code="not_an_invoice")

    assert _ended(case) == (ClosingOutcome.REJECTED, Handling.HUMAN)


def test_an_unreadable_bill_is_entered_by_hand(desk: Desk) -> None:
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


def test_new_bank_details_need_the_record_of_a_call(desk: Desk) -> None:
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


def test_bank_details_the_supplier_denies_pay_nobody(desk: Desk) -> None:
    """The commonest fraud in accounts payable ends here."""
    case = desk.next_of("changed_bank_details")
    before = desk.office.erp.supplier(case.data["seller_id"])

    case = desk.office.decide(
        case, "finance_director", Verb.REJECT, reason_code="supplier_denied", supplied=CALLED
    )

    assert _ended(case) == (ClosingOutcome.REJECTED, Handling.HUMAN)
    assert case.actions == ()
    assert desk.office.erp.supplier(case.data["seller_id"]) == before


def test_a_large_payment_takes_one_approval(desk: Desk) -> None:
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


def test_a_very_large_payment_takes_two_people(desk: Desk) -> None:
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


def test_a_payment_refused_takes_its_posting_back(desk: Desk) -> None:
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


def test_a_credit_note_is_posted_and_nothing_is_paid(desk: Desk) -> None:
    """It takes back from the bill it names."""
    case = desk.next_of("credit_note")

    assert _ended(case) == (ClosingOutcome.COMPLETED, Handling.AUTONOMOUS)
    assert _happened(case, "post_invoice")
    assert not desk.was_paid(case)


def test_a_credit_note_about_nothing_waits_until_its_bill_is_named(desk: Desk) -> None:
    """An edit is checked like the document was: a number nobody knows is still none."""
    case = desk.next_of("credit_note_without_invoice")

    case = desk.office.decide(case, "anna", Verb.EDIT, changes={"preceding_invoice": "XX-1"})

    assert stops_at(case) == (CaseState.WAITING, "missing_data", "match")
    assert case.actions == ()


def test_a_blocked_supplier_waits_until_the_block_is_gone(desk: Desk) -> None:
    """The team lead can have the block lifted; she cannot pay around it."""
    case = desk.next_of("blocked_supplier")

    case = desk.office.decide(case, "ap_lead", Verb.APPROVE, reason_code="rule_exception_granted")

    assert stops_at(case) == (CaseState.WAITING, "out_of_policy", "find_supplier")
