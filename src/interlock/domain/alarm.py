"""An alarm review: a question about a window of time whose number left its band, put to people.

It is of no case and counts in no case's number. Its arrows are the table ALARM_MOVES; a decision
is final, and only a person makes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NewType

from interlock.domain.ids import CaseId, PersonId, QueueName, WorkflowId
from interlock.domain.pause import PauseId
from interlock.domain.watching import Reading

AlarmId = NewType("AlarmId", int)  # drawn by the database; it only grows


class AlarmState(StrEnum):
    OPEN = "open"  # somebody has to look
    DECIDED = "decided"  # somebody did, and said what follows; final


class AlarmMove(StrEnum):
    BREACH = "breach"  # another window outside the band: counted with the open review
    TAKE = "take"  # somebody says they look at it
    DECIDE = "decide"


class AlarmDecision(StrEnum):
    GO_ON = "go_on"  # the pauses the alarm set are lifted
    STAY_OFF = "stay_off"  # they stay, until a person lifts them by hand


S, M = AlarmState, AlarmMove
ALARM_MOVES: Final[Mapping[tuple[AlarmState, AlarmMove], AlarmState]] = MappingProxyType(
    {
        (S.OPEN, M.BREACH): S.OPEN,
        (S.OPEN, M.TAKE): S.OPEN,
        (S.OPEN, M.DECIDE): S.DECIDED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmOpening:
    """Who is asked about a breach and by when, should it be the first of its number.

    queue: empty where the contract names none; then its owner of operations is asked.
    """

    queue: QueueName
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmReview:
    """One review, with the newest window that breached. `version` grows with every change.

    windows: how many breached while it was open. pauses: what was paused when they did, by the
    alarm or by a person before it. held_by: who looks at it; a courtesy, it keeps nobody out.
    """

    id: AlarmId
    workflow: WorkflowId
    reading: Reading
    windows: int
    pauses: tuple[PauseId, ...]
    queue: QueueName
    opened_at: datetime
    due_at: datetime
    state: AlarmState = AlarmState.OPEN
    version: int = 1
    held_by: PersonId | None = None
    decided_by: PersonId | None = None
    decided_at: datetime | None = None
    decision: AlarmDecision | None = None
    reason: str = ""

    @property
    def is_open(self) -> bool:
        return self.state is AlarmState.OPEN

    def is_late(self, now: datetime) -> bool:
        """True when nobody decided it in time."""
        return self.is_open and now >= self.due_at

    @property
    def subject(self) -> str:
        """Which number it is about: `confidence of judge`, or `mix`."""
        measure = self.reading.measure.replace("_", " ")
        return f"{measure} of {self.reading.step}" if self.reading.step else measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlike:
    """A case of the window that stands out. value: in the measure's own unit; None: it has none."""

    case_id: CaseId
    tenant: str
    value: float | None = None
