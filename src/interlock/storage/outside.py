"""Sign-ins at another house (OpenID Connect): who somebody is there, and what was begun.

Its one rule: a sign-in that was begun comes back once, and one subject there is one account here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic_core import from_json

from interlock.domain.people import Account
from interlock.storage.codec import ACCOUNT
from interlock.storage.database import Database, json_text, moment_of
from interlock.storage.house_log import HouseNote, append_house
from interlock.storage.house_turn import in_turn
from interlock.storage.recording import repeated


class OutsideSignIns:
    """The part of the store that knows people by another house's word."""

    _db: Database

    def keep_outside_sign_in(
        self, digest: str, body: Mapping[str, str], expires_at: datetime
    ) -> None:
        """Keeps what a sign-in must come back with."""
        with self._db.writing() as conn:
            self._db.run(
                conn,
                "insert_outside_sign_in",
                digest=digest,
                body=json_text(body),
                expires_at=self._db.moment(expires_at),
            )

    def take_outside_sign_in(self, digest: str, now: datetime) -> dict[str, str] | None:
        """What the sign-in must come back with, once; None when it is over or was taken."""
        with self._db.writing() as conn:
            rows = self._db.rows(conn, "take_outside_sign_in", digest=digest)
        if not rows or moment_of(rows[0].expires_at) <= now:
            return None
        kept: dict[str, str] = from_json(rows[0].body)
        return kept

    def outside_account(self, issuer: str, subject: str) -> Account | None:
        """The account of somebody another house calls `subject`; None when there is none."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "outside_account", issuer=issuer, subject=subject)
        return ACCOUNT.decode(rows[0].body) if rows else None

    def link_outside(self, account_id: str, issuer: str, subject: str, note: HouseNote) -> bool:
        """Whether the subject is the account from now on; False when either has another already."""

        def link() -> bool:
            with in_turn(self._db) as conn:
                rows = self._db.rows(
                    conn,
                    "insert_outside_identity",
                    issuer=issuer,
                    subject=subject,
                    account_id=account_id,
                    linked_at=self._db.moment(note.at),
                )
                if rows:
                    append_house(self._db, conn, note)
            return bool(rows)

        return repeated(link)

    def unlink_outside(self, account_id: str, note: HouseNote) -> bool:
        """Whether the account was known elsewhere; it no longer is, and its sessions end."""

        def unlink() -> bool:
            with in_turn(self._db) as conn:
                rows = self._db.rows(conn, "drop_outside_identities", account_id=account_id)
                if rows:
                    self._db.run(conn, "end_sessions_of", account_id=account_id)
                    append_house(self._db, conn, note)
            return bool(rows)

        return repeated(unlink)
