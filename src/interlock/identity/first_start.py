"""The first start: accounts for everybody the contracts name, and a way in for the first person.

Its one rule: it happens once. Afterwards roles are changed by people, and nothing a contract says
later widens anybody's rights.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from interlock.domain.contract import WorkflowContract
from interlock.domain.ids import PersonId
from interlock.domain.people import Account, Grant, Role
from interlock.domain.rules.assign import people_of
from interlock.identity.accounts import Accounts, check_account
from interlock.identity.errors import AccountRefused
from interlock.identity.house import note_by
from interlock.identity.links import OneTimeLink, link_made
from interlock.runtime.context import Context
from interlock.storage.identity import Altered

ADMIN: Final = PersonId("admin")
INSTALLER: Final = "installer"  # who acts at the first start: whoever holds the database


def first_sign_in(context: Context, person: str | None = None) -> OneTimeLink | None:
    """A one-time link for the first person; makes the accounts when there are none.

    person: whose link; then it is made each time. Without: the admin's, only when the accounts
    are made by this. None when there were accounts and nobody is named.
    Raises: AccountUnknown, AccountRefused.
    """
    made = _make_accounts(context)
    if person is None and not made:
        return None
    return link_made(context, person or ADMIN, INSTALLER)


def accounts_named_by(contracts: Iterable[WorkflowContract]) -> list[Account]:
    """An account for everybody these contracts name, with the roles they give, and an admin."""
    found: dict[PersonId, Account] = {}
    for contract in contracts:
        for person in contract.people.values():
            before = found.get(person.id) or Account(id=person.id, name=person.name)
            found[person.id] = replace(
                before,
                email=before.email or person.email,
                groups=tuple(sorted({*before.groups, *person.groups})),
                grants=_joined(before.grants, _grants(contract, person.id)),
            )
    admin = found.get(ADMIN) or Account(id=ADMIN, name="Admin")
    found[ADMIN] = replace(admin, grants=_joined(admin.grants, [Grant(role=Role.ADMIN)]))
    return list(found.values())


def _make_accounts(context: Context) -> bool:
    wanted = accounts_named_by(each.contract for each in context.workflows)
    now = context.clock.now()

    def alter(stored: Accounts) -> Altered:
        if stored:
            raise _ThereAreSome
        kept = _without_what_cannot_be(wanted)
        notes = [
            note_by(
                INSTALLER,
                "account_added",
                now,
                {"account": each.id, "grants": [_plain(grant) for grant in each.grants]},
                {"name": each.name, "email": each.email},
            )
            for each in kept
        ]
        return Altered(accounts=tuple(kept), notes=tuple(notes))

    try:
        context.store.alter_accounts(alter)
    except _ThereAreSome:
        return False
    return True


class _ThereAreSome(Exception):
    """There were accounts already."""


def _without_what_cannot_be(wanted: list[Account]) -> list[Account]:
    """The accounts; two people with one mail address have none, since it must name one person."""
    kept: dict[PersonId, Account] = {}
    for account in wanted:
        try:
            check_account(account, kept)
            kept[account.id] = account
        except AccountRefused:
            kept[account.id] = replace(account, email="")
            check_account(kept[account.id], kept)
    return list(kept.values())


def _grants(contract: WorkflowContract, person: PersonId) -> list[Grant]:
    """The roles the contract itself gives: owners', and a reviewer's in the queues they work.

    A person's own limit stays in the contract, which is asked at every decision anyway.
    """
    owners, workflow = contract.owners, contract.workflow
    roles = [
        (owners.operations, (Role.OPERATOR, Role.OWNER)),
        (owners.business, (Role.OWNER,)),
        (owners.governance, (Role.GOVERNANCE,)),
        (owners.technical, (Role.VIEWER,)),
    ]
    owning = [
        Grant(role=role, workflow=workflow)
        for owner, held in roles
        if person == owner or person in people_of(contract, owner)
        for role in held
    ]
    reviewing = [
        Grant(role=Role.REVIEWER, workflow=workflow, queue=queue)
        for queue in contract.queues
        if person in contract.members_of(queue)
    ]
    return [*owning, *reviewing]


def _joined(one: Iterable[Grant], other: Iterable[Grant]) -> tuple[Grant, ...]:
    return tuple(dict.fromkeys([*one, *other]))


def _plain(grant: Grant) -> dict[str, str]:
    held = {"role": grant.role, "workflow": grant.workflow, "queue": grant.queue}
    return {name: str(value) for name, value in held.items() if value is not None}
