"""Batches: many cases that are ready at once, until the last one is closed."""

from __future__ import annotations

import signal
import sys
import threading

from benchmarks import bare_dbos, office, team
from benchmarks.figures import Figure
from interlock.domain.case import CaseState

LIMIT_SECONDS = 600.0


def measure(database: str, url: str, beside_url: str, cases: int, workers: int) -> Figure:
    """Cases a second, beside bare DBOS doing the same five steps with a checkpoint a step."""
    with office.services(url) as built:
        office.open_cases(built, cases)

        def all_closed() -> bool:
            states = built.store.counts(office.WORKFLOW, now=built.clock.now()).states
            return states.get(CaseState.CLOSED, 0) >= cases

        command = team.python("benchmarks.batches", url)
        seconds = team.timed(command, workers, all_closed, LIMIT_SECONDS)
    theirs = max(cases // 10, 100)
    return Figure(
        what="cases closed in batches",
        database=database,
        value=cases / seconds,
        unit="cases/s",
        beside=bare_dbos.batch_rate(beside_url, theirs, workers),
        note=f"{cases:,} cases, {workers} worker{'s' if workers > 1 else ''}; DBOS {theirs:,}",
    )


def _work(url: str, ready: str, go: str) -> None:
    """A worker process: set up, wait for the signal, work until told to stop."""
    with office.services(url) as built:
        stop = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        team.signal_ready(ready, go)
        with built.worker():
            stop.wait()


if __name__ == "__main__":
    _work(*sys.argv[1:])
