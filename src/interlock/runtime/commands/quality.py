"""What people ask about the quality of review, and the answer of one's own in a blind queue.

Its one rule: nothing here shows one tenant what another one decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from interlock.domain.case import Case
from interlock.domain.event import Event, OwnAnswerGiven
from interlock.domain.ids import PersonId
from interlock.domain.quality import LookKind, band_of
from interlock.domain.review import EditTarget, EvidencePackage, ReviewTask
from interlock.domain.rules import assign, sampling, shown
from interlock.runtime.commands.editing import edited_output
from interlock.runtime.commands.task_record import (
    Answered,
    DecisionRefused,
    claim_then,
    demand,
    look,
)
from interlock.runtime.context import Context
from interlock.runtime.plain import plain_text
from interlock.storage import LikeThis, PastDecision

SHOWN = 5  # precedents beside a question; more of them are not read


def similar_decisions(context: Context, task: str, limit: int = SHOWN) -> list[PastDecision]:
    """How the same question was decided before: same workflow, tenant, step, exception and
    segment; the nearest amount first, then the newest. Decisions of the case itself, probes and
    looks are not among them. Raises: TaskUnknown.
    """
    found, case, _ = look(context, task)
    like = LikeThis(
        case_id=case.id,
        workflow=case.workflow,
        tenant=case.tenant,
        step=found.step or "",
        exception_type=found.exception_type or "",
        segment=case.segment,
        amount=found.amount or case.amount,
    )
    return context.store.similar_decisions(like, limit)


def calibration(
    context: Context,
    step: str,
    confidence: float,
    *,
    workflow: str | None = None,
    tenant: str | None = None,
) -> tuple[int, int]:
    """(agreed, of): of the suggestions of this step with about this confidence that a person
    judged, how many were approved as they were.

    workflow: whose step it is; without it, of every loaded workflow that has one of that name.
    tenant None: over all tenants; such counts name no case.
    """
    loaded: set[str] = {each.contract.workflow for each in context.workflows}
    band, agreed, judged = band_of(confidence), 0, 0
    for name in loaded if workflow is None else {workflow}:
        more, of = context.store.agreed_with_ai(name, step, band, tenant=tenant)
        agreed, judged = agreed + more, judged + of
    return agreed, judged


def evidence_shown(context: Context, task: str, by: str) -> EvidencePackage:
    """What this person may see of a task's evidence now. Raises: TaskUnknown."""
    found = context.store.task(task)
    return shown.shown_package(found, context.store.evidence(found.id), by)


def give_own_answer(
    context: Context,
    task: str,
    by: str,
    *,
    changes: Mapping[str, Any] | None = None,
    text: str = "",
) -> Answered:
    """The task with this person's own answer on record; from now on they see the AI's suggestion,
    and may approve it. It decides nothing. The task is claimed for them.

    changes: the answer by field, as in an edit. text: the answer in words, where no value fits.
    Raises: DecisionRefused, EditRefused, TaskMoved.
    """
    found, case, contract = look(context, task)
    now = context.clock.now()
    standing = context.directory.standing(by, now)
    demand(found.id, "answer", assign.may_claim(contract, case, found, by, now, standing=standing))
    if not shown.is_hidden_from(found, by):
        raise DecisionRefused(found.id, "answer", "blind", "nothing is kept back from you")
    said = plain_text(text.strip())
    if not changes and not said:
        raise DecisionRefused(found.id, "answer", "blind", "your answer is empty")
    value = _value(context, case, found, by, changes)

    def event(held: ReviewTask) -> Event:
        return OwnAnswerGiven(task=held, by=PersonId(by), value=value, text=said)

    return claim_then(context, case, found, PersonId(by), event, now)


def follow_up(case: Case, task: ReviewTask) -> str:
    """What the answer to a look may lead to, in a sentence; nothing for most answers."""
    if task.look is LookKind.SAMPLE and sampling.found_wrong(case):
        return "the sample says it was handled wrong: the case is still closed, and may be reopened"
    return ""


def _value(
    context: Context,
    case: Case,
    task: ReviewTask,
    by: str,
    changes: Mapping[str, Any] | None,
) -> Any:
    if not changes:
        return None
    if task.edits is not EditTarget.OUTPUT:
        return dict(changes)
    hidden = shown.shown_package(task, context.store.evidence(task.id), by)
    workflow = context.workflows.of(case.fingerprint)
    return edited_output(workflow, task, hidden.content, changes)
