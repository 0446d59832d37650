"""Handing a task on: takeover, hand-back, and keeping it for a named person.

Its one rule: a task changes hands with all it has, its questions and notes, and nobody's decision
is made by it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from interlock.domain.case import Case
from interlock.domain.contract import WorkflowContract
from interlock.domain.desk_event import ReviewAssigned, ReviewHandedBack, ReviewTakenOver
from interlock.domain.fact import FactKind
from interlock.domain.ids import PersonId
from interlock.domain.people import CONTRACT_ALONE, Account, Right, Standing
from interlock.domain.review import ReviewAction, ReviewState, ReviewTask, TaskNote
from interlock.domain.review import move as move_task
from interlock.domain.rules import assign, rights, seats
from interlock.domain.rules.draft import Draft
from interlock.domain.rules.permission import Permission
from interlock.domain.rules.permission import refused as _no


def may_operate(
    contract: WorkflowContract,
    person_id: str,
    standing: Standing = CONTRACT_ALONE,
    *,
    tenant: str | None = None,
    queue: str | None = None,
) -> Permission:
    """May this person keep the work of this workflow moving: reassign, take over, stop, reopen?

    An account needs the right; without one, the contract's business and operations owners may.
    """
    person = PersonId(person_id)
    if standing.known:
        account = Account(
            id=person,
            name=person_id,
            grants=standing.grants,
            active=standing.active,
            is_agent=standing.is_agent,
        )
        return rights.may(
            account, Right.OPERATE, workflow=contract.workflow, tenant=tenant, queue=queue
        )
    if person not in contract.people:
        return _no("person", f"{person_id} is not a person of this contract")
    for owner in (contract.owners.operations, contract.owners.business):
        if person == owner or person in assign.people_of(contract, owner):
            return Permission(allowed=True, reason=f"answers as {owner}", rule="owner")
    return _no("owner", f"{person_id} answers neither for the operations nor for the business")


def may_steer(
    contract: WorkflowContract, task: ReviewTask, person_id: str, standing: Standing
) -> Permission:
    """May this person say who works on this task? Whoever may operate there, and those to whom
    it would go next."""
    allowed = may_operate(contract, person_id, standing, tenant=task.tenant, queue=task.queue)
    if allowed.allowed or allowed.rule in ("account", "agent"):
        return allowed
    person = PersonId(person_id)
    is_next = seats.in_escalation(contract, task, person, standing)
    if is_next and (not standing.known or _decides_there(contract, standing, task)):
        return Permission(allowed=True, reason="next in the escalation chain", rule="escalation")
    return allowed


def may_take_over(
    contract: WorkflowContract, task: ReviewTask, person_id: str, standing: Standing
) -> Permission:
    """May this person take the task out of its holder's hands?"""
    in_hands = _is_free_to_move(task)
    if in_hands is not None:
        return in_hands
    if task.state is not ReviewState.CLAIMED or task.held_by is None:
        return _no("lease", "nobody holds it; claim it")
    if task.held_by == person_id:
        return _no("lease", "you hold it already")
    return may_steer(contract, task, person_id, standing)


def may_hand_back(task: ReviewTask, person_id: str) -> Permission:
    """May this person give the task back? Its holder may."""
    in_hands = _is_free_to_move(task)
    if in_hands is not None:
        return in_hands
    if task.state is not ReviewState.CLAIMED or task.held_by != person_id:
        holder = f"{task.held_by} holds it" if task.held_by else "nobody holds it"
        return _no("lease", holder)
    return Permission(allowed=True, reason="you hold it", rule="lease")


def may_reassign(
    contract: WorkflowContract,
    case: Case,
    task: ReviewTask,
    person_id: str,
    to: str,
    now: datetime,
    *,
    standing: Standing = CONTRACT_ALONE,
    to_standing: Standing = CONTRACT_ALONE,
) -> Permission:
    """May this person keep the task for `to`, and may `to` work on it?

    Its holder may pass it to a colleague; else it needs the right to steer the work.
    """
    in_hands = _is_free_to_move(task)
    if in_hands is not None:
        return in_hands
    allowed = may_steer(contract, task, person_id, standing)
    holds = task.state is ReviewState.CLAIMED and task.held_by == person_id
    if not allowed.allowed and not holds:
        return allowed
    put_down = _in_queue(task)
    their = assign.may_work_on(contract, case, put_down, to, now, standing=to_standing)
    if not their.allowed:
        return _no(their.rule, f"{to} cannot take it: {their.reason}")
    return Permission(allowed=True, reason=f"{to} may work on it", rule=their.rule)


