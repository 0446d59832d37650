"""Single values of a contract as a person writes them: names, money, minutes, thresholds.

Each raises ValueError with the half sentence that follows the value seen: what to write.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, PlainValidator

from interlock.domain.money import Money

NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
LONGEST_NAME: Final = 80  # letters; names are columns of tables people read
# 5.000 is five thousand to half of Europe and five to the rest; a limit must not hang on that.
TWO_MEANINGS: Final = re.compile(r"-?\d{1,3}\.\d{3}\s")
LONGEST_UNDO_SECONDS: Final = 3600  # after an hour it is no slip of the hand any more
HIGHEST_MINUTES: Final = 60 * 24 * 366  # a year; a longer wait is a mistake


def name(value: Any) -> str:
    """A name code can use too. Raises: ValueError."""
    if not isinstance(value, str) or not value:
        raise ValueError("write a name, as in ap_lead; a number needs quotes")
    if not NAME.match(value) or len(value) > LONGEST_NAME:
        better = re.sub(r"\W+", "_", value.strip()).strip("_")[:LONGEST_NAME]
        hint = f", as in {better}" if NAME.match(better) else ""
        raise ValueError(f"a name has letters, digits and _ only{hint}")
    return value


def text(value: Any) -> str:
    """A text that says something. Raises: ValueError."""
    if not isinstance(value, str):
        raise ValueError("write a text; put a number or true in quotes")
    if not value.strip():
        raise ValueError("write something, or leave the key out")
    return value.strip()


def money(value: Any) -> Money:
    """Money written as "250000 EUR". Raises: ValueError."""
    if not isinstance(value, str):
        raise ValueError('write an amount and a currency in quotes, as in "250000 EUR"')
    try:
        amount = Money.parse(value)
    except ValueError:
        raise ValueError('write an amount and a currency, as in "250000 EUR"') from None
    if TWO_MEANINGS.match(value.strip()):
        raise ValueError(
            'write thousands without a point and cents with two digits, as in "5000.50 EUR"'
        )
    if amount.micros < 0:
        raise ValueError("write an amount of zero or more")
    return amount


def whole_number(value: Any) -> int:
    """A whole number written as one. Raises: ValueError."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("write a whole number without quotes, as in 240")
    return value


def minutes(value: Any) -> int:
    """A number of minutes; a text such as "4h" has a unit the key already says."""
    if isinstance(value, str):
        found = re.fullmatch(r"\s*(\d{1,6})\s*([a-z]*)\s*", value.lower())
        factor = _MINUTES_IN.get(found.group(2)) if found else None
        meant = f": {int(found.group(1)) * factor}" if found and factor else ", as in 240"
        raise ValueError(f"this key counts minutes; write a number without unit or quotes{meant}")
    return whole_number(value)


def number(value: Any) -> float:
    """A number. Raises: ValueError."""
    if isinstance(value, str) and re.fullmatch(r"\s*\d+(\.\d+)?\s*%\s*", value):
        share = float(value.strip().rstrip("%")) / 100
        raise ValueError(f"write a share of 1: {share:g}")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("write a number without quotes, as in 0.05")
    return float(value)


def quorum(value: Any) -> str | int:
    """all, any, or how many. Raises: ValueError."""
    if value in ("all", "any") or (type(value) is int and value >= 1):
        return value  # type: ignore[no-any-return]
    raise ValueError("write all, any, or how many must approve, as in 2")


def one_or_many(value: Any) -> Any:
    """A list, also when one thing was written without brackets."""
    return value if isinstance(value, list) else [value]


_MINUTES_IN: Final = {
    "m": 1,
    "min": 1,
    "minutes": 1,
    "h": 60,
    "hour": 60,
    "hours": 60,
    "d": 1440,
    "day": 1440,
    "days": 1440,
}

Name = Annotated[str, PlainValidator(name)]
Text = Annotated[str, PlainValidator(text)]
MoneyText = Annotated[Money, PlainValidator(money)]
QuorumText = Annotated[str | int, PlainValidator(quorum)]
Minutes = Annotated[int, BeforeValidator(minutes), Field(ge=1, le=HIGHEST_MINUTES)]
MinutesOrZero = Annotated[int, BeforeValidator(minutes), Field(ge=0, le=HIGHEST_MINUTES)]
Count = Annotated[int, BeforeValidator(whole_number), Field(ge=1)]
CountOrZero = Annotated[int, BeforeValidator(whole_number), Field(ge=0)]
UndoSeconds = Annotated[int, BeforeValidator(whole_number), Field(ge=0, le=LONGEST_UNDO_SECONDS)]
Share = Annotated[float, BeforeValidator(number), Field(ge=0, le=1)]
PositiveNumber = Annotated[float, BeforeValidator(number), Field(gt=0)]
Names = list[Name]
OneOrMoreNames = Annotated[list[Name], BeforeValidator(one_or_many)]
OneOrMoreTexts = Annotated[list[Text], BeforeValidator(one_or_many)]
