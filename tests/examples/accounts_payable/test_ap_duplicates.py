"""When two bills are the same bill."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from examples.accounts_payable.cases import Invoice
from examples.accounts_payable.duplicates import number_key, similar_to

POSTED = {
    "number": "AD-2026-00101",
    "issue_date": "2026-02-20",
    "document_cents": 23_800,
    "currency": "EUR",
}


@pytest.mark.parametrize(
    ("posted", "same"),
    [
        ({}, True),
        ({"number": "AD/2026/101"}, True),
        ({"number": "ad2026-101", "document_cents": 1}, True),
        ({"number": "AD 2026 00101"}, True),
        ({"number": "AD-2026-00101-COPY", "document_cents": 1}, True),
        ({"number": "AD-2O26-OO1O1", "document_cents": 1}, True),  # letters for zeros
        ({"number": "XX-9", "issue_date": "2026-02-20"}, True),  # same day and amount
        ({"number": "XX-9", "issue_date": "2026-01-20"}, False),  # the rent of last month
        ({"number": "AD-2026-00102", "document_cents": 1}, False),
        ({"currency": "USD"}, False),
        ({"issue_date": "2023-02-20", "document_cents": 1}, False),  # numbers begin anew
    ],
)
def test_what_looks_like_the_same_bill(
    posted: dict[str, Any], same: bool, make_invoice: Callable[..., Invoice]
) -> None:
    assert bool(similar_to(make_invoice(), POSTED | posted)) is same


@given(first=some.integers(1, 99_999), second=some.integers(1, 99_999))
def test_consecutive_numbers_are_never_confused(first: int, second: int) -> None:
    """Every honest supplier counts; two counts must stay two."""
    keys = {number_key(f"RE-2026-{n:05d}") for n in (first, second)}

    assert len(keys) == len({first, second})
