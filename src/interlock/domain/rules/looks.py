"""Looks: review tasks beside a case, whose answers measure and never change it.

A look is worked like any other task, but it holds nobody up: it is not passed on when it is late,
nothing can be asked about it, and the case neither waits for it nor reopens by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from interlock.canonical import derived_id, digest
from interlock.domain.case import Case
from interlock.domain.contract import Severity
from interlock.domain.fact import FactKind
from interlock.domain.ids import PersonId, QueueName, TaskId
from interlock.domain.quality import LOOK_MINUTES, GivenAnswer, Look, LookKind
from interlock.domain.review import (
    Decision,
    EvidencePackage,
    ReviewKind,
    ReviewTask,
    Verb,
)
from interlock.domain.rules import sla
from interlock.domain.rules.draft import Draft


def find(case: Case, task_id: TaskId) -> Look | None:
    """The look this task is, or None when it is the case's own question."""
    return next((look for look in case.looks if look.task == task_id), None)


def unexplained(task: ReviewTask, verb: Verb, reason_code: str, note: str) -> bool:
    """True for a sample called wrong without a word why: nobody could learn from it."""
    is_wrong = task.look is LookKind.SAMPLE and verb is Verb.REJECT
    return is_wrong and not (reason_code or note.strip())


def says(kind: LookKind, verb: Verb) -> str:
    """What an answer to a look causes, in a sentence; never anything in the case."""
    match kind:
        case LookKind.SAMPLE if verb is Verb.REJECT:
            return "says it was handled wrong, and why; it stays closed until somebody reopens it"
        case LookKind.SAMPLE:
            return "says it was handled right; it stays as it is"
        case LookKind.SECOND:
            return "is held against the first answer; the case stays as it is"
        case LookKind.ADJUDICATION:
            return "says which of the two answers was right; the case stays as it is"


def new_task(
    draft: Draft,
    kind: LookKind,
    *,
    queue: QueueName,
    question: str,
    why: str,
    verbs: tuple[Verb, ...],
    about: tuple[TaskId, ...] = (),
) -> ReviewTask:
    """A look for somebody who had no hand in the case, due within a working week of the queue."""
    case = draft.case
    clock = sla.deadline(draft.contract.queues[queue], LOOK_MINUTES, draft.now)
    return ReviewTask(
        id=TaskId(derived_id("task", case.id, kind, *about)),
        case_id=case.id,
        workflow=case.workflow,
        tenant=case.tenant,
        kind=ReviewKind.QUALITY_SAMPLE,
        queue=queue,
        severity=Severity.LOW,
        question=question,
        why=why,
        verbs=verbs,
        opened_at=draft.now,
        due_at=clock.due_at,
        at_risk_at=clock.at_risk_at,
        step=case.step,
        excluded=hands_of(case),
        look=kind,
        about=about,
    )


def hands_of(case: Case) -> tuple[PersonId, ...]:
    """Everybody who worked on the case in any way; none of them judges it."""
    approved = (approval.by for approval in case.approvals)
    opened = (case.opened_by,) if case.opened_by else ()
    return tuple(dict.fromkeys((*case.hands, *case.authors, *approved, *opened)))


def put(draft: Draft, task: ReviewTask, content: Mapping[str, Any], look: Look) -> None:
    """Puts the look into its queue with its frozen evidence; the case only remembers it."""
    package = EvidencePackage(
        task_id=task.id,
        case_id=task.case_id,
        digest=digest(content),
        content=content,
        made_at=draft.now,
    )
    draft.tasks.append(replace(task, evidence_digest=package.digest))
    draft.evidence.append(package)
    draft.change(looks=(*draft.case.looks, look))
    draft.note("look_opened", task.why, task=task.id, look=look.kind, queue=task.queue)
    draft.count(FactKind.REVIEW_OPENED, name=task.queue, detail=task.kind)


def close(draft: Draft, look: Look, answer: GivenAnswer) -> None:
    """The look is answered; what it kept for the answer is let go."""
    done = replace(look, answer=answer, content=None)
    kept = tuple(done if each.task == look.task else each for each in draft.case.looks)
    draft.change(looks=kept)


def given(task: ReviewTask, decision: Decision) -> GivenAnswer:
    """The answer in a decision, as another is held against it."""
    return GivenAnswer(
        task=task.id,
        by=decision.by,
        verb=decision.verb,
        value=decision.value,
        reason_code=decision.reason_code,
        note=decision.note,
    )
