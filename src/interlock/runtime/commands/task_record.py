"""What every command on tasks shares: what it gives, what it refuses, and how it is recorded.

Its one rule: a change, its audit entry and the resumption it causes are one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from interlock.domain.case import Case, CaseState
from interlock.domain.contract import WorkflowContract
from interlock.domain.event import Event, ReviewClaimed
from interlock.domain.ids import PersonId
from interlock.domain.people import Standing
from interlock.domain.review import ReviewState, ReviewTask
from interlock.domain.rules.advance import advance, is_out_of_place
from interlock.domain.rules.permission import Permission
from interlock.domain.transition import Transition
from interlock.errors import InterlockError
from interlock.runtime.context import Context
from interlock.storage import Also, Change, RecordedKind


class DecisionRefused(InterlockError):
    """The rules do not let this person do this to this task now."""

    code = "decision_refused"

    def __init__(self, task_id: str, verb: str, rule: str, reason: str) -> None:
        super().__init__(task_id, verb, rule, reason)
        self.task_id, self.verb, self.rule, self.reason = task_id, verb, rule, reason

    def __str__(self) -> str:
        return f"cannot {self.verb} {self.task_id}: {self.reason}; nothing was recorded"


class TaskMoved(InterlockError):
    """Somebody else changed the task or its case while this was on its way."""

    code = "task_moved"

    def __init__(self, task_id: str) -> None:
        super().__init__(task_id)
        self.task_id = task_id

    def __str__(self) -> str:
        return (
            f"review task {self.task_id} was changed by somebody else; nothing was recorded; "
            f"look at it again"
        )


class KeyTaken(InterlockError):
    """An edit gave the case a key that another case has."""

    code = "key_taken"

    def __init__(self, key: str, other: str) -> None:
        super().__init__(key, other)
        self.key, self.other = key, other

    def __str__(self) -> str:
        return (
            f"{self.key} is already the key of case {self.other}; nothing was recorded; "
            f"correct the key, or reject this one as a duplicate"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a command did: the case and the task as they are now."""

    case: Case
    task: ReviewTask


def look(context: Context, text: str) -> tuple[ReviewTask, Case, WorkflowContract]:
    """The task an id or its start names, its case and its contract. Raises: TaskUnknown."""
    task = context.store.task(text)
    case = context.store.load([task.case_id])[0]
    return task, case, context.workflows.of(case.fingerprint).contract


def demand(task_id: str, verb: str, permission: Permission) -> None:
    """Nothing, when it is allowed. Raises: DecisionRefused with the rule and the reason."""
    if not permission.allowed:
        raise DecisionRefused(task_id, verb, permission.rule, permission.reason)


def on_record(standing: Standing) -> Standing:
    """The standing as an event keeps it: what else a person has in hand is nobody's business."""
    return replace(standing, holding={})


def claim_then(
    context: Context,
    case: Case,
    task: ReviewTask,
    by: PersonId,
    event_for: Callable[[ReviewTask], Event],
    now: datetime,
    *,
    also: Also | None = None,
) -> Answered:
    """Claims the task for the person first when they do not hold it, in the same transaction."""
    contract, before = context.workflows.of(case.fingerprint).contract, case
    transitions: list[Transition] = []
    if task.state is not ReviewState.CLAIMED or task.held_by != by:
        claimed = advance(contract, case, ReviewClaimed(task=task, by=by), now)
        if is_out_of_place(claimed):  # the case went on after the task was read
            raise TaskMoved(task.id)
        transitions.append(claimed)
        case, task = claimed.case, claimed.tasks[-1]
    last = advance(contract, case, event_for(task), now)
    if is_out_of_place(last):
        raise TaskMoved(task.id)
    transitions.append(last)
    return _answered(record(context, before, transitions, task.id, also=also), transitions, task)


def apply_event(
    context: Context,
    case: Case,
    task: ReviewTask,
    event: Event,
    now: datetime,
    *,
    also: Also | None = None,
) -> Answered:
    """What one event does to a task and its case, on record. Raises: KeyTaken, TaskMoved."""
    contract = context.workflows.of(case.fingerprint).contract
    transition = advance(contract, case, event, now)
    if is_out_of_place(transition):
        raise TaskMoved(task.id)
    return _answered(record(context, case, [transition], task.id, also=also), [transition], task)


def _answered(version: int, transitions: Sequence[Transition], task: ReviewTask) -> Answered:
    """The case and the task as they are stored now: who goes on with them says what they saw."""
    found = _as_it_is(transitions[-1], task)
    if any(each.id == found.id for step in transitions for each in step.tasks):
        found = replace(found, version=found.version + 1)
    return Answered(case=replace(transitions[-1].case, version=version), task=found)


def _as_it_is(transition: Transition, task: ReviewTask) -> ReviewTask:
    """The task people look at next: the one the case now waits on, else this one's last state."""
    for each in reversed(transition.tasks):
        if each.id == transition.case.task:
            return each
    same = [each for each in transition.tasks if each.id == task.id]
    return same[-1] if same else task


def record(
    context: Context,
    case: Case,
    transitions: Sequence[Transition],
    subject: str,
    *,
    also: Also | None = None,
) -> int:
    """The transitions on record, what they resume on its way, and the version the case has now.

    Raises: KeyTaken, TaskMoved.

    also: called in the same transaction, after the writes.
    """
    last = transitions[-1].case
    change = Change(seen_version=case.version, transitions=tuple(transitions))
    resumed = [last.id] if last.state is CaseState.READY else []

    def together(connection: Connection) -> None:
        if also is not None:
            also(connection)
        if resumed:
            context.engine.enqueue(connection, resumed)

    [recorded] = context.store.record([change], also=together)
    if recorded.kind is RecordedKind.KEY_TAKEN:
        raise KeyTaken(last.key, recorded.other_case or "")
    if recorded.kind is not RecordedKind.APPLIED:
        raise TaskMoved(subject)
    if resumed:
        context.engine.committed(resumed)
    return recorded.version
