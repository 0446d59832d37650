"""What an answer, or silence, means for a look or a probe: something, and nothing for a case."""

from __future__ import annotations

from dataclasses import replace

from interlock.domain.case import Arm
from interlock.domain.event import (
    Event,
    QuestionAnswered,
    QuestionAsked,
    ReviewBreached,
    ReviewDecided,
    ReviewEscalated,
    ReviewExpired,
)
from interlock.domain.fact import FactKind
from interlock.domain.quality import Look, LookKind
from interlock.domain.review import Decision, ReviewAction, ReviewTask
from interlock.domain.review import move as move_task
from interlock.domain.rules import looks, on_review, probing, sampling, second_look, thinking
from interlock.domain.rules.draft import Draft
from interlock.domain.rules.undo import freed

MOVES_A_CASE = (ReviewDecided, ReviewEscalated, ReviewBreached, ReviewExpired)
CONCERNS_A_CASE = (*MOVES_A_CASE, QuestionAsked, QuestionAnswered)


def is_task_of(draft: Draft, task: ReviewTask) -> bool:
    """True for the case's own open question, and for a look at the case."""
    return draft.case.task == task.id or looks.find(draft.case, task.id) is not None


def decided(draft: Draft, event: ReviewDecided, task: ReviewTask) -> bool:
    """A decision that has been judged takes effect: on its case, or on the look or probe it is
    about. False: it has no place here."""
    beside = instead(draft, event, task)
    if beside is None:
        on_review.decided(draft, event)
    return beside is not False


def instead(draft: Draft, event: Event, task: ReviewTask) -> bool | None:
    """Applies what would move a real case on to a look or a probe. None: it is neither, or the
    event only moves the task. False: the event has no place here.

    A decision must have been judged by whoever calls this.
    """
    look = looks.find(draft.case, task.id)
    if look is not None and isinstance(event, CONCERNS_A_CASE):
        return _happened(draft, event, look)
    if draft.case.arm is Arm.PROBE and isinstance(event, MOVES_A_CASE):
        return probing.happened(draft, event)
    return None


def _happened(draft: Draft, event: Event, look: Look) -> bool:
    match event:
        case ReviewDecided(task=task, decision=decision):
            if looks.unexplained(task, decision.verb, decision.reason_code, decision.note):
                return False
            _decided(draft, task, decision, look)
        case ReviewEscalated(task=task) | ReviewBreached(task=task) if task.is_overdue(draft.now):
            draft.tasks.append(replace(task, breached_at=task.breached_at or draft.now))
            draft.note("late", "a look is late and holds nobody up", task=task.id)
            draft.count(FactKind.REVIEW_BREACHED, name=task.queue, detail=task.kind)
        case _:
            return False
    return True


def _decided(draft: Draft, task: ReviewTask, decision: Decision, look: Look) -> None:
    done = move_task(freed(task), ReviewAction.DECIDE, ended_at=draft.now, held_by=decision.by)
    draft.tasks.append(done)
    draft.decision = thinking.timed(draft, task, decision)
    answer = looks.given(task, decision)
    match look.kind:
        case LookKind.SAMPLE:
            sampling.checked(draft, look, answer, task)
        case LookKind.SECOND:
            second_look.answered(draft, look, answer, task)
        case LookKind.ADJUDICATION:
            second_look.adjudicated(draft, look, answer, task)
