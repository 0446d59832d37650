"""The keys of a contract, as Pydantic models: what may be written, and of which kind.

Nothing is required by Pydantic, so that one mistake never hides another: `REQUIRED` says which
keys a person must write and what to write, and `keys.py` reports those that are not there.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from interlock.contracts.shape_keys import Shape
from interlock.contracts.shape_parts import (
    ApprovalShape,
    CaseShape,
    ExceptionShape,
    IntakeShape,
    OutcomeShape,
    OwnersShape,
    PersonShape,
    QueueShape,
    SystemShape,
)
from interlock.contracts.shape_quality import QualityShape
from interlock.contracts.shape_rollout import RolloutShape
from interlock.contracts.shape_steps import ActionShape, StepShape
from interlock.contracts.value_types import (
    Count,
    Minutes,
    Name,
    Names,
    OneOrMoreNames,
    Share,
    Text,
    number,
)
from interlock.domain.contract import FallbackMode
from interlock.domain.watching import Measure

Tolerance = Annotated[
    list[Annotated[float, BeforeValidator(number)]], Field(min_length=2, max_length=2)
]


class GateShape(Shape):
    """`workflow_release_gate`, key for key as it is written in the field."""

    REQUIRED: ClassVar = {
        "canary_traffic": "write canary_traffic: and a share of 1, as in 0.10",
        "promotion_window_hours": "write promotion_window_hours: and hours, as in 48",
        "success_criteria": "write success_criteria: and at least one line",
        "rollback_trigger": "write rollback_trigger: and at least one line",
        "fallback_mode": "write fallback_mode: deterministic_path, human_review or "
        "previous_version",
    }

    canary_traffic: Share = 0.0
    promotion_window_hours: Count = 48
    success_criteria: dict[str, Text] = Field(default_factory=dict)
    rollback_trigger: list[Text] = Field(default_factory=list)
    fallback_mode: Annotated[FallbackMode, Field(strict=False)] = FallbackMode.HUMAN_REVIEW


class ErrorBudgetShape(Shape):
    REQUIRED: ClassVar = {"rate": "write rate: and the share of errors allowed, as in 0.02"}

    rate: Share = 0.0
    window_days: Count = 30
    when_spent: Annotated[FallbackMode, Field(strict=False)] = FallbackMode.HUMAN_REVIEW


class AlertShape(Shape):
    """One line of `monitoring.alerts`: a number, and the band it is expected in."""

    REQUIRED: ClassVar = {"measure": "write measure: and what is watched, as in refusals"}

    measure: Annotated[Measure, Field(strict=False)] = Measure.ACTION_RATE
    step: Name | None = None
    window_minutes: Count = 60
    minimum: Count = 30
    low: Annotated[float, BeforeValidator(number)] | None = None
    high: Annotated[float, BeforeValidator(number)] | None = None
    learned: bool = False


class MonitoringShape(Shape):
    tolerance: dict[str, Tolerance] = Field(default_factory=dict)
    drift: OneOrMoreNames = Field(default_factory=list)
    alerts: list[AlertShape] = Field(default_factory=list)
    alerts_queue: Name | None = None
    alerts_sla_minutes: Minutes | None = None


class AdoptionShape(Shape):
    REQUIRED: ClassVar = {
        "milestone": "write milestone: and what will be true",
        "measure": "write measure: and the number that shows it",
        "target": 'write target: and the line it must reach, as in "<= 0.02"',
    }

    milestone: Text = ""
    measure: Name = ""
    target: Text = ""


class ContractShape(Shape):
    REQUIRED: ClassVar = {
        "workflow": "write workflow: and its name, as in accounts_payable",
        "outcome": "write outcome: with statement, metric and target",
        "owners": "write owners: with business, operations, technical and governance",
        "people": "write people: and who works with this workflow",
        "case": "write case: with schema and key",
        "steps": "write steps: and at least one step",
        "queues": "write queues: and where people find their work",
        "exceptions": 'write exceptions: with at least the catch-all exception_type "*"',
    }

    interlock: Literal[1] = 1
    workflow: Name = ""
    title: Text | None = None
    domain: Name | None = None
    currency: Text | None = None
    module: OneOrMoreNames = Field(default_factory=lambda: ["steps"])
    outcome: OutcomeShape = OutcomeShape()
    owners: OwnersShape = OwnersShape()
    people: dict[Name, PersonShape] = Field(default_factory=dict)
    case: CaseShape = CaseShape()
    intake: list[IntakeShape] = Field(default_factory=list)
    systems: dict[Name, SystemShape] = Field(default_factory=dict)
    never_automate: Names = Field(default_factory=list)
    steps: list[StepShape] = Field(default_factory=list)
    actions: dict[Name, ActionShape] = Field(default_factory=dict)
    approvals: list[ApprovalShape] = Field(default_factory=list)
    queues: dict[Name, QueueShape] = Field(default_factory=dict)
    exceptions: list[ExceptionShape] = Field(default_factory=list)
    workflow_release_gate: GateShape | None = None
    error_budget: ErrorBudgetShape | None = None
    quality_sample: Share = 0.0
    quality: QualityShape = QualityShape()
    probes: Text | None = None
    holdback: Share = 0.0
    rollout: RolloutShape = RolloutShape()
    protected_cases: Text | None = None
    baseline: Text | None = None
    monitoring: MonitoringShape = MonitoringShape()
    adoption: list[AdoptionShape] = Field(default_factory=list)
