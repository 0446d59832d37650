"""The paired comparison against numbers worked out by hand."""

from __future__ import annotations

import pytest

from interlock.measure.paired import compared


def results(both: int, worse: int, better: int) -> tuple[dict[str, bool], dict[str, bool]]:
    old = {f"b{n}": True for n in range(both)} | {f"w{n}": True for n in range(worse)}
    old |= {f"g{n}": False for n in range(better)}
    new = {f"b{n}": True for n in range(both)} | {f"w{n}": False for n in range(worse)}
    new |= {f"g{n}": True for n in range(better)}
    return old, new


def test_five_for_the_worse_and_none_for_the_better() -> None:
    """Two-sided: 2 / 2^5. The interval: 0 of 5 is 0 to 1 - 0.025^(1/5) = 0.5218."""
    found = compared(*results(both=15, worse=5, better=0))

    assert found.p_value == pytest.approx(0.0625)
    assert found.difference == pytest.approx(-0.25)
    assert found.low == pytest.approx(-0.25)
    assert found.high == pytest.approx((2 * 0.52182 - 1) * 0.25, abs=1e-4)


def test_as_many_for_the_worse_as_for_the_better_says_nothing() -> None:
    found = compared(*results(both=4, worse=3, better=3))

    assert (found.p_value, found.difference) == (1.0, 0.0)
    assert found.low < 0 < found.high


def test_one_against_four() -> None:
    """2 * (C(5,0) + C(5,1)) / 2^5 = 12 / 32."""
    assert compared(*results(both=0, worse=1, better=4)).p_value == pytest.approx(0.375)


def test_only_cases_both_versions_played_count() -> None:
    """A new case has no past to be compared with."""
    found = compared({"a": True, "gone": True}, {"a": False, "new": True})

    assert (found.cases, found.worse) == (1, ("a",))
