"""`interlock review next|takeover|hand-back|reassign|bulk`, `case comment|reopen`, and `away`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Command

TaskOf = Callable[[str], str]


def test_the_next_task_is_taken_in_hand(taken_in: Path, cli: Command) -> None:
    """And the line after it says how to look at it."""
    said = cli("review", "next", "--as", "sam")

    assert said.code == 0
    assert "interlock review show" in said.out
    assert cli("review", "next", "--as", "kim", "--json").json == {"ok": True, "task": None}


def test_a_task_changes_hands(taken_in: Path, cli: Command, task_of: TaskOf) -> None:
    """Taken over by whom it would go to next, handed back, and kept for a colleague."""
    task = task_of("EX-1001")
    cli("review", "claim", task, "--as", "sam")

    assert "kim holds it now" in cli("review", "takeover", task, "--as", "kim").out
    assert "kept for sam" in cli("review", "hand-back", task, "--as", "kim").out
    said = cli("review", "reassign", task, "ada", "--as", "kim", "--note", "she knows them")
    assert "it is kept for ada until" in said.out
    refused = cli("review", "claim", task, "--as", "sam")
    assert refused.code != 0
    assert "it is kept for ada" in refused.err
    assert "no decision waits for its effect" in cli("review", "undo", task, "--as", "ada").err


def test_many_are_decided_alike(taken_in: Path, cli: Command, task_of: TaskOf) -> None:
    """Each by itself; one that is refused is said, and the code says that not all went well."""
    one, two = task_of("EX-1001"), task_of("EX-1003")

    said = cli("review", "bulk", "approve", one, two, "task_nowhere", "--as", "sam", "--json")

    assert said.code == 1
    assert [each["decided"] for each in said.json["tasks"]] == [True, True, False]
    assert said.json["tasks"][2]["code"] == "task_unknown"
    wrong = cli("review", "bulk", "edit", one, "--as", "sam")
    assert "write one of: approve, reject" in wrong.err


def test_a_case_is_commented_on_and_reopened(taken_in: Path, cli: Command, task_of: TaskOf) -> None:
    """Both are on its record."""
    assert "on the record" in cli("case", "comment", "EX-1001", "Mina called.", "--as", "sam").out
    refused = cli("case", "reopen", "EX-1001", "--reason", "wrong", "--as", "kim")
    assert "the case is waiting" in refused.err
    cli("case", "cancel", "EX-1001", "--as", "kim")

    said = cli("case", "reopen", "EX-1001", "--reason", "It was no mistake.", "--as", "kim")

    assert said.code == 0
    told = [each["says"] for each in cli("case", "show", "EX-1001", "--json").json["timeline"]]
    assert any("Mina called." in each for each in told)
    assert any("opened the closed case again" in each for each in told)


def test_somebody_is_away_and_back(taken_in: Path, cli: Command, task_of: TaskOf) -> None:
    """Their deputy is asked meanwhile."""
    task = task_of("EX-1001")
    said = cli(
        "away",
        "set",
        "sam",
        "--since",
        "2026-03-01",
        "--until",
        "2026-03-09",
        "--deputy",
        "kim",
        "--as",
        "sam",
    )
    assert "sam is away until 2026-03-09 00:00 UTC; kim stands in" in said.out
    assert cli("away", "list", "--json").json["absences"][0]["deputy"] == "kim"
    assert "you are away until" in cli("review", "claim", task, "--as", "sam").err

    assert "sam is asked again" in cli("away", "end", "sam", "--as", "sam").out
    assert cli("away", "list").out == "nobody is away\n"
    assert "write 2026-08-17" in cli("away", "set", "sam", "--until", "soon", "--as", "sam").err
