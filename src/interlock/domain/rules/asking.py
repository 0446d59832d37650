"""Opening a review task: which queue, which question, by when, and on what evidence.

The evidence package is frozen here: what the reviewer sees is what was known at this moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from string import Formatter
from typing import Any, Final

from interlock.canonical import derived_id
from interlock.domain.action import Action, any_happened
from interlock.domain.case import CaseState, ClosingOutcome, OpenException, Phase, WaitsFor
from interlock.domain.contract import ExceptionRoute, Severity, WorkflowContract, WorkflowStep
from interlock.domain.fact import FactKind
from interlock.domain.ids import PersonId, QueueName, TaskId
from interlock.domain.review import (
    EditTarget,
    ReviewKind,
    ReviewTask,
    Verb,
)
from interlock.domain.rules import assign, evidence, sla
from interlock.domain.rules.draft import Draft
from interlock.domain.rules.facts import facts_of
from interlock.domain.rules.policy import ApprovalNeeded

DEFAULT_MINUTES: Final = 480  # a working day, where a step names no response time
PASSING_ON: Final = (Verb.REJECT, Verb.ESCALATE, Verb.ASK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a task asks, before it has a place in a queue."""

    kind: ReviewKind
    queue: QueueName
    minutes: float
    severity: Severity
    question: str
    why: str
    verbs: tuple[Verb, ...]
    required: tuple[str, ...] = ()
    reason_codes: tuple[str, ...] = ()
    exception_type: str | None = None
    edits: EditTarget | None = None
    approvers: tuple[PersonId, ...] = ()
    deciders: tuple[PersonId, ...] = ()
    excluded: tuple[PersonId, ...] = ()
    action: Action | None = None
    valid_minutes: int | None = None
    facts: Mapping[str, Any] | None = None


def ask_about_proposal(draft: Draft, step: WorkflowStep) -> None:
    """A person decides on an AI proposal."""
    _open(
        draft,
        Ask(
            kind=ReviewKind.PROPOSAL,
            queue=_queue_of(draft, step),
            minutes=step.max_response_minutes or DEFAULT_MINUTES,
            severity=Severity.MEDIUM,
            question=step.question or f"{step.title or step.step_name}: take this proposal?",
            why=f"{step.step_name} is {step.mode} and the release is at stage {draft.case.stage}",
            verbs=(Verb.APPROVE, Verb.EDIT, *PASSING_ON),
            required=step.evidence_required,
            reason_codes=step.reason_codes,
            edits=EditTarget.OUTPUT,
        ),
    )


def ask_for_work(draft: Draft, step: WorkflowStep, why: str) -> None:
    """A person does the step. A step that must return something is answered with an edit."""
    needs_output = step.has_function
    verbs = (Verb.EDIT,) if needs_output else (Verb.APPROVE, Verb.EDIT)
    _open(
        draft,
        Ask(
            kind=ReviewKind.HUMAN_STEP,
            queue=_queue_of(draft, step),
            minutes=step.max_response_minutes or DEFAULT_MINUTES,
            severity=Severity.MEDIUM,
            question=step.question or f"Please do this step: {step.title or step.step_name}",
            why=why,
            verbs=(*verbs, *PASSING_ON),
            required=() if needs_output else step.evidence_required,
            reason_codes=step.reason_codes,
            edits=EditTarget.OUTPUT,
        ),
    )


def ask_about_exception(draft: Draft, route: ExceptionRoute) -> None:
    """A person decides what becomes of an exception."""
    exception = draft.case.exception
    assert exception is not None
    happened = any_happened(draft.case.actions)
    verbs: list[Verb] = [Verb.APPROVE] if _can_be_approved(exception, happened) else []
    edits = EditTarget.OUTPUT if exception.has_value else EditTarget.CASE
    if exception.action_id is None and (exception.has_value or not happened):
        verbs.append(Verb.EDIT)
    _open(
        draft,
        Ask(
            kind=ReviewKind.EXCEPTION,
            queue=route.route_to,
            minutes=route.sla_minutes,
            severity=route.severity,
            question=_exception_question(route, _as_told(draft, route, exception)),
            why=f"exception {exception.type} goes to {route.route_to}",
            verbs=(*verbs, *PASSING_ON),
            required=route.reviewer_evidence,
            reason_codes=route.reason_codes,
            exception_type=exception.type,
            edits=edits if Verb.EDIT in verbs else None,
            facts=exception.evidence,
        ),
    )


