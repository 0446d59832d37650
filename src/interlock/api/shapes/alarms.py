"""Alarms as the API gives them, and what people decide of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import Path
from pydantic import ConfigDict, Field

from interlock.api.shapes.house import PauseShape, pause_shape
from interlock.api.shapes.plain import Name, Paged, Said, Shape
from interlock.domain.alarm import AlarmDecision, AlarmReview, AlarmState
from interlock.domain.case import Case
from interlock.domain.watching import Measure, Reading, ReadingState
from interlock.runtime.commands.alarms import Decided, Picture

AlarmNumber = Annotated[int, Path(ge=1, lt=2**63, description="The alarm's number.")]


class AlarmsWanted(Paged):
    """Which alarms, and where in the list to begin."""

    state: Annotated[AlarmState | None, Field(description="Only in this state.")] = None
    workflow: Annotated[Name | None, Field(description="Only of this workflow.")] = None


class DecideAlarmIn(Shape):
    """What follows, and why. `go_on` lifts what the alarm paused; `stay_off` leaves it."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [{"decision": "go_on", "reason": "A new form; the answers are right."}]
        },
    )

    decision: AlarmDecision
    reason: Said


class ReadingShape(Shape):
    """What one window of time showed, and what was expected of it."""

    measure: Measure
    step: Annotated[str, Field(description="Empty for a measure of the whole workflow.")]
    begins: datetime
    ends: datetime
    events: int
    value: float | None
    low: float | None
    high: float | None
    state: ReadingState
    words: str


class AlarmShape(Shape):
    """A question about a number that left its band: does the AI go on, or stay off?"""

    id: int
    workflow: str
    state: AlarmState
    reading: ReadingShape
    windows: Annotated[int, Field(description="How many breached while it was open.")]
    queue: Annotated[str, Field(description="Empty: the owner of operations is asked.")]
    opened_at: datetime
    due_at: datetime
    is_late: bool
    held_by: str | None
    decided_by: str | None
    decided_at: datetime | None
    decision: AlarmDecision | None
    reason: str


class UnlikeShape(Shape):
    """A case of the window that stands out."""

    case_id: str
    value: Annotated[
        float | None, Field(description="In the measure's unit; amounts are left out.")
    ]


class PauseOfAlarmShape(PauseShape):
    """A pause that was in force when the number left its band."""

    is_in_force: bool


class AlarmPictureShape(AlarmShape):
    """The same with what there is to look at, and what you may decide."""

    pauses: list[PauseOfAlarmShape]
    readings: Annotated[list[ReadingShape], Field(description="Of this number, newest first.")]
    unlike: Annotated[list[UnlikeShape], Field(description="The oddest of the window first.")]
    may_decide: list[AlarmDecision]


class DecidedShape(Shape):
    """What a decision did. kept: what stays paused, for a person or another alarm needs it."""

    alarm: AlarmShape
    lifted: list[PauseShape]
    kept: list[PauseShape]


def alarm_shape(alarm: AlarmReview, now: datetime) -> AlarmShape:
    return AlarmShape(
        id=alarm.id,
        workflow=alarm.workflow,
        state=alarm.state,
        reading=reading_shape(alarm.reading),
        windows=alarm.windows,
        queue=alarm.queue,
        opened_at=alarm.opened_at,
        due_at=alarm.due_at,
        is_late=alarm.is_late(now),
        held_by=alarm.held_by,
        decided_by=alarm.decided_by,
        decided_at=alarm.decided_at,
        decision=alarm.decision,
        reason=alarm.reason,
    )


def picture_shape(
    alarm: AlarmReview,
    picture: Picture,
    unlike: Sequence[tuple[Case, float | None]],
    may_decide: list[AlarmDecision],
    now: datetime,
) -> AlarmPictureShape:
    return AlarmPictureShape(
        **alarm_shape(alarm, now).model_dump(exclude={"reading"}),
        reading=reading_shape(alarm.reading),
        pauses=[
            PauseOfAlarmShape(**pause_shape(each).model_dump(), is_in_force=each.is_in_force)
            for each in picture.pauses
        ],
        readings=[reading_shape(each) for each in picture.readings],
        unlike=[_unlike(case, value, alarm) for case, value in unlike],
        may_decide=may_decide,
    )


def decided_shape(done: Decided, now: datetime) -> DecidedShape:
    return DecidedShape(
        alarm=alarm_shape(done.alarm, now),
        lifted=[pause_shape(each) for each in done.lifted],
        kept=[pause_shape(each) for each in done.kept],
    )


def reading_shape(reading: Reading) -> ReadingShape:
    return ReadingShape(
        measure=reading.measure,
        step=reading.step,
        begins=reading.begins,
        ends=reading.ends,
        events=reading.events,
        value=reading.value,
        low=reading.band.low,
        high=reading.band.high,
        state=reading.state,
        words=reading.words,
    )


def _unlike(case: Case, value: float | None, alarm: AlarmReview) -> UnlikeShape:
    """An amount is the case's own to show or to veil, so only its place in the list is told."""
    told = None if alarm.reading.measure is Measure.AMOUNT else value
    return UnlikeShape(case_id=case.id, value=told)
