"""How people sign in: accounts as they change, passwords, one-time links and sessions.

Its one rule: what opens a door is kept as its digest alone, and opening, changing or closing one is
written in the house log in the same transaction. Whoever writes here waits for the house log's
turn first, so what was checked still holds when it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from interlock.domain.ids import PersonId
from interlock.domain.people import Account
from interlock.storage.accounts import write_account
from interlock.storage.api_tokens import ApiTokens
from interlock.storage.attempts import Attempts
from interlock.storage.codec import ACCOUNT
from interlock.storage.database import Database, moment_of
from interlock.storage.house_log import HouseNote, append_house
from interlock.storage.house_turn import in_turn
from interlock.storage.outside import OutsideSignIns
from interlock.storage.recording import repeated


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A session. `id` names it and opens nothing."""

    id: str
    account_id: PersonId
    via: str
    opened_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """A one-time sign-in link."""

    account_id: PersonId
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Altered:
    """What accounts become, what the house log says of it, and whose ways in end with it."""

    accounts: tuple[Account, ...]
    notes: tuple[HouseNote, ...]  # one or more
    signs_out: tuple[PersonId, ...] = ()
    shuts_out: tuple[PersonId, ...] = ()  # signed out, and their links and tokens end too


Alter = Callable[[Mapping[PersonId, Account]], Altered]


