"""A fact: one countable thing that happened, for measuring. Facts are never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from interlock.domain.ids import CaseId, Fingerprint, WorkflowId


class FactKind(StrEnum):
    CASE_OPENED = "case_opened"
    STEP_FINISHED = "step_finished"  # value: milliseconds
    PROPOSAL_MADE = "proposal_made"  # value: confidence
    EXCEPTION_ROUTED = "exception_routed"
    INCIDENT = "incident"
    FALLBACK_USED = "fallback_used"
    REVIEW_OPENED = "review_opened"
    REVIEW_DECIDED = "review_decided"  # value: seconds from opened to decided
    REVIEW_BREACHED = "review_breached"
    ACTION_FINISHED = "action_finished"  # name: action, detail: its state
    CASE_CLOSED = "case_closed"  # value: seconds from opened to closed
    REVIEW_CLAIMED = "review_claimed"
    REVIEW_RELEASED = "review_released"
    QUESTION_ASKED = "question_asked"
    QUESTION_ANSWERED = "question_answered"
    CASE_COMMENTED = "case_commented"
    CASE_REOPENED = "case_reopened"
    CASE_PAUSED = "case_paused"
    SAMPLE_CHECKED = "sample_checked"  # detail: right or wrong
    PROBE_ANSWERED = "probe_answered"  # name: queue, detail: a ProbeResult
    SHADOW_COMPARED = "shadow_compared"  # name: step, detail: same, different or failed
    STOOD_DOWN = "stood_down"  # its release was taken back; name: step
    SECOND_LOOK = "second_look"  # name: queue/step, detail: first/second answer, or who was right
    PROPOSAL_DECIDED = "proposal_decided"  # name: step, detail: verb; what a person said of the AI


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One row for measuring; every fact knows its release's arm, segment and stage."""

    case_id: CaseId
    workflow: WorkflowId
    fingerprint: Fingerprint
    tenant: str
    segment: str
    arm: str
    stage: str
    kind: FactKind
    at: datetime
    name: str = ""  # step, action, exception type or queue
    detail: str = ""  # verb, outcome, state
    value: float | None = None
    amount_micros: int | None = None
    currency: str | None = None
    release: str = ""  # the era of the release
