"""`interlock pause` and `interlock resume`: one scope, one reason, said back in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Command


@pytest.fixture
def owner(taken_in: Path, cli: Command) -> str:
    """One of the four owners of the scaffolded workflow, with its claims taken in."""
    refused = cli("pause", "--everything", "--reason", "x", "--as", "nobody")
    named = refused.err.partition("(")[2].partition(")")[0]
    return named.split(",")[0]


def test_a_pause_is_set_listed_and_lifted(cli: Command, owner: str) -> None:
    """The three things somebody does in a bad hour."""
    stopped = cli("pause", "--everything", "--reason", "wrong postings", "--as", owner)
    listed = cli("pause", "list")
    lifted = cli("resume", "--everything", "--reason", "mended", "--as", owner)
    after = cli("pause", "list")

    assert stopped.code == 0, stopped.err
    assert f"everything is paused by {owner}" in stopped.out
    assert "wrong postings" in listed.out
    assert lifted.code == 0
    assert "everything goes on" in lifted.out
    assert "nothing is paused" in after.out


def test_programs_read_one_document(cli: Command, owner: str) -> None:
    """A monitor asks what is stopped, and how much."""
    cli("pause", "--everything", "--also-actions", "--reason", "lock", "--as", owner, "--json")

    listed = cli("pause", "list", "--json").json

    [pause] = listed["pauses"]
    assert (pause["scope"], pause["also_actions"], pause["cases"]) == ("everything", True, 0)
    assert (pause["by"], pause["reason"]) == (owner, "lock")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "no scope is named"),
        (("--everything", "--agent", "x"), "2 scopes are named"),
        (("--step", "judge"), "write WORKFLOW.STEP"),
        (("--everything",), "no reason is given"),
    ],
)
def test_a_command_line_that_is_unclear_stops_nothing(
    cli: Command, owner: str, words: tuple[str, ...], said: str
) -> None:
    """Nothing is guessed in an emergency."""
    answer = cli("pause", *words, "--as", owner)

    assert answer.code == 2
    assert said in answer.err
    assert cli("pause", "list", "--json").json["pauses"] == []


def test_what_does_not_exist_is_answered_with_what_does(cli: Command, owner: str) -> None:
    """A misspelled name must not look like safety."""
    answer = cli("pause", "--workflow", "expense", "--reason", "x", "--as", owner)

    assert answer.code == 1
    assert "there is no workflow expense" in answer.err
    assert "expenses" in answer.err


def test_somebody_without_the_right_is_told_why(cli: Command, owner: str) -> None:
    """And nothing is changed."""
    answer = cli("pause", "--everything", "--reason", "x", "--as", "nobody")

    assert answer.code == 1
    assert "nobody is no owner of expenses" in answer.err


def test_doctor_names_what_is_paused(cli: Command, owner: str) -> None:
    """Whoever wonders why nothing moves looks there first."""
    cli("pause", "--everything", "--reason", "wrong postings", "--as", owner)

    assert "wrong postings" in cli("doctor").out