class Identity(ApiTokens, Attempts, OutsideSignIns):
    """The part of the store that knows how people sign in."""

    _db: Database

    def alter_accounts(self, alter: Alter) -> tuple[Account, ...]:
        """The accounts as `alter` makes them of those there are; when it raises, nothing changes.

        One at a time over the whole house, so that two admins cannot remove each other.
        """

        def change() -> tuple[Account, ...]:
            with in_turn(self._db) as conn:
                stored = ACCOUNT.decode_all([row.body for row in self._db.rows(conn, "accounts")])
                altered = alter({account.id: account for account in stored})
                self._write(conn, altered)
            return altered.accounts

        return repeated(change)

    def password_hash(self, account_id: str) -> str | None:
        """The hash of the account's password; None when it has none."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "password_hash", account_id=account_id)
        return rows[0].hash if rows else None

    def set_password_hash(self, account_id: str, hashed: str, note: HouseNote) -> None:
        """Gives the account this password, and ends its sessions and unused links."""

        def change() -> None:
            with in_turn(self._db) as conn:
                self._db.run(
                    conn,
                    "set_password",
                    account_id=account_id,
                    hash=hashed,
                    changed_at=self._db.moment(note.at),
                )
                self._db.run(conn, "end_sessions_of", account_id=account_id)
                self._db.run(conn, "drop_unused_links", account_id=account_id)
                append_house(self._db, conn, note)

        repeated(change)

    def rehash_password(self, account_id: str, *, seen: str, hashed: str) -> None:
        """The same password under other parameters; nothing when it was changed since."""
        with self._db.writing() as conn:
            self._db.run(conn, "rehash_password", account_id=account_id, seen=seen, hash=hashed)

    def keep_link(
        self, digest: str, account_id: str, expires_at: datetime, note: HouseNote
    ) -> None:
        """Keeps a one-time link; those of the account that nobody used end."""

        def keep() -> None:
            with in_turn(self._db) as conn:
                self._db.run(conn, "drop_unused_links", account_id=account_id)
                self._db.run(
                    conn,
                    "insert_link",
                    digest=digest,
                    account_id=account_id,
                    made_at=self._db.moment(note.at),
                    expires_at=self._db.moment(expires_at),
                )
                append_house(self._db, conn, note)

        repeated(keep)

    def link(self, digest: str) -> LinkRow | None:
        """A link, used or not; None when there was never one, or long ago."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "link", digest=digest)
        if not rows:
            return None
        used_at = rows[0].used_at
        return LinkRow(
            account_id=PersonId(rows[0].account_id),
            expires_at=moment_of(rows[0].expires_at),
            used_at=None if used_at is None else moment_of(used_at),
        )

    def open_session(
        self,
        digest: str,
        session: SessionRow,
        note: HouseNote,
        *,
        link: str | None = None,
        password: str | None = None,
    ) -> bool:
        """Whether the session was opened. link: the digest of the link that this uses up.
        password: the hash that the given password was held against.

        False, and nothing is written, when the account is switched off, when the link was used, is
        over or is another's, or when the password was changed meanwhile.
        """

        def open_it() -> bool:
            with in_turn(self._db) as conn:
                if not self._still_holds(conn, session.account_id, password):
                    return False
                if link is not None and not self._uses_up(conn, link, session, note.at):
                    return False
                self._db.run(conn, "insert_session", **self._session_row(digest, session))
                append_house(self._db, conn, note)
            return True

        return repeated(open_it)

    def session(
        self, digest: str, now: datetime, idle_since: datetime
    ) -> tuple[SessionRow, Account] | None:
        """A session that still holds, used after `idle_since`, and whose it is."""
        with self._db.reading() as conn:
            rows = self._db.rows(
                conn,
                "session",
                digest=digest,
                now=self._db.moment(now),
                idle_since=self._db.moment(idle_since),
            )
        return (_session(rows[0]), ACCOUNT.decode(rows[0].account)) if rows else None

    def sessions_of(self, account_id: str, now: datetime, idle_since: datetime) -> list[SessionRow]:
        """The account's sessions that still hold, the latest used first."""
        with self._db.reading() as conn:
            rows = self._db.rows(
                conn,
                "sessions_of",
                account_id=account_id,
                now=self._db.moment(now),
                idle_since=self._db.moment(idle_since),
            )
        return [_session(row) for row in rows]

    def touch_session(self, digest: str, now: datetime) -> None:
        """Says that the session was used now."""
        with self._db.writing() as conn:
            self._db.run(conn, "touch_session", digest=digest, now=self._db.moment(now))

    def end_session(self, digest: str, note_of: Callable[[PersonId, str], HouseNote]) -> bool:
        """Whether there was such a session; it is over now. note_of: of an account and session."""

        def end() -> bool:
            with in_turn(self._db) as conn:
                rows = self._db.rows(conn, "end_session", digest=digest)
                for row in rows:
                    append_house(self._db, conn, note_of(PersonId(row.account_id), row.id))
            return bool(rows)

        return repeated(end)

    def forget_old_ways_in(
        self, now: datetime, *, idle_since: datetime, long_ago: datetime
    ) -> None:
        """Removes what no longer opens anything; counts and links only when it is `long_ago`."""
        with self._db.writing() as conn:
            at, before = self._db.moment(now), self._db.moment(long_ago)
            self._db.run(conn, "forget_sessions", now=at, idle_since=self._db.moment(idle_since))
            self._db.run(conn, "forget_links", before=before)
            self._db.run(conn, "forget_failures", before=before)
            self._db.run(conn, "forget_outside_sign_ins", now=at)

    def _write(self, conn: Connection, altered: Altered) -> None:
        at = altered.notes[0].at
        for account in altered.accounts:
            write_account(self._db, conn, account, at)
        for person in (*altered.signs_out, *altered.shuts_out):
            self._db.run(conn, "end_sessions_of", account_id=person)
        for person in altered.shuts_out:
            self._db.run(conn, "drop_unused_links", account_id=person)
            self._db.run(conn, "revoke_tokens_of", account_id=person, now=self._db.moment(at))
        for note in altered.notes:
            append_house(self._db, conn, note)

    def _still_holds(self, conn: Connection, account_id: PersonId, password: str | None) -> bool:
        rows = self._db.rows(conn, "account", id=account_id)
        if not rows or not ACCOUNT.decode(rows[0].body).active:
            return False
        if password is None:
            return True
        hashes = self._db.rows(conn, "password_hash", account_id=account_id)
        return bool(hashes) and hashes[0].hash == password

    def _uses_up(self, conn: Connection, link: str, session: SessionRow, at: datetime) -> bool:
        now = self._db.moment(at)
        rows = self._db.rows(conn, "use_link", digest=link, account_id=session.account_id, now=now)
        return bool(rows)

    def _session_row(self, digest: str, session: SessionRow) -> dict[str, Any]:
        return {
            "digest": digest,
            "id": session.id,
            "account_id": session.account_id,
            "via": session.via,
            "opened_at": self._db.moment(session.opened_at),
            "seen_at": self._db.moment(session.seen_at),
            "expires_at": self._db.moment(session.expires_at),
        }


def _session(row: Any) -> SessionRow:
    return SessionRow(
        id=row.id,
        account_id=PersonId(row.account_id),
        via=row.via,
        opened_at=moment_of(row.opened_at),
        seen_at=moment_of(row.seen_at),
        expires_at=moment_of(row.expires_at),
    )
