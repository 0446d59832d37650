"""The house log: what people and the house did outside of cases, as one hash chain.

Its one rule: an entry is appended in the transaction of the change it tells of, or not at all.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from pydantic_core import from_json, to_jsonable_python
from sqlalchemy import Connection

from interlock.domain.audit import GENESIS, AuditEntry, ChainFault, chain_faults, seal
from interlock.domain.ids import CaseId
from interlock.domain.release import ReleaseMove
from interlock.domain.rules.gate_digest import digest_of
from interlock.storage.codec import VERDICT
from interlock.storage.database import Database, json_text
from interlock.storage.recording import repeated
from interlock.storage.rows import entry_from

HOUSE: Final = CaseId("house")  # what stands where an entry of a case names its case
SALT_BYTES: Final = 16
PAGE: Final = 1_000
LAST_PLACE: Final = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseNote:
    """What is to be said: who did what, when. `private` may be erased later; `body` never."""

    at: datetime
    actor: str  # person:anna, worker, web
    kind: str  # account_added, role_granted, sign_in_refused, pause_set, …
    body: Mapping[str, Any] = field(default_factory=dict)
    private: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedOn:
    """An entry of the log by which a release moved on a verdict; the digest is of its evidence."""

    seq: int
    verdict: int
    evidence_digest: str


def append_house(database: Database, conn: Connection, note: HouseNote) -> AuditEntry:
    """The entry, appended in the caller's transaction. Whoever appends waits for its turn."""
    [end] = database.rows(conn, "hold_house", genesis=GENESIS)
    entry = seal(
        case_id=HOUSE,
        seq=end.length + 1,
        at=note.at.astimezone(UTC),
        actor=note.actor,
        kind=note.kind,
        body=to_jsonable_python(note.body),
        payload=json_text(note.private),
        salt=os.urandom(SALT_BYTES).hex(),
        previous=end.head,
    )
    database.run(
        conn,
        "append_house",
        seq=entry.seq,
        at=database.moment(entry.at),
        actor=entry.actor,
        kind=entry.kind,
        body=json_text(entry.body),
        commitment=entry.commitment,
        previous=entry.previous,
        hash=entry.hash,
        payload=entry.payload,
        salt=entry.salt,
    )
    database.run(conn, "move_house_head", length=entry.seq, head=entry.hash)
    return entry


class HouseLog:
    """The part of the store that keeps the house log."""

    _db: Database

    def note_in_house(self, note: HouseNote) -> AuditEntry:
        """The entry, in a transaction of its own: for what changes nothing else."""

        def append() -> AuditEntry:
            with self._db.writing() as conn:
                return append_house(self._db, conn, note)

        return repeated(append)

    def house_entries(self, *, before: int | None = None, limit: int = 50) -> list[AuditEntry]:
        """The newest entries, the newest first. before: the place of the last one seen."""
        with self._db.reading() as conn:
            rows = self._db.rows(
                conn,
                "latest_house_entries",
                before=LAST_PLACE if before is None else before,
                limit=limit,
            )
        return [entry_from(row, HOUSE) for row in rows]

    def house_after(self, place: int, limit: int) -> list[AuditEntry]:
        """The entries after a place, in order: what is new since it was last looked at."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "house_entries", after=place, limit=limit)
        return [entry_from(row, HOUSE) for row in rows]

    def house_length(self) -> int:
        """How many entries there are; it only grows."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "house_head")
        return int(rows[0].length) if rows else 0

    def house_faults(self) -> list[ChainFault]:
        """Every place where the house log does not hold, and every verdict that is not the one a
        release moved on any more; empty when all is whole.

        Reads a page at a time, so entries written meanwhile are not held against it.
        """
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "house_head")
        length, head = (rows[0].length, rows[0].head) if rows else (0, GENESIS)
        faults = chain_faults(HOUSE, self._all_until(length), length=length, head=head)
        return [*faults, *(fault for fault in self._verdict_faults() if fault.seq <= length)]

    def verdicts_moved_on(self) -> list[MovedOn]:
        """What every move of a release that rests on a verdict says of it, in order."""
        kinds = [f"release_{move}" for move in ReleaseMove]
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "house_entries_of_kinds", kinds=kinds)
        bodies = [(row.seq, from_json(row.body)) for row in rows]
        return [
            MovedOn(seq=seq, verdict=body["verdict"], evidence_digest=body["evidence_digest"])
            for seq, body in bodies
            if isinstance(body, dict) and body.get("verdict") and body.get("evidence_digest")
        ]

    def _verdict_faults(self) -> Iterator[ChainFault]:
        for each in self.verdicts_moved_on():
            with self._db.reading() as conn:
                rows = self._db.rows(conn, "verdict", id=each.verdict)
            found = _evidence_digest(rows[0].body) if rows else ""
            if found != each.evidence_digest:
                what = f"verdict {each.verdict} is not on the evidence this move was made on"
                yield ChainFault(case_id=HOUSE, seq=each.seq, what=what)

    def _all_until(self, length: int) -> Iterator[AuditEntry]:
        after = 0
        while True:
            with self._db.reading() as conn:
                rows = self._db.rows(conn, "house_entries", after=after, limit=PAGE)
            for row in rows:
                if row.seq > length:
                    return
                yield entry_from(row, HOUSE)
            if len(rows) < PAGE:
                return
            after = rows[-1].seq


def _evidence_digest(body: str) -> str:
    """Of a stored verdict's evidence as it is now; nothing when it cannot be read any more."""
    try:
        return digest_of(VERDICT.decode(body).evidence)
    except ValueError:
        return ""
