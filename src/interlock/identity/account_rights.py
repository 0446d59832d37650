"""Who may change accounts: an admin; and everybody, as long as there is no admin.

A first house has nobody who could be asked; whoever holds its database makes the first admin.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from interlock.domain.people import Account, Right
from interlock.domain.rules.rights import may
from interlock.identity.errors import AccountUnknown, NotAdmin
from interlock.identity.house import House


def existing(house: House, account_id: str) -> Account:
    """The account with this id. Raises: AccountUnknown, naming near ones."""
    account = house.store.account(account_id)
    if account is None:
        known = [each.id for each in house.store.accounts()]
        raise AccountUnknown(account_id, get_close_matches(account_id, known))
    return account


def is_admin(account: Account | None) -> bool:
    """Whether this account may change others."""
    return account is not None and may(account, Right.ADMINISTER).allowed


def admins(accounts: Iterable[Account]) -> list[Account]:
    """Those who can change accounts now."""
    return [each for each in accounts if is_admin(each)]


def require_admin(accounts: Iterable[Account], by: str, what: str) -> None:
    """Nothing, when `by` may change accounts. Raises: NotAdmin."""
    found = {each.id: each for each in admins(accounts)}
    if found and by not in found:
        raise NotAdmin(by, what)


def require_self_or_admin(house: House, account_id: str, by: str, what: str) -> None:
    """Nothing, when somebody changes what is their own, or is an admin. Raises: NotAdmin."""
    if by != account_id:
        require_admin(house.store.accounts(), by, what)
