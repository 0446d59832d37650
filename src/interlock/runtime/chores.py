"""Chores: what a worker does now and then beside its cases. One worker at a time does each.

Its one rule: a chore that fails is said in the log and tried again; it never stops the worker.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Final

from interlock.observe import CHORE_FAILED, log
from interlock.runtime.context import Context

LOCK_SECONDS: Final = 60.0  # a chore still running after this may be begun by another worker too


@dataclass(frozen=True, slots=True, kw_only=True)
class Chore:
    """Something to do every so often. `run` must bear being begun twice: a worker may crash."""

    name: str
    every_seconds: float
    run: Callable[[Context], object]


class ChoreList:
    """The chores of one worker, and when each was last tried here."""

    def __init__(self, chores: Sequence[Chore]) -> None:
        self._chores = tuple(chores)
        self._tried: dict[str, float] = {}

    def run_due(self, context: Context, worker: str) -> int:
        """How many chores were done now; one that another worker holds is left to it."""
        done = 0
        for chore in self._chores:
            if monotonic() - self._tried.get(chore.name, float("-inf")) < chore.every_seconds:
                continue
            self._tried[chore.name] = monotonic()
            try:
                if context.store.sweep_lock(f"chore:{chore.name}", worker, LOCK_SECONDS):
                    chore.run(context)
                    done += 1
            except Exception as failed:  # noqa: BLE001  (the worker edge: the next try is soon)
                log().error(CHORE_FAILED, chore=chore.name, error=type(failed).__name__)
        return done
