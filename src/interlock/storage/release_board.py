"""What the release board shows beside the gate's own counts: cases on the way, samples one by one.

Its one rule: it only reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from interlock.domain.ids import CaseId
from interlock.domain.release import EraId
from interlock.storage.database import Database, moment_of
from interlock.storage.rows import clean
from interlock.storage.verdicts import EraScope


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenInEra:
    """Open cases of one segment. in_machine_hands: those no person is asked about now."""

    segment: str
    cases: int
    in_machine_hands: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleChecked:
    """One outcome of the quality sample: its case, when it was checked, whether it was wrong."""

    case_id: CaseId
    at: datetime
    is_wrong: bool


class ReleaseBoard:
    """The part of the store that the release board reads."""

    _db: Database

    def open_in_eras(self, workflow: str, eras: Sequence[EraId]) -> list[OpenInEra]:
        """The open cases of these eras, by segment."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "open_in_eras", workflow=workflow, eras=list(eras))
        return [
            OpenInEra(segment=row.segment, cases=row.cases, in_machine_hands=row.in_machine_hands)
            for row in rows
        ]

    def era_samples_listed(self, scope: EraScope, over: timedelta) -> list[SampleChecked]:
        """What the quality sample found in the last so-and-so long, the oldest first."""
        with self._db.reading() as conn:
            rows = self._db.rows(
                conn,
                "era_samples_listed",
                era=scope.era,
                arms=sorted(scope.arms),
                any_segment=scope.segment is None,
                segment=clean(scope.segment or ""),
                after=self._db.moment(scope.until - over),
                until=self._db.moment(scope.until),
            )
        return [
            SampleChecked(
                case_id=CaseId(row.case_id), at=moment_of(row.at), is_wrong=row.detail == "wrong"
            )
            for row in rows
        ]
