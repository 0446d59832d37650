"""Sessions: what a browser holds after signing in, and until when it holds.

Its one rule: it ends by itself, after some hours unused and after a day's work at the latest.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from interlock.domain.ids import PersonId
from interlock.domain.people import Account
from interlock.identity.account_rights import require_self_or_admin
from interlock.identity.house import House, note_by
from interlock.identity.secret import LONGEST_SECRET, digest_of, new_id, new_secret
from interlock.identity.visitor import Via, Visitor
from interlock.storage.house_log import HouseNote
from interlock.storage.identity import Altered, SessionRow

IDLE: Final = timedelta(hours=2)  # unused for so long, it is over
LASTS: Final = timedelta(hours=12)  # used or not: one long working day
SEEN_EVERY: Final = timedelta(minutes=1)  # how exactly its last use is known; a write each time


def session_of(house: House, token: str) -> Visitor | None:
    """Whose session this is; None when it is over, was ended, or never was one."""
    if not token or len(token) > LONGEST_SECRET:
        return None
    now, digest = house.clock.now(), digest_of(token)
    found = house.store.session(digest, now, now - IDLE)
    if found is None:
        return None
    session, account = found
    if not account.active:
        return None
    if now - session.seen_at >= SEEN_EVERY:
        house.store.touch_session(digest, now)
    return Visitor(account=account, via=Via(session.via), session_id=session.id)


def sign_out(house: House, token: str) -> None:
    """Ends the session, if there is one."""
    if not token or len(token) > LONGEST_SECRET:
        return
    now = house.clock.now()

    def note(account: PersonId, session: str) -> HouseNote:
        return note_by(account, "signed_out", now, {"account": account, "session": session})

    house.store.end_session(digest_of(token), note)


def sessions(house: House, account_id: str) -> list[SessionRow]:
    """The account's sessions that still hold, the latest used first."""
    now = house.clock.now()
    return house.store.sessions_of(account_id, now, now - IDLE)


def end_sessions(house: House, account_id: str, by: str) -> None:
    """Ends every session of the account: the person's own wish, or an admin's. Raises: NotAdmin."""
    require_self_or_admin(house, account_id, by, "end somebody else's sessions")
    now = house.clock.now()
    note = note_by(by, "sessions_ended", now, {"account": account_id})
    house.store.alter_accounts(
        lambda _: Altered(accounts=(), notes=(note,), signs_out=(PersonId(account_id),))
    )


def opened_session(
    house: House,
    account: Account,
    via: Via,
    address: str,
    *,
    link: str | None = None,
    password: str | None = None,
) -> tuple[Visitor, str] | None:
    """The visitor and the secret of a new session; None when the way in no longer holds.

    link: the digest of a link that this uses up. password: the hash it was held against.
    """
    now, secret = house.clock.now(), new_secret()
    row = new_session(account, via, now)
    note = note_by(
        account.id,
        "signed_in",
        now,
        {"account": account.id, "via": via, "session": row.id},
        {"address": address},
    )
    if not house.store.open_session(digest_of(secret), row, note, link=link, password=password):
        return None
    return Visitor(account=account, via=via, session_id=row.id), secret


def new_session(account: Account, via: Via, now: datetime) -> SessionRow:
    """A session that begins now."""
    return SessionRow(
        id=new_id("ses"),
        account_id=account.id,
        via=via,
        opened_at=now,
        seen_at=now,
        expires_at=now + LASTS,
    )
