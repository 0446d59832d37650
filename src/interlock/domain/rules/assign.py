"""Who may decide a review task. One function answers for every path, with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from interlock.domain.case import Case
from interlock.domain.contract import WorkflowContract
from interlock.domain.ids import PersonId, QueueName
from interlock.domain.people import CONTRACT_ALONE, Standing
from interlock.domain.review import ReviewState, ReviewTask, Verb
from interlock.domain.rules import seats, shown
from interlock.domain.rules.amounts import within_amount
from interlock.domain.rules.permission import Permission
from interlock.domain.rules.permission import refused as _no

DECIDING = frozenset({Verb.APPROVE, Verb.EDIT, Verb.REJECT})
TAKING_ON = frozenset({Verb.APPROVE, Verb.EDIT})  # what a queue's training is about


def may_work_on(
    contract: WorkflowContract,
    case: Case,
    task: ReviewTask,
    person_id: str,
    now: datetime,
    *,
    standing: Standing = CONTRACT_ALONE,
) -> Permission:
    """May this person claim the task and see it through? Everything but the decision itself.

    standing: what the directory knows of the person now.
    """
    known = _is_somebody(contract, task, person_id, now, standing)
    if known is not None:
        return known
    if not task.is_live:
        return _no("state", f"the task is {task.state}; there is nothing left to decide")
    taken = _is_anothers(task, person_id, now, standing)
    return taken or _is_asked(contract, case, task, PersonId(person_id), standing)


def may_claim(
    contract: WorkflowContract,
    case: Case,
    task: ReviewTask,
    person_id: str,
    now: datetime,
    *,
    standing: Standing = CONTRACT_ALONE,
) -> Permission:
    """May this person take the task into their hands? As above, and within the queue's limit of
    tasks held at once."""
    allowed = may_work_on(contract, case, task, person_id, now, standing=standing)
    at_most = contract.queues[task.queue].at_most
    others = [each for each in standing.holding.get(task.queue, ()) if each != task.id]
    if allowed.allowed and at_most is not None and len(others) >= at_most:
        finish = ", ".join(others)
        return _no("at most", f"{task.queue} lets one hold {at_most} at once; finish {finish}")
    return allowed


def may_decide(
    contract: WorkflowContract,
    case: Case,
    task: ReviewTask,
    person_id: str,
    verb: Verb,
    now: datetime,
    *,
    standing: Standing = CONTRACT_ALONE,
    supplied: Mapping[str, str] | None = None,
    reason_code: str = "",
) -> Permission:
    """May this person record this verb on this task now?

    standing: what the directory knows of the person now. supplied: evidence the reviewer adds
    with the decision, by name.
    """
    allowed = may_work_on(contract, case, task, person_id, now, standing=standing)
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
    unseen = shown.refused_unseen(task, person_id, verb)
    if unseen is not None:
        return unseen
    training = contract.queues[task.queue].training
    if training is not None and verb in TAKING_ON and training.digest not in standing.trained:
        reason = f"{task.queue} asks for its training before one may {verb}; pass it first, "
        return _no("training", reason + "or reject, pass on or ask")
    seat = seats.seat_of(contract, case, task, person_id, standing)
    return within_amount(contract, task, verb, PersonId(person_id), standing, seat)


def eligible(
    contract: WorkflowContract,
    task: ReviewTask,
    absent: frozenset[PersonId] = frozenset(),
) -> frozenset[PersonId]:
    """Everybody of the contract who could be asked to decide the task, four eyes respected.

    absent: people who are away now; they are not asked.
    """
    people = frozenset(task.deciders) or contract.members_of(task.queue)
    return people - frozenset(task.excluded) - absent


def people_of(contract: WorkflowContract, name: str) -> frozenset[PersonId]:
    """The people a name in the contract stands for: a person, a group, or a queue's members."""
    group = name.removeprefix("group:")
    in_group = frozenset(p.id for p in contract.people.values() if group in p.groups)
    if in_group:
        return in_group
    if name in contract.people:
        return frozenset({PersonId(name)})
    return contract.members_of(QueueName(name)) if name in contract.queues else frozenset()


def _is_somebody(
    contract: WorkflowContract,
    task: ReviewTask,
    person_id: str,
    now: datetime,
    standing: Standing,
) -> Permission | None:
    """Why this is nobody who decides anything here; None when it is."""
    if not standing.active:
        return _no("account", f"the account {person_id} is switched off")
    if standing.is_agent:
        return _no("agent", f"{person_id} is a program; only a person decides")
    if not standing.known and PersonId(person_id) not in contract.people:
        return _no("person", f"{person_id} is not a person of this contract")
    if standing.absent_until is not None and now < standing.absent_until:
        until = f"{standing.absent_until:%Y-%m-%d %H:%M} UTC"
        return _no("absence", f"you are away until {until}; end your absence first")
    if standing.known and not seats.deciding_grants(standing, task):
        reason = f"this needs the role reviewer in queue {task.queue} of {task.workflow}"
        return _no("role", f"{reason}; ask an admin")
    return None


def _is_anothers(
    task: ReviewTask, person_id: str, now: datetime, standing: Standing
) -> Permission | None:
    """Why the task is in somebody else's hands, or decided already; None when it is free."""
    if task.held_decision is not None:
        who = "you have" if task.held_decision.by == person_id else f"{task.held_decision.by} has"
        when = f"{task.takes_effect_at:%H:%M:%S} UTC" if task.takes_effect_at else "soon"
        return _no("decided", f"{who} decided it; it takes effect at {when} unless it is undone")
    held = task.state is ReviewState.CLAIMED and task.held_by != person_id
    if held and task.lease_until is not None and now < task.lease_until:
        return _no("lease", f"{task.held_by} holds it until {task.lease_until:%H:%M} UTC")
    kept_for = task.assigned_to
    mine = kept_for is None or kept_for in (person_id, *standing.stands_in_for)
    if not mine and task.held_by != person_id and now < task.at_risk_at:
        until = f"{task.at_risk_at:%Y-%m-%d %H:%M} UTC"
        return _no("assigned", f"it is kept for {kept_for} until {until}")
    return None


def _is_asked(
    contract: WorkflowContract,
    case: Case,
    task: ReviewTask,
    person: PersonId,
    standing: Standing,
) -> Permission:
    if person == case.opened_by:
        return _no("own work", "you opened this case; somebody else must decide it")
    if person in task.excluded:
        return _no("four eyes", "you already had your say in this; a second person must decide")
    seat = seats.seat_of(contract, case, task, person, standing)
    if seat == person:
        return Permission(allowed=True, reason=f"member of {task.queue}", rule="queue")
    if seat is not None:
        return Permission(allowed=True, reason=f"stands in for {seat}", rule="stand-in")
    if task.deciders:
        return _no("named approver", f"only {', '.join(task.deciders)} may decide this")
    return _no("queue", f"you are not a member of queue {task.queue}")
