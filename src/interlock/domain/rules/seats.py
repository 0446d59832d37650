"""From which seat somebody is asked: their own, or that of an absent person they stand in for.

Its one rule: a seat is the place of one person of the contract; whoever fills it stays the person
they are, so that four eyes are always those of two real people.
"""

from __future__ import annotations

from collections.abc import Iterable

from interlock.domain.case import Case
from interlock.domain.contract import WorkflowContract
from interlock.domain.ids import PersonId, QueueName
from interlock.domain.people import ROLE_RIGHTS, Grant, Right, Standing
from interlock.domain.review import ReviewKind, ReviewTask

GROUP = "group:"


def seat_of(
    contract: WorkflowContract, case: Case, task: ReviewTask, person_id: str, standing: Standing
) -> PersonId | None:
    """The person themselves, else the first absent person whose seat they fill, else None."""
    person = PersonId(person_id)
    if _is_named(contract, task, person, standing.groups):
        return person
    took_it = task.held_by == person and task.taken_from is not None and not task.deciders
    if took_it and in_escalation(contract, task, person, standing):
        return person  # those to whom it would go next see through what they took over
    closed_seats = {*task.excluded, case.opened_by}
    for absent in standing.stands_in_for:
        if absent not in closed_seats and _is_named(contract, task, absent, ()):
            return absent
    return None


def deciding_grants(standing: Standing, task: ReviewTask) -> tuple[Grant, ...]:
    """The grants with which an account may decide this task."""
    places = (task.workflow, task.queue, task.tenant)
    return tuple(
        grant
        for grant in standing.grants
        if Right.DECIDE in ROLE_RIGHTS[grant.role] and _covers(grant, *places)
    )


def in_escalation(
    contract: WorkflowContract, task: ReviewTask, person: PersonId, standing: Standing
) -> bool:
    """True for those to whom the task would go next if it were late or passed on."""
    return any(
        person in contract.members_of(queue) or _in_group(contract, queue, standing.groups)
        for queue in next_queues(contract, task)
    )


def next_queues(contract: WorkflowContract, task: ReviewTask) -> tuple[QueueName, ...]:
    """The rest of the task's chain, nearest first, its step's own target before it."""
    chain = task.onward or tuple(map(contract.queue_of, contract.queues[task.queue].escalate_to))
    if task.kind in (ReviewKind.PROPOSAL, ReviewKind.HUMAN_STEP) and task.step:
        target = contract.step(task.step).escalation_target
        if target:
            return (contract.queue_of(target), *chain)
    return chain


def is_member(
    contract: WorkflowContract, queue: QueueName, person: PersonId, standing: Standing
) -> bool:
    """True for whoever works the queue: by the contract, by a group of their account, or in an
    absent member's seat."""
    people = contract.members_of(queue)
    seated = person in people or not people.isdisjoint(standing.stands_in_for)
    return seated or _in_group(contract, queue, standing.groups)


def _is_named(
    contract: WorkflowContract, task: ReviewTask, person: PersonId, groups: Iterable[str]
) -> bool:
    if task.deciders:
        teams = {name.removeprefix(GROUP) for name in task.approvers if name not in contract.people}
        return person in task.deciders or not teams.isdisjoint(groups)
    return person in contract.members_of(task.queue) or _in_group(contract, task.queue, groups)


def _in_group(contract: WorkflowContract, queue: QueueName, groups: Iterable[str]) -> bool:
    return not contract.people_groups(queue).isdisjoint(groups)


def _covers(grant: Grant, workflow: str, queue: str, tenant: str) -> bool:
    asked = ((grant.workflow, workflow), (grant.queue, queue), (grant.tenant, tenant))
    return all(held is None or held == place for held, place in asked)
