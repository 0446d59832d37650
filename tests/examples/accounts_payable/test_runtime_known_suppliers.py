"""Real e-invoices of suppliers the ERP knows: they are posted and paid like any other.

Master data, orders and receipts are made from the invoices themselves; the rest is as in life.
Skipped where the documents are not beside the project.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import pytest

from examples.accounts_payable.cases import Invoice, name_key
from examples.accounts_payable.erp import Erp
from examples.accounts_payable.intake import read_invoice
from examples.accounts_payable.money import cents, from_cents
from examples.accounts_payable.systems import LEDGER
from interlock.domain.case import Case, CaseState, ClosingOutcome, Handling
from interlock.domain.review import ReviewKind
from tests.examples.accounts_payable.runtime_documents import (
    ARE_HERE,
    NO_DATA,
    real_document,
    valid_rows,
)
from tests.examples.accounts_payable.runtime_office import ACCOUNT, NAME, BackOffice, SureCoder

RATES: Final = {"DKK": "0.134", "NOK": "0.086", "SEK": "0.089", "USD": "0.915", "HUF": "0.0025"}
MICROS_A_CENT: Final = 10_000
WITHOUT_A_WORD: Final = 10_000  # euros; above it somebody approves the payment
SPARE_IBAN: Final = "DE02120300000000202051"  # of suppliers whose invoices name none

pytestmark = pytest.mark.skipif(not ARE_HERE, reason=NO_DATA)


@dataclass(frozen=True)
class Known:
    """The office after the hold, and the invoices by the id of their cases."""

    office: BackOffice
    invoices: dict[str, Invoice]
    cases: dict[str, Case]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    """Each valid invoice once, of suppliers, orders and receipts the ERP has."""
    folder = tmp_path_factory.mktemp("known")
    read = _first_of_each_number()
    _fill(Erp(folder / LEDGER), list(read.values()))
    url = f"sqlite:///{folder / 'interlock.sqlite'}"
    office = BackOffice.opened(url, folder, systems={"coder": SureCoder()})
    delivered = office.receive(real_document(file) for file in read)
    office.later()
    cases = {case.id: case for case in office.cases()}
    yield Known(office, {each.case_id: read[each.document] for each in delivered}, cases)
    office.close()


def test_a_plain_invoice_of_a_known_supplier_is_posted_and_paid(known: Known) -> None:
    """The point of it all: nobody has to touch it, whatever format it came in."""
    plain = [case for case in known.cases.values() if _is_plain(known, case)]
    ended = {case.title: (case.outcome, case.handling) for case in plain}

    assert len(plain) >= 20
    assert set(ended.values()) == {(ClosingOutcome.COMPLETED, Handling.AUTONOMOUS)}, ended


def test_what_was_posted_and_paid_is_what_the_invoices_say(known: Known) -> None:
    """To the cent, in their own currency and in the books', each exactly once."""
    office = known.office
    booked = office.rows(office.erp, "posting")
    postings = {(row["supplier_id"], row["number"]): row for row in booked}
    payments = {row["posting_id"]: row for row in office.rows(office.bank, "payment")}
    closed = [case for case in known.cases.values() if case.state is CaseState.CLOSED]

    for case in closed:
        invoice = known.invoices[case.id]
        rate = Decimal(RATES.get(invoice.currency, "1"))
        posting = postings[invoice.seller_id, invoice.number]
        payment = payments[posting["id"]]
        assert posting["document_cents"] == cents(invoice.gross)
        assert posting["gross_cents"] == cents(invoice.gross, rate)
        assert (payment["currency"], payment["state"]) == (invoice.currency, "scheduled")
        assert payment["amount_cents"] + payment["discount_cents"] == cents(invoice.payable)
        assert payment["books_cents"] == cents(from_cents(payment["amount_cents"]), rate)
    assert len(payments) == len(closed)


