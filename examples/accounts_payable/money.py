"""Cents and exchange rates: the one place where amounts are rounded.

Half a cent goes up, as printed invoices do it.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

BOOKS: Final = "EUR"  # the currency the ledger is kept in
CENT: Final = Decimal("0.01")


def cents(amount: Decimal, rate: Decimal = Decimal(1)) -> int:
    """The amount times the rate in whole cents."""
    return int((amount * rate * 100).to_integral_value(rounding=ROUND_HALF_UP))


def from_cents(number: int) -> Decimal:
    """The amount of that many cents, with two decimals."""
    return (Decimal(number) / 100).quantize(CENT)


def in_words(amount: Decimal, currency: str) -> str:
    """The amount for a reader, e.g. `EUR 1,240.50`."""
    return f"{currency} {amount:,.2f}"
