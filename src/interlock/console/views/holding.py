"""In whose hands a task is, and what may be done about it.

One rule: each way to move a task is asked of the rule that its command will ask.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from interlock.domain.case import Case
from interlock.domain.contract import WorkflowContract
from interlock.domain.people import Standing
from interlock.domain.review import Decision, ReviewState, ReviewTask
from interlock.domain.rules import assign, handover
from interlock.domain.rules.outlook import name_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """is_mine: held by the reader. by: who else holds it, or for whom it is kept."""

    is_mine: bool
    by: str
    kept_for: str
    until: datetime | None
    taken_from: str
    may_claim: bool
    why_not_claim: str
    may_take_over: bool
    may_give_back: bool
    colleagues: tuple[tuple[str, str], ...]
    decided: Decision | None
    decided_by: str
    takes_effect_at: datetime | None
    may_undo: bool
    notes: tuple[tuple[str, str, datetime, str], ...]


def holding_of(
    contract: WorkflowContract,
    case: Case,
    task: ReviewTask,
    person: str,
    now: datetime,
    standing: Standing,
) -> Holding:
    """In whose hands the task is, as the reader sees it."""
    held = task.state is ReviewState.CLAIMED and (
        task.lease_until is None or now < task.lease_until
    )
    is_mine = held and task.held_by == person
    claim = assign.may_claim(contract, case, task, person, now, standing=standing)
    decision = task.held_decision
    return Holding(
        is_mine=is_mine,
        by=name_of(contract, task.held_by) if held and not is_mine and task.held_by else "",
        kept_for=name_of(contract, task.assigned_to) if task.assigned_to else "",
        until=task.lease_until if held else None,
        taken_from=name_of(contract, task.taken_from) if task.taken_from else "",
        may_claim=claim.allowed and not is_mine,
        why_not_claim="" if claim.allowed else claim.reason,
        may_take_over=handover.may_take_over(contract, task, person, standing).allowed,
        may_give_back=is_mine and handover.may_hand_back(task, person).allowed,
        colleagues=_colleagues(contract, task, person, standing, is_mine=is_mine),
        decided=decision,
        decided_by=name_of(contract, decision.by) if decision else "",
        takes_effect_at=task.takes_effect_at,
        may_undo=decision is not None and decision.by == person,
        notes=tuple((n.what, name_of(contract, n.by), n.at, n.text) for n in task.notes),
    )


def _colleagues(
    contract: WorkflowContract, task: ReviewTask, person: str, standing: Standing, *, is_mine: bool
) -> tuple[tuple[str, str], ...]:
    """Who the reader may pass the task to: those who could decide it."""
    steers = handover.may_steer(contract, task, person, standing).allowed
    if not task.is_live or not (is_mine or steers):
        return ()
    people = sorted(assign.eligible(contract, task))
    return tuple((str(p), name_of(contract, p)) for p in people if p not in (person, task.held_by))