def test_foreign_money_counts_in_euros(known: Known) -> None:
    """88 thousand forints are small change, and 115 thousand dollars are not."""
    forints, dollars = (_in_currency(known, each) for each in ("HUF", "USD"))

    assert forints.state is CaseState.CLOSED
    assert dollars.state is CaseState.WAITING
    task = known.office.task(dollars)
    assert (task.kind, task.queue) == (ReviewKind.APPROVAL, "ap_lead")
    used = known.office.store.budget_used(
        NAME, "schedule_payment.money_per_day", "2026-03-02T00:00:00+00:00"
    )
    paid = [known.invoices[c.id] for c in known.cases.values() if c.state is CaseState.CLOSED]
    in_euros = (cents(each.payable, Decimal(RATES.get(each.currency, "1"))) for each in paid)
    assert used == sum(in_euros) * MICROS_A_CENT


def test_money_taken_back_without_a_credit_note_waits(known: Known) -> None:
    """It would give the order back its quantities, and the same goods could be billed again."""
    negative = [c for c in known.cases.values() if known.invoices[c.id].gross < 0]

    assert negative
    for case in negative:
        assert case.exception is not None
        assert case.exception.type == "out_of_policy"
        assert case.actions == ()


def _in_currency(known: Known, currency: str) -> Case:
    [case] = [c for c in known.cases.values() if known.invoices[c.id].currency == currency]
    return case


def _is_plain(known: Known, case: Case) -> bool:
    """Whether nothing about the invoice asks for a person: ours, ordered, and not too much."""
    invoice = known.invoices[case.id]
    supplier = known.office.erp.supplier(invoice.seller_id)
    order = known.office.erp.order(_order_of(invoice))
    assert supplier is not None and order is not None
    ordered = sum((line.quantity * line.unit_price for line in order.lines), Decimal(0))
    return (
        invoice.type == "invoice"
        and invoice.seller_iban in ("", supplier.iban)
        and order.supplier_id == supplier.id
        and ordered.quantize(Decimal("0.01")) == invoice.net
        and 0 < invoice.payable * Decimal(RATES.get(invoice.currency, "1")) <= WITHOUT_A_WORD
    )


def _order_of(invoice: Invoice) -> str:
    return invoice.order or f"PO {invoice.seller_id} {invoice.number}"


def _first_of_each_number() -> dict[str, Invoice]:
    """The valid invoices by file; of several files with one number, the first."""
    found: dict[str, Invoice] = {}
    seen = set()
    for row in valid_rows():
        [invoice] = read_invoice(real_document(row["file"]))
        if (invoice.seller_id, invoice.number) not in seen:
            seen.add((invoice.seller_id, invoice.number))
            found[row["file"]] = invoice
    return found


def _fill(erp: Erp, invoices: list[Invoice]) -> None:
    """Suppliers, orders that have come in whole, and rates."""
    database = erp.database
    suppliers = {each.seller_id: each for each in reversed(invoices)}
    orders = {_order_of(each): each for each in invoices}
    with database.writing():
        database.run("add_account", number=ACCOUNT, name="Materials")
        for currency, rate in RATES.items():
            database.run("add_rate", currency=currency, valid_from="2000-01-01", rate=rate)
        for seller_id, invoice in suppliers.items():
            database.run(
                "add_supplier",
                id=seller_id,
                name=invoice.seller_name,
                name_key=name_key(invoice.seller_name),
                country=seller_id[:2],
                iban=invoice.seller_iban or SPARE_IBAN,
                blocked=0,
                cost_center="",
            )
        for number, invoice in orders.items():
            _place(erp, number, invoice)
    database.close()


def _place(erp: Erp, number: str, invoice: Invoice) -> None:
    """The order of an invoice, received in full; what is taken off again was not ordered."""
    database = erp.database
    database.run(
        "add_order",
        number=number,
        supplier_id=invoice.seller_id,
        currency=invoice.currency,
        ordered_on=invoice.issue_date.isoformat(),
    )
    for place, line in enumerate(invoice.lines, start=1):
        if line.net <= 0 or line.quantity <= 0:
            continue
        database.run(
            "add_order_line",
            order_number=number,
            number=line.order_line or str(place),
            description=line.description,
            quantity=str(line.quantity),
            unit_price=str(line.net / line.quantity),
        )
        database.run(
            "add_receipt",
            id=f"GR {number}",
            order_number=number,
            order_line=line.order_line or str(place),
            quantity=str(line.quantity),
            received_on=invoice.issue_date.isoformat(),
        )
