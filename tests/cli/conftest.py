"""A scaffolded workflow to command, at a stated morning, in this process.

Made once and copied for every test; `taken_in` has its five claims in the database already.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from interlock.cli import app
from interlock.cli.new import write_scaffold

MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
NAME = "expenses"
DATABASE = "sqlite:///interlock.db"


@dataclass(frozen=True)
class Said:
    """What a command line answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Command = Callable[..., Said]


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing of the machine's own settings reaches a test."""
    for name, value in {
        "INTERLOCK_CLOCK": MORNING.isoformat(),
        "INTERLOCK_ENGINE": "inline",
        "TZ": "UTC",
        "COLUMNS": "100",
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("DATABASE_URL", "WORKFLOWS", "USER", "STAGE", "JSON", "DEBUG", "DATA"):
        monkeypatch.delenv(f"INTERLOCK_{name}", raising=False)
    yield


@pytest.fixture
def cli() -> Command:
    """Runs a command line in this process: cli("case", "list", "--json")."""

    def command(*args: str) -> Said:
        result = CliRunner().invoke(app, list(args))
        return Said(result.exit_code, result.stdout, result.stderr)

    return command


@pytest.fixture(scope="session")
def _scaffold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / NAME
    write_scaffold(folder, NAME, MORNING)
    return folder


@pytest.fixture(scope="session")
def _worked(_scaffold: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("worked") / NAME
    shutil.copytree(_scaffold, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("INTERLOCK_CLOCK", MORNING.isoformat())
        patch.setenv("INTERLOCK_ENGINE", "inline")
        result = CliRunner().invoke(app, ["run", "inbox"])
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def folder(_scaffold: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh workflow folder, which is also where the test stands."""
    return _stand_in(_scaffold, tmp_path, monkeypatch)


@pytest.fixture
def taken_in(_worked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same after `interlock run inbox`: five cases wait for people."""
    return _stand_in(_worked, tmp_path, monkeypatch)


def _stand_in(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / NAME
    shutil.copytree(source, folder)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def task_of(cli: Command) -> Callable[[str], str]:
    """The open task of a case, by the case's business key."""

    def find(key: str) -> str:
        task: str = cli("case", "show", key, "--json").json["tasks"][-1]["task"]
        return task

    return find
