"""`interlock work`: ready cases are taken on, and the rest is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Command


def test_once_takes_ready_cases_on_and_ends(
    taken_in: Path, cli: Command, task_of: Callable[[str], str]
) -> None:
    """A decision left for later waits for a worker, and for nothing else."""
    cli("review", "decide", task_of("EX-1001"), "approve", "--as", "sam", "--later")
    assert cli("case", "show", "EX-1001", "--json").json["state"] == "ready"

    said = cli("work", "--once")

    assert (said.code, said.out) == (
        0,
        "✓ nothing is ready; 1 case closed meanwhile; 4 wait, 0 are ready\n",
    )
    assert "works on expenses (sqlite), until nothing is ready." in " ".join(said.err.split())


def test_json_counts_the_cases(taken_in: Path, cli: Command) -> None:
    """For a scheduler that runs it every minute."""
    said = cli("work", "--once", "--json").json

    assert (said["ok"], said["closed"]) == (True, 0)
    assert said["cases"] == {"ready": 0, "waiting": 5, "closed": 0}
