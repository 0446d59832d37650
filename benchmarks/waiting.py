"""Waiting: what cases cost that nobody works on, and how soon they are ready after a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import office, team
from benchmarks.figures import Figure

IDLE_SECONDS = 5.0
UNSURE = "unsure"  # a text that makes the model unsure, so that the case waits for a person


def measure(database: str, url: str, cases: int) -> list[Figure]:
    """Idle CPU, threads and time to be back after SIGKILL, with so many cases waiting."""
    with office.services(url) as built:
        office.open_cases(built, cases, text=UNSURE)
        with built.worker():
            while built.store.ready_unclaimed(
                built.workflows.fingerprints, 1
            ) or not built.engine.turn(0.2):
                time.sleep(0.05)
            while built.engine.is_behind():  # rows of the queue with nothing left to do
                time.sleep(0.2)
    with TemporaryDirectory() as folder:
        flag = Path(folder) / "swept"
        first, took = _started(url, flag)
        try:
            busy = _cpu_seconds(first.pid)
            time.sleep(IDLE_SECONDS)
            share = (_cpu_seconds(first.pid) - busy) / IDLE_SECONDS
            threads = sum(1 for _ in Path(f"/proc/{first.pid}/task").iterdir())
        finally:
            first.send_signal(signal.SIGKILL)
            first.wait()
        flag.unlink()
        second, took = _started(url, flag)
        second.terminate()
        second.wait()
    note = f"{cases:,} cases wait for a person"
    return [
        Figure(
            what="idle CPU of a worker", database=database, value=share * 100, unit="%", note=note
        ),
        Figure(what="threads of a worker", database=database, value=threads, unit="", note=note),
        Figure(
            what="swept again after SIGKILL",
            database=database,
            value=took,
            unit="s",
            note=f"{note}; from the worker's start, without Python's own",
        ),
    ]


def _started(url: str, flag: Path) -> tuple[subprocess.Popen[bytes], float]:
    """A worker process that has swept once, and the seconds it says that took."""
    process = subprocess.Popen(team.python("benchmarks.waiting", url, str(flag)))
    end = time.monotonic() + 60
    while not flag.exists() or not flag.read_text():
        if time.monotonic() > end:
            raise TimeoutError("the worker did not sweep within 60 s")
        time.sleep(0.01)
    return process, float(flag.read_text())


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _work(url: str, flag: str) -> None:
    from interlock.runtime.sweep import sweep

    started = time.perf_counter()
    with office.services(url) as built:
        stop = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
        with built.worker():
            sweep(built.context, built.runner.worker)
            Path(flag).write_text(f"{time.perf_counter() - started}")
            stop.wait()


if __name__ == "__main__":
    _work(*sys.argv[1:])
