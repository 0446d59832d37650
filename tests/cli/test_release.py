"""`interlock release`: the life of a release from a terminal, and refusals with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import NAME, Command

WHY = ("--reason", "a good one")


@pytest.fixture
def running(taken_in: Path, cli: Command) -> str:
    """The id of a release that runs at shadow."""
    proposed = cli("release", "propose", NAME, *WHY, "--as", "it_team", "--json")
    assert proposed.code == 0, proposed.err
    assert cli("release", "sign", NAME, *WHY, "--as", "controlling").code == 0
    started = cli("release", "start", NAME, "--stage", "shadow", *WHY, "--as", "kim")
    assert started.code == 0, started.err
    return str(proposed.json["release"]["id"])


def test_a_release_is_listed_and_shown_with_its_history(cli: Command, running: str) -> None:
    """Whoever asks what runs, since when and why, gets one page."""
    listed = cli("release", "list", NAME)
    shown = cli("release", "show", NAME)
    document = cli("release", "show", running, "--json").json

    assert "running at shadow" in listed.out
    assert "no look yet" in shown.out
    assert "start to shadow by kim: a good one" in shown.out
    assert [each["move"] for each in document["history"]] == ["propose", "sign", "start"]


def test_it_is_taken_back_by_hand(cli: Command, running: str) -> None:
    """One command in a bad hour; it says what new cases join now."""
    back = cli("release", "rollback", NAME, *WHY, "--as", "kim")

    assert back.code == 0, back.err
    assert f"{running} is what new cases join now, at shadow" in back.out
    assert "cools off until" in " ".join(cli("release", "show", NAME).out.split())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("promote", NAME, *WHY, "--as", "kim"), "its gate has said nothing yet"),
        (("promote", NAME, "--as", "kim"), "no reason is given"),
        (("propose", NAME, *WHY, "--as", "it_team"), "is running already"),
        (("stand-down", NAME, "moon", *WHY, "--as", "kim"), "no case of segment 'moon'"),
        (("rollback", NAME, *WHY, "--as", "nobody"), "is no owner of"),
        (("show", "rel_x"), "there is no release rel_x"),
        (("migrate", "abc", NAME, "--dry-run"), "no one older version"),
        (("sign", NAME, *WHY, "--as", "controlling"), "that is proposed"),
    ],
)
def test_a_refusal_says_what_was_wrong_and_what_to_do(
    cli: Command, running: str, words: tuple[str, ...], said: str
) -> None:
    """And changes nothing."""
    before = cli("release", "show", running, "--json").json

    answer = cli("release", *words)

    assert answer.code != 0
    assert said in " ".join(answer.err.split())
    assert cli("release", "show", running, "--json").json == before


def test_a_drill_rehearses_with_copies_of_real_cases(cli: Command, running: str) -> None:
    """And says in seconds how soon all of them were in safe hands."""
    answer = cli("release", "drill", NAME, *WHY, "--as", "kim", "--json")

    assert answer.code == 0, answer.err
    assert answer.json["ok"] is True
    assert answer.json["drill"]["copies"] > 0


def test_shadow_says_when_nothing_was_compared(cli: Command, running: str) -> None:
    """No sample is no agreement."""
    assert "Nothing was compared yet" in cli("release", "shadow", NAME).out
