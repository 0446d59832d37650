"""The inline engine: episodes in this process, one batch after the other.

For tests, `interlock try` and small runs. It keeps nothing: what it forgets in a crash, the next
start finds by looking for ready cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection

from interlock.domain.ids import CaseId
from interlock.runtime.episode import EpisodeRunner

BATCH: Final = 50


class InlineEngine:
    """Collects cases that became ready; `drain` runs their episodes. batch: most cases in one."""

    def __init__(self, batch: int = BATCH) -> None:
        self._batch = batch
        self._ready: dict[CaseId, None] = {}
        self._runner: EpisodeRunner | None = None

    def enqueue(self, connection: Connection, case_ids: Sequence[CaseId]) -> None:
        """Nothing to write: a ready case is its own note that an episode is due."""

    def committed(self, case_ids: Sequence[CaseId]) -> None:
        """Remembers the cases for `drain`."""
        self._ready.update(dict.fromkeys(case_ids))

    def enqueue_now(self, case_ids: Sequence[CaseId]) -> None:
        """The same as `committed`: nothing is written."""
        self.committed(case_ids)

    def is_behind(self) -> bool:
        """True while `drain` has something to do."""
        return bool(self._ready)

    def drain(self, runner: EpisodeRunner) -> int:
        """Runs episodes until no case it knows of is ready. Returns how many cases it ran."""
        ran = 0
        while self._ready:
            ran += self._next(runner)
        return ran

    def start(self, runner: EpisodeRunner) -> None:
        """Remembers whose episodes `turn` runs."""
        self._runner = runner

    def stop(self) -> None:
        """Forgets what was not run; it is found again by looking for ready cases."""
        self._runner = None
        self._ready.clear()

    def turn(self, seconds: float) -> bool:  # noqa: ARG002  (it never has to wait for others)
        """Runs one episode here, if one is due. True when none is left."""
        if self._ready and self._runner is not None:
            self._next(self._runner)
        return not self._ready

    def is_prepared(self) -> bool:
        """True: it has no tables."""
        return True

    def prepare(self) -> None:
        """Nothing to make."""

    def close(self) -> None:
        """Nothing to give back."""

    def tidy(self, living: Sequence[str]) -> None:
        """Nothing to tidy: it keeps nothing."""

    def _next(self, runner: EpisodeRunner) -> int:
        batch = list(self._ready)[: self._batch]
        for each in batch:
            self._ready.pop(each, None)
        return runner.run(batch).cases
