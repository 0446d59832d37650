"""The keys of steps and actions."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from interlock.contracts.shape_keys import Shape
from interlock.contracts.value_types import (
    Count,
    CountOrZero,
    Minutes,
    MinutesOrZero,
    MoneyText,
    Name,
    Names,
    PositiveNumber,
    Share,
    Text,
)
from interlock.domain.contract import FallbackMode, StepMode, TaskVerb, WhenSpent


class RetryShape(Shape):
    attempts: Count = 3
    first_wait_seconds: PositiveNumber = 2.0
    factor: PositiveNumber = 4.0
    longest_wait_seconds: PositiveNumber = 900.0


class LimitsShape(Shape):
    timeout_seconds: PositiveNumber | None = None
    cost: MoneyText | None = None
    model_calls: Count | None = None


class ConfidenceShape(Shape):
    REQUIRED: ClassVar = {"accept_at": "write accept_at: and a share of 1, as in 0.92"}

    accept_at: Share = 1.0
    segments: dict[str, Share] = Field(default_factory=dict)


class FallbackShape(Shape):
    REQUIRED: ClassVar = {
        "mode": "write mode: deterministic_path, human_review or previous_version"
    }

    mode: Annotated[FallbackMode, Field(strict=False)] = FallbackMode.HUMAN_REVIEW
    step: Name | None = None


class StepShape(Shape):
    REQUIRED: ClassVar = {
        "step_name": "write step_name: and a name, as in match",
        "mode": "write mode: deterministic, assistive, agentic or human_owned",
        "owner": "write owner: and who answers for this decision, as named under people",
    }

    step_name: Name = ""
    mode: Annotated[StepMode, Field(strict=False)] | None = None
    owner: Name = ""
    evidence_required: Names = Field(default_factory=list)
    max_response_minutes: Minutes | None = None
    escalation_target: Name | None = None
    queue: Name | None = None
    title: Text | None = None
    question: Text | None = None
    reason_codes: Names = Field(default_factory=list)
    when: Text | None = None
    next: Name | None = None
    task_boundary: list[Annotated[TaskVerb, Field(strict=False)]] = Field(default_factory=list)
    confidence: ConfidenceShape | None = None
    limits: LimitsShape | None = None
    retry: RetryShape | None = None
    fallback: FallbackShape | None = None
    actions: Names = Field(default_factory=list)


class BudgetShape(Shape):
    money_per_hour: MoneyText | None = None
    money_per_day: MoneyText | None = None
    count_per_hour: Count | None = None
    count_per_day: Count | None = None
    risk_per_hour: Count | None = None
    risk_per_day: Count | None = None
    when_spent: Annotated[WhenSpent, Field(strict=False)] = WhenSpent.EXCEPTION


class ActionShape(Shape):
    REQUIRED: ClassVar = {
        "system": "write system: and the name of the system it changes",
        "reversible": "write reversible: true or reversible: false",
    }

    system: Name = ""
    reversible: bool | None = None
    compensate: Name | None = None
    verify: Name | None = None
    idempotent: bool = False
    hold_minutes: MinutesOrZero = 0
    budget: BudgetShape | None = None
    risk_units: CountOrZero = 0
    amount: Text | None = None
    timeout_seconds: PositiveNumber = 30.0
    retry: RetryShape | None = None
    says: Text | None = None
