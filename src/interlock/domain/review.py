"""A review task: one question put to one person, with a deadline.

The arrows of its life are the table REVIEW_MOVES, and there are no others. Silence never
approves: no arrow leads to DECIDED but a person's decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from interlock.domain.contract import Severity
from interlock.domain.ids import ActionId, CaseId, PersonId, QueueName, StepName, TaskId, WorkflowId
from interlock.domain.money import Money
from interlock.domain.quality import LookKind
from interlock.errors import InterlockError


class ReviewKind(StrEnum):
    PROPOSAL = "proposal"
    APPROVAL = "approval"
    EXCEPTION = "exception"
    HUMAN_STEP = "human_step"
    QUALITY_SAMPLE = "quality_sample"
    PROBE = "probe"


class ReviewState(StrEnum):
    OPEN = "open"  # in the queue; nobody holds it
    CLAIMED = "claimed"  # one reviewer holds it, for the length of a lease
    DECIDED = "decided"  # a decision is recorded; final
    ESCALATED = "escalated"  # it went on as a new task elsewhere; final
    EXPIRED = "expired"  # the time in which it could be decided is over; final
    WITHDRAWN = "withdrawn"  # the case no longer needs it; final


class ReviewAction(StrEnum):
    CLAIM = "claim"
    RELEASE = "release"
    DECIDE = "decide"
    HOLD = "hold"  # decided, and not in force yet: it can still be undone
    UNDO = "undo"
    TAKE_OVER = "take_over"  # another person holds it now
    ASSIGN = "assign"  # it is kept for a named person
    ESCALATE = "escalate"
    EXPIRE = "expire"
    WITHDRAW = "withdraw"


class Verb(StrEnum):
    """What a reviewer can do with a task."""

    APPROVE = "approve"
    EDIT = "edit"
    REJECT = "reject"
    ESCALATE = "escalate"
    ASK = "ask"


class EditTarget(StrEnum):
    """What an edit changes: the case's own fields, or what the step returned."""

    CASE = "case"
    OUTPUT = "output"