def _can_be_approved(exception: OpenException, happened: bool) -> bool:
    """As it is, or once more; a case that had ended undone begins anew only if nothing stands."""
    if exception.closed_as is not None:
        return exception.closed_as is ClosingOutcome.COMPLETED or not happened
    return exception.has_value or exception.may_retry


def _as_told(draft: Draft, route: ExceptionRoute, exception: OpenException) -> OpenException:
    """The exception as the question may tell it: in a blind queue without how sure the AI was."""
    is_blind = draft.contract.queues[route.route_to].blind and draft.case.proposal is not None
    return replace(exception, detail="") if is_blind and not exception.closed_as else exception


def _exception_question(route: ExceptionRoute, exception: OpenException) -> str:
    if exception.closed_as is None:
        return route.question or _plain_question(exception.type, exception.detail)
    said = exception.detail.replace("{", "{{").replace("}", "}}")  # nobody's text fills anything
    done = exception.closed_as is ClosingOutcome.COMPLETED
    ask = "Was it right after all?" if done else "Handle it again?"
    return f"Closed as {exception.closed_as}, and said to be wrong: {said.rstrip('.')}. {ask}"


def ask_for_approval(draft: Draft, action: Action, needed: ApprovalNeeded) -> None:
    """The next approver of an action is asked about exactly these arguments."""
    approver = needed.approvers[0]
    contract = draft.contract
    deciders = {p for name in needed.approvers for p in assign.people_of(contract, name)}
    says = contract.actions[action.name].says or action.name
    _open(
        draft,
        Ask(
            kind=ReviewKind.APPROVAL,
            queue=contract.queue_of(approver),
            minutes=draft.step.max_response_minutes or DEFAULT_MINUTES,
            severity=Severity.HIGH,
            question=f"Approve this? It {says}.",
            why=f"{action.name} needs {', '.join(needed.approvers)}: {needed.tier.name}".rstrip(
                ": "
            ),
            verbs=(Verb.APPROVE, *PASSING_ON),
            approvers=needed.approvers,
            deciders=tuple(sorted(deciders)),
            excluded=(*needed.excluded, *draft.case.authors),
            action=action,
            valid_minutes=needed.tier.valid_minutes,
        ),
    )


def ask_elsewhere(draft: Draft, task: ReviewTask, queue: QueueName, why: str) -> None:
    """The same question, put to the next queue of the escalation chain."""
    allowed = draft.contract.queues[task.queue].hours.between(task.opened_at, task.due_at)
    minutes = max(allowed / timedelta(minutes=1), 1)
    clock = sla.deadline(draft.contract.queues[queue], minutes, draft.now)
    moved = replace(
        task,
        id=_next_task_id(draft, task.kind),
        queue=queue,
        onward=onward_queues(draft.contract, task)[1:],
        state=type(task.state).OPEN,
        why=why,
        deciders=(),
        held_by=None,
        lease_until=None,
        claimed_at=None,
        own_answers=(),
        assigned_to=None,
        taken_from=None,
        opened_at=draft.now,
        due_at=clock.due_at,
        at_risk_at=clock.at_risk_at,
        clock_stopped_at=None,
        breached_at=None,
        escalations=task.escalations + 1,
        ended_at=None,
        version=0,
    )
    moved = _with_somebody_to_ask(draft, moved, minutes)
    _put(draft, moved)


def _open(draft: Draft, ask: Ask) -> None:
    case, contract = draft.case, draft.contract
    queue = contract.queues[ask.queue]
    clock = sla.deadline(queue, ask.minutes, draft.now, latest=case.deadline)
    facts = {**(ask.facts or {}), **facts_of(contract, case)}  # no model renames the case
    task = ReviewTask(
        id=_next_task_id(draft, ask.kind),
        case_id=case.id,
        workflow=case.workflow,
        tenant=case.tenant,
        kind=ask.kind,
        queue=ask.queue,
        severity=ask.severity,
        question=fill(ask.question, facts),
        verbs=tuple(ask.verbs),
        opened_at=draft.now,
        due_at=clock.due_at,
        at_risk_at=clock.at_risk_at,
        step=case.step,
        exception_type=ask.exception_type,
        why=ask.why,
        edits=ask.edits,
        reason_codes=ask.reason_codes,
        required=ask.required,
        missing=evidence.missing(contract, case, ask.required),
        approvers=ask.approvers,
        deciders=ask.deciders,
        excluded=ask.excluded,
        amount=ask.action.amount if ask.action else case.amount,
        action_id=ask.action.id if ask.action else None,
        action_digest=ask.action.digest if ask.action else None,
        expires_at=_expiry(draft, ask),
    )
    task = _with_somebody_to_ask(draft, task, ask.minutes)
    _put(draft, task)


