"""`interlock run`: everything taken in is accounted for, to the last case and cent."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from interlock.cli import documents
from interlock.runtime.worker import Worker
from tests.cli.conftest import Command


def test_the_closing_table_adds_up(folder: Path, cli: Command) -> None:
    """In = closed + waiting + known already, said aloud."""
    said = cli("run", "inbox", "--stage", "autonomous").out

    assert "✓ 5 in = 1 closed + 4 waiting + 0 known already" in said
    for line in ("autonomous", "low confidence", "approval", "missing data", "schema change"):
        assert line in said
    assert "EUR 84.60" in said
    assert "EUR 898.30" in said


def test_the_same_input_again_is_known_already(taken_in: Path, cli: Command) -> None:
    """Running a folder twice pays nobody twice."""
    said = cli("run", "inbox", "--json").json

    assert said["cases"] == {"in": 5, "known": 5, "closed": 0, "waiting": 0, "ready": 0}


def test_a_changed_document_under_a_known_key_waits(taken_in: Path, cli: Command) -> None:
    """Neither of the two is silently taken for the other."""
    changed = json.loads(Path("inbox/train.json").read_text("utf-8")) | {"amount": 99}
    Path("again.json").write_text(json.dumps(changed), "utf-8")

    said = cli("run", "again.json", "--json").json

    assert said["waiting_for"] == {"conflicting instructions": 1}


def test_json_has_the_same_numbers(folder: Path, cli: Command) -> None:
    """Keys are stable; every way of handling is there, also with zero."""
    said = cli("run", "inbox", "--stage", "autonomous", "--json").json

    assert said["ok"] is said["adds_up"] is True
    assert said["handled"] == {"autonomous": 1, "assisted": 0, "human": 0, "fallback": 0}
    assert said["outcomes"] == {"completed": 1, "rejected": 0, "cancelled": 0, "compensated": 0}
    assert said["money"] == {
        "closed": [{"amount": "84.60", "currency": "EUR"}],
        "waiting": [{"amount": "898.30", "currency": "EUR"}],
    }


def test_folders_are_read_all_the_way_down_and_hidden_files_left_out(
    folder: Path, cli: Command
) -> None:
    """People sort their inbox; their editors leave things in it."""
    Path("inbox/march/week1").mkdir(parents=True)
    shutil.move("inbox/train.json", "inbox/march/week1/train.json")
    Path("inbox/.DS_Store").write_bytes(b"\x00")
    Path("inbox/~lock.json").write_bytes(b"\x00")

    said = cli("run", "inbox", "--json").json

    assert (said["files"], said["cases"]["in"]) == (5, 5)
    assert cli("case", "show", "EX-1001", "--json").json["source"]["name"] == (
        "march/week1/train.json"
    )


def test_one_file_that_cannot_be_read_keeps_no_other_out(
    folder: Path, cli: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the same file would stop every run at the same place, and what lies behind it waits."""
    monkeypatch.setattr(documents, "LARGEST_BYTES", 1000)
    Path("inbox/a_film.json").write_bytes(b" " * 1001)

    said = cli("run", "inbox", "--json")

    assert said.code == 1
    assert said.json["cases"]["in"] == 5
    assert "a_film.json has 1,001 bytes" in said.err
    assert "1 file not taken in; all others are" in said.err


def test_ctrl_c_loses_nothing_and_says_how_to_go_on(
    folder: Path, cli: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is recorded stays; the same command goes on from there."""

    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Worker, "run_until_idle", interrupted)
        said = cli("run", "inbox")

    assert said.code == 130
    assert "nothing is lost; go on with: interlock run inbox" in said.err
    assert cli("work", "--once").code == 0
    states = {each["state"] for each in cli("case", "list", "--json").json["cases"]}
    assert states == {"waiting"}


def test_more_files_than_a_batch_are_all_taken_in(
    folder: Path, cli: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The border between two transactions is where a case would be lost."""
    monkeypatch.setattr("interlock.cli.run.FILES_A_BATCH", 2)

    assert cli("run", "inbox", "--json").json["cases"]["in"] == 5


def test_without_a_workflow_it_says_how_to_name_one(
    tmp_path: Path, cli: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first thing a newcomer gets wrong."""
    monkeypatch.chdir(tmp_path)
    Path("a.json").write_text("{}", "utf-8")

    said = cli("run", "a.json")

    assert said.code == 1
    assert said.err == (
        "no workflow was named and there is no contract.yaml here; "
        "name its folder with --workflow FOLDER, or start one with: interlock new NAME\n"
    )


def test_a_file_that_vanishes_before_it_is_read_is_named(
    folder: Path, cli: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody tidies the inbox meanwhile; that is no fault of the program."""
    gone = Path("inbox/gone.json")
    monkeypatch.setattr("interlock.cli.run.found_files", lambda _source: [gone])

    said = cli("run", "inbox")

    assert said.code == 1
    assert "inbox/gone.json cannot be read (No such file or directory)" in said.err
