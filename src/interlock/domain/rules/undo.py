"""The undo window: a decision that is made, and not in force before its time.

Its one rule: it takes effect once, judged again at that time, or not at all; until then only
whoever made it can take it back.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from interlock.domain.desk_event import HeldReviewRefused, ReviewHeld, ReviewUndone
from interlock.domain.event import ReviewDecided
from interlock.domain.fact import FactKind
from interlock.domain.people import Standing
from interlock.domain.review import (
    REVIEW_MOVES,
    Decision,
    EditTarget,
    ReviewAction,
    ReviewTask,
    TaskNote,
    Verb,
)
from interlock.domain.review import move as move_task
from interlock.domain.rules import assign
from interlock.domain.rules.draft import Draft


def may_be_held(draft: Draft, event: ReviewHeld) -> bool:
    """True for a decision its maker may record now, in a queue with an undo window."""
    window = draft.contract.queues[event.task.queue].undo_seconds
    free = event.task.held_decision is None
    return window > 0 and free and _allows(draft, event.task, event.decision, event.standing)


def takes_effect(draft: Draft, event: ReviewDecided) -> bool:
    """True for a decision that may be in force now: of whoever holds the task, and, when it was
    held, exactly the one that was held, once its window is over."""
    task, decision = event.task, event.decision
    needs_refit = decision.verb is Verb.EDIT and task.edits is EditTarget.CASE
    if needs_refit and event.refit is None:
        return False
    if task.held_decision is None:
        return _allows(draft, task, decision, event.standing)
    ripe = task.takes_effect_at is not None and draft.now >= task.takes_effect_at
    same = decision == task.held_decision
    return ripe and same and _allows(draft, freed(task), decision, event.standing)


def freed(task: ReviewTask) -> ReviewTask:
    """The task as if nothing were held on it, to judge the decision again."""
    return replace(task, held_decision=None, takes_effect_at=None)


def held(draft: Draft, event: ReviewHeld) -> None:
    """The decision is on record; the task is its maker's until it takes effect."""
    window = timedelta(seconds=draft.contract.queues[event.task.queue].undo_seconds)
    held = move_task(
        event.task,
        ReviewAction.HOLD,
        held_decision=event.decision,
        takes_effect_at=draft.now + window,
        lease_until=None,
    )
    draft.tasks.append(held)
    draft.note("held", "it can be undone until it takes effect", task=held.id)
    draft.count(FactKind.REVIEW_CLAIMED, name=held.queue, detail="held")


def undone(draft: Draft, event: ReviewUndone) -> None:
    """Nothing was decided; whoever took it back still holds the task."""
    lease = timedelta(minutes=draft.contract.queues[event.task.queue].lease_minutes)
    task = move_task(freed(event.task), ReviewAction.UNDO, lease_until=draft.now + lease)
    draft.tasks.append(task)
    draft.note("undone", "before it took effect", task=task.id)
    draft.count(FactKind.REVIEW_CLAIMED, name=task.queue, detail="undone")


def refused(draft: Draft, event: HeldReviewRefused) -> None:
    """The rules no longer let it: the task is back in its queue, and says why."""
    told = TaskNote(what="refused", by="worker", at=draft.now, text=event.reason)
    task = move_task(
        freed(event.task),
        ReviewAction.RELEASE,
        held_by=None,
        lease_until=None,
        notes=(*event.task.notes, told),
    )
    draft.tasks.append(task)
    draft.note("refused", "a held decision is judged again", task=task.id)
    draft.count(FactKind.REVIEW_RELEASED, name=task.queue, detail="refused")


def is_ripe(draft: Draft, task: ReviewTask) -> bool:
    """True once a held decision's window is over."""
    return task.takes_effect_at is not None and draft.now >= task.takes_effect_at


def _allows(draft: Draft, task: ReviewTask, decision: Decision, standing: Standing) -> bool:
    """True for a yes, no or edit of the person who holds the task and may decide it.

    Asked here once more, so that no path to the record can go round it.
    """
    may_move = (task.state, ReviewAction.DECIDE) in REVIEW_MOVES and task.held_by == decision.by
    if decision.verb not in assign.DECIDING or not may_move:
        return False
    return assign.may_decide(
        draft.contract,
        draft.case,
        task,
        decision.by,
        decision.verb,
        draft.now,
        standing=standing,
        supplied=decision.supplied,
        reason_code=decision.reason_code,
    ).allowed
