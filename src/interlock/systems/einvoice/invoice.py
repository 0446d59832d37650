"""An e-invoice as plain values, the same whatever syntax it came in.

One rule: a value that is absent is None, and one that is present but cannot be read is None too
and is named in `unreadable`; nothing is guessed. Money is Decimal, never float. Names follow the
semantic model of EN 16931-1; the BT numbers are its business terms.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

# Codes of UNTDID 1001 that EN 16931 reads as a credit note. Source: EN 16931 code lists, BT-3.
CREDIT_NOTE_TYPES: Final = frozenset(
    ("81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532")
)
CORRECTION_TYPE: Final = "384"  # a corrected invoice; its quantities may be negative


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A seller or a buyer."""

    name: str | None = None  # BT-27, BT-44: the registered name
    trading_name: str | None = None  # BT-28, BT-45
    id: str | None = None  # BT-29, BT-46: the identifier the parties agreed on
    legal_id: str | None = None  # BT-30, BT-47: the registration number
    tax_id: str | None = None  # BT-31, BT-48; the local tax number (BT-32) when there is no other
    endpoint: str | None = None  # BT-34, BT-49: the electronic address
    country: str | None = None  # BT-40, BT-55: ISO 3166-1 alpha-2


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One invoice line (BG-25)."""

    number: str | None = None  # BT-126
    item_id: str | None = None  # BT-155: the seller's
    buyer_item_id: str | None = None  # BT-156
    standard_item_id: str | None = None  # BT-157: a GTIN, for example
    description: str | None = None  # BT-153, or BT-154 when the item has no name
    quantity: Decimal | None = None  # BT-129
    unit: str | None = None  # BT-130: UN/ECE Recommendation 20
    unit_price: Decimal | None = None  # BT-146: for `price_base_quantity` units
    price_base_quantity: Decimal | None = None  # BT-149: None means 1
    allowances: Decimal | None = None  # sum of BT-136
    charges: Decimal | None = None  # sum of BT-141
    net: Decimal | None = None  # BT-131
    tax_category: str | None = None  # BT-151: S, Z, E, AE, K, G, O, L, M
    tax_rate: Decimal | None = None  # BT-152: percent
    order_line_reference: str | None = None  # BT-132


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowanceCharge:
    """A discount or a surcharge on the whole document (BG-20, BG-21)."""

    is_charge: bool = False
    amount: Decimal | None = None
    reason: str | None = None
    tax_category: str | None = None
    tax_rate: Decimal | None = None  # percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Tax:
    """The tax of one category and rate (BG-23)."""

    category: str | None = None  # BT-118
    rate: Decimal | None = None  # BT-119: percent
    base: Decimal | None = None  # BT-116
    amount: Decimal | None = None  # BT-117


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyPaymentDiscount:
    """What the buyer may keep when paying no later than `until`."""

    percent: Decimal | None = None
    until: date | None = None  # the last day on which it holds
    base: Decimal | None = None  # the amount it is taken from; None means the payable amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A value that was there and could not be read as what it should be."""

    field: str  # the field's name here, with its place: "gross", "lines[2].quantity"
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EInvoice:
    """One invoice or credit note as it was written; whether it is right is another question."""

    format: Literal["ubl", "cii", "csv", "json"]
    profile: str | None = None  # BT-24: the specification it claims to follow
    number: str | None = None  # BT-1
    issue_date: date | None = None  # BT-2
    type_code: str | None = None  # BT-3: UNTDID 1001
    currency: str | None = None  # BT-5: ISO 4217; every amount here is in it
    order_reference: str | None = None  # BT-13: the buyer's purchase order
    receipt_reference: str | None = None  # BT-16 despatch advice, or BT-15 receiving advice
    preceding_invoice: str | None = None  # BT-25: what a credit note or correction is about
    seller: Party = Party()
    buyer: Party = Party()
    payee_name: str | None = None  # BT-59: only when it is not the seller
    due_date: date | None = None  # BT-9
    delivery_date: date | None = None  # BT-72
    payment_terms: str | None = None  # BT-20
    early_payment: tuple[EarlyPaymentDiscount, ...] = ()  # earliest deadline first
    seller_iban: str | None = None  # BT-84, without blanks
    line_total: Decimal | None = None  # BT-106: sum of the lines' net amounts
    allowances: Decimal | None = None  # BT-107
    charges: Decimal | None = None  # BT-108
    net: Decimal | None = None  # BT-109: without tax
    tax: Decimal | None = None  # BT-110: in `currency`, never in the accounting currency
    gross: Decimal | None = None  # BT-112: with tax
    prepaid: Decimal | None = None  # BT-113
    rounding: Decimal | None = None  # BT-114
    payable: Decimal | None = None  # BT-115
    lines: tuple[Line, ...] = ()
    allowance_charges: tuple[AllowanceCharge, ...] = ()
    tax_breakdown: tuple[Tax, ...] = ()
    notes: tuple[str, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()

    @property
    def is_credit_note(self) -> bool:
        """Whether the type code says that the seller owes the buyer."""
        return self.type_code in CREDIT_NOTE_TYPES

    @property
    def early_payment_discount(self) -> EarlyPaymentDiscount | None:
        """The discount with the earliest deadline, or None when none is offered."""
        return self.early_payment[0] if self.early_payment else None
