"""A workflow contract: who owns what, what the AI may do, and what happens otherwise.

These are values only, already checked by `contracts/`; nothing here reads a file. Field names
of steps, exception routes and the release gate are the field's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from interlock.domain.exceptions import CATCH_ALL
from interlock.domain.hours import ALWAYS, BusinessHours
from interlock.domain.ids import Fingerprint, PersonId, QueueName, StepName, WorkflowId
from interlock.domain.money import Money
from interlock.domain.quality import Probe, Quality
from interlock.domain.rollout import Rollout
from interlock.domain.training import Training
from interlock.errors import InterlockError


class StepMode(StrEnum):
    DETERMINISTIC = "deterministic"  # fixed rules
    ASSISTIVE = "assistive"  # AI suggests
    AGENTIC = "agentic"  # AI acts, inside its limits
    HUMAN_OWNED = "human_owned"  # a person decides; a model can never execute it


class TaskVerb(StrEnum):
    DO = "do"
    RECOMMEND = "recommend"
    DRAFT = "draft"
    RETRIEVE = "retrieve"
    ROUTE = "route"
    EXECUTE = "execute"


class Stage(StrEnum):
    SHADOW = "shadow"
    ASSISTED = "assisted"
    CANARY = "canary"
    AUTONOMOUS = "autonomous"


class FallbackMode(StrEnum):
    DETERMINISTIC_PATH = "deterministic_path"
    HUMAN_REVIEW = "human_review"
    PREVIOUS_VERSION = "previous_version"


class Severity(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Quorum(StrEnum):
    ALL = "all"
    ANY = "any"


class WhenSpent(StrEnum):
    """What happens to a case when a cumulative budget has nothing left for it."""

    EXCEPTION = "exception"  # out_of_policy, routed to people
    WAIT = "wait"  # until the budget's next hour or day


class ConditionFailed(InterlockError):
    """A condition could not be answered; whoever asked must take the safe side."""

    code = "condition_failed"

    def __init__(self, text: str, why: str) -> None:
        super().__init__(text, why)
        self.text, self.why = text, why

    def __str__(self) -> str:
        return f"cannot answer {self.text!r}: {self.why}; correct the case or the condition"


class Condition(Protocol):
    """A yes-or-no question about a case, written in the contract (CEL)."""

    @property
    def text(self) -> str: ...

    def holds(self, facts: Mapping[str, Any]) -> bool:
        """True or false. Raises: ConditionFailed when it cannot be answered."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    statement: str
    metric: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Owners:
    """Four named people or teams."""

    business: PersonId
    operations: PersonId
    technical: PersonId
    governance: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person or a team. `approve_up_to` None: no amount limit of their own."""

    id: PersonId
    name: str
    email: str = ""
    groups: tuple[str, ...] = ()
    approve_up_to: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSchema:
    """What a case is made of. Field names refer to the case's own data."""

    schema: str  # module:Model, or a JSON Schema file
    name: str  # what steps and conditions call the case, e.g. invoice
    key: tuple[str, ...]
    title: str = ""
    amount_value: str | None = None
    amount_currency: str | None = None
    tenant: str | None = None
    segment: tuple[str, ...] = ()
    deadline: str | None = None
    protected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    channel: str
    accepts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    name: str
    kind: str = ""
    trusted: bool = False
    protected: tuple[str, ...] = ()
    holds: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """Where a step goes when its AI fails. `step` names a function for the deterministic path."""

    mode: FallbackMode
    step: StepName | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """The line a proposal must reach, in 0..1; a segment may have its own."""

    accept_at: float
    segments: Mapping[str, float] = field(default_factory=dict)

    def line_for(self, segment: str) -> float:
        """The line for a segment, as a fraction."""
        return self.segments.get(segment, self.accept_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    timeout_seconds: float | None = None
    cost: Money | None = None
    model_calls: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How an incident is retried: `attempts` in all, waiting first × factor^n between them."""

    attempts: int = 3
    first_wait_seconds: float = 2.0
    factor: float = 4.0
    longest_wait_seconds: float = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowStep:
    """One step. `when` false: it is skipped. `next`: where to go after it, else the one below."""

    step_name: StepName
    mode: StepMode
    owner: PersonId
    evidence_required: tuple[str, ...] = ()
    max_response_minutes: int | None = None
    escalation_target: PersonId | None = None
    queue: QueueName | None = None  # where its proposals and human work go
    title: str = ""
    question: str = ""
    reason_codes: tuple[str, ...] = ()
    when: Condition | None = None
    next: StepName | None = None
    task_boundary: tuple[TaskVerb, ...] = ()
    confidence: Confidence | None = None
    limits: Limits = field(default_factory=Limits)
    retry: Retry = field(default_factory=Retry)
    fallback: Fallback | None = None
    actions: tuple[str, ...] = ()
    produces: tuple[str, ...] = ()  # every name its output is known by; filled from its function
    has_function: bool = True  # false for a step that is only its actions, or only a person

    @property
    def is_ai(self) -> bool:
        return self.mode in (StepMode.ASSISTIVE, StepMode.AGENTIC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Cumulative limits over all cases, in fixed UTC hours and days."""

    money_per_hour: Money | None = None
    money_per_day: Money | None = None
    count_per_hour: int | None = None
    count_per_day: int | None = None
    risk_per_hour: int | None = None
    risk_per_day: int | None = None
    when_spent: WhenSpent = WhenSpent.EXCEPTION


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRule:
    """One allowed side effect, and what bounds it."""

    name: str
    system: str
    reversible: bool
    compensate: str | None = None
    verify: str | None = None
    idempotent: bool = False  # the system itself refuses a second one under the same key
    hold_minutes: int = 0
    budget: Budget | None = None
    risk_units: int = 0
    amount_value: str | None = (
        None  # path in the facts, e.g. arguments.amount; else the case amount
    )
    timeout_seconds: float = 30.0
    retry: Retry = field(default_factory=Retry)
    says: str = ""
    watches_state: bool = False  # its function declares a state to re-read
    parameters: tuple[str, ...] = ()  # what its function takes beside systems; from its signature
    produces: tuple[str, ...] = ()  # every name its receipt is known by; from its signature


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalTier:
    """Who must approve an action when the condition holds."""

    action: str
    when: Condition | None
    tier: tuple[PersonId, ...]
    quorum: Quorum | int = Quorum.ALL
    valid_minutes: int = 1440  # an approval unused for a day is stale
    name: str = ""  # as the contract's line says it, for the record


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    name: QueueName
    members: tuple[str, ...]  # person ids, or group:NAME
    hours: BusinessHours = ALWAYS
    lease_minutes: int = 15
    minutes_per_task: float = 5.0
    capacity: int | None = None
    expected_share: float | None = None  # questions a case it gets; for reckoning ahead only
    at_risk_share: float = 0.75  # of the time allowed; then a task is at risk
    escalate_to: tuple[str, ...] = ()  # queues, in order
    at_most: int | None = None  # tasks one person may hold at once
    undo_seconds: int = 0  # how long a decision can still be undone by whoever made it
    blind: bool = False  # the AI's suggestion is shown after the reviewer's own answer
    training: Training | None = None  # to be passed before one may approve or edit here


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionRoute:
    exception_type: str
    severity: Severity
    route_to: QueueName
    sla_minutes: int
    automation_allowed: bool
    reviewer_evidence: tuple[str, ...]
    remedy: str | None = None
    question: str = ""
    reason_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """`metric op value`, e.g. exception_rate <= 0.04."""

    metric: str
    op: str
    value: float | bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseGate:
    canary_traffic: float
    promotion_window_hours: int
    success_criteria: tuple[Criterion, ...]
    rollback_trigger: tuple[Criterion, ...]
    fallback_mode: FallbackMode


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowContract:
    """The whole of what was agreed. `fingerprint` identifies it together with its code."""

    workflow: WorkflowId
    title: str
    fingerprint: Fingerprint
    outcome: Outcome
    owners: Owners
    people: Mapping[PersonId, Person]
    case: CaseSchema
    steps: tuple[WorkflowStep, ...]
    actions: Mapping[str, ActionRule]
    queues: Mapping[QueueName, Queue]
    exceptions: tuple[ExceptionRoute, ...]
    approvals: tuple[ApprovalTier, ...] = ()
    intake: tuple[Intake, ...] = ()
    systems: Mapping[str, System] = field(default_factory=dict)
    never_automate: tuple[str, ...] = ()
    domain: str = ""
    currency: str | None = None  # what amounts the contract names are in
    gate: ReleaseGate | None = None
    error_budget: Mapping[str, Any] = field(default_factory=dict)
    quality_sample: float = 0.0
    quality: Quality = field(default_factory=Quality)
    probes: tuple[Probe, ...] = ()
    holdback: float = 0.0
    rollout: Rollout = field(default_factory=Rollout)
    monitoring: Mapping[str, Any] = field(default_factory=dict)
    adoption: tuple[Mapping[str, Any], ...] = ()
    protected_cases: str | None = None
    baseline: str | None = None
    text: str = ""  # the canonical contract as JSON, for the record

    @property
    def sample_share(self) -> float:
        """The share (of 1) of autonomous cases that a person looks at afterwards."""
        return self.quality.sample or self.quality_sample

    def step(self, name: str) -> WorkflowStep:
        """The step of that name. Raises: KeyError."""
        for each in self.steps:
            if each.step_name == name:
                return each
        raise KeyError(name)

    def route_for(self, exception_type: str) -> ExceptionRoute:
        """The route for an exception, the catch-all when none names it. Raises: KeyError."""
        named = {route.exception_type: route for route in self.exceptions}
        return named.get(exception_type) or named[CATCH_ALL]

    def members_of(self, queue: QueueName) -> frozenset[PersonId]:
        """Everybody who works a queue, groups resolved."""
        found: set[PersonId] = set()
        for member in self.queues[queue].members:
            group = member.removeprefix("group:")
            if group != member:
                found.update(p.id for p in self.people.values() if group in p.groups)
            else:
                found.add(PersonId(member))
        return frozenset(found)

    def queue_of(self, person: str) -> QueueName:
        """The queue in which this person or team is asked: their own, else one they work in.

        Raises: KeyError when no queue has them; `check` refuses such a contract.
        """
        if person in self.queues:
            return QueueName(person)
        for name in self.queues:
            if person in self.members_of(name) or person in self.people_groups(name):
                return name
        raise KeyError(person)

    def people_groups(self, queue: QueueName) -> frozenset[str]:
        """The groups that work a queue."""
        members = self.queues[queue].members
        return frozenset(m.removeprefix("group:") for m in members if m.startswith("group:"))
