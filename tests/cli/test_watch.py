"""`interlock watch`: what was read is shown with what was expected."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from interlock.domain.ids import WorkflowId
from interlock.domain.watching import Band, Measure, Reading, ReadingState
from interlock.storage import open_store
from tests.cli.conftest import DATABASE, MORNING, Command


def a_reading(hours: int, state: ReadingState, value: float) -> None:
    """One more window is on record."""
    begins = MORNING + timedelta(hours=hours)
    reading = Reading(
        workflow=WorkflowId("expenses"),
        measure=Measure.ACTION_RATE,
        step="",
        begins=begins,
        ends=begins + timedelta(hours=1),
        events=40,
        value=value,
        band=Band(high=50),
        state=state,
    )
    with open_store(DATABASE) as store:
        assert store.add_reading(reading, [], begins) == []


def test_nothing_read_is_said(cli: Command, taken_in: Path) -> None:
    """An empty screen would look as if all were well."""
    assert "nothing was read yet" in cli("watch", "show").out


def test_the_newest_reading_is_shown_with_what_was_expected(cli: Command, taken_in: Path) -> None:
    """The history has them all; the screen has what is true now."""
    a_reading(0, ReadingState.BREACH, 70)
    a_reading(1, ReadingState.USUAL, 40)

    shown = cli("watch", "show")
    history = cli("watch", "history", "--json").json["readings"]
    breaches = cli("watch", "history", "--breaches", "--json").json["readings"]

    assert "as expected" in shown.out
    assert "expected any to 50" in " ".join(shown.out.split())
    assert [each["state"] for each in history] == ["usual", "breach"]
    assert [each["value"] for each in breaches] == [70.0]
