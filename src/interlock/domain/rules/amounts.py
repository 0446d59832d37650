"""How much somebody may decide about: the least of all limits that hold for them.

Its one rule: what cannot be compared is not within a limit.
"""

from __future__ import annotations

from collections.abc import Iterator

from interlock.domain.contract import WorkflowContract
from interlock.domain.ids import PersonId
from interlock.domain.money import Money
from interlock.domain.people import Standing
from interlock.domain.review import ReviewKind, ReviewTask, Verb
from interlock.domain.rules.permission import Permission
from interlock.domain.rules.permission import refused as _no
from interlock.domain.rules.seats import deciding_grants


def within_amount(
    contract: WorkflowContract,
    task: ReviewTask,
    verb: Verb,
    person: PersonId,
    standing: Standing,
    seat: PersonId | None,
) -> Permission:
    """Whether the task's amount is within the person's own limit, their grant's, and that of the
    seat they fill. Saying no spends nothing and has no limit."""
    name = contract.people[person].name if person in contract.people else person
    within = Permission(allowed=True, reason=f"{name} may decide this", rule="amount")
    if verb is Verb.REJECT:
        return within
    has_amounts = contract.case.amount_value is not None
    approves = task.kind is ReviewKind.APPROVAL and verb is Verb.APPROVE
    for limit in _limits(contract, task, person, standing, seat):
        refusal = _above(limit, task.amount, must_be_known=approves and has_amounts)
        if refusal:
            return _no("amount", refusal)
        if task.amount is not None:
            reason = f"within your limit of {limit}"
            within = Permission(allowed=True, reason=reason, rule="amount")
    return within


def _limits(
    contract: WorkflowContract,
    task: ReviewTask,
    person: PersonId,
    standing: Standing,
    seat: PersonId | None,
) -> Iterator[Money]:
    for each in dict.fromkeys((person, seat or person)):
        limit = contract.people[each].approve_up_to if each in contract.people else None
        if limit is not None:
            yield limit
    granted = [grant.up_to for grant in deciding_grants(standing, task)]
    bounds = [limit for limit in granted if limit is not None]
    if bounds and len(bounds) == len(granted):  # one grant without a bound is enough
        yield max(bounds, key=lambda each: (_is_comparable(each, task), each.micros))


def _is_comparable(limit: Money, task: ReviewTask) -> bool:
    return task.amount is None or limit.currency == task.amount.currency


def _above(limit: Money, amount: Money | None, *, must_be_known: bool) -> str:
    if amount is None:
        unknown = f"you may approve up to {limit}, and nobody can say how much this is"
        return unknown if must_be_known else ""
    if amount.currency != limit.currency:
        return f"your limit is in {limit.currency} and this is {amount}"
    if abs(amount.micros) > limit.micros:
        return f"you may decide up to {limit}; this is {amount}"
    return ""