def _expiry(draft: Draft, ask: Ask) -> Any:
    """When a request for approval goes stale: what it rests on is too old to say yes to."""
    if ask.valid_minutes is None:
        return None
    hours = draft.contract.queues[ask.queue].hours
    return hours.after(draft.now, timedelta(minutes=ask.valid_minutes))


def _with_somebody_to_ask(draft: Draft, task: ReviewTask, minutes: float) -> ReviewTask:
    """The task, moved along the chain when nobody in its queue may decide it."""
    first, seen = task.queue, {task.queue}
    while not assign.eligible(draft.contract, task) - {draft.case.opened_by}:
        onward = next_queue(draft.contract, task)
        if onward is None or onward in seen:
            break
        seen.add(onward)
        why = f"nobody in {task.queue} may decide it: four eyes"
        left = onward_queues(draft.contract, task)[1:]
        task = replace(task, queue=onward, onward=left, deciders=(), why=why)
    if task.queue == first:
        return task
    queue = draft.contract.queues[task.queue]
    clock = sla.deadline(queue, minutes, draft.now, latest=draft.case.deadline)
    return replace(task, due_at=clock.due_at, at_risk_at=clock.at_risk_at)


def next_queue(contract: WorkflowContract, task: ReviewTask) -> QueueName | None:
    """Where a task goes when it is passed on or late, or None at the end of the chain."""
    onward = onward_queues(contract, task)
    return onward[0] if onward else None


def onward_queues(contract: WorkflowContract, task: ReviewTask) -> tuple[QueueName, ...]:
    """The rest of a task's chain, nearest first; empty at its end.

    A step's own escalation target comes before the queue's chain; a queue reached by the chain
    adds its own when the chain is used up. No task is passed on more often than there are queues.
    """
    if task.look is not None or task.escalations >= len(contract.queues):
        return ()  # a look holds nobody up, so nobody further up is asked
    chain = task.onward or tuple(
        contract.queue_of(q) for q in contract.queues[task.queue].escalate_to
    )
    if task.kind in (ReviewKind.PROPOSAL, ReviewKind.HUMAN_STEP) and task.escalations == 0:
        target = contract.step(task.step or "").escalation_target
        if target and contract.queue_of(target) != task.queue:
            return (contract.queue_of(target),)
    return chain


def _queue_of(draft: Draft, step: WorkflowStep) -> QueueName:
    return step.queue or draft.contract.queue_of(step.owner)


def _next_task_id(draft: Draft, kind: ReviewKind) -> TaskId:
    draft.change(tasks_made=draft.case.tasks_made + 1)
    return TaskId(derived_id("task", draft.case.id, kind, draft.case.tasks_made))


def _put(draft: Draft, task: ReviewTask) -> None:
    package = evidence.package(draft, task)
    blind = draft.contract.queues[task.queue].blind and evidence.holds_suggestion(draft.case, task)
    task = replace(task, evidence_digest=package.digest, blind=blind)
    draft.tasks.append(task)
    draft.evidence.append(package)
    draft.change(
        state=CaseState.WAITING,
        waits_for=WaitsFor.REVIEW,
        wake_at=None,
        phase=Phase.PERSON,
        task=task.id,
    )
    draft.note(
        "task_opened",
        task.why,
        task=task.id,
        kind=task.kind,
        queue=task.queue,
        evidence=package.digest,
    )
    draft.count(FactKind.REVIEW_OPENED, name=task.queue, detail=task.kind)


def _plain_question(kind: str, detail: str) -> str:
    words = kind.replace("_", " ")
    detail = detail.replace("{", "{{").replace("}", "}}")  # nobody's text fills placeholders
    return f"What should happen: {detail}" if detail else f"What should happen with this {words}?"


class _Blank(dict[str, Any]):
    """Placeholders nobody filled stay visible instead of breaking the question."""

    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


class _Sentence(Formatter):
    """Numbers with a fraction read as amounts do, `21,481.90`, unless the contract says how."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, float | Decimal) and not format_spec:
            return f"{value:,.2f}"
        return str(super().format_field(value, format_spec))


def fill(text: str, facts: Mapping[str, Any]) -> str:
    """The contract's sentence with its {placeholders} filled from the case."""
    try:
        return _Sentence().vformat(text, (), _Blank(facts))
    except (ValueError, TypeError, IndexError, AttributeError, KeyError):
        return text
