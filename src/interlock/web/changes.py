"""What changed, told to everybody who listens: one poller a process, any number of listeners.

Its one rule: a change is told at least once or the listener is told to load anew; and no listener
can hold up another, for whoever is slow gets `refresh` in place of what it missed.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic
from typing import Final

from anyio import to_thread

from interlock.domain.fact import FactKind
from interlock.observe import log
from interlock.storage import ChangedRow, Store

TOLD: Final = (
    FactKind.CASE_OPENED,
    FactKind.CASE_CLOSED,
    FactKind.CASE_COMMENTED,
    FactKind.CASE_REOPENED,
    FactKind.CASE_PAUSED,
    FactKind.EXCEPTION_ROUTED,
    FactKind.REVIEW_OPENED,
    FactKind.REVIEW_CLAIMED,
    FactKind.REVIEW_RELEASED,
    FactKind.REVIEW_DECIDED,
    FactKind.REVIEW_BREACHED,
    FactKind.QUESTION_ASKED,
    FactKind.QUESTION_ANSWERED,
)
REFRESH: Final = "refresh"  # more happened than can be told: load anew
HOUSE: Final = "house"  # something outside of cases: a pause, people, absences
FEED_FAILED: Final = "feed_failed"
EVERY_SECONDS: Final = 0.5
WAITING_MOST: Final = 200  # changes one listener may be behind
PAGE: Final = 2_000  # changes in one look; more than that is a refresh for all
# A transaction numbers its facts when it writes them and shows them when it commits: so each look
# goes back to where the log ended this long ago. No transaction of ours lasts as long.
LOOK_BACK_SECONDS: Final = 10.0
LOOK_BACK_FACTS: Final = 100  # the same, by numbers, where no earlier look is remembered


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change. Names and ids only; what it is about, a listener reads with its own rights.

    position: where to go on after it, for `Last-Event-ID`. name: the step, queue or exception.
    """

    position: str
    kind: str
    at: datetime | None = None
    case_id: str = ""
    workflow: str = ""
    tenant: str = ""
    name: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """How far somebody has heard: all facts up to `floor`, this fact, this house log entry."""

    floor: int = 0
    fact: int = 0
    house: int = 0

    def __str__(self) -> str:
        return f"{self.floor}.{self.fact}.{self.house}"

    @classmethod
    def parse(cls, text: str) -> Position | None:
        """The position a text stands for; None when it is none of ours."""
        parts = text.split(".")
        if len(parts) != len(("floor", "fact", "house")):
            return None
        if not all(part.isdecimal() and len(part) < len(str(2**63)) for part in parts):
            return None
        return cls(*map(int, parts))


def position_now(store: Store) -> Position:
    """Where the logs end now: for a page, which is then told what came after it was made."""
    last, house = store.last_fact(), store.house_length()
    back = LOOK_BACK_FACTS if store.dialect == "postgresql" else 0
    return Position(max(0, last - back), last, house)


class Listener:
    """One stream's waiting changes. Belongs to the event loop it was made in."""

    def __init__(self, wants: Callable[[Change], bool]) -> None:
        self._wants, self._queue = wants, asyncio.Queue[Change](WAITING_MOST)

    def tell(self, change: Change) -> None:
        """Puts the change in line when it is wanted; never waits."""
        if change.kind != REFRESH and not self._wants(change):
            return
        if self._queue.full():
            while not self._queue.empty():
                self._queue.get_nowait()
            change = Change(position=change.position, kind=REFRESH)
        self._queue.put_nowait(change)

    async def __aiter__(self) -> AsyncIterator[Change]:
        """The changes as they come, without end."""
        while True:
            yield await self._queue.get()

    def newest(self, change: Change) -> Change:
        """The last of those in line behind this one, which are thereby told; itself when none."""
        while not self._queue.empty():
            change = self._queue.get_nowait()
        return change


