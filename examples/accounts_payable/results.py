"""What the steps find out and what the systems answer: one value for each output.

The runtime knows an output by its type's name, so `Match` here is `match` in a later step.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field

from .cases import Amount, Value


class Supplier(Value):
    """A supplier as the ERP's master data has it."""

    id: str
    name: str
    country: str
    iban: str
    blocked: bool = False
    cost_center: str = ""


class OrderLine(Value):
    """One ordered line and how much of it has come in and been billed so far."""

    number: str
    description: str
    quantity: Amount
    unit_price: Amount
    received: Amount = Decimal(0)
    billed: Amount = Decimal(0)

    @property
    def open_quantity(self) -> Decimal:
        """Received and not yet billed; what may be paid for."""
        return self.received - self.billed


class PurchaseOrder(Value):
    """An order with what was received for it."""

    number: str
    supplier_id: str
    currency: str
    ordered_on: date
    lines: tuple[OrderLine, ...]
    receipts: tuple[str, ...] = ()

    @property
    def open_value(self) -> Decimal:
        """What the received, unbilled quantities cost without tax, in the order's currency."""
        return sum((line.open_quantity * line.unit_price for line in self.lines), Decimal(0))


class InvoiceCheck(Value):
    """What is wrong with the invoice's form and arithmetic; `warnings` do no harm."""

    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class SimilarInvoice(Value):
    """A posting that may be the same bill."""

    posting: str
    number: str
    issue_date: date
    gross: Amount
    why: str


class DuplicateCheck(Value):
    """Postings of the same supplier that look like this invoice; empty is the usual answer."""

    similar: tuple[SimilarInvoice, ...] = ()


class LineMatch(Value):
    """One invoice line beside its order line.

    price_variance, beyond: money without tax; above the ordered price, and above it or the receipt.
    quantity_variance: pieces beyond what was received and is unbilled.
    """

    line: str
    order_line: str
    price_variance: Amount = Decimal(0)
    price_percent: Amount = Decimal(0)
    quantity_variance: Amount = Decimal(0)
    quantity: Amount = Decimal(0)
    beyond: Amount = Decimal(0)


class GoodsReceipt(Value):
    """What came in for an order: the delivery notes, and the quantities by order line."""

    notes: tuple[str, ...] = ()
    received: dict[str, Amount] = Field(default_factory=dict)
    billed_before: dict[str, Amount] = Field(default_factory=dict)

    @classmethod
    def of(cls, order: PurchaseOrder) -> GoodsReceipt:
        """The receipts of an order."""
        return cls(
            notes=order.receipts,
            received={line.number: line.received for line in order.lines},
            billed_before={line.number: line.billed for line in order.lines},
        )


class Match(Value):
    """The three-way match. `variance` is the money asked beyond order and receipt."""

    purchase_order: PurchaseOrder
    goods_receipt: GoodsReceipt
    currency: str
    lines: tuple[LineMatch, ...] = ()
    variance: Amount = Decimal(0)
    partial: bool = False


class BookAmount(Value):
    """The bill's amounts in the currency of the books. `rate`: its units for one of the bill's."""

    currency: str
    rate: Amount
    gross: Amount
    payable: Amount


class Account(Value):
    """The ledger account an invoice is booked to."""

    number: str
    name: str = ""


class PastPosting(Value):
    """One earlier booking that speaks for an account."""

    supplier: str
    text: str
    net: Amount
    account: str
    similarity: float


class SimilarPostings(Value):
    """Evidence for an account: the earlier bookings nearest to this invoice."""

    postings: tuple[PastPosting, ...]


class Posting(Value):
    """A booking in the ledger. `net`, `tax` and `gross` are in the books' currency."""

    id: str
    seller_id: str
    number: str
    account: str
    posted_on: date
    net: Amount
    tax: Amount
    gross: Amount
    currency: str
    order: str | None = None
    state: Literal["posted", "cancelled"] = "posted"


class PaymentOrder(Value):
    """What may be paid, to which account; the action picks the day."""

    iban: str
    amount: Amount
    currency: str
    rate: Amount
    due_date: date
    discount_percent: Amount | None = None
    discount_until: date | None = None


class Payment(Value):
    """A payment in the bank's run. `amount` is what leaves, any discount taken off."""

    id: str
    seller_id: str
    iban: str
    amount: Amount
    currency: str
    amount_in_books: Amount
    execute_on: date
    discount_taken: Amount = Decimal(0)
    late: bool = False
    state: Literal["scheduled", "cancelled"] = "scheduled"


class BankChange(Value):
    """A supplier's account number, before and after a person confirmed the change."""

    seller_id: str
    before: str
    after: str
