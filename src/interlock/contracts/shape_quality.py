"""The keys about the quality of review, and those of a probes file."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from interlock.contracts.shape_keys import Shape
from interlock.contracts.value_types import CountOrZero, Name, Share, Text, number


class QualityShape(Shape):
    """`quality`: how closely review itself is watched."""

    sample: Share | None = None
    queue: Name | None = None
    second_look: Share = 0.0
    probes_per_day: CountOrZero = 0
    thinking_seconds: CountOrZero = 0


class SuggestionShape(Shape):
    REQUIRED: ClassVar = {
        "value": "write value: and what the AI is to have suggested",
        "confidence": "write confidence: and how sure it is to have been, as in 0.95",
    }

    value: Any = None
    confidence: Annotated[float, BeforeValidator(number), Field(ge=0, le=1)] = 0.0
    rationale: str = ""
    weak_point: str = ""


class SourceShape(Shape):
    REQUIRED: ClassVar = {
        "name": "write name: and what the file is called, as in invoice-{n}.xml",
        "text": "write text: and what is in the file",
    }

    name: Text = ""
    text: str = ""


class ProbeShape(Shape):
    REQUIRED: ClassVar = {
        "name": "write name: and what the probe is called, as in wrong_account",
        "step": "write step: and the AI step whose suggestion it is",
        "planted": "write planted: true for an error that is to be found, false for a clean one",
        "case": "write case: and the fields of the case",
        "suggestion": "write suggestion: with value and confidence",
    }

    name: Name = ""
    step: Name = ""
    planted: bool | None = None
    case: dict[str, Any] = Field(default_factory=dict)
    suggestion: SuggestionShape = SuggestionShape()
    correct: dict[str, Any] = Field(default_factory=dict)
    exception: Name | None = None
    detail: str = ""
    evidence: dict[str, Any] = Field(default_factory=dict)
    outputs: dict[str, Any] = Field(default_factory=dict)
    document: SourceShape | None = None


class ProbesShape(Shape):
    """A probes file: planted questions and their right answers."""

    REQUIRED: ClassVar = {"probes": "write probes: and at least one of them"}

    probes: list[ProbeShape] = Field(default_factory=list)