class Feed:
    """Looks for changes while somebody listens. One a process; use it from one event loop."""

    def __init__(self, store: Store, *, every_seconds: float = EVERY_SECONDS) -> None:
        self._store, self._every = store, every_seconds
        self._listeners: set[Listener] = set()
        self._poller: asyncio.Task[None] | None = None
        self._beginning = asyncio.Lock()  # many come at once after a restart; one finds the end
        self._marks: deque[tuple[float, int]] = deque()  # when, and the last fact then
        self._told: set[int] = set()
        self._at = Position()
        # Only PostgreSQL can show a lower number after a higher one; SQLite has one writer.
        self._look_back = LOOK_BACK_SECONDS if store.dialect == "postgresql" else 0.0

    async def listen(
        self,
        wants: Callable[[Change], bool],
        since: str | None = None,
        *,
        gather_seconds: float = 0.0,
    ) -> AsyncGenerator[Change, None]:
        """The changes that are wanted, as they come, first those after `since`.

        since: the position of the last change that was heard. gather_seconds: what comes within
        this time of a change is one with it, and its last is told; for who shows totals only.
        """
        listener = Listener(wants)
        await self._begin()
        self._listeners.add(listener)
        try:
            for change in await self._missed(since):
                listener.tell(change)
            async for change in listener:
                if gather_seconds:
                    await asyncio.sleep(gather_seconds)
                    yield listener.newest(change)
                else:
                    yield change
        finally:
            self._listeners.discard(listener)

    @property
    def listeners(self) -> int:
        """How many listen now."""
        return len(self._listeners)

    async def close(self) -> None:
        """Stops looking."""
        poller, self._poller = self._poller, None
        if poller is not None:
            poller.cancel()
            with suppress(asyncio.CancelledError):
                await poller

    async def look(self) -> None:
        """Looks once, and tells everybody."""
        floor = self._floor()
        facts = await to_thread.run_sync(self._facts_after, floor)
        house = await to_thread.run_sync(self._store.house_length)
        if len(facts) == PAGE:
            await self._to_the_end()
            self._tell_all(Change(position=str(self._at), kind=REFRESH))
            return
        for row in facts:
            if row.id not in self._told:
                self._told.add(row.id)
                below = floor if self._look_back else row.id
                self._at = replace(self._at, floor=below, fact=max(self._at.fact, row.id))
                self._tell_all(_change(row, replace(self._at, fact=row.id)))
        if house > self._at.house:
            kinds = await to_thread.run_sync(self._house_after, self._at.house)
            self._at = replace(self._at, house=house)
            for kind in kinds:
                self._tell_all(Change(position=str(self._at), kind=HOUSE, name=kind))
        self._told = {each for each in self._told if each > floor}
        self._marks.append((monotonic(), self._at.fact))

    def _tell_all(self, change: Change) -> None:
        for listener in self._listeners:
            listener.tell(change)

    async def _begin(self) -> None:
        async with self._beginning:
            if self._poller is None or self._poller.done():
                await self._to_the_end()
                self._poller = asyncio.create_task(self._keep_looking())

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            if not self._listeners:
                self._poller = None
                return
            try:
                await self.look()
            except Exception as failed:  # noqa: BLE001  (the stream edge: the next look is soon)
                log().error(FEED_FAILED, error=type(failed).__name__)

    async def _to_the_end(self) -> None:
        """Goes to where the logs end now; what came before is nobody's news."""
        self._at = await to_thread.run_sync(position_now, self._store)
        seen = await to_thread.run_sync(self._facts_after, self._at.floor)
        self._told = {row.id for row in seen if row.id <= self._at.fact}
        self._marks.clear()
        self._marks.append((monotonic(), self._at.floor))

    def _floor(self) -> int:
        """Up to here every fact is known to have been told: the log's end a while ago."""
        oldest = monotonic() - self._look_back
        while len(self._marks) > 1 and self._marks[1][0] <= oldest:
            self._marks.popleft()
        return self._marks[0][1]

    def _facts_after(self, floor: int) -> Sequence[ChangedRow]:
        return self._store.changed(floor, kinds=TOLD, limit=PAGE)

    def _house_after(self, seq: int) -> list[str]:
        newest = self._store.house_entries(limit=WAITING_MOST)
        return list(dict.fromkeys(each.kind for each in reversed(newest) if each.seq > seq))

    async def _missed(self, since: str | None) -> list[Change]:
        """What came after a position; a refresh when it cannot be told any more."""
        if since is None:
            return []
        heard = Position.parse(since)
        here = self._at
        if heard is None or heard.floor > here.fact or heard.house > here.house:
            return [Change(position=str(here), kind=REFRESH)]
        rows = await to_thread.run_sync(self._facts_after, heard.floor)
        if len(rows) >= WAITING_MOST:
            return [Change(position=str(here), kind=REFRESH)]
        missed = [
            _change(
                row, replace(here, floor=heard.floor if self._look_back else row.id, fact=row.id)
            )
            for row in rows
            if row.id != heard.fact
        ]
        for kind in await to_thread.run_sync(self._house_after, heard.house):
            missed.append(Change(position=str(here), kind=HOUSE, name=kind))
        return missed


def _change(row: ChangedRow, position: Position) -> Change:
    return Change(
        position=str(position),
        kind=row.kind,
        at=row.at,
        case_id=row.case_id,
        workflow=row.workflow,
        tenant=row.tenant,
        name=row.name,
        detail=row.detail,
    )
