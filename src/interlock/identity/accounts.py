"""Accounts: adding them, changing them, and who holds which role where.

Its one rule: there is always somebody left who can change accounts, and every change ends the
sessions of whom it touches, so that nobody works on under rights they no longer have.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches
from typing import Any, Final

from interlock.domain.ids import PersonId
from interlock.domain.people import Account, Grant
from interlock.identity.account_rights import admins, require_admin
from interlock.identity.errors import AccountRefused, AccountUnknown
from interlock.identity.house import House, note_by
from interlock.storage.identity import Altered

ID: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}\Z")  # no @: that is a mail address
EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s]{1,185}\Z")
LONGEST_NAME: Final = 200
Accounts = Mapping[PersonId, Account]


def add_account(
    house: House,
    account_id: str,
    by: str,
    *,
    name: str = "",
    email: str = "",
    groups: tuple[str, ...] = (),
    is_agent: bool = False,
) -> Account:
    """A new account, without any role. Its id is the person id that contracts use.

    is_agent: a program; it gets tokens, never a password, and never decides, pauses or signs.
    Raises: NotAdmin, AccountRefused.
    """
    account = Account(
        id=PersonId(account_id),
        name=name.strip() or account_id,
        email=email.strip(),
        groups=_sorted(groups),
        is_agent=is_agent,
    )
    now = house.clock.now()

    def alter(stored: Accounts) -> Altered:
        require_admin(stored.values(), by, "add accounts")
        if account.id in stored:
            raise AccountRefused(f"there is an account {account.id} already", "choose another id")
        check_account(account, stored)
        note = note_by(
            by,
            "account_added",
            now,
            {"account": account.id, "is_agent": is_agent, "groups": list(account.groups)},
            {"name": account.name, "email": account.email},
        )
        return Altered(accounts=(account,), notes=(note,))

    return house.store.alter_accounts(alter)[0]


def change_account(
    house: House,
    account_id: str,
    by: str,
    *,
    name: str | None = None,
    email: str | None = None,
    groups: tuple[str, ...] | None = None,
    active: bool | None = None,
) -> Account:
    """The account as it is now; what is None stays. Switched off, it can sign in nowhere.

    Raises: NotAdmin, AccountUnknown, AccountRefused, also for the last admin's switching off.
    """
    now = house.clock.now()

    def alter(stored: Accounts) -> Altered:
        require_admin(stored.values(), by, "change accounts")
        before = _found(stored, account_id)
        after = replace(
            before,
            name=before.name if name is None else name.strip() or before.id,
            email=before.email if email is None else email.strip(),
            groups=before.groups if groups is None else _sorted(groups),
            active=before.active if active is None else active,
        )
        check_account(after, stored)
        _keep_an_admin(stored, after)
        return _changed(before, after, by, now)

    return house.store.alter_accounts(alter)[0]


def grant_role(house: House, account_id: str, grant: Grant, by: str) -> Account:
    """The account with the role, in the place and up to the amount the grant says.

    A grant for the same role and place takes the old one's place. Raises: NotAdmin,
    AccountUnknown, AccountRefused when somebody who is no admin grants to themselves.
    """
    now = house.clock.now()

    def alter(stored: Accounts) -> Altered:
        require_admin(stored.values(), by, "grant roles")
        before = _found(stored, account_id)
        kept = tuple(each for each in before.grants if _place(each) != _place(grant))
        after = replace(before, grants=(*kept, grant))
        return _role_changed(before, after, "role_granted", grant, by, now)

    return house.store.alter_accounts(alter)[0]


def revoke_role(house: House, account_id: str, grant: Grant, by: str) -> Account:
    """The account without the role in exactly this place; the amount does not matter.

    Raises: NotAdmin, AccountUnknown, AccountRefused when it is not held, or is the last admin's.
    """
    now = house.clock.now()

    def alter(stored: Accounts) -> Altered:
        require_admin(stored.values(), by, "revoke roles")
        before = _found(stored, account_id)
        kept = tuple(each for each in before.grants if _place(each) != _place(grant))
        if kept == before.grants:
            raise AccountRefused(
                f"{before.id} does not hold {grant_words(grant)}",
                f"they hold: {', '.join(map(grant_words, before.grants)) or 'nothing'}",
            )
        after = replace(before, grants=kept)
        _keep_an_admin(stored, after)
        return _role_changed(before, after, "role_revoked", grant, by, now)

    return house.store.alter_accounts(alter)[0]


def check_account(account: Account, stored: Accounts) -> None:
    """Nothing, for an account that can be kept beside these. Raises: AccountRefused."""
    if not ID.match(account.id):
        raise AccountRefused(
            f"the account's id is {account.id!r}",
            "take letters, figures, _, - and dots, at most 64, as the contract names the person",
        )
    if len(account.name) > LONGEST_NAME:
        raise AccountRefused(
            f"the name has {len(account.name)} letters", f"take up to {LONGEST_NAME}"
        )
    if account.email and not EMAIL.match(account.email):
        raise AccountRefused(f"the mail address is {account.email!r}", "write it as name@host")
    taken = [
        each.id
        for each in stored.values()
        if each.id != account.id and each.email and _same(each.email, account.email)
    ]
    if taken:
        raise AccountRefused(
            f"{taken[0]} has the mail address {account.email} already",
            "one address is one person's; leave it out or change the other account",
        )


def grant_words(grant: Grant) -> str:
    """A grant in words: `reviewer in accounts_payable, queue ap_clerks, up to EUR 5,000.00`."""
    places = [grant.workflow or "every workflow"]
    if grant.queue:
        places.append(f"queue {grant.queue}")
    if grant.tenant:
        places.append(f"tenant {grant.tenant}")
    if grant.up_to:
        places.append(f"up to {grant.up_to}")
    return f"{grant.role} in {', '.join(places)}"


def _found(stored: Accounts, account_id: str) -> Account:
    account = stored.get(PersonId(account_id))
    if account is None:
        raise AccountUnknown(account_id, get_close_matches(account_id, list(stored)))
    return account


def _keep_an_admin(stored: Accounts, after: Account) -> None:
    """Raises: AccountRefused when there was an admin and nobody would be one any more."""
    if admins(stored.values()) and not admins({**stored, after.id: after}.values()):
        raise AccountRefused(
            f"{after.id} is the last admin", "make somebody else an admin first: grant them admin"
        )


def _changed(before: Account, after: Account, by: str, now: datetime) -> Altered:
    names = [name for name in ("groups", "active") if _differs(before, after, name)]
    private = [name for name in ("name", "email") if _differs(before, after, name)]
    note = note_by(
        by,
        "account_changed",
        now,
        {"account": after.id, "changed": private, **_values(after, names)},
        _values(after, private),
    )
    ends = (after.id,) if _differs(before, after, "groups") else ()
    shuts = (after.id,) if before.active and not after.active else ()
    return Altered(accounts=(after,), notes=(note,), signs_out=ends, shuts_out=shuts)


def _role_changed(
    before: Account, after: Account, kind: str, grant: Grant, by: str, now: datetime
) -> Altered:
    note = note_by(
        by,
        kind,
        now,
        {
            "account": before.id,
            "role": grant.role,
            "workflow": grant.workflow,
            "queue": grant.queue,
            "tenant": grant.tenant,
            "up_to": str(grant.up_to) if grant.up_to else None,
        },
    )
    return Altered(accounts=(after,), notes=(note,), signs_out=(after.id,))


def _values(account: Account, names: list[str]) -> dict[str, Any]:
    values = {name: getattr(account, name) for name in names}
    return {name: list(each) if isinstance(each, tuple) else each for name, each in values.items()}


def _differs(before: Account, after: Account, name: str) -> bool:
    return bool(getattr(before, name) != getattr(after, name))


def _place(grant: Grant) -> tuple[object, ...]:
    return (grant.role, grant.workflow, grant.queue, grant.tenant)


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _sorted(groups: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({group.strip() for group in groups if group.strip()}))