def handed_on(draft: Draft, event: ReviewTakenOver | ReviewHandedBack | ReviewAssigned) -> bool:
    """The task in other hands. False: whoever asked for it may not; asked here once more."""
    contract, task = draft.contract, event.task
    match event:
        case ReviewTakenOver():
            allowed = may_take_over(contract, task, event.by, event.standing)
            if allowed.allowed:
                _taken_over(draft, event)
        case ReviewHandedBack():
            allowed = may_hand_back(task, event.by)
            if allowed.allowed:
                _handed_back(draft, event)
        case ReviewAssigned():
            allowed = may_reassign(
                contract,
                draft.case,
                task,
                event.by,
                event.to,
                draft.now,
                standing=event.standing,
                to_standing=event.to_standing,
            )
            if allowed.allowed:
                _assigned(draft, event)
    return allowed.allowed


def _taken_over(draft: Draft, event: ReviewTakenOver) -> None:
    """Another holds it now, for a lease of their own."""
    task = event.task
    lease = timedelta(minutes=draft.contract.queues[task.queue].lease_minutes)
    told = TaskNote(what="takeover", by=event.by, at=draft.now, text=event.note)
    moved = move_task(
        task,
        ReviewAction.TAKE_OVER,
        held_by=event.by,
        taken_from=task.held_by,
        assigned_to=None,
        lease_until=draft.now + lease,
        claimed_at=draft.now,
        notes=(*task.notes, told),
    )
    draft.tasks.append(moved)
    draft.note("taken_over", "by whoever may steer the work", task=task.id, was=task.held_by)
    draft.count(FactKind.REVIEW_CLAIMED, name=task.queue, detail="takeover")


def _handed_back(draft: Draft, event: ReviewHandedBack) -> None:
    """It is in its queue, kept for whom it was taken from, if anybody."""
    task = event.task
    told = TaskNote(what="hand_back", by=event.by, at=draft.now, text=event.note)
    moved = move_task(
        task,
        ReviewAction.RELEASE,
        held_by=None,
        lease_until=None,
        assigned_to=task.taken_from,
        taken_from=None,
        notes=(*task.notes, told),
    )
    draft.tasks.append(moved)
    draft.note("handed_back", "with everything it had", task=task.id, to=task.taken_from)
    draft.count(FactKind.REVIEW_RELEASED, name=task.queue, detail="hand_back")


def _assigned(draft: Draft, event: ReviewAssigned) -> None:
    """It is in its queue, kept for one person until it is at risk."""
    task = event.task
    told = TaskNote(what="assigned", by=event.by, at=draft.now, text=event.note)
    moved = move_task(
        _in_queue(task) if task.state is ReviewState.OPEN else task,
        ReviewAction.ASSIGN,
        held_by=None,
        lease_until=None,
        taken_from=None,
        assigned_to=event.to,
        notes=(*task.notes, told),
    )
    draft.tasks.append(moved)
    draft.note("assigned", "kept for them until it is at risk", task=task.id, to=event.to)
    draft.count(FactKind.REVIEW_RELEASED, name=task.queue, detail="assigned")


def _in_queue(task: ReviewTask) -> ReviewTask:
    """The task as if nobody held it and it were kept for nobody."""
    return replace(
        task,
        state=ReviewState.OPEN,
        held_by=None,
        lease_until=None,
        assigned_to=None,
        taken_from=None,
    )


def _is_free_to_move(task: ReviewTask) -> Permission | None:
    if not task.is_live:
        return _no("state", f"the task is {task.state}; there is nothing left to decide")
    if task.held_decision is not None:
        by = task.held_decision.by
        return _no("decided", f"{by} has decided it; only {by} can undo that")
    return None


def _decides_there(contract: WorkflowContract, standing: Standing, task: ReviewTask) -> bool:
    """True for a reviewer of this task's queue, or of one it would go to."""
    places = (task.queue, *seats.next_queues(contract, task))
    return any(seats.deciding_grants(standing, replace(task, queue=each)) for each in places)
