"""Money: integer millionths of a currency unit, never a float."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Final

MICROS: Final = 1_000_000  # one unit of a currency, in millionths
LARGEST_DIGITS: Final = 12  # units before the point; with six behind it fits a 64-bit column
# Commas part thousands and nothing else: read as such, "500,00" would be a hundred times too much.
WRITTEN: Final = re.compile(r"-?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?\Z")
CURRENCY: Final = re.compile(r"[A-Z]{3}\Z")  # ISO 4217 alphabetic code


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount in one currency. Amounts of two currencies never mix."""

    micros: int
    currency: str

    @classmethod
    def of(cls, amount: Decimal | int | float | str, currency: str) -> Money:
        """The amount in units, e.g. Money.of("16180.00", "EUR"). Raises: ValueError."""
        if not CURRENCY.match(currency):
            raise ValueError(
                f"currency is {currency!r}; write its three capital letters, as in EUR"
            )
        try:
            number = Decimal(str(amount))
        except InvalidOperation:
            raise ValueError(f"amount is {amount!r}; write a number, as in 1250.00") from None
        if not number.is_finite() or number.adjusted() >= LARGEST_DIGITS:
            raise ValueError(f"amount is {amount!r}; write a number under a million million")
        micros = int((number * MICROS).to_integral_value(rounding=ROUND_HALF_EVEN))
        return cls(micros=micros, currency=currency)

    @classmethod
    def parse(cls, text: str) -> Money:
        """The money a text such as "250000 EUR" names. Raises: ValueError."""
        parts = text.split()
        if len(parts) != 2 or not WRITTEN.match(parts[0]):  # noqa: PLR2004  (amount, currency)
            raise ValueError(f"money is {text!r}; write an amount and a currency, as in 250000 EUR")
        return cls.of(parts[0].replace(",", ""), parts[1])

    @property
    def amount(self) -> Decimal:
        """The amount in units of the currency."""
        return Decimal(self.micros) / MICROS

    def __str__(self) -> str:
        return f"{self.currency} {self.amount:,.2f}"
