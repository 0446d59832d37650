"""A bill before it is written in some format: parties, lines, totals.

Totals follow from the lines; `shift` spoils the amount to pay on purpose, and `without` names
what the supplier forgot.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from ..cases import Invoice, InvoiceLine
from ..money import CENT

HOME: Final = "DE"
FULL_RATE: Final = Decimal(19)
REVERSE_CHARGE: Final = "Reverse charge: the recipient owes the tax"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """A supplier as it appears on its bills; `accounts` are the categories it delivers in."""

    id: str  # VAT id
    name: str
    country: str
    city: str
    postcode: str
    iban: str
    accounts: tuple[str, ...]
    blocked: bool = False


BUYER: Final = Seller(
    id="DE811193231",
    name="Nordwerk Maschinenbau GmbH",
    country=HOME,
    city="Hannover",
    postcode="30159",
    iban="",
    accounts=(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    number: str
    description: str
    quantity: Decimal
    unit_price: Decimal

    @property
    def net(self) -> Decimal:
        return (self.quantity * self.unit_price).quantize(CENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """One invoice or credit note to be written."""

    seller: Seller
    number: str
    issued: date
    due: date
    currency: str
    order: str
    lines: tuple[BillLine, ...]
    discount_percent: Decimal | None = None
    discount_days: int = 0
    preceding: str = ""  # given: this is a credit note about that invoice
    shift: Decimal = Decimal(0)
    without: frozenset[str] = frozenset()

    @property
    def is_credit_note(self) -> bool:
        return bool(self.preceding)

    @property
    def tax_category(self) -> str:
        """EN 16931 category: S at home, AE in the Union, Z elsewhere."""
        if self.seller.country == HOME:
            return "S"
        return "Z" if self.seller.country in ("CH", "GB") else "AE"

    @property
    def tax_rate(self) -> Decimal:
        return FULL_RATE if self.tax_category == "S" else Decimal(0)

    @property
    def net(self) -> Decimal:
        return sum((line.net for line in self.lines), Decimal(0))

    @property
    def tax(self) -> Decimal:
        return (self.net * self.tax_rate / 100).quantize(CENT)

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax

    @property
    def payable(self) -> Decimal:
        """What the supplier asks for; off by `shift` when it is to be wrong."""
        return self.gross + self.shift

    @property
    def terms(self) -> str:
        """The payment terms, a discount in the XRechnung notation (BR-DE-18)."""
        if self.discount_percent is None:
            return f"Payable by {self.due.isoformat()}"
        percent = self.discount_percent.quantize(CENT)
        return f"#SKONTO#TAGE={self.discount_days}#PROZENT={percent}#\n"

    def says(self, field: str) -> bool:
        """Whether the supplier wrote that field."""
        return field not in self.without

    def as_invoice(self) -> Invoice:
        """The bill as a case, for the bills the ledger already holds."""
        return Invoice(
            seller_id=self.seller.id,
            seller_name=self.seller.name,
            buyer_id=BUYER.id,
            number=self.number,
            issue_date=self.issued,
            type="credit_note" if self.is_credit_note else "invoice",
            currency=self.currency,
            order=self.order,
            preceding_invoice=self.preceding or None,
            net=self.net,
            tax=self.tax,
            gross=self.gross,
            payable=self.gross,
            lines=tuple(
                InvoiceLine(
                    number=line.number,
                    description=line.description,
                    quantity=line.quantity,
                    unit_price=line.unit_price,
                    net=line.net,
                    order_line=line.number,
                )
                for line in self.lines
            ),
        )
