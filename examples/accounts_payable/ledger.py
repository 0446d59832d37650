"""How a bill becomes double entry: expense and input tax against what we owe the supplier.

A credit note is the same with the sides turned.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from .cases import Invoice
from .money import cents

PAYABLES: Final = "2000"  # what we owe suppliers
INPUT_TAX: Final = "1400"  # tax we may reclaim
CLEARING: Final = "9990"  # where a bill waits when nothing tells where it belongs
LONGEST_TEXT: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPosting:
    """A bill about to be booked. `rate`: units of the books' currency for one of the bill's.

    billed: how much of each order line it uses up, negative for a credit note.
    covered: the order lines whose receipts covered that when the bill was matched.
    """

    invoice: Invoice
    supplier_id: str
    account: str
    rate: Decimal
    posted_on: date
    order: str | None
    billed: Mapping[str, Decimal]
    covered: frozenset[str] = frozenset()

    @property
    def gross_cents(self) -> int:
        return cents(self.invoice.gross, self.rate)

    @property
    def tax_cents(self) -> int:
        return cents(self.invoice.tax or Decimal(0), self.rate)

    def as_row(self) -> dict[str, Any]:
        """The values of the posting's row, without id and key."""
        bill = self.invoice
        return {
            "supplier_id": self.supplier_id,
            "number": bill.number,
            "kind": bill.type,
            "issue_date": bill.issue_date.isoformat(),
            "posted_on": self.posted_on.isoformat(),
            "account": self.account,
            "text": bill.text[:LONGEST_TEXT],
            "order_number": self.order,
            "preceding": bill.preceding_invoice if bill.type == "credit_note" else None,
            "currency": bill.currency,
            "document_cents": cents(bill.gross),
            "net_cents": self.gross_cents - self.tax_cents,
            "tax_cents": self.tax_cents,
            "gross_cents": self.gross_cents,
        }


def entries(new: NewPosting) -> list[dict[str, Any]]:
    """The lines of the booking; debits equal credits to the cent."""
    sides = [
        (new.account, new.gross_cents - new.tax_cents),
        (INPUT_TAX, new.tax_cents),
        (PAYABLES, -new.gross_cents),
    ]
    turned = -1 if new.invoice.type == "credit_note" else 1
    moved = [(account, amount * turned) for account, amount in sides if amount]
    return [
        {"line": line, "account": account, "debit": max(amount, 0), "credit": max(-amount, 0)}
        for line, (account, amount) in enumerate(moved, start=1)
    ]
