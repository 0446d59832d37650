"""Who may do what to a release.

With an account its roles decide; without one, the owners that the contract in force names. A
program never may, and the contract that is only proposed never says who judges it.
"""

from __future__ import annotations

from interlock.domain.contract import WorkflowContract
from interlock.domain.ids import PersonId
from interlock.domain.people import Account, Right, Role, Standing
from interlock.domain.rules.assign import people_of
from interlock.domain.rules.permission import Permission, refused
from interlock.domain.rules.rights import may
from interlock.release.errors import ReleaseRefused
from interlock.runtime.context import Context
from interlock.runtime.joining import joined
from interlock.runtime.reasons import reason_on_record


def contract_in_force(context: Context, workflow: str) -> WorkflowContract:
    """The contract new cases begin with now: who owns what is read there.

    Raises: WorkflowUnknown.
    """
    return joined(context, workflow).workflow.contract


def permission(context: Context, workflow: str, by: str, right: Right) -> Permission:
    """Whether this person may do what needs the right in the workflow, with the reason."""
    standing = context.directory.standing(by, context.clock.now())
    if standing.known:
        return may(_everywhere(by, standing), right, workflow=workflow)
    owners = contract_in_force(context, workflow).owners
    four = {owners.business, owners.operations, owners.technical, owners.governance}
    if by in four:
        return Permission(allowed=True, reason="an owner of the workflow", rule="owner")
    return refused("owner", f"{by} is no owner of {workflow} ({', '.join(sorted(four))})")


def demand(
    context: Context, workflow: str, by: str, right: Right, verb: str, subject: str
) -> PersonId:
    """The person, when they may. Raises: ReleaseRefused."""
    answer = permission(context, workflow, by, right)
    if not answer.allowed:
        raise ReleaseRefused(verb, subject, answer.rule, answer.reason)
    return PersonId(by)


def demand_governance(context: Context, workflow: str, by: str, subject: str) -> PersonId:
    """The person, when they answer for policy and risk. Raises: ReleaseRefused."""
    demand(context, workflow, by, Right.SIGN, "sign", subject)
    standing = context.directory.standing(by, context.clock.now())
    contract = contract_in_force(context, workflow)
    owner = contract.owners.governance
    if by == owner or by in people_of(contract, owner) or _has_role(standing, workflow):
        return PersonId(by)
    reason = f"what moves to the machine is signed by the governance owner ({owner})"
    raise ReleaseRefused("sign", subject, "governance", reason)


def given(verb: str, subject: str, reason: str) -> str:
    """The reason as it is recorded. Raises: ReleaseRefused."""
    return reason_on_record(reason, lambda why: ReleaseRefused(verb, subject, "reason", why))


def _everywhere(by: str, standing: Standing) -> Account:
    """Only grants for all tenants and queues: a release is everybody's."""
    whole = tuple(g for g in standing.grants if g.tenant is None and g.queue is None)
    return Account(
        id=PersonId(by),
        name=by,
        grants=whole,
        active=standing.active,
        is_agent=standing.is_agent,
    )


def _has_role(standing: Standing, workflow: str) -> bool:
    return any(
        each.role is Role.GOVERNANCE
        and each.workflow in (None, workflow)
        and each.tenant is None
        and each.queue is None
        for each in standing.grants
    )
