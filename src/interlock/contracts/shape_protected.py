"""The keys of a protected case's file, and of what is frozen in it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, ConfigDict, Field

from interlock.contracts.shape_keys import Shape
from interlock.contracts.value_types import Name, Names, Share, Text
from interlock.domain.case import ClosingOutcome, Handling
from interlock.domain.contract import Severity, Stage
from interlock.domain.review import Verb


def _day(value: Any) -> Any:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise ValueError("write a day, as in 2027-06-30") from None


def _moment(value: Any) -> Any:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise ValueError("write a moment in UTC, as in 2026-02-20T09:00:00Z") from None
    if moment.tzinfo is None:
        raise ValueError("write the moment with its zone, as in 2026-02-20T09:00:00Z")
    return moment


class Strict(Shape):
    """A set of keys in which an unknown one is a mistake."""

    model_config = ConfigDict(strict=True, extra="forbid", arbitrary_types_allowed=True)


class AnswerShape(Strict):
    """What a function answered: one of value, raises and failed."""

    value: Any = None
    confidence: Share | None = None
    raises: Name | None = None
    detail: str = ""
    missing: Names = Field(default_factory=list)
    may_retry: bool = False
    evidence: dict[str, Any] = Field(default_factory=dict)
    failed: Text | None = None


class DecisionShape(Strict):
    REQUIRED: ClassVar = {
        "about": "write about: and the step, exception or action that is asked about",
        "verb": "write verb: and approve, edit or reject",
    }

    about: Name = ""
    verb: Annotated[Verb, Field(strict=False)] = Verb.APPROVE
    value: Any = None
    reason_code: Name | None = None


class ExpectedShape(Strict):
    outcome: Annotated[ClosingOutcome, Field(strict=False)] | None = None
    handled: Annotated[Handling, Field(strict=False)] | None = None
    waits_at: Name | None = None
    exception: Name | None = None
    route: Name | None = None
    outputs: dict[Name, Any] = Field(default_factory=dict)
    wrong_outputs: dict[Name, Any] = Field(default_factory=dict)
    actions: list[Name | dict[Name, dict[str, Any]]] = Field(default_factory=list)
    never: Names = Field(default_factory=list)


class ProtectedShape(Strict):
    REQUIRED: ClassVar = {
        "name": "write name: and what the case is called, as in price_above_order",
        "owner": "write owner: and the person who answers for it",
        "reason": "write reason: and what happens when this goes wrong",
        "severity": "write severity: low, medium, high or critical",
        "expires": "write expires: and the last day it counts, as in 2027-06-30",
        "expected": "write expected: and what must come of it",
    }

    name: Name = ""
    owner: Name = ""
    reason: Text = ""
    severity: Annotated[Severity, Field(strict=False)] | None = None
    expires: Annotated[date, BeforeValidator(_day)] | None = None
    at: Annotated[datetime, BeforeValidator(_moment)] | None = None
    stage: Annotated[Stage, Field(strict=False)] = Stage.AUTONOMOUS
    input: dict[str, Any] | None = None
    document: Text | None = None
    systems: dict[Name, Any] = Field(default_factory=dict)
    answers: dict[Name, AnswerShape] = Field(default_factory=dict)
    receipts: dict[Name, Any] = Field(default_factory=dict)
    decisions: list[DecisionShape] = Field(default_factory=list)
    expected: ExpectedShape | None = None
