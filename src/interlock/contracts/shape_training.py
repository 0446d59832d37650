"""The keys of a training file: exercises with known answers, and how many must be right."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from interlock.contracts.shape_keys import Shape
from interlock.contracts.value_types import Count, Name, Names, Share, Text


class ExerciseShape(Shape):
    REQUIRED: ClassVar = {
        "title": "write title: and what the exercise is called",
        "question": "write question: and what the reviewer is asked",
        "right": "write right: and approve, edit, reject, escalate or ask",
        "why": "write why: and why that is right, in one or two sentences",
    }

    title: Text = ""
    question: Text = ""
    fields: dict[str, Any] = Field(default_factory=dict)
    document: Text | None = None
    proposal: Any = None
    right: Literal["approve", "edit", "reject", "escalate", "ask"] | None = None
    reason_code: Name | None = None
    reason_codes: Names = Field(default_factory=list)
    why: Text = ""


class TrainingShape(Shape):
    REQUIRED: ClassVar = {"exercises": "write exercises: and at least one of them"}

    pass_at: Share = 0.8
    valid_days: Count | None = None
    exercises: list[ExerciseShape] = Field(default_factory=list)
