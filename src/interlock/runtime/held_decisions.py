"""Held decisions whose undo window is over: each takes effect once, judged again at that moment.

Its one rule: what the rules no longer let happen goes back to the queue with the reason; nothing
is retried for ever, and nothing is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from interlock.domain.case import Case
from interlock.domain.desk_event import HeldReviewRefused
from interlock.domain.event import CaseRefit, Event, ReviewDecided
from interlock.domain.review import Decision, EditTarget, ReviewTask, Verb
from interlock.domain.rules import assign, undo
from interlock.errors import InterlockError
from interlock.runtime.commands.editing import edited_case
from interlock.runtime.commands.task_record import on_record
from interlock.runtime.context import Context
from interlock.storage import Recorded, RecordedKind


def effect_of(context: Context, case: Case, task: ReviewTask, now: datetime) -> Iterator[Event]:
    """What becomes of the task's held decision now: nothing yet, its effect, or its refusal."""
    decision = task.held_decision
    if decision is None or task.takes_effect_at is None or now < task.takes_effect_at:
        return
    standing = on_record(context.directory.standing(decision.by, now))
    permission = assign.may_decide(
        context.workflows.of(case.fingerprint).contract,
        case,
        undo.freed(task),
        decision.by,
        decision.verb,
        now,
        standing=standing,
        supplied=decision.supplied,
        reason_code=decision.reason_code,
    )
    if not permission.allowed:
        yield HeldReviewRefused(task=task, reason=permission.reason)
        return
    try:
        refit = _refit(context, case, task, decision)
    except InterlockError as misfit:
        yield HeldReviewRefused(task=task, reason=str(misfit))
        return
    yield ReviewDecided(task=task, decision=decision, refit=refit, standing=standing)


def refused_by_key(
    moves: Sequence[tuple[Case, Event]], recorded: Sequence[Recorded]
) -> list[tuple[Case, Event]]:
    """The refusals of held edits whose new key turned out to belong to another case."""
    others = {each.case_id: each for each in recorded if each.kind is RecordedKind.KEY_TAKEN}
    return [
        (case, HeldReviewRefused(task=event.task, reason=_taken(others[case.id])))
        for case, event in moves
        if case.id in others and isinstance(event, ReviewDecided)
    ]


def _refit(context: Context, case: Case, task: ReviewTask, decision: Decision) -> CaseRefit | None:
    """The case's own fields as the edit makes them, read anew. Raises: EditRefused."""
    if decision.verb is not Verb.EDIT or task.edits is not EditTarget.CASE:
        return None
    return edited_case(context.workflows.of(case.fingerprint), case, decision.value)


def _taken(recorded: Recorded) -> str:
    return f"the key it gives the case belongs to case {recorded.other_case}"
