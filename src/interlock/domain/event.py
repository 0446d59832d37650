"""What happened to a case, in the past tense. Replaying the events gives the same case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias

from interlock.domain.case import Arm, Case, OpenException, ProposalRecord, RequestRecord
from interlock.domain.contract import Stage
from interlock.domain.desk_event import (
    CaseCommented,
    CaseReopened,
    HeldReviewRefused,
    ReviewAssigned,
    ReviewHandedBack,
    ReviewHeld,
    ReviewTakenOver,
    ReviewUndone,
)
from interlock.domain.ids import ActionId, Fingerprint, PersonId, StepName
from interlock.domain.pause import PausedBy, PauseId
from interlock.domain.people import CONTRACT_ALONE, Standing
from interlock.domain.review import Decision, ReviewTask


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpened:
    """The case arrived. `problem` given: the input did not fit, and the case waits with it.

    placed: why it does not stand where its release would have it; empty: it does.
    """

    case: Case
    problem: OpenException | None = None
    placed: str = ""
    kind: Literal["case_opened"] = "case_opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepReturned:
    """A function returned: a plain output, or a proposal from an AI step.

    states: digests of the business state of actions whose parameters are now known.
    paused_by: the AI's result came while it was paused; it is on record and not accepted.
    is_shadow: it was only watched; nobody who decides is shown it before the case is closed.
    """

    step: StepName
    attempt: int
    value: Any = None
    proposal: ProposalRecord | None = None
    requests: tuple[RequestRecord, ...] | None = None  # None: all the step's actions, as listed
    evidence: Mapping[str, Any] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)
    paused_by: PausedBy | None = None
    is_shadow: bool = False
    took_ms: int = 0
    kind: Literal["step_returned"] = "step_returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRaised:
    """A function raised a business exception."""

    step: StepName
    attempt: int
    exception: OpenException
    is_shadow: bool = False
    took_ms: int = 0
    kind: Literal["step_raised"] = "step_raised"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFailed:
    """A technical incident: the function crashed or overran its time."""

    step: StepName
    attempt: int
    error: str
    timed_out: bool = False
    is_shadow: bool = False
    took_ms: int = 0
    kind: Literal["step_failed"] = "step_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepHeld:
    """An AI step was due and is paused: it does not begin, and its fallback does the work."""

    step: StepName
    attempt: int
    paused_by: PausedBy
    kind: Literal["step_held"] = "step_held"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemedyReturned:
    """An automatic remedy ended: with new values for case fields, or with nothing."""

    exception_type: str
    changes: Mapping[str, Any] | None = None
    refit: CaseRefit | None = None
    error: str = ""
    kind: Literal["remedy_returned"] = "remedy_returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionStarted:
    """Its turn has come: the intent goes on record before anything is done."""

    action_id: ActionId
    kind: Literal["action_started"] = "action_started"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionSucceeded:
    action_id: ActionId
    receipt: Any = None
    took_ms: int = 0
    kind: Literal["action_succeeded"] = "action_succeeded"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionFailed:
    """The system refused, or the action raised: nothing happened there.

    exception given: the action raised it as a business exception; it is routed, not retried.
    """

    action_id: ActionId
    error: str
    exception: OpenException | None = None
    took_ms: int = 0
    kind: Literal["action_failed"] = "action_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionLost:
    """Nobody knows: a crash or a timeout between intent and outcome."""

    action_id: ActionId
    error: str
    kind: Literal["action_lost"] = "action_lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionLookedUp:
    """The system was asked whether a lost action took effect. found None: it could not say."""

    action_id: ActionId
    found: bool | None
    receipt: Any = None
    error: str = ""
    kind: Literal["action_looked_up"] = "action_looked_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class StateFoundChanged:
    """The state an action rests on is no longer what it was when it was planned."""

    action_id: ActionId
    detail: str
    state_digest: str
    kind: Literal["state_found_changed"] = "state_found_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetRefused:
    """A cumulative budget has nothing left for this action."""

    action_id: ActionId
    budget: str
    detail: str
    free_again_at: datetime
    kind: Literal["budget_refused"] = "budget_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionHeld:
    """Its turn has come and it is paused: the case waits until a person lifts the pause."""

    action_id: ActionId
    paused_by: PausedBy
    kind: Literal["action_held"] = "action_held"


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseLifted:
    """The pause the case waits on was lifted; what was held goes on from where it stood."""

    pause: PauseId
    kind: Literal["pause_lifted"] = "pause_lifted"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompensationFinished:
    action_id: ActionId
    error: str = ""  # empty: it is undone
    kind: Literal["compensation_finished"] = "compensation_finished"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRefit:
    """What the case's own fields say after an edit: title, key and the like."""

    data: Mapping[str, Any]
    key: str
    title: str
    tenant: str
    segment: str
    amount_micros: int | None
    amount_currency: str | None
    deadline: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMigrated:
    """A waiting case was moved to another version of its contract, which it was checked to fit.

    refit: what its fields say by the new version. release, stage, arm: where it stands there.
    """

    fingerprint: Fingerprint
    refit: CaseRefit
    release: str
    stage: Stage
    arm: Arm
    by: PersonId
    kind: Literal["case_migrated"] = "case_migrated"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDecided:
    """A person decided. `refit` comes with an edit of the case's own fields.

    standing: what was known of the person then; judged again, it gives the same answer.
    """

    task: ReviewTask
    decision: Decision
    refit: CaseRefit | None = None
    standing: Standing = CONTRACT_ALONE
    kind: Literal["review_decided"] = "review_decided"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewEscalated:
    """A person passed it on (by given), or its deadline passed (by None)."""

    task: ReviewTask
    by: PersonId | None = None
    note: str = ""
    kind: Literal["review_escalated"] = "review_escalated"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewBreached:
    """The deadline passed and the escalation chain has no further link."""

    task: ReviewTask
    kind: Literal["review_breached"] = "review_breached"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewExpired:
    """The time in which it could be decided is over; that is never a yes."""

    task: ReviewTask
    kind: Literal["review_expired"] = "review_expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewClaimed:
    task: ReviewTask
    by: PersonId
    kind: Literal["review_claimed"] = "review_claimed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewReleased:
    """Given back by its holder (by given), or its lease ran out (by None)."""

    task: ReviewTask
    by: PersonId | None = None
    kind: Literal["review_released"] = "review_released"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAnswerGiven:
    """Said before the AI's suggestion was shown, in a queue that decides blind."""

    task: ReviewTask
    by: PersonId
    value: Any = None
    text: str = ""
    kind: Literal["own_answer_given"] = "own_answer_given"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAsked:
    task: ReviewTask
    by: PersonId
    text: str
    kind: Literal["question_asked"] = "question_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnswered:
    task: ReviewTask
    by: str
    text: str
    kind: Literal["question_answered"] = "question_answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerFired:
    kind: Literal["timer_fired"] = "timer_fired"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCancelled:
    """A person stopped the case. `task`: the review task that is open for it, to be withdrawn."""

    by: PersonId
    task: ReviewTask | None = None
    note: str = ""
    kind: Literal["case_cancelled"] = "case_cancelled"


Event: TypeAlias = (
    CaseOpened
    | StepReturned
    | StepRaised
    | StepFailed
    | StepHeld
    | RemedyReturned
    | ActionStarted
    | ActionSucceeded
    | ActionFailed
    | ActionLost
    | ActionLookedUp
    | StateFoundChanged
    | BudgetRefused
    | ActionHeld
    | PauseLifted
    | CompensationFinished
    | ReviewDecided
    | ReviewHeld
    | ReviewUndone
    | HeldReviewRefused
    | ReviewTakenOver
    | ReviewHandedBack
    | ReviewAssigned
    | ReviewEscalated
    | ReviewBreached
    | ReviewExpired
    | ReviewClaimed
    | ReviewReleased
    | OwnAnswerGiven
    | QuestionAsked
    | QuestionAnswered
    | TimerFired
    | CaseCancelled
    | CaseCommented
    | CaseReopened
    | CaseMigrated
)
