"""What a gate looks at in a window of time, and the verdicts it gave.

Its one rule: a look at an era is made once, by whichever worker records it first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from interlock.domain.case import Arm
from interlock.domain.gate import GateVerdict
from interlock.domain.ids import WorkflowId
from interlock.domain.release import EraId, ReleaseId
from interlock.domain.rules.error_budget import Checked
from interlock.storage.codec import VERDICT
from interlock.storage.database import Database
from interlock.storage.recording import repeated
from interlock.storage.rows import clean

NO_END: Final = 2**62  # above every id
PAGE: Final = 50  # of verdicts, when nobody says how many


@dataclass(frozen=True, slots=True, kw_only=True)
class EraScope:
    """Which cases are counted: of an era, in some arms, opened there; segment None: of all."""

    workflow: WorkflowId
    era: EraId
    since: datetime
    until: datetime
    arms: frozenset[Arm]
    segment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EraCounts:
    """The cases of an era, each counted once. last_id, last_at: of the newest fact counted.

    left_it: entered the AI path and closed or were routed. wrong: of those checked; with those
    compensated or reopened. not_first_time: of those checked, wrong or reopened.
    """

    last_id: int
    last_at: datetime | None
    entered: int
    left_it: int
    routed: int
    closed: int
    alone: int
    with_people: int
    reworked: int
    checked: int
    wrong: int
    not_first_time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparisons:
    """Results of watched AI steps held against what was done; failed: it gave none.

    last_id, last_at: of the newest fact counted.
    """

    last_id: int
    last_at: datetime | None
    compared: int
    cases: int
    different: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLateness:
    """The questions one queue was asked, and how many passed their deadline."""

    queue: str
    opened: int
    late: int


class Verdicts:
    """The part of the store that keeps what the gate said."""

    _db: Database

    def era_samples(self, scope: EraScope, over: timedelta) -> Checked:
        """What the quality sample found in the last so-and-so long."""
        [row] = self._era_rows("era_samples", scope, after=self._db.moment(scope.until - over))
        return Checked(wrong=int(row.wrong), checked=int(row.checked))

    def era_reviews(self, scope: EraScope, over: timedelta) -> list[QueueLateness]:
        """By queue: what people were asked in the last so-and-so long, and what was late."""
        rows = self._era_rows("era_reviews", scope, after=self._db.moment(scope.until - over))
        return [QueueLateness(queue=row.queue, opened=row.opened, late=row.late) for row in rows]

    def add_verdict(self, verdict: GateVerdict, look: int) -> GateVerdict | None:
        """The verdict with its id; None when another worker made that look.

        look: which look at this era and segment it is, from 1.
        """

        def transaction() -> GateVerdict | None:
            with self._db.writing() as conn:
                rows = self._db.rows(
                    conn,
                    "add_verdict",
                    release=verdict.evidence.release,
                    era=verdict.evidence.era,
                    segment=clean(verdict.evidence.segment),
                    look=look,
                    decision=verdict.decision,
                    at=self._db.moment(verdict.evidence.at),
                    evidence_digest=verdict.evidence_digest,
                    body=VERDICT.encode(replace(verdict, id=None)),
                )
                return replace(verdict, id=rows[0].id) if rows else None

        return repeated(transaction)

    def looks_made(self, era: EraId, segment: str) -> int:
        """How often this era and segment was judged so far."""
        with self._db.reading() as conn:
            [row] = self._db.rows(conn, "looks_made", era=era, segment=clean(segment))
        return int(row.looks)

    def verdicts(
        self,
        release: ReleaseId,
        limit: int = PAGE,
        *,
        segment: str | None = None,
        before: int | None = None,
    ) -> list[GateVerdict]:
        """The newest verdicts on a release, the newest first. segment None: of every segment;
        before: only those with a smaller id."""
        with self._db.reading() as conn:
            rows = self._db.rows(
                conn,
                "verdicts",
                release=release,
                any_segment=segment is None,
                segment=clean(segment or ""),
                before=NO_END if before is None else before,
                limit=limit,
            )
        return [_verdict(row) for row in rows]

    def latest_verdicts(self, release: ReleaseId) -> list[GateVerdict]:
        """What the gate said last of each segment it judged; of the whole first."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "latest_verdicts", release=release)
        return [_verdict(row) for row in rows]

    def verdict(self, number: int) -> GateVerdict | None:
        """The verdict with this id, or None."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "verdict", id=number)
        return _verdict(rows[0]) if rows else None

    def _era_rows(self, name: str, scope: EraScope, **more: Any) -> Any:
        with self._db.reading() as conn:
            return self._db.rows(
                conn,
                name,
                era=scope.era,
                arms=sorted(scope.arms),
                any_segment=scope.segment is None,
                segment=clean(scope.segment or ""),
                until=self._db.moment(scope.until),
                **more,
            )


def _verdict(row: Any) -> GateVerdict:
    return replace(VERDICT.decode(row.body), id=row.id)
