"""The case of this workflow: one supplier invoice or credit note.

Amounts are decimals in the invoice's own currency, as printed on it; a credit note carries
positive amounts and says `credit_note` in `type`.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, field_validator, model_validator

CURRENCY_LETTERS: Final = 3  # ISO 4217
BY_NAME: Final = "name:"  # begins the id of a seller who gives no registered one
LONGEST_IBAN: Final = 34  # ISO 13616
FIRST_DAY: Final = date(1990, 1, 1)  # an invoice with a day outside these was misread or misprinted
LAST_DAY: Final = date(2100, 12, 31)
_NOT_A_LETTER: Final = re.compile(r"[\W_]+")


def name_key(name: str) -> str:
    """The name without case, spaces and punctuation: what two spellings have in common."""
    return _NOT_A_LETTER.sub("", name.casefold())


def _exact(value: Any) -> Any:
    """A float is read by its shortest text, so 0.1 stays 0.1."""
    return str(value) if isinstance(value, float) else value


Amount = Annotated[Decimal, BeforeValidator(_exact)]


class Value(BaseModel):
    """A frozen value with no field beyond those declared."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class InvoiceLine(Value):
    """One line: what was delivered and what it costs, without tax."""

    number: str
    description: str = ""
    quantity: Amount
    unit: str = ""
    unit_price: Amount
    net: Amount
    tax_category: str = ""
    tax_rate: Amount | None = None
    order_line: str = ""


class Invoice(Value):
    """A supplier invoice as it was read; nothing here has been checked against the books."""

    seller_id: str
    seller_name: str = ""
    seller_class: Literal["domestic", "eu", "foreign"] = "domestic"
    buyer_id: str
    buyer_name: str = ""
    number: str
    issue_date: date
    type: Literal["invoice", "credit_note"] = "invoice"
    currency: str
    order: str | None = None
    receipt: str | None = None
    preceding_invoice: str | None = None
    net: Amount | None = None
    tax: Amount | None = None
    gross: Amount
    payable: Amount
    seller_iban: str = ""
    delivery_date: date | None = None
    due_date: date | None = None
    discount_percent: Amount | None = None
    discount_until: date | None = None
    channel: str = "folder"
    format: str = ""
    document: str = ""
    lines: tuple[InvoiceLine, ...] = ()

    @field_validator("seller_id", "number")
    @classmethod
    def _named(cls, text: str) -> str:
        text = text.strip()
        if not text:
            raise ValueError("is empty; an invoice is known by its supplier and its number")
        return text

    @field_validator("currency")
    @classmethod
    def _currency(cls, code: str) -> str:
        code = code.strip().upper()
        if len(code) != CURRENCY_LETTERS or not code.isalpha() or not code.isascii():
            raise ValueError(f"is {code!r}; write the three letters of a currency, as in EUR")
        return code

    @field_validator("seller_iban")
    @classmethod
    def _iban(cls, iban: str) -> str:
        iban = "".join(iban.split()).upper()
        if iban and (len(iban) > LONGEST_IBAN or not iban.isalnum()):
            raise ValueError("is not an account number; an IBAN has up to 34 letters and digits")
        return iban

    @field_validator("issue_date", "delivery_date", "due_date", "discount_until")
    @classmethod
    def _day(cls, day: date | None) -> date | None:
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            raise ValueError(f"is {day}; a day of an invoice lies in {FIRST_DAY} to {LAST_DAY}")
        return day

    @field_validator("discount_percent")
    @classmethod
    def _percent(cls, percent: Decimal | None) -> Decimal | None:
        if percent is not None and not 0 <= percent < 100:
            raise ValueError(f"is {percent}; an early-payment discount lies between 0 and 100 %")
        return percent

    @model_validator(mode="after")
    def _dates_in_order(self) -> Invoice:
        if self.discount_until and self.discount_until < self.issue_date:
            raise ValueError(
                f"the discount ends on {self.discount_until}, before the invoice was "
                f"issued on {self.issue_date}; one of the two dates is wrong"
            )
        return self

    @property
    def text(self) -> str:
        """What was bought, in one line."""
        return " · ".join(line.description for line in self.lines if line.description)
