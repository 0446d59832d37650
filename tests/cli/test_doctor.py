"""`interlock doctor`: each thing the product stands on, and what to do where it is not right."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Command


def findings(cli: Command) -> dict[str, dict[str, str]]:
    """The findings by name; of several of one name the last."""
    return {each["name"]: each for each in cli("doctor", "--json").json["findings"]}


def test_a_working_place_can_run(taken_in: Path, cli: Command) -> None:
    """Everything is looked at, and what is fine is said as well."""
    said = cli("doctor")

    assert said.code == 0
    for part in ("python", "time zones", "clock", "disk", "database", "workers", "expenses loads"):
        assert part in said.out
    assert "✓ systems     built: ledger" in said.out


def test_a_clock_that_was_set_is_pointed_out(taken_in: Path, cli: Command) -> None:
    """A demonstration's clock in real work would make every deadline wrong."""
    assert findings(cli)["clock"]["state"] == "warn"


def test_a_database_that_is_not_there_yet_is_no_fault(folder: Path, cli: Command) -> None:
    """The first look comes before the first run."""
    found = findings(cli)

    assert found["database"]["state"] == "warn"
    assert "interlock db upgrade" in found["database"]["text"]
    assert not Path("interlock.db").exists()


@pytest.mark.parametrize(
    ("file", "name"), [("contract.yaml", "workflows"), ("systems.py", "systems")]
)
def test_what_is_broken_is_named_and_fails(
    file: str, name: str, taken_in: Path, cli: Command
) -> None:
    """The exit code stops a deployment."""
    text = Path(file).read_text("utf-8")
    spoilt = {
        "contract.yaml": text.replace("operations: kim ", "operations: nobody "),
        "systems.py": text.replace('settings.get("folder", "data")', 'settings["nowhere"]'),
    }
    Path(file).write_text(spoilt[file], "utf-8")

    assert findings(cli)[name]["state"] == "bad"
    assert cli("doctor").code == 1


def test_no_database_file_is_made_by_looking(folder: Path, cli: Command) -> None:
    """A look changes nothing."""
    before = {each.name for each in folder.iterdir()}

    cli("doctor")

    assert {each.name for each in folder.iterdir()} - before <= {"data"}


def test_cases_of_an_earlier_version_are_pointed_out(taken_in: Path, cli: Command) -> None:
    """Their contract was edited in place: nobody works on them until it is brought back."""
    text = Path("contract.yaml").read_text("utf-8")
    Path("contract.yaml").write_text(text.replace("amount > 500", "amount > 400"), "utf-8")

    found = findings(cli)["versions"]

    assert found["state"] == "warn"
    assert found["text"].startswith("5 open cases of expenses began with version ")
