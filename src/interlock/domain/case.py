"""A case: one piece of work on its way through a workflow.

Everything that is due next can be read from the case itself, so a worker that finds it after a
crash knows what to do. The states are the three of CaseState, and there are no others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from interlock.domain.action import Action, Approval
from interlock.domain.contract import Stage
from interlock.domain.ids import (
    ActionId,
    CaseId,
    Fingerprint,
    PersonId,
    StepName,
    TaskId,
    WorkflowId,
)
from interlock.domain.money import Money
from interlock.domain.pause import PausedBy
from interlock.domain.quality import Look, ProbeCard


class CaseState(StrEnum):
    READY = "ready"  # an episode is due
    WAITING = "waiting"  # on a review task, a timer or an answer
    CLOSED = "closed"  # final, unless it is reopened as wrong


class WaitsFor(StrEnum):
    REVIEW = "review"
    ANSWER = "answer"
    RETRY = "retry"  # a timer: an incident is tried again
    HOLD = "hold"  # a timer: a reversible action can still be stopped
    BUDGET = "budget"  # a timer: a cumulative budget has nothing left until then
    PAUSE = "pause"  # a person stopped it; a person lets it go on


class Phase(StrEnum):
    """Which part of the current step is due."""

    INTAKE = "intake"  # the input did not become a case yet
    STEP = "step"  # its function
    SHADOW = "shadow"  # its AI, watched only; what it says decides nothing
    FALLBACK = "fallback"  # its deterministic path
    REMEDY = "remedy"  # an automatic remedy of its exception
    ACTIONS = "actions"  # its planned actions, one after the other
    PERSON = "person"  # a person is asked
    UNDO = "undo"  # compensations, last action first
    DONE = "done"


class ClosingOutcome(StrEnum):
    COMPLETED = "completed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    COMPENSATED = "compensated"


class Handling(StrEnum):
    AUTONOMOUS = "autonomous"  # no person decided anything
    ASSISTED = "assisted"  # a person approved or edited
    HUMAN = "human"  # a person did the work
    FALLBACK = "fallback"  # the deterministic path


class Arm(StrEnum):
    """Which part of a release's traffic a case is in; drawn by a stable hash."""

    RELEASE = "release"
    CANARY = "canary"
    HOLDBACK = "holdback"
    PROBE = "probe"  # a planted question with a known answer; no part of the business


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The raw input a case came from; its bytes are kept under their digest."""

    document: str  # SHA-256 of the bytes
    name: str
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalRecord:
    """What an AI step suggested, as it was recorded."""

    step: StepName
    value: Any
    confidence: float
    rationale: str = ""
    weak_point: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    requests: tuple[RequestRecord, ...] = ()
    model: str = ""
    cost_micros: int = 0
    tokens_in: int = 0
    tokens_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowRecord:
    """What a watched AI said of one step, and whether the real handling came to the same.

    would_act: every guard passed, so at a later stage nobody would have been asked. agrees: None
    until the step was really handled. error: why it said nothing.
    """

    step: StepName
    value: Any = None
    confidence: float = 0.0
    requests: tuple[RequestRecord, ...] = ()
    model: str = ""
    would_act: bool = False
    agrees: bool | None = None
    differs: tuple[str, ...] = ()  # the fields that came out otherwise; "value" for a plain one
    error: str = ""
    took_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRecord:
    """An action a step asked for, with the arguments it gave."""

    action: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenException:
    """The exception a case waits on. `value` given: it may be approved as it is."""

    type: str
    detail: str
    step: StepName | None
    missing: tuple[str, ...] = ()
    value: Any = None
    has_value: bool = False
    requests: tuple[RequestRecord, ...] | None = None  # the actions that come with the value
    may_retry: bool = False  # approving means: try it again
    evidence: Mapping[str, Any] = field(default_factory=dict)
    action_id: ActionId | None = None
    closed_as: ClosingOutcome | None = None  # it was closed like this, and that is said to be wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case. `version` counts its recorded changes; a writer must have seen the last one."""

    id: CaseId
    workflow: WorkflowId
    fingerprint: Fingerprint
    key: str
    data: Mapping[str, Any]
    opened_at: datetime
    updated_at: datetime
    tenant: str = ""
    title: str = ""
    segment: str = ""
    arm: Arm = Arm.RELEASE
    stage: Stage = Stage.ASSISTED
    release: str = ""  # the era of the release it was opened in; empty: none was running
    source: Source | None = None
    amount: Money | None = None
    deadline: datetime | None = None
    opened_by: PersonId | None = None
    state: CaseState = CaseState.READY
    waits_for: WaitsFor | None = None
    wake_at: datetime | None = None
    phase: Phase = Phase.INTAKE
    step: StepName | None = None
    visit: int = 0  # how many steps were entered so far; makes ids unique
    attempt: int = 0  # tries of what is due now
    outputs: Mapping[str, Any] = field(default_factory=dict)  # step name → its output
    evidence: Mapping[str, Any] = field(default_factory=dict)  # named items kept on the way
    states: Mapping[str, str] = field(default_factory=dict)  # action name → digest of its state
    proposal: ProposalRecord | None = None
    # what the AI would have said where it was only watched → shown to nobody who decides
    shadows: Mapping[str, ShadowRecord] = field(default_factory=dict)
    # AI steps whose result was accepted with no person asked → the agent that gave it
    decided_by_machine: Mapping[str, str] = field(default_factory=dict)
    paused_by: PausedBy | None = None  # the pause it waits on
    exception: OpenException | None = None
    exceptions_seen: int = 0
    remedied: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    approvals: tuple[Approval, ...] = ()
    task: TaskId | None = None  # the open review task, if a person is asked
    tasks_made: int = 0
    authors: tuple[PersonId, ...] = ()  # who edited something or did a step's work
    hands: tuple[PersonId, ...] = ()  # everybody who decided anything in it
    looks: tuple[Look, ...] = ()  # samples and second looks; they change nothing in the case
    probe: ProbeCard | None = None  # a planted question: what the right answer is
    person_decided: bool = False
    person_worked: bool = False
    fallback_used: bool = False
    closing: ClosingOutcome | None = None  # what it will close as, while compensations run
    outcome: ClosingOutcome | None = None
    handling: Handling | None = None
    closed_at: datetime | None = None
    version: int = 0
