"""Who works on a task: takeover, hand-back, reassignment, and what is most urgent for somebody."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from interlock.domain.desk_event import ReviewAssigned, ReviewHandedBack, ReviewTakenOver
from interlock.domain.event import ReviewClaimed
from interlock.domain.ids import PersonId, QueueName
from interlock.domain.people import Standing
from interlock.domain.review import ReviewState, ReviewTask
from interlock.domain.rules import assign, handover, seats
from interlock.runtime.commands.task_record import (
    Answered,
    DecisionRefused,
    TaskMoved,
    apply_event,
    demand,
    look,
    on_record,
)
from interlock.runtime.context import Context
from interlock.runtime.plain import plain_text
from interlock.storage import TaskQuery, place_of

PAGE: Final = 20  # tasks looked at together
WIDEST: Final = 16  # of these, how many are drawn from after lost races


def takeover_task(context: Context, task: str, by: str, *, note: str = "") -> Answered:
    """The task in this person's hands instead of its holder's, with all it has.

    It needs the right to operate, or a place in the queue's escalation.
    Raises: DecisionRefused, TaskMoved.
    """
    found, case, contract = look(context, task)
    now = context.clock.now()
    standing = on_record(context.directory.standing(by, now))
    demand(found.id, "take over", handover.may_take_over(contract, found, by, standing))
    event = ReviewTakenOver(task=found, by=PersonId(by), note=plain_text(note), standing=standing)
    return apply_event(context, case, found, event, now)


def hand_back_task(context: Context, task: str, by: str, *, note: str = "") -> Answered:
    """The task back in its queue, kept for whom it was taken from, if anybody.

    Raises: DecisionRefused when this person does not hold it; TaskMoved.
    """
    found, case, _ = look(context, task)
    demand(found.id, "hand back", handover.may_hand_back(found, by))
    event = ReviewHandedBack(task=found, by=PersonId(by), note=plain_text(note))
    return apply_event(context, case, found, event, context.clock.now())


def reassign_task(context: Context, task: str, to: str, by: str, *, note: str = "") -> Answered:
    """The task in its queue, kept for `to` until it is at risk; their lease begins when they claim.

    Raises: DecisionRefused when `by` may not steer the work or `to` may not do it; TaskMoved.
    """
    found, case, contract = look(context, task)
    now = context.clock.now()
    standing = on_record(context.directory.standing(by, now))
    theirs = on_record(context.directory.standing(to, now))
    permission = handover.may_reassign(
        contract, case, found, by, to, now, standing=standing, to_standing=theirs
    )
    demand(found.id, "reassign", permission)
    event = ReviewAssigned(
        task=found,
        to=PersonId(to),
        by=PersonId(by),
        note=plain_text(note),
        standing=standing,
        to_standing=theirs,
    )
    return apply_event(context, case, found, event, now)


def next_task(context: Context, by: str, queue: str | None = None) -> Answered | None:
    """The most urgent open task this person may work on, now in their hands; None: there is none.

    What is kept for them comes first. A task that somebody else took at the same moment is passed
    over. queue: only from there. Raises: DecisionRefused when they hold as many as they may.
    """
    lost = 0
    while True:
        free = list(_within_reach(context, by, queue, lost))
        if not free:
            return None
        chosen = free[secrets.randbelow(min(len(free), 2**lost, WIDEST))]
        try:
            return _claimed(context, chosen.id, by)
        except TaskMoved:
            lost += 1  # many ask at once: draw from a few, or all run for the same one again
        except DecisionRefused as refused:
            if refused.rule not in ("lease", "state", "decided", "assigned"):
                raise
            lost += 1


def working_queues(context: Context, by: str, standing: Standing) -> tuple[QueueName, ...]:
    """The queues this person works: by the contracts, by their groups, in an absent one's seat."""
    contracts = [each.contract for each in context.workflows]
    return tuple(
        dict.fromkeys(
            name
            for contract in contracts
            for name in contract.queues
            if seats.is_member(contract, name, PersonId(by), standing)
        )
    )


def _claimed(context: Context, task: str, by: str) -> Answered:
    """The task in this person's hands, if it is in nobody's, not in theirs either: they may ask
    from two places at once. Raises: DecisionRefused, TaskMoved."""
    found, case, contract = look(context, task)
    if found.state is not ReviewState.OPEN:
        raise TaskMoved(found.id)
    now = context.clock.now()
    standing = context.directory.standing(by, now)
    permission = assign.may_claim(contract, case, found, by, now, standing=standing)
    demand(found.id, "claim", permission)
    return apply_event(context, case, found, ReviewClaimed(task=found, by=PersonId(by)), now)


def _within_reach(context: Context, by: str, queue: str | None, lost: int) -> Iterator[ReviewTask]:
    """The first tasks this person may work on, the most urgent first: as many as are drawn from."""
    standing = context.directory.standing(by, context.clock.now())
    queues = working_queues(context, by, standing)
    wanted = tuple(each for each in queues if queue is None or each == queue)
    if not wanted:
        return
    left = min(2**lost, WIDEST)
    open_ones = (ReviewState.OPEN,)
    for_them = TaskQuery(queues=wanted, states=open_ones, assigned_to=by, limit=PAGE)
    for each in (for_them, TaskQuery(queues=wanted, states=open_ones, limit=PAGE)):
        for task in _allowed(context, each, by, standing):
            yield task
            left -= 1
            if not left or task.assigned_to == by:
                return


def _allowed(
    context: Context, query: TaskQuery, by: str, standing: Standing
) -> Iterator[ReviewTask]:
    """What the person may work on of what matches, a page at a time."""
    now = context.clock.now()
    while True:
        page = context.store.tasks(query)
        cases = {case.id: case for case in context.store.load([task.case_id for task in page])}
        for task in page:
            case = cases.get(task.case_id)
            if case is None or not context.workflows.knows(case.fingerprint):
                continue
            contract = context.workflows.of(case.fingerprint).contract
            if assign.may_work_on(contract, case, task, by, now, standing=standing).allowed:
                yield task
        if len(page) < query.limit:
            return
        query = replace(query, after=place_of(page[-1]))
