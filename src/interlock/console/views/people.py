"""People and queues: who works where, who is away, what roles they hold.

One rule: everybody sees the queues and themselves; other people's roles are for those who run the
work, audit it or keep the accounts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from interlock.console import words
from interlock.console.views.queues import QueueLine, queue_lines
from interlock.console.views.scope import Scope, scope_of
from interlock.domain.ids import PersonId
from interlock.domain.people import Account, Grant, Right, Role
from interlock.storage.desk import Absence
from interlock.web.boundary import Caller

SEE_OTHERS: Final = (Right.ADMINISTER, Right.OPERATE, Right.AUDIT)
AT_ONCE: Final = 500  # accounts a list shows; more are found by their name in the address


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantShown:
    """One role and its place. The fields say which one it is, for the form that takes it away."""

    text: str
    role: str
    workflow: str
    queue: str
    tenant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceShown:
    since: datetime
    until: datetime
    deputy: str
    is_now: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """One account. away: until when and who stands in, in words; empty when at work."""

    id: str
    name: str
    email: str
    is_active: bool
    is_agent: bool
    groups: str
    roles: tuple[GrantShown, ...]
    away: str
    holding: int
    trained: str


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """What the page of people and queues shows."""

    queues: tuple[QueueLine, ...]
    lines: tuple[PersonLine, ...]
    sees_others: bool
    may_administer: bool
    me: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage:
    """One person, and what the one who looks may change about them."""

    line: PersonLine
    absences: tuple[AbsenceShown, ...]
    deputies: tuple[tuple[str, str], ...]
    roles: tuple[str, ...]
    workflows: tuple[tuple[str, str], ...]
    queues: tuple[str, ...]
    is_me: bool
    may_absent: bool
    may_administer: bool


def people_of(caller: Caller) -> People:
    """People and queues as this caller may see them."""
    scope = scope_of(caller.context, caller.visitor)
    loads = [
        load
        for load in caller.store.queue_loads(now=scope.now, tenants=scope.tenants)
        if load.workflow in scope.contracts
    ]
    sees_others = any(caller.may(right) for right in SEE_OTHERS)
    accounts = caller.store.accounts() if sees_others else [caller.visitor.account]
    return People(
        queues=queue_lines(caller.context, scope, loads),
        lines=_lines(caller, scope, accounts[:AT_ONCE]),
        sees_others=sees_others,
        may_administer=caller.may(Right.ADMINISTER),
        me=caller.id,
    )


def person_page(caller: Caller, account: Account) -> PersonPage:
    """One person as this caller may see them."""
    scope = scope_of(caller.context, caller.visitor)
    is_me = account.id == caller.id
    return PersonPage(
        line=_lines(caller, scope, [account])[0],
        absences=tuple(
            _absence(caller, each, scope.now)
            for each in caller.store.absences(scope.now, person=account.id)
        ),
        deputies=_deputies(scope, account),
        roles=tuple(Role),
        workflows=tuple((name, each.title) for name, each in scope.contracts.items()),
        queues=tuple(
            dict.fromkeys(q for contract in scope.contracts.values() for q in contract.queues)
        ),
        is_me=is_me,
        may_absent=is_me or caller.may(Right.OPERATE),
        may_administer=caller.may(Right.ADMINISTER),
    )


def may_see(caller: Caller, account_id: str) -> bool:
    """Whether the caller may see this account's page."""
    return account_id == caller.id or any(caller.may(right) for right in SEE_OTHERS)


def _lines(caller: Caller, scope: Scope, accounts: Sequence[Account]) -> tuple[PersonLine, ...]:
    holding: dict[str, int] = {}
    for (person, _), tasks in caller.store.tasks_in_hand(tenants=scope.tenants).items():
        holding[person] = holding.get(person, 0) + tasks
    away = {
        each.person: each
        for each in caller.store.absences(scope.now)
        if each.since <= scope.now < each.until
    }
    names = {account.id: account.name for account in accounts}
    return tuple(
        PersonLine(
            id=each.id,
            name=each.name,
            email=each.email,
            is_active=each.active,
            is_agent=each.is_agent,
            groups=words.listed(tuple(words.spaced(group) for group in each.groups)),
            roles=tuple(_grant(scope, grant) for grant in each.grants),
            away=_away(away.get(each.id), names, scope.now),
            holding=holding.get(each.id, 0),
            trained=_trained(caller, scope, each),
        )
        for each in accounts
    )


def _grant(scope: Scope, grant: Grant) -> GrantShown:
    return GrantShown(
        text=_grant_words(scope, grant),
        role=grant.role,
        workflow=grant.workflow or "",
        queue=grant.queue or "",
        tenant=grant.tenant or "",
    )


def _grant_words(scope: Scope, grant: Grant) -> str:
    """As in `Reviewer in Accounts payable, queue ap clerks, up to EUR 5,000.00`."""
    known = scope.contracts.get(grant.workflow or "")
    places = [known.title if known else words.spaced(grant.workflow or "every workflow")]
    if grant.queue:
        places.append(f"queue {words.spaced(grant.queue)}")
    if grant.tenant:
        places.append(f"tenant {grant.tenant}")
    if grant.up_to:
        places.append(f"up to {grant.up_to}")
    return f"{words.sentence(str(grant.role))} in {', '.join(places)}"


def _away(absence: Absence | None, names: Mapping[PersonId, str], now: datetime) -> str:
    if absence is None:
        return ""
    deputy = absence.deputy
    stands_in = f", {names.get(deputy, deputy)} stands in" if deputy else ", nobody stands in"
    return f"until {words.clock(absence.until, now)}{stands_in}"


def _trained(caller: Caller, scope: Scope, account: Account) -> str:
    """Which queues' training the person has passed, of those of theirs that ask for one."""
    asked = {
        queue.training.digest: words.spaced(name)
        for contract in scope.contracts.values()
        for name, queue in contract.queues.items()
        if queue.training and account.id in contract.members_of(name)
    }
    if not asked:
        return ""
    passed = set(caller.store.at_hand(account.id, scope.now).trained)
    return ", ".join(
        f"{name} {'passed' if digest in passed else 'not yet'}" for digest, name in asked.items()
    )


def _absence(caller: Caller, absence: Absence, now: datetime) -> AbsenceShown:
    deputy = caller.store.account(absence.deputy) if absence.deputy else None
    return AbsenceShown(
        since=absence.since,
        until=absence.until,
        deputy=deputy.name if deputy else str(absence.deputy or ""),
        is_now=absence.since <= now < absence.until,
    )


def _deputies(scope: Scope, account: Account) -> tuple[tuple[str, str], ...]:
    """Whom the person could name: everybody of the contracts they are in."""
    found = {
        person.id: person.name
        for contract in scope.contracts.values()
        if account.id in contract.people
        for person in contract.people.values()
        if person.id != account.id
    }
    return tuple(sorted(found.items(), key=lambda each: each[1]))
