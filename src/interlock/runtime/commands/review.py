"""What people do with review tasks. One door: each path calls these, each asks the same rule.

A decision, its audit entry and the resumption it causes are one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from interlock.domain.case import Case, CaseState
from interlock.domain.contract import WorkflowContract
from interlock.domain.event import (
    CaseCancelled,
    CaseRefit,
    Event,
    QuestionAnswered,
    QuestionAsked,
    ReviewClaimed,
    ReviewDecided,
    ReviewEscalated,
    ReviewReleased,
)
from interlock.domain.ids import PersonId
from interlock.domain.review import Decision, EditTarget, ReviewState, ReviewTask, Verb
from interlock.domain.rules import asking, assign
from interlock.domain.rules.advance import advance, is_out_of_place
from interlock.domain.transition import Transition
from interlock.errors import InterlockError
from interlock.observe import REVIEW_DECIDED, log
from interlock.runtime.commands.editing import edited_case, edited_output
from interlock.runtime.context import Context
from interlock.runtime.crash_points import CrashPoint
from interlock.runtime.plain import plain_text
from interlock.storage import Change, RecordedKind, TaskQuery


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


def claim_task(context: Context, task: str, by: str) -> Answered:
    """The task, held by this person for the queue's lease. Raises: DecisionRefused, TaskMoved."""
    found, case, contract = _look(context, task)
    now = context.clock.now()
    permission = assign.may_work_on(contract, case, found, by, now)
    if not permission.allowed:
        raise DecisionRefused(found.id, "claim", permission.rule, permission.reason)
    return _apply(context, case, found, ReviewClaimed(task=found, by=PersonId(by)), now)


def release_task(context: Context, task: str, by: str) -> Answered:
    """The task, back in its queue. Raises: DecisionRefused when somebody else holds it."""
    found, case, _ = _look(context, task)
    if found.held_by != by:
        holder = f"{found.held_by} holds it" if found.held_by else "nobody holds it"
        raise DecisionRefused(found.id, "release", "lease", holder)
    event = ReviewReleased(task=found, by=PersonId(by))
    return _apply(context, case, found, event, context.clock.now())


def decide_task(
    context: Context,
    task: str,
    by: str,
    verb: Verb,
    *,
    reason_code: str = "",
    note: str = "",
    changes: Mapping[str, Any] | None = None,
    supplied: Mapping[str, str] | None = None,
    seen_evidence: str | None = None,
    via: str = "cli",
) -> Answered:
    """The task decided and the case resumed. Verb: approve, edit or reject.

    changes: an edit's new values by field. supplied: evidence the reviewer adds, by name.
    seen_evidence: the digest of the package the reviewer looked at, when the path knows it.
    Raises: DecisionRefused, EditRefused, KeyTaken, TaskMoved; then nothing is recorded.
    """
    found, case, contract = _look(context, task)
    now = context.clock.now()
    permission = assign.may_decide(
        contract, case, found, by, verb, now, supplied=supplied, reason_code=reason_code
    )
    if not permission.allowed:
        raise DecisionRefused(found.id, verb, permission.rule, permission.reason)
    if verb not in assign.DECIDING:
        reason = f"{verb} decides nothing and has a command of its own"
        raise DecisionRefused(found.id, "decide", "verb", reason)
    if seen_evidence is not None and seen_evidence != found.evidence_digest:
        raise TaskMoved(found.id)
    value, refit = _edit(context, case, found, verb, changes)
    decision = Decision(
        task_id=found.id,
        case_id=case.id,
        verb=verb,
        by=PersonId(by),
        at=now,
        reason_code=reason_code,
        note=plain_text(note),
        value=value,
        evidence_digest=found.evidence_digest,
        supplied={name: plain_text(text) for name, text in (supplied or {}).items()},
        via=via,
    )

    def events(held: ReviewTask) -> Event:
        return ReviewDecided(task=held, decision=decision, refit=refit)

    context.crash.reach(CrashPoint.DECISION_BEFORE_COMMIT)
    answered = _held_then(context, case, found, PersonId(by), events, now)
    context.crash.reach(CrashPoint.DECISION_AFTER_COMMIT)
    log().info(REVIEW_DECIDED, task=found.id, verb=verb, queue=found.queue, via=via)
    return answered


def escalate_task(context: Context, task: str, by: str, *, note: str = "") -> Answered:
    """The same question, put to the next queue. Raises: DecisionRefused at the end of the chain."""
    found, case, contract = _look(context, task)
    now = context.clock.now()
    permission = assign.may_decide(contract, case, found, by, Verb.ESCALATE, now)
    if not permission.allowed:
        raise DecisionRefused(found.id, Verb.ESCALATE, permission.rule, permission.reason)
    if asking.next_queue(contract, found) is None:
        reason = f"{found.queue} is the end of the escalation chain"
        raise DecisionRefused(found.id, Verb.ESCALATE, "chain", reason)
    event = ReviewEscalated(task=found, by=PersonId(by), note=plain_text(note))
    return _apply(context, case, found, event, now)


