"""API tokens: kept as digests, named, scoped, and ended by their id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from interlock.domain.ids import PersonId
from interlock.domain.people import Account
from interlock.storage.codec import ACCOUNT
from interlock.storage.database import Database, moment_of
from interlock.storage.house_log import HouseNote, append_house
from interlock.storage.house_turn import in_turn
from interlock.storage.recording import repeated


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """An API token. `id` names it and opens nothing; `expires_at` None: until it is revoked."""

    id: str
    account_id: PersonId
    name: str
    scopes: tuple[str, ...]
    made_at: datetime
    made_by: str
    expires_at: datetime | None = None
    used_at: datetime | None = None
    revoked_at: datetime | None = None


class ApiTokens:
    """The part of the store that keeps API tokens."""

    _db: Database

    def keep_token(self, digest: str, token: TokenRow, note: HouseNote) -> None:
        """Keeps a new API token."""
        row: dict[str, Any] = {
            "digest": digest,
            "id": token.id,
            "account_id": token.account_id,
            "name": token.name,
            "scopes": " ".join(token.scopes),
            "made_at": self._db.moment(token.made_at),
            "made_by": token.made_by,
            "expires_at": token.expires_at and self._db.moment(token.expires_at),
        }

        def keep() -> None:
            with in_turn(self._db) as conn:
                self._db.run(conn, "insert_token", **row)
                append_house(self._db, conn, note)

        repeated(keep)

    def token(self, digest: str, now: datetime) -> tuple[TokenRow, Account] | None:
        """A token that still holds, and whose it is."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "token", digest=digest, now=self._db.moment(now))
        return (_token(rows[0]), ACCOUNT.decode(rows[0].account)) if rows else None

    def tokens(self, account_id: str | None = None) -> list[TokenRow]:
        """The tokens of one account or of all, ended ones too, by account and name."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "tokens", account_id=account_id)
        return [_token(row) for row in rows]

    def touch_token(self, token_id: str, now: datetime) -> None:
        """Says that the token was used now."""
        with self._db.writing() as conn:
            self._db.run(conn, "touch_token", id=token_id, now=self._db.moment(now))

    def revoke_token(self, token_id: str, note: HouseNote) -> bool:
        """Whether the token was ended by this; False when it was before, or never was."""

        def revoke() -> bool:
            with in_turn(self._db) as conn:
                at = self._db.moment(note.at)
                rows = self._db.rows(conn, "revoke_token", id=token_id, now=at)
                if rows:
                    append_house(self._db, conn, note)
            return bool(rows)

        return repeated(revoke)


def _token(row: Any) -> TokenRow:
    return TokenRow(
        id=row.id,
        account_id=PersonId(row.account_id),
        name=row.name,
        scopes=tuple(row.scopes.split()),
        made_at=moment_of(row.made_at),
        made_by=row.made_by,
        expires_at=_moment(row.expires_at),
        used_at=_moment(row.used_at),
        revoked_at=_moment(row.revoked_at),
    )


def _moment(stored: datetime | str | None) -> datetime | None:
    return None if stored is None else moment_of(stored)
