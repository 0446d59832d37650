"""Early-payment discounts out of the words and elements that carry them.

One rule: only forms written down in a standard are read; free prose stays prose.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from interlock.systems.einvoice.invoice import EarlyPaymentDiscount
from interlock.systems.einvoice.values import parse_decimal

# Source: XRechnung 3.0, BR-DE-18: #SKONTO#TAGE=14#PROZENT=2.00#BASISBETRAG=100.00#
_SKONTO: Final = re.compile(
    r"#SKONTO#TAGE=([0-9]{1,4})#PROZENT=([0-9]{1,3}(?:[.,][0-9]{1,4})?)"
    r"(?:#BASISBETRAG=(-?[0-9]{1,18}(?:[.,][0-9]{1,4})?))?#"
)
# UN/ECE Recommendation 20 codes of the periods in which a discount may be stated.
DAYS_IN_UNIT: Final = {"DAY": 1, "WEE": 7}
MAX_DAYS: Final = 3660  # ten years; more is a slip of the pen


def discounts_in_text(terms: str | None, issued: date | None) -> list[EarlyPaymentDiscount]:
    """Every #SKONTO# statement in the payment terms; days count from the issue date."""
    found = _SKONTO.findall(terms or "")
    return [
        EarlyPaymentDiscount(
            percent=_number(percent),
            until=days_after(issued, Decimal(days), "DAY"),
            base=_number(base) if base else None,
        )
        for days, percent, base in found
    ]


def days_after(start: date | None, amount: Decimal | None, unit: str | None) -> date | None:
    """The day that many units after the start, or None when it cannot be told exactly."""
    length = DAYS_IN_UNIT.get(unit or "DAY")
    if start is None or amount is None or length is None:
        return None
    if amount != amount.to_integral_value() or not 0 <= amount * length <= MAX_DAYS:
        return None
    try:
        return start + timedelta(days=int(amount) * length)
    except OverflowError:  # past the year 9999
        return None


def by_deadline(found: list[EarlyPaymentDiscount]) -> tuple[EarlyPaymentDiscount, ...]:
    """The real discounts, earliest deadline first, each once; zero percent is none at all."""
    real = {one: None for one in found if one.percent is None or one.percent > 0}
    return tuple(sorted(real, key=lambda one: one.until or date.max))


def _number(text: str) -> Decimal | None:
    return parse_decimal(text.replace(",", "."))
