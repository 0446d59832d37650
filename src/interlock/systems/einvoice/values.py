"""Text to Decimal and date, remembering what could not be read.

One rule: a reading is exact or it is None; a value off the form is noted, never guessed.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Final

from interlock.systems.einvoice.invoice import Unreadable
from interlock.systems.einvoice.refusals import shortened

# xs:decimal, at most 18 digits before the point and 20 after it: larger than any invoice, and
# small enough that no sum or product of two can exhaust memory or lose a digit.
MAX_WHOLE_DIGITS: Final = 18
MAX_FRACTION_DIGITS: Final = 20
_DECIMAL: Final = re.compile(
    rf"[+-]?(?:[0-9]{{1,{MAX_WHOLE_DIGITS}}}(?:\.[0-9]{{0,{MAX_FRACTION_DIGITS}}})?"
    rf"|\.[0-9]{{1,{MAX_FRACTION_DIGITS}}})"
)
# 2024-03-05, 20240305, each with an optional zone or time of day after it.
_DATE: Final = re.compile(
    r"([0-9]{4})(-?)([0-9]{2})\2([0-9]{2})"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2}|[T ][0-9:.]+(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_COMPACT_TIME: Final = re.compile(r"([0-9]{8})[0-9]{4}(?:[0-9]{2})?")  # formats 203 and 204
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Reading:
    """What is noted while one invoice is read."""

    __slots__ = ("_unreadable", "currency")

    def __init__(self) -> None:
        self.currency: str | None = None  # the document's, once it is known
        self._unreadable: list[Unreadable] = []

    @property
    def unreadable(self) -> tuple[Unreadable, ...]:
        """Everything noted so far, in order."""
        return tuple(self._unreadable)

    def note(self, field: str, seen: str) -> None:
        """Remember that this field held something that cannot be read."""
        self._unreadable.append(Unreadable(field=field, seen=shortened(seen)))

    def decimal(self, text: str | None, field: str) -> Decimal | None:
        """The number written with a decimal point, or None."""
        if text is None:
            return None
        value = parse_decimal(text)
        if value is None:
            self.note(field, text)
        return value

    def date(self, text: str | None, field: str) -> date | None:
        """The calendar day, or None."""
        if text is None:
            return None
        value = parse_date(text)
        if value is None:
            self.note(field, text)
        return value


def parse_decimal(text: str) -> Decimal | None:
    """The number in xs:decimal form, or None when it is anything else or too long."""
    stripped = text.strip()
    return Decimal(stripped) if _DECIMAL.fullmatch(stripped) else None


def parse_date(text: str) -> date | None:
    """The day in ISO 8601 form, with or without dashes, zone or time; otherwise None."""
    stripped = text.strip()
    if compact := _COMPACT_TIME.fullmatch(stripped):
        stripped = compact[1]
    match = _DATE.fullmatch(stripped)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[3]), int(match[4]))
    except ValueError:  # the 31st of February
        return None


def clean(text: str | None) -> str | None:
    """The text without outer blanks and characters no database stores; None when empty."""
    if text is None:
        return None
    return _FORBIDDEN.sub("", text).strip() or None
