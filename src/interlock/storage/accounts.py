"""Accounts: who can sign in, and what roles they hold.

Its one rule: an account is changed only together with a note in the house log.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from interlock.domain.people import Account
from interlock.storage.codec import ACCOUNT
from interlock.storage.database import Database
from interlock.storage.house_log import HouseNote, append_house
from interlock.storage.recording import Also, repeated


class Accounts:
    """The part of the store that knows who has an account."""

    _db: Database

    def account(self, account_id: str) -> Account | None:
        """The account with this id, active or not; None when there is none."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "account", id=account_id)
        return ACCOUNT.decode(rows[0].body) if rows else None

    def accounts(self) -> list[Account]:
        """Every account, by id."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "accounts")
        return ACCOUNT.decode_all([row.body for row in rows])

    def accounts_with_email(self, email: str) -> list[Account]:
        """The active accounts with this mail address, any case."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "account_by_email", email=email.strip().lower())
        return ACCOUNT.decode_all([row.body for row in rows])

    def save_account(self, account: Account, note: HouseNote, *, also: Also | None = None) -> None:
        """Adds the account or makes it what it is now, with its note in the house log.

        also: called in the same transaction, after the write.
        """

        def save() -> None:
            with self._db.writing() as conn:
                write_account(self._db, conn, account, note.at)
                append_house(self._db, conn, note)
                if also is not None:
                    also(conn)

        repeated(save)


def write_account(database: Database, conn: Connection, account: Account, at: datetime) -> None:
    """Adds the account or makes it what it is now, in the caller's transaction."""
    row: dict[str, Any] = {
        "id": account.id,
        "name": account.name,
        "email": account.email,
        "active": account.active,
        "is_agent": account.is_agent,
        "changed_at": database.moment(at),
        "body": ACCOUNT.encode(account),
    }
    database.run(conn, "save_account", **row)
