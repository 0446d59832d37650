"""Money: whole millionths, one currency, and never a surprise."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.domain.money import Money

SQL_BIGINT = 2**63 - 1


@given(cents=st.integers(-(10**13), 10**13))
def test_an_amount_comes_back_as_it_was(cents: int) -> None:
    """Not a cent is lost on the way through."""
    amount = Decimal(cents) / 100

    money = Money.of(amount, "EUR")

    assert money.amount == amount
    assert abs(money.micros) <= SQL_BIGINT


@pytest.mark.parametrize(
    ("text", "micros"),
    [("250000 EUR", 250_000_000_000), ("0.02 EUR", 20_000), ("1,250.50 EUR", 1_250_500_000)],
)
def test_money_is_read_as_people_write_it(text: str, micros: int) -> None:
    """With or without thousands."""
    assert Money.parse(text) == Money(micros=micros, currency="EUR")


@pytest.mark.parametrize(
    "amount",
    ["", "x", "NaN", "sNaN", "Infinity", "-inf", "1E+999999999", "1e13", True, None, 10**40],
)
def test_what_is_no_amount_is_refused(amount: Any) -> None:
    """A made-up amount must neither pass for one nor eat the machine's memory."""
    with pytest.raises(ValueError, match="write a number"):
        Money.of(amount, "EUR")


@pytest.mark.parametrize("currency", ["", "eur", "EURO", "€", "EUR\n"])
def test_a_currency_has_three_capital_letters(currency: str) -> None:
    """ISO 4217, and nothing that only looks like it."""
    with pytest.raises(ValueError, match="three capital letters"):
        Money.of("1", currency)


@pytest.mark.parametrize(
    "text", ["", "12", "EUR", "12 EUR now", "500,00 EUR", "20.000,00 EUR", "1,00,0 EUR", "1e3 EUR"]
)
def test_a_text_without_amount_and_currency_is_refused(text: str) -> None:
    """It says what to write instead; a comma for cents would raise a limit a hundred times."""
    with pytest.raises(ValueError, match="as in 250000 EUR"):
        Money.parse(text)


def test_money_is_shown_with_its_currency() -> None:
    """As the desk prints it."""
    assert str(Money.of("16180", "EUR")) == "EUR 16,180.00"


@given(amount=st.decimals(allow_nan=True, allow_infinity=True))
def test_any_decimal_is_money_or_refused(amount: Decimal) -> None:
    """There is no third way, such as another kind of error."""
    try:
        money = Money.of(amount, "EUR")
    except ValueError:
        return
    assert abs(money.amount - amount) <= Decimal("0.0000005")
