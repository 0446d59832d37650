"""Looks ahead as they are stored: the latest of each kind is what the release board shows.

Its one rule: a result and the house entry that tells of it are one transaction.
"""

from __future__ import annotations

from typing import Final

from interlock.canonical import digest
from interlock.domain.ahead import AheadKind, LookAhead
from interlock.storage.codec import Codec
from interlock.storage.database import Database
from interlock.storage.house_log import HouseNote, append_house
from interlock.storage.recording import repeated
from interlock.storage.rows import clean

AHEAD: Final[Codec[LookAhead]] = Codec(LookAhead)
LOOKED_AHEAD: Final = "looked_ahead"
NOBODY: Final = "nobody named"


class LooksAhead:
    """The part of the store that knows what backtests and simulations found."""

    _db: Database

    def keep_look_ahead(self, found: LookAhead) -> None:
        """Puts a result on record; the house log says who ran it, and what its digest is."""
        body = AHEAD.encode(found)

        def transaction() -> None:
            with self._db.writing() as conn:
                self._db.run(
                    conn,
                    "keep_look_ahead",
                    workflow=found.workflow,
                    fingerprint=found.fingerprint,
                    kind=found.kind,
                    at=self._db.moment(found.at),
                    by_whom=clean(found.by),
                    body=body,
                )
                append_house(self._db, conn, _note(found, body))

        repeated(transaction)

    def looks_ahead(self, fingerprint: str) -> dict[AheadKind, LookAhead]:
        """The latest result of each kind for one version of a workflow."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "latest_looks_ahead", fingerprint=fingerprint)
        found = AHEAD.decode_all([row.body for row in rows])
        return {each.kind: each for each in found}


def _note(found: LookAhead, body: str) -> HouseNote:
    return HouseNote(
        at=found.at,
        actor=f"person:{found.by}" if found.by else NOBODY,
        kind=LOOKED_AHEAD,
        body={
            "workflow": found.workflow,
            "fingerprint": found.fingerprint,
            "kind": found.kind,
            "terms": found.terms,
            "digest": digest(body),
        },
    )
