"""What people do with review tasks. One door: each path calls these, each asks the same rule.

A decision, its audit entry and the resumption it causes are one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from interlock.domain.case import Case
from interlock.domain.contract import WorkflowContract
from interlock.domain.desk_event import ReviewHeld, ReviewUndone
from interlock.domain.event import (
    CaseRefit,
    Event,
    ReviewClaimed,
    ReviewDecided,
    ReviewEscalated,
    ReviewReleased,
)
from interlock.domain.ids import PersonId
from interlock.domain.people import Standing
from interlock.domain.review import Decision, EditTarget, ReviewTask, Verb
from interlock.domain.rules import asking, assign, handover, looks, shown
from interlock.observe import REVIEW_DECIDED, log
from interlock.runtime.commands.editing import edited_case, edited_output
from interlock.runtime.commands.task_record import (
    Answered,
    DecisionRefused,
    TaskMoved,
    apply_event,
    claim_then,
    demand,
    look,
    on_record,
)
from interlock.runtime.context import Context
from interlock.runtime.crash_points import CrashPoint
from interlock.runtime.plain import plain_text
from interlock.storage import ReviewDraft


def claim_task(context: Context, task: str, by: str) -> Answered:
    """The task, held by this person for the queue's lease. Raises: DecisionRefused, TaskMoved."""
    found, case, contract = look(context, task)
    now = context.clock.now()
    standing = context.directory.standing(by, now)
    permission = assign.may_claim(contract, case, found, by, now, standing=standing)
    demand(found.id, "claim", permission)
    return apply_event(context, case, found, ReviewClaimed(task=found, by=PersonId(by)), now)


def release_task(context: Context, task: str, by: str) -> Answered:
    """The task, back in its queue. Raises: DecisionRefused when somebody else holds it."""
    found, case, _ = look(context, task)
    demand(found.id, "release", handover.may_hand_back(found, by))
    event = ReviewReleased(task=found, by=PersonId(by))
    return apply_event(context, case, found, event, context.clock.now())


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
    hold: bool = False,
) -> Answered:
    """The task decided and the case resumed. Verb: approve, edit or reject.

    changes: an edit's new values by field. supplied: evidence the reviewer adds, by name.
    seen_evidence: the digest of the package the reviewer looked at, when the path knows it.
    hold: in a queue with an undo window the decision takes effect when that is over; until then
    the task is `claimed` with its `held_decision`, and `undo_decision` takes it back.
    Raises: DecisionRefused, EditRefused, KeyTaken, TaskMoved; then nothing is recorded.
    """
    found, case, contract = look(context, task)
    now = context.clock.now()
    standing = on_record(context.directory.standing(by, now))
    said = Decision(
        task_id=found.id,
        case_id=case.id,
        verb=verb,
        by=PersonId(by),
        at=now,
        reason_code=reason_code,
        note=plain_text(note),
        evidence_digest=found.evidence_digest,
        supplied={name: plain_text(text) for name, text in (supplied or {}).items()},
        via=via,
    )
    _judge(contract, case, found, said, standing)
    if seen_evidence is not None and seen_evidence != found.evidence_digest:
        raise TaskMoved(found.id)
    value, refit = _edit(context, case, found, by, verb, changes)
    decision = replace(said, value=value)
    held = hold and contract.queues[found.queue].undo_seconds > 0

    def event(task: ReviewTask) -> Event:
        if held:
            return ReviewHeld(task=task, decision=decision, standing=standing)
        return ReviewDecided(task=task, decision=decision, refit=refit, standing=standing)

    def drop_draft(connection: Connection) -> None:
        context.store.drop_draft(connection, found.id)

    context.crash.reach(CrashPoint.DECISION_BEFORE_COMMIT)
    also = None if held else drop_draft
    answered = claim_then(context, case, found, PersonId(by), event, now, also=also)
    context.crash.reach(CrashPoint.DECISION_AFTER_COMMIT)
    log().info(REVIEW_DECIDED, task=found.id, verb=verb, queue=found.queue, via=via)
    return answered


def _judge(
    contract: WorkflowContract, case: Case, task: ReviewTask, said: Decision, standing: Standing
) -> None:
    """Nothing, when the person may decide this, like this, now. Raises: DecisionRefused."""
    permission = assign.may_decide(
        contract,
        case,
        task,
        said.by,
        said.verb,
        said.at,
        standing=standing,
        supplied=said.supplied,
        reason_code=said.reason_code,
    )
    demand(task.id, said.verb, permission)
    if said.verb not in assign.DECIDING:
        reason = f"{said.verb} decides nothing and has a command of its own"
        raise DecisionRefused(task.id, "decide", "verb", reason)
    if looks.unexplained(task, said.verb, said.reason_code, said.note):
        reason = "say what was wrong, with a note or a reason code"
        raise DecisionRefused(task.id, said.verb, "reason", reason)


def undo_decision(context: Context, task: str, by: str) -> Answered:
    """The task as before its held decision, still in the hands of whoever made it.

    Raises: DecisionRefused when nothing is held, somebody else decided, or it took effect.
    """
    found, case, _ = look(context, task)
    now, held = context.clock.now(), found.held_decision
    if held is None:
        raise DecisionRefused(found.id, "undo", "decided", "no decision waits for its effect")
    if held.by != by:
        raise DecisionRefused(found.id, "undo", "decided", f"only {held.by} can undo it")
    if found.takes_effect_at is not None and now >= found.takes_effect_at:
        late = f"it took effect at {found.takes_effect_at:%H:%M:%S} UTC"
        raise DecisionRefused(found.id, "undo", "decided", late)
    return apply_event(context, case, found, ReviewUndone(task=found, by=PersonId(by)), now)


def escalate_task(context: Context, task: str, by: str, *, note: str = "") -> Answered:
    """The same question, put to the next queue. Raises: DecisionRefused at the end of the chain."""
    found, case, contract = look(context, task)
    now = context.clock.now()
    standing = context.directory.standing(by, now)
    permission = assign.may_decide(contract, case, found, by, Verb.ESCALATE, now, standing=standing)
    demand(found.id, Verb.ESCALATE, permission)
    if asking.next_queue(contract, found) is None:
        reason = f"{found.queue} is the end of the escalation chain"
        raise DecisionRefused(found.id, Verb.ESCALATE, "chain", reason)
    event = ReviewEscalated(task=found, by=PersonId(by), note=plain_text(note))
    return apply_event(context, case, found, event, now)


def save_draft(context: Context, task: str, by: str, draft: Mapping[str, Any]) -> None:
    """Keeps what the holder of a task has begun to write; it stays with the task when it changes
    hands (`store.draft`). Raises: DecisionRefused when somebody else holds it."""
    found, _, _ = look(context, task)
    demand(found.id, "draft", handover.may_hand_back(found, by))
    context.store.save_draft(
        ReviewDraft(
            task_id=found.id, saved_by=PersonId(by), saved_at=context.clock.now(), body=dict(draft)
        )
    )


def _edit(
    context: Context,
    case: Case,
    task: ReviewTask,
    by: str,
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
    seen = shown.shown_package(task, context.store.evidence(task.id), by)
    return edited_output(workflow, task, seen.content, changes), None
