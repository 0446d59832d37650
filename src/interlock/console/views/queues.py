"""Queues as people run them: what waits, who is on, and when it would be cleared.

One rule: "clears by" is arithmetic over the contract's own minutes a task and opening hours, and
is absent when nobody is on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from interlock.console import words
from interlock.console.views.scope import Scope, name_of
from interlock.domain.contract import Queue, WorkflowContract
from interlock.domain.ids import QueueName
from interlock.runtime.context import Context
from interlock.storage.overview import QueueLoad


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody who works a queue. `away`: why they are not on now, in words; empty when on."""

    id: str
    name: str
    holding: int
    away: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLine:
    """One queue. `clears_by` None: nobody is on, or nothing waits. `is_open`: its clock runs."""

    workflow: str
    workflow_title: str
    name: str
    open: int
    at_risk: int
    late: int
    asked: int
    oldest: datetime | None
    members: tuple[Member, ...]
    hours: str
    is_open: bool
    capacity: int | None
    minutes_per_task: float
    lease_minutes: int
    escalates_to: tuple[str, ...]
    clears_by: datetime | None
    note: str = ""

    @property
    def people_on(self) -> int:
        return sum(not member.away for member in self.members)

    @property
    def people(self) -> int:
        return len(self.members)


def queue_lines(
    context: Context, scope: Scope, loads: Sequence[QueueLoad]
) -> tuple[QueueLine, ...]:
    """Every queue of the visible workflows, the fullest and latest first."""
    by_place = {(str(load.workflow), str(load.queue)): load for load in loads}
    holding = context.store.tasks_in_hand(tenants=scope.tenants)
    away = _away(context, scope)
    lines = [
        _line(contract, queue, by_place.get((contract.workflow, name)), holding, away, scope.now)
        for contract in scope.contracts.values()
        for name, queue in contract.queues.items()
    ]
    return tuple(sorted(lines, key=lambda each: (-each.late, -each.at_risk, -each.open, each.name)))


def _line(
    contract: WorkflowContract,
    queue: Queue,
    load: QueueLoad | None,
    holding: Mapping[tuple[str, str], int],
    away: dict[str, str],
    now: datetime,
) -> QueueLine:
    members = tuple(
        Member(
            id=person,
            name=name_of(contract, person),
            holding=holding.get((person, queue.name), 0),
            away=away.get(person, ""),
        )
        for person in sorted(contract.members_of(QueueName(queue.name)))
    )
    on = sum(not member.away for member in members)
    return QueueLine(
        workflow=contract.workflow,
        workflow_title=contract.title,
        name=queue.name,
        open=load.open if load else 0,
        at_risk=load.at_risk if load else 0,
        late=load.late if load else 0,
        asked=load.asked if load else 0,
        oldest=load.oldest if load else None,
        members=members,
        hours=queue.hours.text,
        is_open=queue.hours.is_open(now),
        capacity=queue.capacity,
        minutes_per_task=queue.minutes_per_task,
        lease_minutes=queue.lease_minutes,
        escalates_to=queue.escalate_to,
        clears_by=clears_by(queue, load.open - load.asked if load else 0, on, now),
        note="" if on else "nobody is on",
    )


def clears_by(queue: Queue, tasks: int, people: int, now: datetime) -> datetime | None:
    """When so many tasks would be decided by so many people in the queue's hours, at its minutes
    a task; None when there is nothing to do or nobody to do it."""
    if tasks <= 0 or people <= 0:
        return None
    return queue.hours.after(now, timedelta(minutes=tasks * queue.minutes_per_task / people))


def _away(context: Context, scope: Scope) -> dict[str, str]:
    """Why people of the visible contracts are not on now, by person."""
    found: dict[str, str] = {}
    for contract in scope.contracts.values():
        for person in contract.people:
            standing = context.directory.standing(person, scope.now)
            if not standing.active:
                found[person] = "switched off"
            elif standing.absent_until is not None:
                found[person] = f"away until {words.clock(standing.absent_until, scope.now)}"
    return found
