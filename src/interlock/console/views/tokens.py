"""API tokens of one account, as their owner sees them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from interlock import identity
from interlock.console import words
from interlock.domain.people import NEVER_AN_AGENT, ROLE_RIGHTS, Right
from interlock.web.boundary import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenLine:
    """One token. state: ok, warn or empty; word: the same in a word."""

    id: str
    name: str
    scopes: str
    made_at: datetime
    used_at: datetime | None
    expires_at: datetime | None
    is_live: bool
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """The tokens page. made: the new token, shown this once; rights: what one may be given."""

    lines: tuple[TokenLine, ...]
    rights: tuple[tuple[str, str], ...]
    made: str = ""
    made_name: str = ""


def tokens_of(caller: Caller, made: str = "", made_name: str = "") -> Tokens:
    """The caller's own tokens."""
    now = caller.context.clock.now()
    lines = []
    for row in identity.tokens(caller.context, caller.id):
        is_over = row.expires_at is not None and row.expires_at <= now
        is_live = row.revoked_at is None and not is_over
        lines.append(
            TokenLine(
                id=row.id,
                name=row.name,
                scopes=words.listed(tuple(words.spaced(scope) for scope in row.scopes)),
                made_at=row.made_at,
                used_at=row.used_at,
                expires_at=row.expires_at,
                is_live=is_live,
                word="in force" if is_live else "revoked" if row.revoked_at else "over",
            )
        )
    return Tokens(lines=tuple(lines), rights=_rights(caller), made=made, made_name=made_name)


def _rights(caller: Caller) -> tuple[tuple[str, str], ...]:
    """What the caller may do themselves: no token may more."""
    held = {right for grant in caller.visitor.account.grants for right in ROLE_RIGHTS[grant.role]}
    if caller.visitor.account.is_agent:
        held -= NEVER_AN_AGENT
    return tuple((str(right), words.RIGHTS[right]) for right in Right if right in held)
