"""`interlock new`: what it makes is a workflow that runs, checks, and passes its own tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Command


@pytest.fixture
def made(cli: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new workflow, and us standing in it."""
    said = cli("new", "travel_costs", "--into", str(tmp_path))
    assert said.code == 0, said.err
    monkeypatch.chdir(tmp_path / "travel_costs")
    return Path.cwd()


def test_it_says_what_to_do_next(cli: Command, tmp_path: Path) -> None:
    """The first minute decides whether there is a second one."""
    said = cli("new", "claims", "--into", str(tmp_path))

    assert f"✓ {tmp_path}/claims holds a workflow that runs: 13 files" in " ".join(said.out.split())
    assert "interlock try . inbox/train.json" in said.out


def test_json_lists_the_files(cli: Command, tmp_path: Path) -> None:
    """A program that scaffolds wants to know what is there."""
    said = cli("new", "claims", "--into", str(tmp_path), "--json").json

    assert (said["ok"], said["folder"]) == (True, str(tmp_path / "claims"))
    assert {"contract.yaml", "steps.py", "tests/test_workflow.py", ".gitignore"} <= {*said["files"]}
    assert sorted(said["files"]) == sorted(
        each.relative_to(tmp_path / "claims").as_posix()
        for each in (tmp_path / "claims").rglob("*")
        if each.is_file()
    )


def test_it_checks_clean(made: Path, cli: Command) -> None:
    """Not even a warning: people copy what they are given."""
    said = cli("check")

    assert said.code == 0
    assert said.out.startswith("✓ no problems; the workflow can run.")


def test_it_can_be_tried_and_run(made: Path, cli: Command) -> None:
    """Each sample goes through or waits with its reason."""
    tried = cli("try", ".", "inbox/train.json", "--yes", "--json").json
    ran = cli("run", "inbox", "--stage", "autonomous", "--json").json

    assert [case["outcome"] for case in tried["cases"]] == ["completed"]
    assert ran["adds_up"] is True
    assert ran["cases"] == {"in": 5, "known": 0, "closed": 1, "waiting": 4, "ready": 0}
    assert ran["waiting_for"] == {
        "approval": 1,
        "low confidence": 1,
        "missing data": 1,
        "schema change": 1,
    }


def test_its_own_tests_pass(made: Path) -> None:
    """They run as the new owner runs them: pytest in the folder, nothing of ours around."""
    clean = {name: value for name, value in os.environ.items() if "PYTEST" not in name}

    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=made,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stdout
    assert "8 passed" in result.stdout


def test_a_place_where_no_folder_can_be_made_is_said_plainly(cli: Command, tmp_path: Path) -> None:
    """It is a mistake of the command line, not a fault of the program."""
    (tmp_path / "file").write_text("", "utf-8")

    said = cli("new", "claims", "--into", str(tmp_path / "file"))

    assert said.code == 1
    assert "cannot be made (Not a directory); choose another place with --into" in said.err


def test_a_name_is_as_long_as_a_folder_and_a_contract_take(cli: Command, tmp_path: Path) -> None:
    """A longer one would be made and then refused by the check."""
    said = cli("new", "x" * 61, "--into", str(tmp_path))

    assert said.code == 1
    assert "at most 60" in said.err
