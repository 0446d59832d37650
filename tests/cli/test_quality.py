"""`interlock quality`: what is known is said with its denominator, what is not is said to be so."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Command


def test_nothing_reviewed_yet_is_said_to_be_unknown(cli: Command, taken_in: Path) -> None:
    """A report of zeros would read as a review without errors."""
    said = cli("quality")

    assert said.code == 0
    assert "expenses" in said.out
    assert "none answered yet" in said.out
    assert "0.0%" not in said.out.partition("Two reviewers")[0].replace("0.0% to 100.0%", "")


def test_a_program_reads_every_number(cli: Command, taken_in: Path) -> None:
    """Each with its interval; what is unknown is null."""
    [report] = cli("quality", "--json").json["workflows"]

    assert report["workflow"] == "expenses"
    assert report["agreement"]["value"] is None
    assert report["probes"]["caught"] == {"hits": 0, "of": 0, "low": 0.0, "high": 1.0}
    assert report["thinking"]["median_seconds"] is None
