"""Intervals of a rate, held against worked examples and against what they promise."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.errors import MissingExtra
from interlock.measure import exact_interval, rate_interval


def test_wilson_by_hand() -> None:
    """8 of 10: centre (0.8 + z²/20) / (1 + z²/10), half-width z·sqrt(0.016 + z²/400) / (1 + z²/10);
    with z = 1.959964 that is 0.7167 ± 0.2266."""
    low, high = rate_interval(8, 10)

    assert low == pytest.approx(0.4902, abs=1e-4)
    assert high == pytest.approx(0.9433, abs=1e-4)


def test_clopper_pearson_by_hand() -> None:
    """Nothing wrong among 10: the upper end solves (1 - p)^10 = 0.025, so it is 1 - 0.025^(1/10).
    All 10 wrong is the mirror image."""
    assert exact_interval(0, 10) == (0.0, pytest.approx(1 - 0.025**0.1))
    assert exact_interval(10, 10) == (pytest.approx(0.025**0.1), 1.0)


def test_clopper_pearson_of_one_in_two_by_hand() -> None:
    """1 of 2: low solves 1 - (1 - p)² = 0.025, high solves 1 - p² = 0.025."""
    low, high = exact_interval(1, 2)

    assert low == pytest.approx(1 - 0.975**0.5)
    assert high == pytest.approx(0.975**0.5)


@given(total=st.integers(1, 500), data=st.data())
def test_the_rate_lies_inside_and_the_exact_interval_is_the_wider_one(
    total: int, data: st.DataObject
) -> None:
    """An interval that leaves out its own rate, or is narrower than it may be, promises falsely."""
    hits = data.draw(st.integers(0, total))
    for low, high in (rate_interval(hits, total), exact_interval(hits, total)):
        assert 0.0 <= low <= hits / total + 1e-12
        assert hits / total - 1e-12 <= high <= 1.0


def test_nothing_seen_is_nothing_known() -> None:
    """Zero of zero is not zero."""
    assert rate_interval(0, 0) == exact_interval(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("hits", "total"), [(-1, 3), (4, 3), (1, 0)])
def test_what_is_no_rate_is_refused(hits: int, total: int) -> None:
    """A count above its total comes from a mistake, and would give a number all the same."""
    for interval in (rate_interval, exact_interval):
        with pytest.raises(ValueError, match=f"{hits} of {total} is no rate"):
            interval(hits, total)


def test_without_scipy_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measuring is an extra; the work goes on without it."""
    monkeypatch.setitem(sys.modules, "scipy.stats", None)

    with pytest.raises(MissingExtra, match="scipy"):
        rate_interval(1, 2)
