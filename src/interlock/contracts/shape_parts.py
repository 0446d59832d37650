"""The keys of people, cases, systems, queues, approvals and exception routes."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field

from interlock.contracts.shape_keys import Shape
from interlock.contracts.value_types import (
    Count,
    Minutes,
    MoneyText,
    Name,
    Names,
    OneOrMoreNames,
    OneOrMoreTexts,
    PositiveNumber,
    QuorumText,
    Share,
    Text,
    UndoSeconds,
    one_or_many,
)
from interlock.domain.contract import Severity


class OutcomeShape(Shape):
    REQUIRED: ClassVar = {
        "statement": "write statement: and the business result in one sentence",
        "metric": "write metric: and the number that shows it, as in cycle_time",
        "target": 'write target: and how far it shall move, as in "-40%"',
    }

    statement: Text = ""
    metric: Name = ""
    target: Text = ""


class OwnersShape(Shape):
    REQUIRED: ClassVar = {
        "business": "write business: and who answers for the outcome",
        "operations": "write operations: and who answers for the process",
        "technical": "write technical: and who answers for the connections",
        "governance": "write governance: and who answers for policy and risk",
    }

    business: Name = ""
    operations: Name = ""
    technical: Name = ""
    governance: Name = ""


class PersonShape(Shape):
    REQUIRED: ClassVar = {"name": "write name: and what people call them"}

    name: Text = ""
    email: Text | None = None
    groups: OneOrMoreNames = Field(default_factory=list)
    approve_up_to: MoneyText | None = None
    kind: Text | None = None


class AmountShape(Shape):
    REQUIRED: ClassVar = {"value": "write value: and the case field that holds the amount"}

    value: Name = ""
    currency: Name | None = None


class CaseShape(Shape):
    REQUIRED: ClassVar = {
        "schema": "write schema: and a model, as in cases:Invoice, or a JSON Schema file",
        "key": "write key: and the fields that make a case the same case, as in [number]",
    }

    schema_: Annotated[Text, Field(alias="schema")] = ""
    name: Name | None = None
    key: OneOrMoreNames = Field(default_factory=list)
    title: Text | None = None
    amount: AmountShape | None = None
    tenant: Name | None = None
    segment: OneOrMoreNames = Field(default_factory=list)
    deadline: Name | None = None
    protected: Names = Field(default_factory=list)


class IntakeShape(Shape):
    REQUIRED: ClassVar = {"channel": "write channel: and where cases come from, as in folder"}

    channel: Name = ""
    accepts: OneOrMoreNames = Field(default_factory=list)


class SystemShape(Shape):
    kind: Text | None = None
    trusted: bool = False
    protected: Names = Field(default_factory=list)
    holds: Text | None = None


class ApprovalShape(Shape):
    REQUIRED: ClassVar = {
        "action": "write action: and the action that needs approval",
        "tier": "write tier: and who must approve, as in [ap_lead]",
    }

    action: Name = ""
    when: Text | None = None
    tier: OneOrMoreNames = Field(default_factory=list)
    quorum: QuorumText = "all"
    valid_minutes: Minutes = 1440
    name: Text | None = None


class QueueShape(Shape):
    REQUIRED: ClassVar = {"members": "write members: and who works it, as in [group:clerks]"}

    members: OneOrMoreTexts = Field(default_factory=list)
    hours: Text = "always"
    holidays: Annotated[list[Text], BeforeValidator(one_or_many)] = Field(default_factory=list)
    lease_minutes: Minutes = 15
    minutes_per_task: PositiveNumber = 5.0
    capacity: Count | None = None
    expected_share: PositiveNumber | None = None
    at_risk_share: Share = 0.75
    escalate_to: OneOrMoreNames = Field(default_factory=list)
    at_most: Count | None = None
    undo_seconds: UndoSeconds = 0
    training: Text | None = None
    blind: bool = False


class ExceptionShape(Shape):
    REQUIRED: ClassVar = {
        "exception_type": 'write exception_type: and its name, or "*" for all others',
        "severity": "write severity: low, medium, high or critical",
        "route_to": "write route_to: and the queue that takes it",
        "sla_minutes": "write sla_minutes: and the minutes people have, as in 240",
        "automation_allowed": "write automation_allowed: true or automation_allowed: false",
        "reviewer_evidence": "write reviewer_evidence: and what the reviewer must see",
    }

    exception_type: Text = ""
    severity: Annotated[Severity, Field(strict=False)] = Severity.HIGH
    route_to: Name = ""
    sla_minutes: Minutes = 60
    automation_allowed: bool | None = None
    reviewer_evidence: Names = Field(default_factory=list)
    remedy: Name | None = None
    question: Text | None = None
    reason_codes: Names = Field(default_factory=list)