S, A = ReviewState, ReviewAction
REVIEW_MOVES: Final = MappingProxyType(
    {
        (S.OPEN, A.CLAIM): S.CLAIMED,
        (S.CLAIMED, A.RELEASE): S.OPEN,
        (S.CLAIMED, A.DECIDE): S.DECIDED,
        (S.CLAIMED, A.HOLD): S.CLAIMED,
        (S.CLAIMED, A.UNDO): S.CLAIMED,
        (S.CLAIMED, A.TAKE_OVER): S.CLAIMED,
        (S.CLAIMED, A.ASSIGN): S.OPEN,
        (S.OPEN, A.ASSIGN): S.OPEN,
        (S.OPEN, A.ESCALATE): S.ESCALATED,
        (S.CLAIMED, A.ESCALATE): S.ESCALATED,
        (S.OPEN, A.EXPIRE): S.EXPIRED,
        (S.CLAIMED, A.EXPIRE): S.EXPIRED,
        (S.OPEN, A.WITHDRAW): S.WITHDRAWN,
        (S.CLAIMED, A.WITHDRAW): S.WITHDRAWN,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a reviewer asked somebody, and the answer when it came."""

    text: str
    by: PersonId
    at: datetime
    answer: str | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskNote:
    """What was said when a task changed hands, so that the next person need not ask."""

    what: str  # takeover, hand_back, assigned, or refused: a held decision that took no effect
    by: str  # a person, or worker
    at: datetime
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What one person decided, on which evidence."""

    task_id: TaskId
    case_id: CaseId
    verb: Verb
    by: PersonId
    at: datetime
    reason_code: str = ""
    note: str = ""
    value: Any = None  # an edit's new value, already validated
    evidence_digest: str = ""
    supplied: Mapping[str, str] = field(default_factory=dict)  # evidence the reviewer added
    via: str = "cli"
    confidence: float | None = None  # the AI's, in what was decided
    thinking_seconds: float | None = None  # from taking the task to deciding; None: not known
    too_quick: bool = False  # faster than the contract thinks possible; a signal, no refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAnswer:
    """What a reviewer said before they saw the AI's suggestion."""

    by: PersonId
    at: datetime
    value: Any = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewTask:
    """One question to one person. Times are aware UTC."""

    id: TaskId
    case_id: CaseId
    workflow: WorkflowId
    kind: ReviewKind
    queue: QueueName
    severity: Severity
    question: str
    verbs: tuple[Verb, ...]
    opened_at: datetime
    due_at: datetime
    at_risk_at: datetime
    tenant: str = ""
    step: StepName | None = None
    exception_type: str | None = None
    why: str = ""  # the rule that brought it here
    edits: EditTarget | None = None
    reason_codes: tuple[str, ...] = ()
    required: tuple[str, ...] = ()  # evidence a decision needs
    missing: tuple[str, ...] = ()  # of these, what the package does not hold
    evidence_digest: str = ""
    approvers: tuple[PersonId, ...] = ()  # the people or teams whose approval is asked for
    deciders: tuple[PersonId, ...] = ()  # when given, only these may decide
    excluded: tuple[PersonId, ...] = ()  # four eyes: these may not
    amount: Money | None = None
    action_id: ActionId | None = None
    action_digest: str | None = None
    expires_at: datetime | None = None
    state: ReviewState = ReviewState.OPEN
    held_by: PersonId | None = None
    lease_until: datetime | None = None
    questions: tuple[Question, ...] = ()
    clock_stopped_at: datetime | None = None  # while a question is unanswered
    breached_at: datetime | None = None
    escalations: int = 0
    onward: tuple[QueueName, ...] = ()  # what is left of the chain it is on
    ended_at: datetime | None = None
    assigned_to: PersonId | None = None  # kept for them until it is at risk
    taken_from: PersonId | None = None  # who held it before somebody took it over
    held_decision: Decision | None = None  # decided, and in force from `takes_effect_at` on
    takes_effect_at: datetime | None = None
    notes: tuple[TaskNote, ...] = ()
    claimed_at: datetime | None = None  # since when its holder has it before them
    look: LookKind | None = None  # a task beside the case; its answer changes nothing
    about: tuple[TaskId, ...] = ()  # the tasks whose answers a look is about
    blind: bool = False  # the AI's suggestion is kept back until the reviewer's own answer
    own_answers: tuple[OwnAnswer, ...] = ()
    version: int = 0

    @property
    def is_live(self) -> bool:
        """True while somebody can still decide it."""
        return self.state in (ReviewState.OPEN, ReviewState.CLAIMED)

    def is_overdue(self, now: datetime) -> bool:
        """True when its deadline has passed and its clock is running."""
        return self.is_live and self.clock_runs and now >= self.due_at

    def is_at_risk(self, now: datetime) -> bool:
        """True from the queue's at-risk share of its time until it is overdue."""
        return self.is_live and self.clock_runs and self.at_risk_at <= now < self.due_at

    @property
    def clock_runs(self) -> bool:
        """False while a question is unanswered, and once it is decided: that was in time."""
        return self.clock_stopped_at is None and self.held_decision is None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidencePackage:
    """What the reviewer was shown, frozen when the task was made. `digest` covers the content."""

    task_id: TaskId
    case_id: CaseId
    digest: str
    content: Mapping[str, Any]
    made_at: datetime


class ReviewMoveRefused(InterlockError):
    """The review task is in a state that this action cannot leave."""

    code = "review_move_refused"

    def __init__(self, task_id: str, state: str, action: str) -> None:
        super().__init__(task_id, state, action)
        self.task_id, self.state, self.action = task_id, state, action

    def __str__(self) -> str:
        allowed = [str(a) for (state, a) in REVIEW_MOVES if state == self.state]
        do = (
            f"possible: {', '.join(allowed)}" if allowed else "this state is final; reload the task"
        )
        return f"cannot {self.action} review task {self.task_id}: it is {self.state}; {do}"


def move(task: ReviewTask, action: ReviewAction, **changes: Any) -> ReviewTask:
    """The task after the action. Raises: ReviewMoveRefused when no arrow leaves its state."""
    if (task.state, action) not in REVIEW_MOVES:
        raise ReviewMoveRefused(task.id, task.state, action)
    return replace(task, state=REVIEW_MOVES[task.state, action], **changes)
