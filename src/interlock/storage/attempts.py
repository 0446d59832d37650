"""How often somebody failed to sign in of late, counted where every process sees it.

Its one rule: an attempt counts as failed before it is looked at, so many at once gain nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from interlock.storage.database import Database, moment_of
from interlock.storage.recording import repeated


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """What is counted under one key. unheard: attempts turned away since the last counted one."""

    failures: int
    unheard: int
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Whether an attempt may be looked at: how long it must wait, and what was counted before."""

    wait: timedelta
    before: Mapping[str, Failures]

    @property
    def unheard(self) -> int:
        """How many came too soon since the last that was looked at."""
        return max((each.unheard for each in self.before.values()), default=0)


Wait = Callable[[str, Failures, datetime], timedelta]  # of a key, by what is counted, now


class Attempts:
    """The part of the store that counts failed sign-ins."""

    _db: Database

    def begin_attempt(
        self, keys: Sequence[str], now: datetime, wait: Wait, *, forget: timedelta
    ) -> Attempt:
        """Counts an attempt as failed under every key; one that must wait is only remembered.

        wait: how long a key must wait by what is counted. forget: a count this old is none.
        """

        def begin() -> Attempt:
            with self._db.writing() as conn:
                before = {key: self._held(conn, key, now, forget) for key in sorted(keys)}
                longest = max(wait(key, each, now) for key, each in before.items())
                for key, each in before.items():
                    self._count(conn, key, each, now, turned_away=longest > timedelta())
            return Attempt(wait=longest, before=before)

        return repeated(begin)

    def forgive(self, amounts: Mapping[str, int]) -> None:
        """Takes so many failures back under each key."""
        with self._db.writing() as conn:
            for key, by in sorted(amounts.items()):
                self._db.run(conn, "forgive_failures", key=key, by=by)

    def _held(self, conn: Connection, key: str, now: datetime, forget: timedelta) -> Failures:
        [row] = self._db.rows(conn, "hold_failures", key=key, now=self._db.moment(now))
        last_at = moment_of(row.last_at)
        if last_at + forget <= now:
            return Failures(failures=0, unheard=0, last_at=now)
        return Failures(failures=row.failures, unheard=row.unheard, last_at=last_at)

    def _count(
        self, conn: Connection, key: str, seen: Failures, now: datetime, *, turned_away: bool
    ) -> None:
        self._db.run(
            conn,
            "count_failures",
            key=key,
            failures=seen.failures if turned_away else seen.failures + 1,
            unheard=seen.unheard + 1 if turned_away else 0,
            last_at=self._db.moment(seen.last_at if turned_away else now),
        )