def ask_question(context: Context, task: str, by: str, text: str) -> Answered:
    """The question on record, the clock stopped until the answer. Raises: DecisionRefused."""
    found, case, contract = _look(context, task)
    now = context.clock.now()
    permission = assign.may_decide(contract, case, found, by, Verb.ASK, now)
    if not permission.allowed:
        raise DecisionRefused(found.id, Verb.ASK, permission.rule, permission.reason)
    if found.clock_stopped_at is not None:
        raise DecisionRefused(found.id, Verb.ASK, "answer", "a question is open already")
    if not text.strip():
        raise DecisionRefused(found.id, Verb.ASK, "question", "the question is empty")

    def events(held: ReviewTask) -> Event:
        return QuestionAsked(task=held, by=PersonId(by), text=plain_text(text.strip()))

    return _held_then(context, case, found, PersonId(by), events, now)


def answer_question(context: Context, task: str, by: str, text: str) -> Answered:
    """The answer on record, the clock running again. `by`: who answered, a person or a party.

    Raises: DecisionRefused when no question is open or the answer is empty.
    """
    found, case, _ = _look(context, task)
    if found.clock_stopped_at is None:
        raise DecisionRefused(found.id, "answer", "question", "no question is open")
    if not text.strip():
        raise DecisionRefused(found.id, "answer", "answer", "the answer is empty")
    event = QuestionAnswered(task=found, by=by, text=plain_text(text.strip()))
    return _apply(context, case, found, event, context.clock.now())


def cancel_case(context: Context, case_text: str, by: str, *, note: str = "") -> Case:
    """The case, stopped by a person: what was done is undone, then it closes as cancelled.

    Raises: CaseUnknown, DecisionRefused when it is closed or the person is not of the contract.
    """
    case = context.store.load([context.store.find_case(case_text)])[0]
    contract = context.workflows.of(case.fingerprint).contract
    if PersonId(by) not in contract.people:
        reason = f"{by} is not a person of this contract"
        raise DecisionRefused(case.id, "cancel", "person", reason)
    live = context.store.tasks(TaskQuery(case_id=case.id))
    event = CaseCancelled(by=PersonId(by), task=live[0] if live else None, note=plain_text(note))
    transition = advance(contract, case, event, context.clock.now())
    if is_out_of_place(transition):
        raise DecisionRefused(case.id, "cancel", "state", f"the case is {case.state}")
    _record(context, case, [transition], case.id)
    return transition.case


def _look(context: Context, text: str) -> tuple[ReviewTask, Case, WorkflowContract]:
    task = context.store.task(text)
    case = context.store.load([task.case_id])[0]
    return task, case, context.workflows.of(case.fingerprint).contract


def _edit(
    context: Context,
    case: Case,
    task: ReviewTask,
    verb: Verb,
    changes: Mapping[str, Any] | None,
) -> tuple[Any, CaseRefit | None]:
    """An edit's new value, held against the same schema as the model's output."""
    if verb is not Verb.EDIT:
        if changes:
            reason = f"changes come with edit, not with {verb}"
            raise DecisionRefused(task.id, verb, "verb", reason)
        return None, None
    workflow = context.workflows.of(case.fingerprint)
    if task.edits is EditTarget.CASE:
        refit = edited_case(workflow, case, changes)
        return dict(changes or {}), refit
    evidence = context.store.evidence(task.id)
    return edited_output(workflow, task, evidence.content, changes), None


def _held_then(
    context: Context,
    case: Case,
    task: ReviewTask,
    by: PersonId,
    event_for: Callable[[ReviewTask], Event],
    now: datetime,
) -> Answered:
    """Claims the task for the person first when they do not hold it, in the same transaction."""
    contract = context.workflows.of(case.fingerprint).contract
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
    _record(context, case, transitions, task.id)
    return Answered(case=last.case, task=_as_it_is(last, task))


def _apply(context: Context, case: Case, task: ReviewTask, event: Event, now: datetime) -> Answered:
    contract = context.workflows.of(case.fingerprint).contract
    transition = advance(contract, case, event, now)
    if is_out_of_place(transition):
        raise TaskMoved(task.id)
    _record(context, case, [transition], task.id)
    return Answered(case=transition.case, task=_as_it_is(transition, task))


def _as_it_is(transition: Transition, task: ReviewTask) -> ReviewTask:
    """The task people look at next: the one the case now waits on, else this one's last state."""
    for each in reversed(transition.tasks):
        if each.id == transition.case.task:
            return each
    same = [each for each in transition.tasks if each.id == task.id]
    return same[-1] if same else task


def _record(context: Context, case: Case, transitions: Sequence[Transition], subject: str) -> None:
    last = transitions[-1].case
    change = Change(seen_version=case.version, transitions=tuple(transitions))
    resumed = [last.id] if last.state is CaseState.READY else []
    [recorded] = context.store.record(
        [change],
        also=lambda connection: context.engine.enqueue(connection, resumed) if resumed else None,
    )
    if recorded.kind is RecordedKind.KEY_TAKEN:
        raise KeyTaken(last.key, recorded.other_case or "")
    if recorded.kind is not RecordedKind.APPLIED:
        raise TaskMoved(subject)
    if resumed:
        context.engine.committed(resumed)
