"""A town in which a number left its band."""

from __future__ import annotations

from datetime import timedelta

from interlock.domain.alarm import AlarmReview
from interlock.domain.ids import WorkflowId
from interlock.domain.pause import PauseScope, ScopeKind
from interlock.domain.rules.alarms import opening
from interlock.domain.watching import Band, Measure, Reading, ReadingState
from interlock.runtime.commands.alarms import open_alarms
from tests.web.town import Town

JUDGE = PauseScope(kind=ScopeKind.STEP, workflow="claims", name="judge")


def a_breach(town: Town, value: float = 0.4, measure: Measure = Measure.CONFIDENCE) -> AlarmReview:
    """The alarm of the hour that is just over, and the step paused by it."""
    now = town.services.clock.now()
    reading = Reading(
        workflow=WorkflowId("claims"),
        measure=measure,
        step="judge",
        begins=now - timedelta(hours=1),
        ends=now + timedelta(seconds=1),
        events=40,
        value=value,
        band=Band(low=0.8),
        state=ReadingState.BREACH,
    )
    asked = opening(town.office.workflow.contract, now)
    assert town.services.store.add_reading(reading, [JUDGE], now, asked) is not None
    return next(
        each for each in open_alarms(town.office.context) if each.reading.measure is measure
    )
