"""Conditions: a real true or false, or no answer at all."""

from __future__ import annotations

import pickle
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from interlock.contracts import CelCondition, ConditionInvalid, ValueKind
from interlock.domain.contract import ConditionFailed

PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
FACTS = st.dictionaries(
    st.sampled_from(["payable", "invoice", "supplier"]),
    st.recursive(
        PLAIN,
        lambda inside: (
            st.lists(inside, max_size=3)
            | st.dictionaries(st.sampled_from(["iban", "payable"]), inside, max_size=2)
        ),
        max_leaves=6,
    ),
)
TEXTS = st.sampled_from(
    [
        "payable > 10000",
        "payable",
        "invoice.iban != supplier.iban",
        "payable == null || invoice.payable > 3",
        "invoice.exists(x, x == payable)",
        "payable > 1 ? supplier : true",
        "size(supplier) > 1 && payable in invoice",
        "payable + 1 > 2",
        "'payable' == invoice",
    ]
)


class Supplier(BaseModel):
    iban: str | None = None
    limit: Decimal = Decimal("0.1")
    since: date = date(2024, 1, 1)


@given(text=TEXTS, facts=FACTS)
def test_the_answer_is_true_or_false_or_there_is_none(text: str, facts: dict[str, Any]) -> None:
    """A guard that takes a text or a number for yes would open for anything."""
    condition = CelCondition.of(text)

    try:
        answer = condition.holds(facts)
    except ConditionFailed:
        return

    assert answer is True or answer is False


@given(text=st.text(max_size=40))
def test_any_text_is_a_condition_or_is_refused(text: str) -> None:
    """The author's text comes from a file; no text may crash the check."""
    try:
        condition = CelCondition.of(text)
    except ConditionInvalid as refused:
        assert str(refused)
    else:
        assert condition.text == text


@pytest.mark.parametrize(
    ("text", "facts", "answer"),
    [
        ("payable > 10000", {"payable": Decimal("10000.01")}, True),
        ("payable > 10000", {"payable": 10000}, False),
        ("supplier.limit < payable", {"supplier": Supplier(), "payable": 1}, True),
        ("has(supplier.iban)", {"supplier": Supplier()}, False),
        ("supplier.iban == null", {"supplier": Supplier()}, True),
        ("supplier.since < timestamp('2025-01-01T00:00:00Z')", {"supplier": Supplier()}, True),
        ("lines.exists(line, line.net < 0)", {"lines": [{"net": 1}, {"net": -1}]}, True),
    ],
)
def test_a_condition_is_answered(text: str, facts: dict[str, Any], answer: bool) -> None:
    """Amounts, models, days and lists are all plain values to an author."""
    assert CelCondition.of(text).holds(facts) is answer


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("payable > 10000", {}),
        ("payable > 10000", {"payable": None}),
        ("payable > 10000", {"payable": "a lot"}),
        ("country == 'DE'", {"country": None}),
        ("supplier.iban == 'DE1'", {"supplier": Supplier()}),
        ("supplier.bic == 'X'", {"supplier": Supplier()}),
        ("payable", {"payable": "yes"}),
        ("payable > 1", {"payable": object()}),
        ("payable / 0 > 1", {"payable": 1}),
    ],
)
def test_what_cannot_be_answered_stops(text: str, facts: dict[str, Any]) -> None:
    """A missing country is not another country: the guard fails closed."""
    with pytest.raises(ConditionFailed) as failed:
        CelCondition.of(text).holds(facts)

    assert failed.value.why


def test_amounts_kept_as_text_are_compared_as_numbers() -> None:
    """Stored case data is JSON, which keeps a Decimal as text; an approval must still see it."""
    condition = CelCondition.of(
        "invoice.payable > 9000 && payable > 9000",
        {"payable": ValueKind.NUMBER, "invoice.payable": ValueKind.NUMBER},
    )

    assert condition.holds({"payable": "10000.00", "invoice": {"payable": "10000.00"}})
    with pytest.raises(ConditionFailed):
        condition.holds({"payable": "", "invoice": {"payable": ""}})


def test_a_condition_survives_the_trip_to_another_process() -> None:
    """Workers are handed contracts; a condition that cannot travel would stop them."""
    condition = CelCondition.of("payable > 9000", {"payable": ValueKind.NUMBER})

    arrived = pickle.loads(pickle.dumps(condition))

    assert arrived == condition
    assert arrived.holds({"payable": "10000.00"})


def test_a_condition_says_what_it_needs() -> None:
    """The check compares these names with what earlier steps give."""
    condition = CelCondition.of(
        "lines.exists(x, x.net > limit.low) && note != 'a.b' && size(n) > 1"
    )

    assert condition.variables == {"lines", "limit", "note", "n"}
    assert condition.attributes == {("limit", "low")}
    assert condition.functions == {"size"}
