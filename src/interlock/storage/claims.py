"""Workers, the cases they hold, and what has become due.

Its one rule: who is alive is said by the database's own clock, never by a worker's.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from interlock.domain.case import Case
from interlock.domain.ids import CaseId
from interlock.domain.review import ReviewTask
from interlock.storage.codec import CASE, TASK
from interlock.storage.database import Database, json_text, moment_of
from interlock.storage.recording import repeated
from interlock.storage.values import WorkerRow

DEAD_AFTER_SECONDS: Final = 1.5  # without a beat; a crash is then repaired within two seconds


class Claims:
    """The part of the store that shares the work among workers."""

    _db: Database

    def beat(self, worker: str, *, version: str) -> None:
        """Says that a worker is alive now. A worker beats before it claims, and then steadily."""
        with self._db.writing(urgent=True) as conn:
            self._db.run(conn, "beat", worker=worker, version=version)

    def workers(self) -> list[WorkerRow]:
        """Every worker that did not stop cleanly, the longest running first."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "workers", dead_after=DEAD_AFTER_SECONDS)
        return [
            WorkerRow(
                worker=row.id,
                version=row.version,
                started_at=moment_of(row.started_at),
                beat_at=moment_of(row.beat_at),
                is_alive=bool(row.is_alive),
            )
            for row in rows
        ]

    def retire(self, worker: str) -> None:
        """Forgets a worker that stops cleanly, and gives back what it holds."""
        repeated(lambda: self._retire(worker))

    def _retire(self, worker: str) -> None:
        with self._db.writing() as conn:
            self._db.run(conn, "release_all", worker=worker)
            self._db.run(conn, "remove_worker", worker=worker)

    def claim(self, worker: str, case_ids: Sequence[CaseId]) -> list[Case]:
        """The ready ones of these cases that nobody alive held; the worker holds them now.

        What the worker itself holds already is not among them: some other episode of it works on
        that. A claim ends when the case is no longer ready, is given back, or its holder dies.
        """
        if not case_ids:
            return []
        ids = json_text(sorted(set(case_ids)))
        return repeated(lambda: self._claimed("claim", worker=worker, ids=ids))

    def claim_ready(self, worker: str, fingerprints: Collection[str], limit: int) -> list[Case]:
        """At most `limit` ready cases of these contracts that nobody alive held, the oldest; they
        are the worker's now."""
        known = json_text(sorted(fingerprints))
        return repeated(
            lambda: self._claimed("claim_ready", worker=worker, limit=limit, fingerprints=known)
        )

    def _claimed(self, name: str, **parameters: object) -> list[Case]:
        with self._db.writing() as conn:
            rows = self._db.rows(conn, name, dead_after=DEAD_AFTER_SECONDS, **parameters)
        cases = CASE.decode_all([row.body for row in rows])
        return sorted(cases, key=lambda case: (case.opened_at, case.id))

    def unclaim(self, worker: str, case_ids: Sequence[CaseId]) -> None:
        """Gives back these cases, as far as the worker holds them."""
        if case_ids:
            repeated(lambda: self._unclaim(worker, json_text(list(case_ids))))

    def _unclaim(self, worker: str, ids: str) -> None:
        with self._db.writing() as conn:
            self._db.run(conn, "unclaim", worker=worker, ids=ids)

    def ready_unclaimed(self, fingerprints: Collection[str], limit: int) -> list[CaseId]:
        """At most `limit` ready cases of these contracts that nobody alive holds, oldest first."""
        with self._db.reading() as conn:
            rows = self._db.rows(
                conn,
                "ready_unclaimed",
                fingerprints=json_text(sorted(fingerprints)),
                dead_after=DEAD_AFTER_SECONDS,
                limit=limit,
            )
        return [CaseId(row.id) for row in rows]

    def due_cases(self, fingerprints: Collection[str], now: datetime, limit: int) -> list[CaseId]:
        """At most `limit` waiting cases of these contracts whose timer has run out, longest due
        first."""
        with self._db.reading() as conn:
            rows = self._db.rows(
                conn,
                "due_cases",
                fingerprints=sorted(fingerprints),
                now=self._db.moment(now),
                limit=limit,
            )
        return [CaseId(row.id) for row in rows]

    def due_tasks(
        self, fingerprints: Collection[str], now: datetime, limit: int
    ) -> list[ReviewTask]:
        """At most `limit` live tasks of these contracts whose deadline, lease or expiry has come.

        A deadline counts while its clock runs and until the breach is recorded.
        """
        with self._db.reading() as conn:
            rows = self._db.rows(
                conn,
                "due_tasks",
                fingerprints=sorted(fingerprints),
                now=self._db.moment(now),
                limit=limit,
            )
        return TASK.decode_all([row.body for row in rows])

    def sweep_lock(self, name: str, worker: str, seconds: float) -> bool:
        """True when the worker may sweep for so many seconds; asked again, it stays the one."""
        with self._db.writing() as conn:
            return bool(
                self._db.rows(conn, "take_sweep_lock", name=name, worker=worker, seconds=seconds)
            )
