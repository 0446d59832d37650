"""What changed since a place in the facts, for those who watch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from interlock.domain.fact import FactKind
from interlock.domain.ids import CaseId
from interlock.storage.database import Database, moment_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedRow:
    """One fact as news: where it stands among the facts, and what it is about; no amounts."""

    id: int
    case_id: CaseId
    workflow: str
    tenant: str
    kind: FactKind
    at: datetime
    name: str
    detail: str


class Changed:
    """The part of the store that tells what is new."""

    _db: Database

    def last_fact(self) -> int:
        """The highest number of a fact that can be seen now; 0 when there is none.

        A lower one may still come: PostgreSQL numbers a row before its transaction commits.
        """
        with self._db.reading() as conn:
            [row] = self._db.rows(conn, "last_fact")
        return int(row.last)

    def changed(self, after: int, *, kinds: Sequence[FactKind], limit: int) -> list[ChangedRow]:
        """The facts of these kinds with a higher number than `after`, lowest first."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "changed", after=after, kinds=list(kinds), limit=limit)
        return [
            ChangedRow(
                id=row.id,
                case_id=CaseId(row.case_id),
                workflow=row.workflow,
                tenant=row.tenant,
                kind=FactKind(row.kind),
                at=moment_of(row.at),
                name=row.name,
                detail=row.detail,
            )
            for row in rows
        ]
