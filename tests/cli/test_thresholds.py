"""`interlock thresholds`: a line is proposed only where the record supports it, never applied."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Command


def test_without_enough_reviewed_cases_no_line_is_proposed(cli: Command, taken_in: Path) -> None:
    """Few cases without an error prove little, and that is said with the number it takes."""
    before = Path("contract.yaml").read_text()

    said = cli("thresholds", ".", "--json")

    assert said.code == 0
    assert said.json["lines"] == {}
    assert Path("contract.yaml").read_text() == before


def test_a_file_that_is_there_is_never_written_over(cli: Command, taken_in: Path) -> None:
    """The contract in force is changed by people, not by a calculation."""
    before = Path("contract.yaml").read_text()

    said = cli("thresholds", ".", "--write", "contract.yaml")

    assert said.code != 0
    assert Path("contract.yaml").read_text() == before


def test_a_proposed_contract_is_written_beside(cli: Command, taken_in: Path) -> None:
    """It is compared with `interlock diff`, signed, and started like any other change."""
    said = cli("thresholds", ".", "--write", "proposed.yaml")

    assert said.code == 0
    assert Path("proposed.yaml").read_text() == Path("contract.yaml").read_text()
