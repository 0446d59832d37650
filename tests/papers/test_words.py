"""Times, spans and values as people say them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.domain.one_line import brief, cut
from interlock.papers.words import clock, confidence, counted, short, span

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(), "0 s"),
        (timedelta(seconds=41), "41 s"),
        (timedelta(minutes=35), "35 min"),
        (timedelta(minutes=89), "89 min"),
        (timedelta(minutes=200), "3 h 20 min"),
        (timedelta(hours=8), "8 h"),
        (timedelta(days=3), "3 days"),
        (-timedelta(minutes=5), "5 min"),
    ],
)
def test_a_span_is_said_in_the_unit_that_fits(length: timedelta, words: str) -> None:
    """Nobody thinks in 12,000 seconds."""
    assert span(length) == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (NOW + timedelta(hours=5), "14:00"),
        (NOW + timedelta(days=1), "Tue 3 Mar 09:00"),
        (NOW - timedelta(days=365), "Sun 2 Mar 2025 09:00"),
    ],
)
def test_a_date_is_only_said_when_it_is_not_today(moment: datetime, words: str) -> None:
    """Less to read, and never ambiguous."""
    local = moment.astimezone()

    assert clock(moment, NOW).endswith(f"{local:%H:%M}")
    if local.utcoffset() == timedelta():
        assert clock(moment, NOW) == words


@given(share=st.floats(0, 1))
def test_only_certainty_is_100(share: float) -> None:
    """A rounded 100 would promise what the model did not."""
    assert (confidence(share) == "100") == (share == 1)


@given(text=st.text(), width=st.integers(1, 40))
def test_a_cut_text_fits_its_width_and_is_one_line(text: str, width: int) -> None:
    """A table's row must stay a row."""
    assert len(cut(text, width)) <= max(width, 1)
    assert "\n" not in cut(text, width)


def test_values_are_said_without_their_braces() -> None:
    """Readers are not programmers."""
    assert brief({"name": "travel"}) == "travel"
    assert brief({"receipt_needed": True, "days_old": 9}) == "receipt needed yes, days old 9"
    assert brief(None) == "–"
    assert brief([]) == brief({}) == "none"
    assert brief({"problems": [], "notes": ["GR-1"]}) == "problems none, notes GR-1"
    assert brief({"id": 1, "tags": ["a", "b", "c"]}) == "id 1, tags a, b and c"
    assert brief({"lines": [{"unit_price": 1}, {"unit_price": 2}]}) == "2 entries"
    assert brief({"value": {"unit_price": 2}, "confidence": 0.813891}) == (
        "value (unit price 2), confidence 81"
    )


def test_ids_and_counts_are_short() -> None:
    """What is typed must be typable."""
    assert short("task_dc052ac21e5ea25fc37f") == "task_dc052ac2"
    assert (counted(1, "entry", "entries"), counted(1200, "case")) == ("1 entry", "1,200 cases")
