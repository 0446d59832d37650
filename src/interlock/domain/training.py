"""A queue's training: made-up cases with known answers, to be passed before one may approve there.

Its one rule: an exercise is never a case; nothing it shows or asks touches the business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from interlock.domain.ids import PersonId, QueueName, WorkflowId


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """One made-up case: what is shown, the right answer, and why it is right.

    verb: approve, edit, reject, escalate or ask. reason_code: empty when none is asked for.
    """

    title: str
    question: str
    verb: str
    why: str
    reason_code: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    document: str = ""
    proposal: Any = None
    reason_codes: tuple[str, ...] = ()  # to choose from

    def is_right(self, verb: str, reason_code: str) -> bool:
        """True for the right verb, with the right reason where one is asked for."""
        return verb == self.verb and (not self.reason_code or reason_code == self.reason_code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """The exercises of a queue. `digest` covers all of it: a changed training is passed anew.

    pass_at: the share of right answers needed, in 0..1. valid_days None: a pass stays valid.
    """

    digest: str
    exercises: tuple[Exercise, ...]
    pass_at: float = 1.0
    valid_days: int | None = None

    def is_passed(self, right: int) -> bool:
        """True when so many right answers are enough."""
        return right >= self.pass_at * len(self.exercises)

    def order_for(self, run: str) -> tuple[int, ...]:
        """The places of the exercises in the order one run shows them: shuffled, and stable."""
        places = range(len(self.exercises))
        return tuple(sorted(places, key=lambda n: sha256(f"{run}/{n}".encode()).digest()))


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingAnswer:
    """What was answered to the exercise at a place, and whether it was right."""

    place: int
    verb: str
    reason_code: str
    right: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRun:
    """One person's way through a training. `passed` None: it is not finished."""

    id: str
    person: PersonId
    workflow: WorkflowId
    queue: QueueName
    digest: str
    started_at: datetime
    answers: tuple[TrainingAnswer, ...] = ()
    finished_at: datetime | None = None
    passed: bool | None = None
    valid_until: datetime | None = None

    @property
    def right(self) -> int:
        return sum(each.right for each in self.answers)


def next_place(training: Training, run: TrainingRun) -> int | None:
    """The place of the exercise that comes next in this run; None when all are answered."""
    done = {each.place for each in run.answers}
    return next((n for n in training.order_for(run.id) if n not in done), None)
