"""The rows of a tally: where it stands, its lines, and the facts that are new to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_core import from_json
from sqlalchemy import Connection

from interlock.domain.release import EraId
from interlock.domain.rules.tallying import COUNTED_KINDS, CaseKey, CountKey, Hits, Terms, Told
from interlock.storage.database import Database, Row, json_text, moment_of, moment_text


@dataclass(frozen=True, slots=True, kw_only=True)
class TallyPlace:
    """Where a tally stands: every fact up to counted_to is in it, and none above.

    mark_fact: nothing more can appear up to it once transaction mark_transaction is over.
    """

    terms: Terms
    counted_to: int
    mark_fact: int
    mark_transaction: int
    latest_at: datetime | None

    @property
    def is_begun(self) -> bool:
        """True when something was counted; before, counting everything anew is as quick."""
        return self.counted_to > 0


def place_of(row: Any) -> TallyPlace:
    """Where the tally of this row stands."""
    return TallyPlace(
        terms=Terms(
            ai_steps=frozenset(from_json(row.ai_steps)),
            case_arms=frozenset(from_json(row.case_arms)),
        ),
        counted_to=row.counted_to,
        mark_fact=row.mark_fact,
        mark_transaction=row.mark_transaction,
        latest_at=None if row.latest_at is None else moment_of(row.latest_at),
    )


def terms_row(terms: Terms) -> Row:
    """The columns of what a tally is counted by."""
    return {
        "ai_steps": json_text(sorted(terms.ai_steps)),
        "case_arms": json_text(sorted(terms.case_arms)),
    }


def line_of(row: Any) -> tuple[CountKey, Hits]:
    """One line of the counts."""
    key = CountKey(row.counts, row.part, row.detail, row.marks)
    return key, Hits(row.hits, row.last_id, moment_of(row.last_at))


def line_row(era: EraId, key: CountKey, hits: Hits) -> Row:
    """The row that adds this much to a line."""
    return {"era": era, **key._asdict(), **hits._asdict(), "last_at": moment_text(hits.last_at)}


def tally_place(db: Database, conn: Connection, era: EraId) -> TallyPlace | None:
    """Where the tally of an era stands; None when it has none."""
    rows = db.rows(conn, "tally", era=era)
    return place_of(rows[0]) if rows else None


def facts_above(
    db: Database, conn: Connection, era: EraId, after: int, last: int, limit: int
) -> list[Told]:
    """The facts of an era that are counted, above one number and up to another, lowest first."""
    if last <= after:
        return []
    rows = db.rows(
        conn,
        "next_facts_of_era" if after else "first_facts_of_era",
        era=era,
        kinds=sorted(COUNTED_KINDS),
        after=after,
        last=last,
        limit=limit,
    )
    return [_told(row) for row in rows]


def marks_before(
    db: Database, conn: Connection, era: EraId, cases: Iterable[CaseKey]
) -> dict[CaseKey, int]:
    """The marks these cases had so far; a case that was in no count yet is left out."""
    ids = sorted({key.case_id for key in cases})
    if not ids:
        return {}
    rows = db.rows(conn, "marks_of_cases", era=era, cases=json_text(ids))
    return {CaseKey(row.case_id, row.counts, row.part): row.marks for row in rows}


def _told(row: Any) -> Told:
    return Told(*row)._replace(at=moment_of(row.at))
