"""`interlock check`: every problem at once, each with its place and what to write."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Command


def spoil(folder: Path, before: str, after: str) -> None:
    """Changes the contract's text."""
    contract = folder / "contract.yaml"
    text = contract.read_text("utf-8")
    assert before in text
    contract.write_text(text.replace(before, after), "utf-8")


def test_a_good_contract_is_shown_in_words(folder: Path, cli: Command) -> None:
    """Also what is right is said: what the software may do, and what it may not."""
    said = cli("check")

    assert said.code == 0
    assert "2 fixed rules, 1 AI acts" in said.out
    assert "6 routes, a catch-all among them" in said.out


def test_all_problems_come_at_once_and_nothing_is_loaded(folder: Path, cli: Command) -> None:
    """One problem a run would cost an afternoon."""
    spoil(folder, "step: categorise_by_rule", "step: categorise_by_rul")
    spoil(folder, "route_to: clerks, sla_minutes: 480", "route_to: clerk, sla_minutes: 480")

    said = cli("check")

    problems = said.out.split("\n\n")[0].splitlines()
    assert said.code == 1
    assert len(problems) >= 2
    assert all(line.startswith(("contract.yaml:", "steps.py:")) for line in problems)
    assert any('did you mean "categorise_by_rule" (steps.py:69)?' in line for line in problems)
    assert "nothing was loaded." in said.out


def test_a_folder_or_a_file_may_be_named(folder: Path, cli: Command) -> None:
    """Editors name the file, people the folder."""
    assert cli("check", str(folder)).code == cli("check", str(folder / "contract.yaml")).code == 0


def test_json_has_a_row_a_problem(folder: Path, cli: Command) -> None:
    """Continuous integration marks the line."""
    spoil(folder, "  operations: kim ", "  operations: kima ")

    said = cli("check", "--json")

    assert (said.code, said.json["ok"], said.json["workflow"]) == (1, False, None)
    assert {*said.json["problems"][0]} == {"file", "line", "severity", "message", "remedy"}


def test_json_of_a_good_contract_names_it(folder: Path, cli: Command) -> None:
    """The fingerprint is what cases are pinned to."""
    said = cli("check", "--json").json

    assert (said["ok"], said["workflow"], said["problems"]) == (True, "expenses", [])
    assert len(said["fingerprint"]) == 64
