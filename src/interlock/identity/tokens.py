"""API tokens: how a program acts for an account, with a stated part of its rights.

Its one rule: a token may what its scopes and its account both allow, each time anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from interlock.domain.people import NEVER_AN_AGENT, Account, Right
from interlock.identity.account_rights import existing, require_admin
from interlock.identity.errors import AccountRefused, ScopeRefused, TokenUnknown
from interlock.identity.house import House, note_by
from interlock.identity.secret import LONGEST_SECRET, digest_of, new_id, new_secret
from interlock.identity.visitor import Via, Visitor
from interlock.storage.api_tokens import TokenRow

PREFIX: Final = "ilk_"  # so that scanners for leaked secrets know one
USED_EVERY: Final = timedelta(minutes=1)  # how exactly its last use is known; a write each time
LONGEST_NAME: Final = 80


def new_token(
    house: House,
    account_id: str,
    name: str,
    scopes: Iterable[Right | str],
    by: str,
    *,
    expires_at: datetime | None = None,
) -> tuple[TokenRow, str]:
    """The token's row, and the token itself, which is shown only now.

    People make their own; an admin makes those of programs. Raises: AccountUnknown, NotAdmin,
    AccountRefused, ScopeRefused.
    """
    account = existing(house, account_id)
    _require_maker(house, account, by)
    now = house.clock.now()
    _check(account, name, expires_at, now)
    row = TokenRow(
        id=new_id("tok"),
        account_id=account.id,
        name=name.strip(),
        scopes=tuple(sorted(_checked_scopes(account, scopes))),
        made_at=now,
        made_by=by,
        expires_at=expires_at,
    )
    body = {"account": account.id, "token": row.id, "scopes": list(row.scopes)}
    token = new_secret(PREFIX)
    note = note_by(by, "token_made", now, body, {"name": row.name})
    house.store.keep_token(digest_of(token), row, note)
    return row, token


def authenticate_token(house: House, token: str) -> Visitor | None:
    """Whose token this is; None when it is over, was revoked, or never was one."""
    if not token.startswith(PREFIX) or len(token) > LONGEST_SECRET:
        return None
    now = house.clock.now()
    found = house.store.token(digest_of(token), now)
    if found is None:
        return None
    row, account = found
    if not account.active:
        return None
    if row.used_at is None or now - row.used_at >= USED_EVERY:
        house.store.touch_token(row.id, now)
    known = {str(right) for right in Right}
    scopes = frozenset(Right(scope) for scope in row.scopes if scope in known)
    return Visitor(account=account, via=Via.TOKEN, scopes=scopes)


def tokens(house: House, account_id: str | None = None) -> list[TokenRow]:
    """The tokens of one account or of all, ended ones too, by account and name."""
    return house.store.tokens(account_id)


def revoke_token(house: House, token: str, by: str) -> TokenRow:
    """The token that is ended by this, named by its id, or by its name where only one has it.

    The person whose it is, or an admin. Raises: TokenUnknown, NotAdmin.
    """
    live = [each for each in house.store.tokens() if each.revoked_at is None]
    named = [each for each in live if each.id == token]
    named = named or [each for each in live if each.name == token and each.account_id == by]
    named = named or [each for each in live if each.name == token]
    if len(named) != 1:
        raise TokenUnknown(token)
    [row] = named
    if row.account_id != by:
        require_admin(house.store.accounts(), by, "revoke somebody else's token")
    body = {"account": row.account_id, "token": row.id}
    note = note_by(by, "token_revoked", house.clock.now(), body, {"name": row.name})
    if not house.store.revoke_token(row.id, note):
        raise TokenUnknown(token)
    return row


def _require_maker(house: House, account: Account, by: str) -> None:
    if account.is_agent:
        require_admin(house.store.accounts(), by, "make a program's token")
    elif account.id != by:
        raise AccountRefused(
            f"{account.id} is a person", "a person makes their own tokens; nobody does it for them"
        )


def _check(account: Account, name: str, expires_at: datetime | None, now: datetime) -> None:
    if not account.active:
        raise AccountRefused(f"the account {account.id} is switched off", "switch it on first")
    if not name.strip() or len(name) > LONGEST_NAME:
        raise AccountRefused(
            f"the token's name is {name[:LONGEST_NAME]!r}",
            f"say what it is for, in up to {LONGEST_NAME} letters",
        )
    if expires_at is not None and expires_at <= now:
        raise AccountRefused(
            f"the token would be over at {expires_at.isoformat()}", "name a time to come"
        )


def _checked_scopes(account: Account, scopes: Iterable[Right | str]) -> set[Right]:
    allowed = [right for right in Right if not (account.is_agent and right in NEVER_AN_AGENT)]
    asked = [str(scope) for scope in scopes]
    for scope in asked:
        if scope not in allowed:
            raise ScopeRefused(scope, allowed)
    if not asked:
        raise ScopeRefused("", allowed)
    return {Right(scope) for scope in asked}
