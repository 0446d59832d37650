"""Group commit: cases that have something to record at the same time share one transaction.

A case that waits for a slow model holds nobody up; the others' records go ahead without it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from interlock.runtime.crash_points import CrashPlan, CrashPoint
from interlock.storage import Change, Recorded

TURNS: Final = 3  # event-loop turns in which other cases may join a commit


class Records(Protocol):
    """The part of the store an episode writes to."""

    def record(self, changes: Sequence[Change]) -> list[Recorded]: ...


@dataclass(slots=True)
class _Waiting:
    change: Change
    done: asyncio.Future[Recorded]


class Recorder:
    """Collects changes and writes them together, each whole or not at all."""

    def __init__(self, records: Records, crash: CrashPlan) -> None:
        self._records, self._crash = records, crash
        self._waiting: list[_Waiting] = []
        self._writer: asyncio.Task[None] | None = None

    async def record(self, change: Change) -> Recorded:
        """How the change fared. Raises: whatever the store raises, for every case that waited."""
        done: asyncio.Future[Recorded] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(change, done))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        return await done

    async def _write(self) -> None:
        while self._waiting:
            for _ in range(TURNS):
                await asyncio.sleep(0)
            group, self._waiting = self._waiting, []
            await self._settle(group)

    async def _settle(self, group: list[_Waiting]) -> None:
        """Writes a group. When it cannot be written, each is tried by itself: one case whose
        change no database can hold must not take the others with it."""
        try:
            results = await self._commit([each.change for each in group])
        except Exception as failed:  # noqa: BLE001  (handed to whoever waits)
            if len(group) == 1:
                group[0].done.set_exception(failed)
                return
            for each in group:
                await self._settle([each])
            return
        for each, result in zip(group, results, strict=True):
            each.done.set_result(result)

    async def _commit(self, changes: list[Change]) -> list[Recorded]:
        self._crash.reach(CrashPoint.RECORD_BEFORE_COMMIT)
        # The loop's own threads: those that steps run in may all be held by slow models.
        return await asyncio.to_thread(self._records.record, changes)
