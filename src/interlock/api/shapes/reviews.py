"""Review tasks as the API gives them, and what people answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field

from interlock.api.shapes.cases import CaseShape, case_shape
from interlock.api.shapes.plain import (
    Fields,
    MoneyShape,
    Name,
    Note,
    Paged,
    Said,
    Shape,
    Text,
    Word,
    as_plain,
    money_shape,
)
from interlock.domain.case import Case
from interlock.domain.contract import Severity
from interlock.domain.review import EvidencePackage, ReviewKind, ReviewState, ReviewTask, Verb
from interlock.domain.rules.shown import is_hidden_from, shown_case
from interlock.papers.veil import Veil

MOST_IN_BULK: Final = 200
VERSION_MOST: Final = 200


class DecisionIn(Shape):
    """What you decide. `approve` takes what is shown, `edit` with your changes, `reject` not."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {"verb": "approve", "reason_code": "clear", "note": "Agrees with the order."},
                {"verb": "edit", "changes": {"order": "PO-1017"}},
            ]
        },
    )

    verb: Annotated[Verb, Field(description="approve, edit or reject")]
    reason_code: Annotated[Word, Field(description="One of the task's, where it has any.")] = ""
    note: Note = ""
    changes: Annotated[Fields | None, Field(description="With edit: new values by field.")] = None
    supplied: Annotated[
        dict[Name, Note],
        Field(default_factory=dict, description="Required evidence you add, by name."),
    ]
    hold: Annotated[
        bool,
        Field(description="Leave it undoable for the queue's stated time before it takes effect."),
    ] = True


class BulkIn(Shape):
    """One decision for many tasks. Each is checked and recorded for itself."""

    tasks: Annotated[list[Name], Field(min_length=1, max_length=MOST_IN_BULK)]
    verb: Verb
    reason_code: Word = ""
    note: Note = ""
    hold: bool = True


class NextIn(Shape):
    """Where the next task is to come from."""

    queue: Annotated[Name | None, Field(description="Without it: any queue you work.")] = None


class TextIn(Shape):
    """A question or an answer, in words."""

    text: Annotated[Said, Field(examples=["Which order does this invoice belong to?"])]


class HandOverIn(Shape):
    """A remark that goes on record with it."""

    note: Note = ""


class ReassignIn(Shape):
    """Who is to have the task."""

    to: Annotated[Name, Field(examples=["bruno"])]
    note: Note = ""


class ReviewFilters(Paged):
    """Which review tasks to list; what is left out does not matter."""

    workflow: Name | None = None
    queue: Name | None = None
    kind: ReviewKind | None = None
    severity: Severity | None = None
    exception_type: Name | None = None
    held_by: Name | None = None
    case_id: Name | None = None
    state: Annotated[ReviewState | None, Field(description="Without it: open or claimed.")] = None
    q: Text = ""


class QuestionShape(Shape):
    """What was asked, and the answer when it came."""

    text: str
    by: str
    at: datetime
    answer: str | None
    answered_by: str | None
    answered_at: datetime | None


class ReviewShape(Shape):
    """A review task: one question to one person, with a deadline."""

    id: str
    case_id: str
    workflow: str
    tenant: str
    kind: ReviewKind
    queue: str
    severity: Severity
    state: ReviewState
    question: str
    why: Annotated[str, Field(description="The rule that brought it here.")]
    step: str | None
    exception_type: str | None
    verbs: list[Verb]
    reason_codes: list[str]
    missing: Annotated[list[str], Field(description="Required evidence that is to be supplied.")]
    amount: MoneyShape | None
    opened_at: datetime
    due_at: datetime
    at_risk_at: datetime
    clock_stopped_at: datetime | None
    held_by: str | None
    lease_until: datetime | None
    assigned_to: str | None
    takes_effect_at: Annotated[
        datetime | None, Field(description="Decided; until then whoever decided can undo it.")
    ]
    version: int


class WholeReview(ReviewShape):
    """A task with all that is known for the decision, as far as you may see it now."""

    questions: list[QuestionShape]
    evidence_digest: Annotated[str, Field(description="The seal of the whole package.")]
    evidence: dict[str, Any]
    is_blind: Annotated[bool, Field(description="The AI's suggestion is kept back from you.")]
    case: CaseShape


class AnsweredShape(Shape):
    """What a command did: the task and the case as they are now."""

    review: ReviewShape
    case: CaseShape


class BulkItem(Shape):
    """What became of one task: done, or refused and why."""

    task_id: str
    is_done: bool
    code: str
    reason: str


class BulkShape(Shape):
    """What became of each task, in the order they were given."""

    items: list[BulkItem]


class QueueShape(Shape):
    """The open work of one queue of one workflow."""

    workflow: str
    queue: str
    open: int
    at_risk: int
    late: int
    asked: Annotated[int, Field(description="Their clock stands still until an answer comes.")]


def review_values(task: ReviewTask) -> dict[str, Any]:
    return {
        "id": task.id,
        "case_id": task.case_id,
        "workflow": task.workflow,
        "tenant": task.tenant,
        # A planted question must look like any other, or it would measure nothing.
        "kind": ReviewKind.PROPOSAL if task.kind is ReviewKind.PROBE else task.kind,
        "queue": task.queue,
        "severity": task.severity,
        "state": task.state,
        "question": task.question,
        "why": task.why,
        "step": task.step,
        "exception_type": task.exception_type,
        "verbs": list(task.verbs),
        "reason_codes": list(task.reason_codes),
        "missing": list(task.missing),
        "amount": money_shape(task.amount),
        "opened_at": task.opened_at,
        "due_at": task.due_at,
        "at_risk_at": task.at_risk_at,
        "clock_stopped_at": task.clock_stopped_at,
        "held_by": task.held_by,
        "lease_until": task.lease_until,
        "assigned_to": task.assigned_to,
        "takes_effect_at": task.takes_effect_at,
        "version": task.version,
    }


def review_shape(task: ReviewTask) -> ReviewShape:
    return ReviewShape(**review_values(task))


def whole_review(
    task: ReviewTask, case: Case, shown: EvidencePackage, veil: Veil, person: str
) -> WholeReview:
    questions = [
        QuestionShape(
            text=veil.text(each.text),
            by=each.by,
            at=each.at,
            answer=None if each.answer is None else veil.text(each.answer),
            answered_by=each.answered_by,
            answered_at=each.answered_at,
        )
        for each in task.questions
    ]
    return WholeReview(
        **review_values(task),
        questions=questions,
        evidence_digest=task.evidence_digest,
        evidence=as_plain(veil.fields(shown.content)),
        is_blind=is_hidden_from(task, person),
        case=case_shape(shown_case(case)),
    )
