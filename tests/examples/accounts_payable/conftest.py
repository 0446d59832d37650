"""What the tests of the example share: a generated company, and a walk of one case by hand.

The walk calls the step functions in the order of the contract, without any runtime.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from examples.accounts_payable import steps
from examples.accounts_payable.bank import Bank
from examples.accounts_payable.cases import Invoice, InvoiceLine
from examples.accounts_payable.erp import Erp
from examples.accounts_payable.generate import Summary, generate
from examples.accounts_payable.systems import systems
from interlock import CaseException, Document

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SEED = 7
CONFIDENT = 0.92  # the contract's line


@dataclass
class Walk:
    """Where one case came to: the outputs so far, and what stopped it."""

    outputs: dict[str, Any] = field(default_factory=dict)
    stopped: str = ""
    step: str = ""
    detail: str = ""


class Desk:
    """The example's systems, and the steps in the order of the contract."""

    def __init__(self, folder: Path) -> None:
        self.systems = systems({"folder": str(folder / "data")})
        self.erp: Erp = self.systems["erp"]  # type: ignore[assignment]
        self.bank: Bank = self.systems["bank"]  # type: ignore[assignment]

    def walk(self, invoice: Invoice, document: Document) -> Walk:
        """The case as far as it gets with no person deciding anything."""
        walk = Walk()
        try:
            self._walk(walk, invoice, document)
        except CaseException as found:
            walk.stopped, walk.detail = found.type, found.detail
        return walk

    def _walk(self, walk: Walk, invoice: Invoice, document: Document) -> None:
        erp, bank, out = self.erp, self.bank, walk.outputs
        walk.step = "check_invoice"
        steps.check_invoice(invoice, document)
        walk.step = "find_supplier"
        supplier = out["supplier"] = steps.find_supplier(invoice, erp)
        walk.step = "check_duplicate"
        duplicate_check = steps.check_duplicate(invoice, supplier, erp)
        walk.step = "change_bank_details"
        if invoice.seller_iban not in ("", supplier.iban):
            return
        walk.step = "convert_currency"
        book_amount = steps.convert_currency(invoice, erp)
        walk.step = "match"
        if invoice.type == "invoice" and not invoice.order:
            found = steps.find_order(invoice, erp)
            invoice = invoice.model_copy(update=found or {})
        matched = out["match"] = steps.match(invoice, supplier, erp)
        walk.step = "assign_account"
        proposal = steps.assign_account(invoice, supplier, self.systems["coder"])  # type: ignore[arg-type]
        out["proposal"] = proposal
        if proposal.confidence < CONFIDENT:
            walk.stopped = "low_confidence"
            return
        walk.step = "post"
        key = f"{supplier.id}:{invoice.number}"
        out["posting"] = steps.post_invoice(
            invoice=invoice,
            supplier=supplier,
            duplicate_check=duplicate_check,
            book_amount=book_amount,
            match=matched,
            account=proposal.value,
            erp=erp,
            idempotency_key=key,
            now=NOW,
        )
        walk.step = "pay"
        if invoice.type == "credit_note":
            walk.step = "closed"
            return
        order = steps.pay(invoice, supplier, book_amount, erp, bank)
        if invoice.payable > 10_000:
            return
        out["payment"] = steps.schedule_payment(
            supplier=supplier,
            posting=out["posting"],
            payment_order=order,
            erp=erp,
            bank=bank,
            idempotency_key=key,
            now=NOW,
        )
        walk.step = "closed"


@dataclass(frozen=True)
class Company:
    """A generated company: its folder, its summary, and its answer sheet by file."""

    folder: Path
    made: Summary
    expected: dict[str, dict[str, str]]

    def documents(self) -> Iterator[Document]:
        for path in sorted((self.folder / "inbox").iterdir()):
            yield Document(name=path.name, content=path.read_bytes())


@pytest.fixture(scope="session")
def desk(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The systems of the generated company, copied: walking a case changes them."""
    folder = tmp_path_factory.mktemp("desk")
    copytree(company.folder / "data", folder / "data")
    return Desk(folder)


def read_expected(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "expected.csv").open(encoding="utf-8", newline="") as sheet:
        return {row["file"]: row for row in csv.DictReader(sheet)}


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """Four hundred invoices: enough for every kind of trouble to come up."""
    folder = tmp_path_factory.mktemp("company")
    made = generate(folder, 400, SEED, TODAY)
    return Company(folder=folder, made=made, expected=read_expected(folder))


@pytest.fixture
def make_invoice() -> Callable[..., Invoice]:
    """The builder of an invoice; it names only what the test is about."""
    return an_invoice


@pytest.fixture
def make_line() -> Callable[..., InvoiceLine]:
    """The builder of an invoice line."""
    return a_line


@pytest.fixture
def erp(tmp_path: Path) -> Erp:
    """An ERP with one supplier and one order of ten pieces at 20.00 that has come in whole."""
    erp = Erp(tmp_path / "erp.sqlite")
    database = erp.database
    database.run(
        "add_supplier",
        id="DE123456789",
        name="Adler Metals GmbH",
        name_key="adlermetalsgmbh",
        country="DE",
        iban="DE02120300000000202051",
        blocked=0,
        cost_center="CC50",
    )
    database.run(
        "add_order",
        number="PO-1",
        supplier_id="DE123456789",
        currency="EUR",
        ordered_on="2026-01-15",
    )
    database.run(
        "add_order_line",
        order_number="PO-1",
        number="1",
        description="Steel sheet 2 mm",
        quantity="10",
        unit_price="20.00",
    )
    database.run(
        "add_receipt",
        id="GR-1",
        order_number="PO-1",
        order_line="1",
        quantity="10",
        received_on="2026-01-25",
    )
    return erp


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    """A bank with nothing in its run."""
    return Bank(tmp_path / "bank.sqlite")


def an_invoice(**changes: Any) -> Invoice:
    """A right invoice over 10 pieces at 20.00, changed where the test says so."""
    usual: dict[str, Any] = {
        "seller_id": "DE123456789",
        "seller_name": "Adler Metals GmbH",
        "buyer_id": "DE811193231",
        "number": "AD-2026-00101",
        "issue_date": date(2026, 2, 20),
        "currency": "EUR",
        "order": "PO-1",
        "net": "200.00",
        "tax": "38.00",
        "gross": "238.00",
        "payable": "238.00",
        "seller_iban": "DE02120300000000202051",
        "lines": (a_line(),),
    }
    return Invoice.model_validate(usual | changes)


def a_line(**changes: Any) -> InvoiceLine:
    """Ten pieces at 20.00."""
    usual: dict[str, Any] = {
        "number": "1",
        "description": "Steel sheet 2 mm",
        "quantity": "10",
        "unit_price": "20.00",
        "net": "200.00",
        "order_line": "1",
    }
    return InvoiceLine.model_validate(usual | changes)
