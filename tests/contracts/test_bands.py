"""Between two approvals of one action no amount is left to nobody."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.contracts.checks.bands import band_of, gaps
from interlock.contracts.shape_parts import ApprovalShape
from tests.contracts.builders import a_folder, reported

FIRST = 'when: "payable > 10000", tier: [ap_lead]}'
SECOND = 'when: "payable > 50000", tier'
HALVES = [Decimal(n) / 2 for n in range(-2, 42)]
OPERATORS = {
    ">": Decimal.__gt__,
    ">=": Decimal.__ge__,
    "<": Decimal.__lt__,
    "<=": Decimal.__le__,
}
lows = st.tuples(st.sampled_from([">", ">="]), st.integers(0, 18))
highs = st.tuples(st.sampled_from(["<", "<="]), st.integers(0, 18))
bands = st.tuples(st.none() | lows, st.none() | highs).filter(lambda each: each != (None, None))
Line = tuple[str, int]


def text_of(band: tuple[Line | None, Line | None]) -> str:
    """The condition as somebody writes it."""
    return " && ".join(f"payable {line[0]} {line[1]}" for line in band if line)


def is_in(amount: Decimal, band: tuple[Line | None, Line | None]) -> bool:
    """Whether the approval asks at this amount, reckoned without the code under test."""
    return all(OPERATORS[line[0]](amount, Decimal(line[1])) for line in band if line)


@given(st.lists(bands, min_size=1, max_size=4))
def test_a_gap_is_found_exactly_where_an_amount_above_the_lowest_belongs_to_nobody(
    written: list[tuple[Line | None, Line | None]],
) -> None:
    """Every half between whole lines is tried; they are all the places there are."""
    made = [band for band in written if any(is_in(each, band) for each in HALVES)]
    shapes = [ApprovalShape(action="pay", when=text_of(band), tier=["lead"]) for band in made]
    read = [band_of(shape, place) for place, shape in enumerate(shapes)]

    asked = [any(is_in(each, band) for band in made) for each in HALVES]
    first = asked.index(True) if True in asked else len(asked)

    assert all(each is not None for each in read)
    assert bool(gaps(each for each in read if each)) == (not all(asked[first:]))


@pytest.mark.parametrize(
    "when",
    ["payable > limit", "payable > 10 || payable < 5", 'payable > 10 && seller == "S-1"', "risky"],
)
def test_what_cannot_be_read_for_certain_is_not_judged(when: str) -> None:
    """A false alarm teaches people to switch alarms off."""
    assert band_of(ApprovalShape(action="pay", when=when, tier=["lead"]), 0) is None


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (
            "payable > 1000 && payable <= 10000",
            "payable > 20000",
            "where payable is above 10000 and at most 20000, though somebody does below and above; "
            "let this approval begin where that one ends, at 10000",
        ),
        (
            "payable > 1000 && payable < 20000",
            "payable > 20000",
            "where payable is 20000 or more and at most 20000",
        ),
        (
            "payable > 1000",
            "20000 < payable && payable <= 90000",
            "",
        ),
        (
            "payable > 1000 && payable <= 20000",
            "payable > 20000 && payable <= 90000",
            "where payable is above 90000, though somebody does for less; leave the upper end",
        ),
        ("payable > 1000 && payable <= 20000", "payable > 20000", ""),
        ("payable > 1000 && payable <= 20000", "payable >= 20000", ""),
    ],
)
def test_check_says_which_amounts_belong_to_nobody(
    tmp_path: Path, first: str, second: str, said: str
) -> None:
    """A payment of 15,000 EUR that nobody approves is paid by nobody's decision."""
    edits = (
        (FIRST, FIRST.replace("payable > 10000", first)),
        (SECOND, SECOND.replace("payable > 50000", second)),
    )

    report = [each for each in reported(a_folder(tmp_path, *edits)) if "nobody approves" in each]

    assert len(report) == bool(said)
    assert said in "".join(report)
    assert not any(" warning: " in each for each in report), "it is an error"


def test_an_approval_without_a_condition_leaves_no_gap(tmp_path: Path) -> None:
    """It asks always, whatever the others say."""
    edits = (
        (FIRST, "tier: [ap_lead]}"),
        (SECOND, SECOND.replace("payable > 50000", "payable > 50000 && payable < 60000")),
    )

    assert not [each for each in reported(a_folder(tmp_path, *edits)) if "nobody approves" in each]
