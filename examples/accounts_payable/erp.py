"""The ERP: suppliers, orders, receipts and a double-entry ledger in one SQLite file.

A posting is written whole or not at all, and once for its idempotency key.
"""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from interlock import StateChanged

from .cases import BY_NAME, Invoice
from .database import Database, Row
from .duplicates import NEAR_DAYS, similar_to
from .ledger import NewPosting, entries
from .money import BOOKS, cents, from_cents
from .results import (
    Account,
    BankChange,
    OrderLine,
    Posting,
    PurchaseOrder,
    SimilarInvoice,
    Supplier,
)


class Erp:
    """What the steps may ask the ERP, and the few things actions may change in it."""

    def __init__(self, path: Path) -> None:
        self.database = Database(path, schema="erp_schema.sql", queries="erp.sql")

    def supplier(self, supplier_id: str) -> Supplier | None:
        """The supplier with that id; an id made of a name finds the only supplier of that name.

        A name never overrules a registered id: whoever copies a name must not become the supplier.
        """
        name = supplier_id.removeprefix(BY_NAME)
        if name == supplier_id:
            rows = self.database.rows("supplier_by_id", id=supplier_id)
        else:
            rows = self.database.rows("supplier_by_name", name=name)
        return Supplier.model_validate(dict(rows[0])) if len(rows) == 1 else None

    def order(self, number: str) -> PurchaseOrder | None:
        """The order with what was received and billed so far."""
        found = self.database.row("order_by_number", number=number)
        if found is None:
            return None
        receipts = self.database.rows("receipts", number=number)
        received = _sums(receipts)
        billed = _sums(self.database.rows("billed", number=number))
        lines = tuple(
            OrderLine(
                **dict(line),
                received=received.get(line["number"], Decimal(0)),
                billed=billed.get(line["number"], Decimal(0)),
            )
            for line in self.database.rows("order_lines", number=number)
        )
        notes = tuple(dict.fromkeys(row["id"] for row in receipts))
        return PurchaseOrder(**dict(found), lines=lines, receipts=notes)

    def open_orders(self, supplier_id: str) -> tuple[PurchaseOrder, ...]:
        """The supplier's orders with something received and not yet billed."""
        numbers = self.database.rows("orders_of_supplier", supplier_id=supplier_id)
        orders = (self.order(row["number"]) for row in numbers)
        return tuple(order for order in orders if order and order.open_value > 0)

    def similar(self, invoice: Invoice, supplier_id: str) -> tuple[SimilarInvoice, ...]:
        """Postings of the supplier that may be this very bill."""
        rows = self.database.rows(
            "postings_of_supplier",
            supplier_id=supplier_id,
            kind=invoice.type,
            document_cents=cents(invoice.gross),
            since=(invoice.issue_date - timedelta(days=NEAR_DAYS)).isoformat(),
        )
        found = (
            SimilarInvoice(
                posting=row["id"],
                number=row["number"],
                issue_date=row["issue_date"],
                gross=from_cents(row["document_cents"]),
                why=why,
            )
            for row in rows
            if (why := similar_to(invoice, row))
        )
        return tuple(found)

    def posting_of(self, supplier_id: str, number: str) -> Posting | None:
        """The posting of a bill that is in the books now."""
        found = self.database.row("live_posting", supplier_id=supplier_id, number=number)
        return None if found is None else _posting(found)

    def credit_left(self, supplier_id: str, number: str) -> Decimal:
        """What may still be taken back from a posted bill, in the document's currency."""
        bill = self.database.row("live_posting", supplier_id=supplier_id, number=number)
        taken = self.database.row("credited", supplier_id=supplier_id, number=number)
        if bill is None or taken is None:
            return Decimal(0)
        return from_cents(bill["document_cents"] - taken["cents"])

    def rate(self, currency: str, on: date) -> Decimal | None:
        """Units of the books' currency for one unit on that day, None when nobody set a rate."""
        if currency == BOOKS:
            return Decimal(1)
        found = self.database.row("rate", currency=currency, day=on.isoformat())
        return None if found is None else Decimal(found["rate"])

    def account(self, number: str) -> Account:
        """The account with its name from the chart of accounts."""
        found = self.database.row("account_name", number=number)
        return Account(number=number, name=found["name"] if found else "")

    def usual_account(self, supplier_id: str) -> tuple[Account, int] | None:
        """The account this supplier's bills went to most often, and how often."""
        found = self.database.row("usual_account", supplier_id=supplier_id)
        return None if found is None else (self.account(found["account"]), found["times"])

    def post(self, new: NewPosting, *, idempotency_key: str, known: frozenset[str]) -> Posting:
        """The posting of a bill; the same key again gives the same posting.

        known: postings that were looked at and found to be other bills.
        Raises: StateChanged when meanwhile a bill came in that looks like this one.
        """
        with self.database.writing():
            done = self.database.row("posting_by_key", idempotency_key=idempotency_key)
            if done is None:
                self._refuse_twin(new, known)
                self._refuse_short(new)
                self._write(new, idempotency_key)
                done = self.database.row("posting_by_key", idempotency_key=idempotency_key)
        if done is None or done["state"] == "cancelled":
            raise StateChanged(f"the posting of {new.invoice.number} was cancelled meanwhile")
        return _posting(done)

    def find_posting(self, idempotency_key: str) -> Posting | None:
        """The live posting made under that key."""
        found = self.database.row("posting_by_key", idempotency_key=idempotency_key)
        return _posting(found) if found is not None and found["state"] == "posted" else None

    def cancel(self, posting_id: str) -> bool:
        """Whether the posting was live and is cancelled now; its entries are reversed."""
        with self.database.writing():
            if not self.database.run("cancel_posting", id=posting_id):
                return False
            written = self.database.rows("entries", posting_id=posting_id)
            for row in written:
                self.database.run(
                    "add_entry",
                    posting_id=posting_id,
                    line=row["line"] + len(written),
                    account=row["account"],
                    debit=row["credit"],
                    credit=row["debit"],
                )
        return True

    def change_iban(self, supplier_id: str, iban: str, *, idempotency_key: str) -> BankChange:
        """The change of a supplier's account number, made once for the key."""
        with self.database.writing():
            done = self.find_bank_change(idempotency_key)
            supplier = self.supplier(supplier_id)
            if done is not None:
                return done
            if supplier is None:
                raise StateChanged(f"supplier {supplier_id} is no longer in the ERP")
            change = BankChange(seller_id=supplier_id, before=supplier.iban, after=iban)
            self.database.run("set_iban", supplier_id=supplier_id, iban=iban)
            self.database.run(
                "add_bank_change",
                idempotency_key=idempotency_key,
                supplier_id=supplier_id,
                before=change.before,
                after=change.after,
            )
        return change

    def find_bank_change(self, idempotency_key: str) -> BankChange | None:
        """The change made under that key, None when there is none or it was undone."""
        row = self.database.row("bank_change", idempotency_key=idempotency_key)
        if row is None:
            return None
        return BankChange(seller_id=row["supplier_id"], before=row["before"], after=row["after"])

    def undo_bank_change(self, idempotency_key: str) -> bool:
        """Whether the change was in force and the number before it is back."""
        with self.database.writing():
            change = self.find_bank_change(idempotency_key)
            if change is None:
                return False
            self.database.run("set_iban", supplier_id=change.seller_id, iban=change.before)
            self.database.run("undo_bank_change", idempotency_key=idempotency_key)
        return True

    def _refuse_twin(self, new: NewPosting, known: frozenset[str]) -> None:
        # Two copies of one bill may be on their way at the same time, so the look into the books
        # that the duplicate check took is repeated here, where nobody else can write.
        for twin in self.similar(new.invoice, new.supplier_id):
            if twin.posting not in known:
                raise StateChanged(f"bill {twin.number} was posted meanwhile: {twin.why}")

    def _refuse_short(self, new: NewPosting) -> None:
        order = self.order(new.order) if new.order else None
        if order is None:
            return
        for line in order.lines:
            if line.number in new.covered and line.open_quantity < new.billed[line.number]:
                raise StateChanged(
                    f"order {order.number}, line {line.number}: another bill has used what came in"
                )

    def _write(self, new: NewPosting, idempotency_key: str) -> None:
        posting_id = f"pst_{hashlib.sha256(idempotency_key.encode()).hexdigest()[:16]}"
        self.database.run(
            "add_posting", id=posting_id, idempotency_key=idempotency_key, **new.as_row()
        )
        self.database.run_many(
            "add_entry",
            [{"posting_id": posting_id, **line} for line in entries(new)],
        )
        self.database.run_many(
            "add_billed",
            [
                {
                    "posting_id": posting_id,
                    "order_number": new.order,
                    "order_line": line,
                    "quantity": str(quantity),
                }
                for line, quantity in new.billed.items()
            ],
        )


def _sums(rows: list[Row]) -> dict[str, Decimal]:
    total: dict[str, Decimal] = {}
    for row in rows:
        line = row["order_line"]
        total[line] = total.get(line, Decimal(0)) + Decimal(row["quantity"])
    return total


def _posting(row: Row) -> Posting:
    return Posting(
        id=row["id"],
        seller_id=row["supplier_id"],
        number=row["number"],
        account=row["account"],
        posted_on=row["posted_on"],
        net=from_cents(row["net_cents"]),
        tax=from_cents(row["tax_cents"]),
        gross=from_cents(row["gross_cents"]),
        currency=BOOKS,
        order=row["order_number"],
        state=row["state"],
    )
