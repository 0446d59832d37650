"""Values of user code as plain JSON: everything can be kept, and nothing changes in passing."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Any
from uuid import UUID

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError, computed_field

from interlock.canonical import SAFE_INTEGER, canonical
from interlock.runtime.plain import plain_text, to_plain, typed

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


class Colour(Enum):
    RED = "red"


class Size(IntEnum):
    LARGE = 3


class Word(StrEnum):
    YES = "yes"


class Line(BaseModel):
    """One line of a bill."""

    price: Decimal
    count: int = 1

    @computed_field  # type: ignore[prop-decorator]
    @property
    def total(self) -> Decimal:
        return self.price * self.count


@dataclass(frozen=True)
class Place:
    """Where it is."""

    name: str
    seen: datetime


class Sealed:
    """Something with no plain form."""


@given(json_values)
@example({"a": [math.nan, math.inf, -math.inf]})
@example(["\x00", "\ud800", "\udfff\ud800"])
@example([2**53, -(2**53), 10**400])
def test_whatever_looks_like_json_can_be_kept(value: Any) -> None:
    """A value no database can hold must not surface when the case is written."""
    plain = to_plain(value)

    text = json.dumps(plain, ensure_ascii=False, allow_nan=False)
    assert "\x00" not in text
    text.encode()  # no lone surrogate is left
    canonical(plain)


@given(json_values)
def test_what_is_plain_stays_as_it_is(value: Any) -> None:
    """Kept twice is kept the same."""
    plain = to_plain(value)

    assert to_plain(plain) == plain


@given(st.decimals(allow_nan=False, allow_infinity=False))
@example(Decimal("0.1"))
@example(Decimal("1E+30"))
@example(Decimal("123456789.123456789123456789"))
@example(Decimal("-0"))
def test_no_decimal_is_rounded(value: Decimal) -> None:
    """Money comes back as it went in, number or text."""
    back = typed(Decimal, to_plain(value))

    assert back == value


@given(st.integers())
@example(SAFE_INTEGER)
@example(SAFE_INTEGER + 1)
@example(-SAFE_INTEGER - 1)
def test_no_integer_loses_a_digit(value: int) -> None:
    """Beyond 2**53 a JSON number is not exact, so it travels as text."""
    plain = to_plain(value)

    assert isinstance(plain, str) == (abs(value) > SAFE_INTEGER)
    assert typed(int, plain) == value


@given(st.text())
def test_text_that_can_be_kept_is_kept_letter_by_letter(text: str) -> None:
    """Only what no database can hold is replaced."""
    assume("\x00" not in text)

    assert plain_text(text) == text


@given(st.text(st.characters()))
def test_replaced_letters_are_visible(text: str) -> None:
    """A reader sees that something was there."""
    kept = plain_text(text)

    assert "\x00" not in kept
    assert kept.count("\ufffd") >= text.count("\x00")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\x00b", "a\ufffdb"),
        ("é\x00", "é\ufffd"),
        ("half \ud83d", "half \ufffd"),
        ("\udc00 half", "\ufffd half"),
        ("whole \ud83d\ude00", "whole 😀"),
        ("😀", "😀"),
        ("", ""),
    ],
)
def test_half_letters_and_nul_are_made_visible(text: str, kept: str) -> None:
    """Two halves that belong together become the letter they mean."""
    assert plain_text(text) == kept


@given(st.datetimes(timezones=st.just(UTC)), st.dates(), st.times(), st.uuids())
def test_moments_and_names_come_back(moment: datetime, day: date, hour: time, name: UUID) -> None:
    """They travel as text in their standard form."""
    for kind, value in ((datetime, moment), (date, day), (time, hour), (UUID, name)):
        assert typed(kind, to_plain(value)) == value


@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False, places=4), max_size=5))
def test_a_model_comes_back_with_every_field(prices: list[Decimal]) -> None:
    """A step gets back exactly what the step before it returned."""
    lines = [Line(price=price, count=2) for price in prices]

    assert typed(list[Line], to_plain(lines)) == lines


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Line(price=Decimal("2.50"), count=3), {"price": 2.5, "count": 3, "total": 7.5}),
        (Place(name="Bern", seen=datetime(2026, 3, 2, tzinfo=UTC)), None),
        (Colour.RED, "red"),
        (Size.LARGE, 3),
        (Word.YES, "yes"),
        (timedelta(minutes=1.5), 90.0),
        ({3, 1, 2}, [1, 2, 3]),
        (("a", 1), ["a", 1]),
        ({1: True, None: 0}, {"1": True, "None": 0}),
        (Decimal("NaN"), "NaN"),
        (math.inf, "inf"),
        (True, True),
    ],
)
def test_every_kind_of_value_has_one_plain_form(value: Any, plain: Any) -> None:
    """Conditions compare numbers, not texts that look like them."""
    expected = plain or {"name": "Bern", "seen": "2026-03-02T00:00:00+00:00"}

    assert to_plain(value) == expected


@pytest.mark.parametrize("value", [b"bytes", Sealed(), Sealed, len, 1j, [object()], {"a": b""}])
def test_what_has_no_plain_form_is_refused_by_name(value: Any) -> None:
    """Better at once than when it is read back."""
    with pytest.raises(TypeError, match="cannot be kept in a case; return plain values"):
        to_plain(value)


def test_what_does_not_fit_the_type_is_not_given() -> None:
    """A function is never called with what it does not take."""
    with pytest.raises(ValidationError):
        typed(Line, {"price": "a lot"})
