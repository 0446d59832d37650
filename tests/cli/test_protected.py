"""`interlock protected` and `interlock learn`: every option, and what is said when it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Command, Said

WORDS = {
    "--name": "small_claim",
    "--owner": "kim",
    "--reason": "Claims like this are paid late",
    "--severity": "high",
    "--expires": "2026-12-31",
}


def add(cli: Command, *more: str, case: str = "", **changes: str) -> Said:
    """`interlock protected add` of a closed case, with these words changed; an empty one is left
    out."""
    if not case:
        case = "EX-1001"
        done = cli("review", "decide", task_of(cli, case), "reject", "--as", "sam")
        assert done.code == 0, done
    said = WORDS | {f"--{name}": value for name, value in changes.items()}
    given = [part for option, value in said.items() if value for part in (option, value)]
    return cli("protected", "add", case, *given, "--as", "kim", *more)


def test_a_closed_case_is_protected_shown_listed_and_retired(taken_in: Path, cli: Command) -> None:
    """The whole life of one, by its own commands, in words and for programs."""
    made = add(cli)
    listed = cli("protected", "list")
    as_json = cli("protected", "list", "--json").json
    shown = cli("protected", "show", "small_claim")
    retired = cli("protected", "retire", "small_claim", "--reason", "obsolete", "--as", "kim")
    after = cli("protected", "list", "--json").json

    assert (made.code, listed.code, shown.code, retired.code) == (0, 0, 0, 0), retired
    assert "small_claim" in listed.out
    assert "Claims like this are paid late" in shown.out
    assert "small_claim" in str(as_json)
    assert str(as_json) != str(after)


def task_of(cli: Command, key: str) -> str:
    """The task that a case waits on."""
    return str(cli("case", "list", "--text", key, "--json").json["cases"][0]["task"])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"case": "EX-9999"}, "EX-9999"),
        ({"owner": "nobody"}, "nobody"),
        ({"expires": "2020-01-01"}, "2020-01-01"),
        ({"expires": "next year"}, "next year"),
        ({"severity": "dreadful"}, "dreadful"),
        ({"name": "not a name!"}, "letters, digits and _ only"),
        ({"reason": ""}, "--reason"),
    ],
)
def test_a_wrong_word_is_refused_and_nothing_is_kept(
    taken_in: Path, cli: Command, changes: dict[str, str], said: str
) -> None:
    """Half of a protected case protects nothing."""
    refused = add(cli, **changes)

    assert refused.code != 0
    assert said in refused.out + refused.err
    assert "small_claim" not in cli("protected", "list").out


@pytest.mark.parametrize("words", [("show", "none"), ("retire", "none", "--reason", "old")])
def test_one_that_is_not_there_is_named(
    taken_in: Path, cli: Command, words: tuple[str, ...]
) -> None:
    """A typing mistake must not look like success."""
    refused = cli("protected", *words, *(("--as", "kim") if words[0] == "retire" else ()))

    assert refused.code != 0
    assert "none" in refused.err


def test_learn_says_that_there_is_nothing_to_learn_yet(taken_in: Path, cli: Command) -> None:
    """Silence would read as a failure."""
    said = cli("learn", "--days", "30", "--fewest", "2")

    assert said.code == 0
    assert said.out.strip()
    assert cli("learn", "--json").json


@pytest.mark.parametrize("words", [("--days", "0"), ("--fewest", "1"), ("--days", "many")])
def test_learn_refuses_a_number_that_says_nothing(
    taken_in: Path, cli: Command, words: tuple[str, str]
) -> None:
    """One correction is no rule."""
    refused = cli("learn", *words)

    assert refused.code == 2
    assert words[0] in refused.err
