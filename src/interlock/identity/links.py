"""One-time sign-in links: how an admin lets somebody in, and how the first person comes in.

Its one rule: opening the address signs nobody in, only the button on that page does; mail scanners
open every address they see.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from interlock.domain.ids import PersonId
from interlock.identity.account_rights import existing, require_admin
from interlock.identity.errors import AccountRefused
from interlock.identity.house import House, note_by
from interlock.identity.secret import digest_of, new_secret

PATH: Final = "/sign-in/link/"
LASTS: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimeLink:
    """A way in that works once. Whoever has `token` is the person; it is shown only now."""

    account_id: PersonId
    token: str
    expires_at: datetime

    @property
    def path(self) -> str:
        """The part of the address after the host."""
        return f"{PATH}{self.token}"

    def __repr__(self) -> str:
        return f"OneTimeLink({self.account_id}, until {self.expires_at.isoformat()})"


def make_link(house: House, account_id: str, by: str) -> OneTimeLink:
    """A link that signs this person in once; those made before and not used end.

    Only an admin makes one, for anybody. Raises: NotAdmin, AccountUnknown, AccountRefused.
    """
    require_admin(house.store.accounts(), by, "make a sign-in link")
    return link_made(house, account_id, by)


def link_made(house: House, account_id: str, by: str) -> OneTimeLink:
    """The same for callers that have made sure that it may be."""
    account = existing(house, account_id)
    if account.is_agent:
        raise AccountRefused(f"{account.id} is a program", "give it a token instead")
    if not account.active:
        raise AccountRefused(f"the account {account.id} is switched off", "switch it on first")
    now, token = house.clock.now(), new_secret()
    link = OneTimeLink(account_id=account.id, token=token, expires_at=now + LASTS)
    note = note_by(by, "sign_in_link_made", now, {"account": account.id})
    house.store.keep_link(digest_of(token), account.id, link.expires_at, note)
    return link
