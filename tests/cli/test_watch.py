"""`interlock watch`: what was read is shown with what was expected."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from interlock.domain.alarm import AlarmOpening
from interlock.domain.ids import QueueName, WorkflowId
from interlock.domain.pause import PauseScope, ScopeKind
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


def an_alarm() -> None:
    """A number of the hour before left its band, and somebody is asked."""
    begins = MORNING - timedelta(hours=1)
    reading = Reading(
        workflow=WorkflowId("expenses"),
        measure=Measure.ACTION_RATE,
        step="",
        begins=begins,
        ends=MORNING,
        events=70,
        value=70,
        band=Band(high=50),
        state=ReadingState.BREACH,
    )
    scope = PauseScope(kind=ScopeKind.WORKFLOW, workflow="expenses")
    asked = AlarmOpening(queue=QueueName(""), due_at=MORNING + timedelta(hours=4))
    with open_store(DATABASE) as store:
        assert store.add_reading(reading, [scope], MORNING, asked) is not None


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


def test_an_alarm_is_listed_taken_and_decided(cli: Command, taken_in: Path) -> None:
    """Whoever has no browser answers for it all the same."""
    an_alarm()

    listed = cli("watch", "alarms").out
    taken = cli("watch", "take", "1", "--as", "kim")
    decided = cli("watch", "decide", "1", "--go-on", "--reason", "a busy hour", "--as", "kim")
    after = cli("watch", "alarms", "--all", "--json").json["alarms"]

    assert "due 2026-03-02 13:00" in " ".join(listed.split())
    assert "kim looks at alarm 1" in " ".join(taken.out.split())
    assert "workflow expenses goes on" in decided.out
    assert [(each["decision"], each["reason"]) for each in after] == [("go_on", "a busy hour")]
    assert cli("pause", "list").out.strip().endswith("nothing is paused")


def test_staying_off_keeps_what_is_paused(cli: Command, taken_in: Path) -> None:
    """And says so, with who paused it."""
    an_alarm()

    kept = cli(
        "watch", "decide", "1", "--stay-off", "--reason", "it is wrong", "--as", "kim", "--json"
    ).json

    assert (kept["lifted"], kept["kept"]) == ([], ["workflow expenses"])
    assert "no alarm waits" in cli("watch", "alarms").out


def test_a_late_alarm_says_so(
    cli: Command, taken_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list is read top down by somebody in a hurry."""
    an_alarm()
    monkeypatch.setenv("INTERLOCK_CLOCK", (MORNING + timedelta(hours=5)).isoformat())

    assert "late since 2026-03-02 13:00" in " ".join(cli("watch", "alarms").out.split())
    assert cli("watch", "alarms", "--json").json["alarms"][0]["is_late"] is True


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["decide", "1", "--reason", "fine", "--as", "kim"], "no decision is given"),
        (["decide", "1", "--go-on", "--as", "kim"], "no reason is given"),
        (["decide", "1", "--go-on", "--reason", " ", "--as", "kim"], "no reason is given"),
        (["decide", "7", "--go-on", "--reason", "x", "--as", "kim"], "there is no alarm 7"),
        (["take", "1", "--as", "nobody"], "cannot take alarm 1"),
    ],
)
def test_what_is_refused_says_why(cli: Command, taken_in: Path, args: list[str], said: str) -> None:
    """Nothing is guessed, and nothing is changed."""
    an_alarm()

    refused = cli("watch", *args)

    assert refused.code != 0
    assert said in " ".join((refused.err + refused.out).split())
    assert len(cli("watch", "alarms", "--json").json["alarms"]) == 1
