"""What a text may mean, so that two spellings of one value are known for the same.

One rule: two texts are the same value only when a person would say so: as a number, as a day, or
letter by letter without spaces and signs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

Key = tuple[str, Any]

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier",
            "feb february februar fevrier",
            "mar march märz mars",
            "apr april avril",
            "may mai",
            "jun june juni juin",
            "jul july juli juillet",
            "aug august aout",
            "sep sept september septembre",
            "oct october oktober octobre",
            "nov november novembre",
            "dec december dezember decembre",
        ),
        start=1,
    )
    for name in names.split()
}
_NUMBER: Final = re.compile(
    r"^[^\w+\-.,−]*(?:[A-Z]{3}|[€$£¥])?\s*([+\-−]?)\s*"
    r"(\d{1,3}(?:[.,'\u2019 \u00a0\u202f]\d{3})*|\d+)(?:([.,])(\d{1,6}))?\s*"
    r"([\-−]?)\s*(?:[A-Z]{3}|[€$£¥%]|\([^)]*\))?[^\w]*$"
)
_GROUPED: Final = re.compile(r"^\d{1,3}([.,'])\d{3}$")
_YEAR_FIRST: Final = re.compile(r"^\D*(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?:[T ].*)?\D*$")
_YEAR_LAST: Final = re.compile(r"^\D*(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4}|\d{2})\D*$")
_NAMED: Final = re.compile(
    r"^\W*(?:(\d{1,2})\.?\s*([^\W\d]{3,9})\.?|([^\W\d]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?),?\s*(\d{4})\W*$"
)
_SIGNS: Final = re.compile(r"[\W_]+")
LONGEST: Final = 400  # letters of a text that is compared
CENTURY: Final = 2000


def keys_of(text: str) -> frozenset[Key]:
    """Everything the text may mean: numbers, days, and its letters."""
    if len(text) > LONGEST:
        return frozenset()
    days, numbers = set(_days(text)), set(_numbers(text))
    found: set[Key] = {("day", each) for each in days} | {("number", each) for each in numbers}
    letters = _SIGNS.sub("", text).casefold()
    has_point = bool(numbers) and not text.strip().isalnum()  # 16,255.00 is not 1625500
    if letters and not days and not has_point:
        found.add(("text", letters))
    return frozenset(found)


def value_keys(value: Any) -> frozenset[Key]:
    """The same for a value of a case; a yes, a no, and nothing have no place in a document."""
    if value is None or isinstance(value, bool):
        return frozenset()
    if isinstance(value, int | float):
        return frozenset({("number", Decimal(str(value)).normalize())})
    return keys_of(str(value)) if isinstance(value, str) else frozenset()


def _numbers(text: str) -> Iterator[Decimal]:
    match = _NUMBER.match(text.strip())
    if not match:
        return
    sign, whole, point, fraction, trailing = match.groups()
    minus = "-" if "-" in (sign + trailing).replace("−", "-") else ""
    digits = re.sub(r"\D", "", whole)
    if len(digits) > 1 and digits.startswith("0"):  # 0088 is a name, not eighty-eight
        return
    try:
        yield Decimal(f"{minus}{digits}.{fraction or 0}").normalize()
        if not point and (grouped := _GROUPED.match(whole)) and grouped[1] != "'":
            front, back = re.split(r"[.,]", whole)  # 1.234 may be a thousand, or one and a bit
            yield Decimal(f"{minus}{front}.{back}").normalize()
    except InvalidOperation:
        return


def _days(text: str) -> Iterator[date]:
    """The days a text may stand for; 03/04/2025 is two of them."""
    if match := _YEAR_FIRST.match(text):
        yield from _day(*(int(each) for each in match.groups()))
    elif match := _YEAR_LAST.match(text):
        first, second, year = (int(each) for each in match.groups())
        year += CENTURY if year < 100 else 0  # noqa: PLR2004 - two digits of a year
        yield from _day(year, second, first)
        yield from _day(year, first, second)
    elif match := _NAMED.match(text):
        day_text, month, other_month, other_day, year_text = match.groups()
        named = (month or other_month).casefold().replace("é", "e").replace("û", "u")
        if named in _MONTHS:
            yield from _day(int(year_text), _MONTHS[named], int(day_text or other_day))


def _day(year: int, month: int, day: int) -> Iterator[date]:
    try:
        yield date(year, month, day)
    except ValueError:
        return
