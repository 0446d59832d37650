"""Who may decide a review task. One function answers for every path, with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from interlock.domain.case import Case
from interlock.domain.contract import Person, WorkflowContract
from interlock.domain.ids import PersonId, QueueName
from interlock.domain.review import ReviewKind, ReviewState, ReviewTask, Verb

DECIDING = frozenset({Verb.APPROVE, Verb.EDIT, Verb.REJECT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """Whether somebody may, and why or why not, in words for that person."""

    allowed: bool
    reason: str
    rule: str = ""


def may_work_on(
    contract: WorkflowContract, case: Case, task: ReviewTask, person_id: str, now: datetime
) -> Permission:
    """May this person claim the task and see it through? Everything but the decision itself."""
    person = contract.people.get(PersonId(person_id))
    if person is None:
        return _no("person", f"{person_id} is not a person of this contract")
    if not task.is_live:
        return _no("state", f"the task is {task.state}; there is nothing left to decide")
    held = task.state is ReviewState.CLAIMED and task.held_by != person.id
    if held and task.lease_until is not None and now < task.lease_until:
        return _no("lease", f"{task.held_by} holds it until {task.lease_until:%H:%M} UTC")
    return _is_asked(contract, case, task, person)


def may_decide(
    contract: WorkflowContract,
    case: Case,
    task: ReviewTask,
    person_id: str,
    verb: Verb,
    now: datetime,
    *,
    supplied: Mapping[str, str] | None = None,
    reason_code: str = "",
) -> Permission:
    """May this person record this verb on this task now?

    supplied: evidence the reviewer adds with the decision, by name.
    """
    allowed = may_work_on(contract, case, task, person_id, now)
    if not allowed.allowed:
        return allowed
    if verb not in task.verbs:
        offered = ", ".join(task.verbs)
        return _no("verb", f"this task cannot be answered with {verb}; choose one of: {offered}")
    if verb not in DECIDING:
        return allowed
    if task.clock_stopped_at is not None:
        return _no("answer", "a question is open; wait for its answer, or record it")
    missing = [name for name in task.missing if not (supplied or {}).get(name, "").strip()]
    if missing:
        return _no("evidence", f"required evidence is missing: {', '.join(missing)}; supply it")
    if task.reason_codes and reason_code not in task.reason_codes:
        seen = f"{reason_code!r} is not one" if reason_code else "none was given"
        return _no("reason", f"a reason code is needed and {seen}: {', '.join(task.reason_codes)}")
    if task.expires_at is not None and now >= task.expires_at:
        return _no("expired", "the time in which this could be decided is over")
    has_amounts = contract.case.amount_value is not None
    return _within_amount(contract.people[PersonId(person_id)], task, verb, has_amounts)


def eligible(contract: WorkflowContract, task: ReviewTask) -> frozenset[PersonId]:
    """Everybody who could be asked to decide the task, four eyes respected."""
    people = frozenset(task.deciders) or contract.members_of(task.queue)
    return people - frozenset(task.excluded)


def people_of(contract: WorkflowContract, name: str) -> frozenset[PersonId]:
    """The people a name in the contract stands for: a person, a group, or a queue's members."""
    group = name.removeprefix("group:")
    in_group = frozenset(p.id for p in contract.people.values() if group in p.groups)
    if in_group:
        return in_group
    if name in contract.people:
        return frozenset({PersonId(name)})
    return contract.members_of(QueueName(name)) if name in contract.queues else frozenset()


def _is_asked(
    contract: WorkflowContract, case: Case, task: ReviewTask, person: Person
) -> Permission:
    if person.id == case.opened_by:
        return _no("own work", "you opened this case; somebody else must decide it")
    if person.id in task.excluded:
        return _no("four eyes", "you already had your say in this; a second person must decide")
    if task.deciders and person.id not in task.deciders:
        return _no("named approver", f"only {', '.join(task.deciders)} may decide this")
    if not task.deciders and person.id not in contract.members_of(task.queue):
        return _no("queue", f"you are not a member of queue {task.queue}")
    return Permission(allowed=True, reason=f"member of {task.queue}", rule="queue")


def _within_amount(person: Person, task: ReviewTask, verb: Verb, has_amounts: bool) -> Permission:
    limit = person.approve_up_to
    approves = task.kind is ReviewKind.APPROVAL and verb is Verb.APPROVE
    if approves and has_amounts and limit is not None and task.amount is None:
        return _no("amount", f"you may approve up to {limit}, and nobody can say how much this is")
    if verb is Verb.REJECT or limit is None or task.amount is None:
        return Permission(allowed=True, reason=f"{person.name} may decide this", rule="amount")
    if task.amount.currency != limit.currency:
        return _no("amount", f"your limit is in {limit.currency} and this is {task.amount}")
    if abs(task.amount.micros) > limit.micros:
        return _no("amount", f"you may decide up to {limit}; this is {task.amount}")
    return Permission(allowed=True, reason=f"within your limit of {limit}", rule="amount")


def _no(rule: str, reason: str) -> Permission:
    return Permission(allowed=False, reason=reason, rule=rule)
