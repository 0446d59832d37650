"""Worker processes that all begin at the same moment."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

READY_WITHIN_SECONDS = 60.0


def timed(command: Sequence[str], workers: int, is_done: Callable[[], bool], limit: float) -> float:
    """Seconds from the start signal to `is_done`, with so many processes of the command.

    Raises: TimeoutError when the work is not done within `limit` seconds.
    """
    with running(command, workers):
        started = time.perf_counter()
        wait(is_done, limit)
        return time.perf_counter() - started


@contextmanager
def running(command: Sequence[str], workers: int) -> Iterator[None]:
    """So many processes of the command at work, from the start signal until the block ends.

    Each is told two paths: it touches the first when it is set up, and begins when the second
    exists.
    """
    with TemporaryDirectory() as folder:
        go = Path(folder) / "go"
        flags = [Path(folder) / f"ready-{n}" for n in range(workers)]
        team = [subprocess.Popen([*command, str(flag), str(go)]) for flag in flags]
        try:
            wait(lambda: all(flag.exists() for flag in flags), READY_WITHIN_SECONDS)
            go.touch()
            yield
        finally:
            for each in team:
                each.terminate()
            for each in team:
                each.wait()


def signal_ready(ready: str, go: str) -> None:
    """Says that this process is set up, and waits for the start signal."""
    Path(ready).touch()
    wait(Path(go).exists, READY_WITHIN_SECONDS)


def python(module: str, *arguments: str) -> list[str]:
    """The command that runs a module of the benchmarks."""
    return [sys.executable, "-m", module, *arguments]


def wait(done: Callable[[], bool], seconds: float) -> None:
    """Waits until it is done. Raises: TimeoutError after so many seconds."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise TimeoutError(f"not done within {seconds:g} s")
        time.sleep(0.01)
