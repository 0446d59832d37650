"""Bands of confidence: every confidence lies in exactly one."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.domain.quality import BANDS, Band, band_of


@given(confidence=st.floats(0, 1))
def test_a_confidence_lies_in_its_band(confidence: float) -> None:
    """A decision counted in two bands, or in none, would make the table lie."""
    band = band_of(confidence)

    assert band.low <= confidence + 1e-9
    assert confidence < band.high or band.high == 1.0


@pytest.mark.parametrize(
    ("confidence", "low"), [(0.0, 0.0), (0.05, 0.05), (0.92, 0.9), (0.95, 0.95), (1.0, 0.95)]
)
def test_a_bands_lower_edge_belongs_to_it(confidence: float, low: float) -> None:
    """0.95 is "at least 95", as people read it; and certainty is in the highest band."""
    assert band_of(confidence).low == pytest.approx(low)


def test_the_bands_leave_no_gap() -> None:
    """One ends where the next begins."""
    bands = [band_of(place / BANDS) for place in range(BANDS)]

    assert bands[0].low == 0.0
    assert bands[-1] == Band(low=0.95, high=1.0)
    assert all(one.high == other.low for one, other in pairwise(bands))
