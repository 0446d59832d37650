"""What an account may do, and where. One function answers, with the reason.

Deciding a review task needs more than the right to: see `assign`.
"""

from __future__ import annotations

from collections.abc import Iterable

from interlock.domain.people import NEVER_AN_AGENT, ROLE_RIGHTS, Account, Grant, Right, Role
from interlock.domain.rules.permission import Permission, refused


def may(
    account: Account,
    right: Right,
    *,
    workflow: str | None = None,
    tenant: str | None = None,
    queue: str | None = None,
) -> Permission:
    """Whether one of the account's grants gives the right there.

    A place that is None is not asked about: then a grant for any such place will do, and what is
    shown must still be narrowed to `tenants_of` and `workflows_of`.
    """
    if not account.active:
        return refused("account", f"the account {account.id} is switched off")
    if account.is_agent and right in NEVER_AN_AGENT:
        return refused("agent", f"{account.id} is a program, and no program may {right}")
    for grant in account.grants:
        if right in ROLE_RIGHTS[grant.role] and _holds(grant, workflow, tenant, queue):
            return Permission(allowed=True, reason=f"{grant.role}", rule="role")
    return refused("role", _missing(right, workflow, queue))


def roles_with(right: Right) -> tuple[Role, ...]:
    """The roles that hold a right, weakest first."""
    return tuple(role for role in Role if right in ROLE_RIGHTS[role])


def tenants_of(account: Account) -> frozenset[str] | None:
    """The tenants whose work the account may see; None for all."""
    return _places(account, (grant.tenant for grant in _seeing(account)))


def workflows_of(account: Account) -> frozenset[str] | None:
    """The workflows whose work the account may see; None for all."""
    return _places(account, (grant.workflow for grant in _seeing(account)))


def _seeing(account: Account) -> Iterable[Grant]:
    reading = {Right.SEE, Right.AUDIT}
    return (grant for grant in account.grants if reading & ROLE_RIGHTS[grant.role])


def _places(account: Account, named: Iterable[str | None]) -> frozenset[str] | None:
    if not account.active:
        return frozenset()
    places = set(named)
    return None if None in places else frozenset(place for place in places if place is not None)


def _holds(grant: Grant, workflow: str | None, tenant: str | None, queue: str | None) -> bool:
    asked = ((grant.workflow, workflow), (grant.tenant, tenant), (grant.queue, queue))
    return all(held is None or place is None or held == place for held, place in asked)


def _missing(right: Right, workflow: str | None, queue: str | None) -> str:
    roles = " or ".join(roles_with(right))
    where = f" in queue {queue}" if queue else f" in {workflow}" if workflow else ""
    return f"this needs the role {roles}{where}; ask an admin"
