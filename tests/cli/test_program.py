"""The program itself, in a process of its own: exit codes, streams, completion, signals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from interlock.cli.app import COMMANDS

PROGRAM = [sys.executable, "-c", "from interlock.cli import main; main()"]


def interlock(*args: str, **more: str) -> subprocess.CompletedProcess[str]:
    """What the program answers to a command line."""
    return subprocess.run(
        [*PROGRAM, *args],
        env={**os.environ, **more},
        capture_output=True,
        text=True,
        check=False,
    )


def started(args: Sequence[str], **more: str) -> subprocess.Popen[str]:
    """The program, running."""
    return subprocess.Popen(
        [*PROGRAM, *args],
        env={**os.environ, **more},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_help_lists_every_command() -> None:
    """The first thing anybody types."""
    said = interlock("--help").stdout

    for command in COMMANDS:
        assert f" {command} " in said


def test_nothing_at_all_shows_the_help() -> None:
    """Not an error: the person is asking what there is."""
    said = interlock()

    assert (said.returncode, "Usage: interlock" in said.stdout) == (0, True)


def test_help_of_a_command_comes_without_a_database() -> None:
    """`-h` works as well, and needs nothing."""
    said = interlock("review", "decide", "-h")

    assert said.returncode == 0
    assert "--seen" in said.stdout
    assert "INTERLOCK_USER" in said.stdout


def test_the_version_is_said() -> None:
    """For bug reports."""
    assert interlock("--version").stdout.startswith("interlock ")


def test_completion_can_be_installed() -> None:
    """A command people type often should finish itself."""
    said = interlock(_INTERLOCK_COMPLETE="source_bash")

    assert (said.returncode, "complete -o default -F _interlock_completion" in said.stdout) == (
        0,
        True,
    )


def test_completion_knows_commands_and_subcommands() -> None:
    """Also of those that are only loaded when they are used."""
    top = interlock(
        _INTERLOCK_COMPLETE="complete_bash", COMP_WORDS="interlock re", COMP_CWORD="1"
    ).stdout
    below = interlock(
        _INTERLOCK_COMPLETE="complete_bash", COMP_WORDS="interlock review de", COMP_CWORD="2"
    ).stdout

    assert (top.split(), below.split()) == (["review", "resume", "release"], ["decide"])


def test_with_the_durable_engine_a_run_and_a_decision_end_well(folder: Path) -> None:
    """As an installed product does it: two processes, one database."""
    ran = interlock("run", "inbox", "--json", INTERLOCK_ENGINE="dbos")
    tasks = json.loads(interlock("review", "list", "--json").stdout)["tasks"]
    mina = next(each["task"] for each in tasks if "Mina" in each["question"])
    decided = interlock("review", "decide", mina, "approve", "--as", "sam", "--later")
    worked = interlock("work", "--once", INTERLOCK_ENGINE="dbos")
    verified = interlock("audit", "verify")

    assert json.loads(ran.stdout)["adds_up"] is True
    assert (ran.stderr, decided.returncode, worked.returncode) == ("", 0, 0)
    assert "1 case closed meanwhile" in worked.stdout
    assert verified.returncode == 0


def test_results_go_to_one_stream_and_remarks_to_the_other(taken_in: Path) -> None:
    """`interlock … --json | jq` must never see a remark."""
    said = interlock("work", "--once", "--json")

    assert json.loads(said.stdout)["ok"] is True


def test_a_closed_pipe_is_no_error(taken_in: Path) -> None:
    """`interlock case list | head -1` is how people look."""
    said = subprocess.run(
        f"{sys.executable} -c 'from interlock.cli import main; main()' case list | head -1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (said.returncode, said.stderr) == (0, "")


def test_a_worker_stops_in_order_when_it_is_told_to(taken_in: Path) -> None:
    """A deployment ends workers by signal; none of them leaves a case behind."""
    worker = started(["work"])
    assert worker.stderr is not None
    first = worker.stderr.readline()

    while not _workers_alive():
        assert worker.poll() is None
    worker.send_signal(signal.SIGTERM)
    out, _ = worker.communicate(timeout=60)

    assert "works on expenses" in first
    assert (worker.returncode, "stopped in order" in out) == (0, True)
    assert not _workers_alive()


def _workers_alive() -> int:
    from interlock.storage import open_store

    with open_store("sqlite:///interlock.db") as store:
        return sum(each.is_alive for each in store.workers())


@pytest.mark.postgres
def test_the_same_on_postgresql(folder: Path, postgres_url: str) -> None:
    """The other database, from its first table to a verified record."""
    at: dict[str, Any] = {"INTERLOCK_DATABASE_URL": postgres_url, "INTERLOCK_ENGINE": "dbos"}

    made = interlock("db", "upgrade", **at)
    ran = interlock("run", "inbox", "--stage", "autonomous", "--json", **at)

    assert made.returncode == 0, made.stderr
    assert json.loads(ran.stdout)["adds_up"] is True, ran.stderr
    assert interlock("audit", "verify", **at).returncode == 0
    assert interlock("case", "list", "--handling", "autonomous", **at).returncode == 0
