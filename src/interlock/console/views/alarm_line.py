"""An alarm in one line, and its numbers in words.

One rule: a number is said with its unit, and never without what was expected.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from interlock.console import words
from interlock.console.views.scope import name_of
from interlock.domain.alarm import AlarmReview
from interlock.domain.contract import WorkflowContract
from interlock.domain.watching import Measure, Reading
from interlock.runtime.commands import alarms
from interlock.runtime.context import Context
from interlock.web.alarms import sees_alarms
from interlock.web.boundary import Caller

MEASURES: Final = MappingProxyType(
    {
        Measure.ACTION_RATE: "actions done",
        Measure.AMOUNT: "median amount",
        Measure.MIX: "share of the most frequent action",
        Measure.REFUSALS: "share of proposals refused",
        Measure.CONFIDENCE: "mean confidence",
        Measure.LATENCY: "median time",
    }
)
SHARES: Final = frozenset({Measure.MIX, Measure.REFUSALS})
AT_RISK: Final = 0.75  # of the time there is


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmLine:
    """An alarm in one line, for lists. asked: whom; due: by when, both in words."""

    id: int
    title: str
    workflow: str
    seen: str
    asked: str
    clock: words.Clock
    held_by: str
    is_late: bool

    @property
    def name(self) -> str:
        """What it is called at the top of its page, and at home."""
        return f"Alarm: {self.title[:1].lower()}{self.title[1:]}"

    @property
    def href(self) -> str:
        return f"/alarms/{self.id}"


def alarms_for_desk(caller: Caller) -> tuple[AlarmLine, ...]:
    """The open alarms that this person may decide, the one due first on top."""
    if not sees_alarms(caller):
        return ()
    context = caller.context
    found = [each for each in alarms.open_alarms(context) if caller.is_visible(each.workflow, "")]
    return tuple(line_of(context, each) for each in alarms.for_whom(context, found, caller.id))


def line_of(context: Context, alarm: AlarmReview) -> AlarmLine:
    """The alarm in one line."""
    contract, now = contract_of(context, alarm), context.clock.now()
    reading = alarm.reading
    return AlarmLine(
        id=alarm.id,
        title=f"{words.sentence(MEASURES[reading.measure])}{_of_step(contract, reading)}",
        workflow=contract.title if contract else words.sentence(alarm.workflow),
        seen=f"{value_words(reading, reading.value)}, expected {band_words(reading)}",
        asked=_asked(contract, alarm),
        clock=_clock(alarm, now),
        held_by=name_of(contract, alarm.held_by) if alarm.held_by else "",
        is_late=alarm.is_late(now),
    )


def contract_of(context: Context, alarm: AlarmReview) -> WorkflowContract | None:
    """The contract of its workflow; None where it is not loaded here."""
    found = (each.contract for each in context.workflows)
    return next((each for each in found if each.workflow == alarm.workflow), None)


def _of_step(contract: WorkflowContract | None, reading: Reading) -> str:
    steps = contract.steps if contract else ()
    title = next((each.title for each in steps if each.step_name == reading.step), "")
    return f", {words.spaced(title or reading.step)}" if reading.step else ""


def band_words(reading: Reading) -> str:
    """What was expected of it."""
    low, high = reading.band.low, reading.band.high
    if low is not None and high is not None:
        return f"{value_words(reading, low)} to {value_words(reading, high)}"
    if low is not None:
        return f"at least {value_words(reading, low)}"
    return f"at most {value_words(reading, high)}" if high is not None else "nothing yet"


def value_words(reading: Reading, value: float | None) -> str:
    """A value of this number, with its unit."""
    if value is None:
        return "nothing"
    if reading.measure in SHARES:
        return f"{100 * value:.3g} %"
    if reading.measure is Measure.LATENCY:
        return f"{value:,.0f} ms"
    if reading.measure is Measure.AMOUNT:
        return f"{value:,.2f}"
    return f"{value:.3g}" if reading.measure is Measure.CONFIDENCE else f"{value:,.4g}"


def _clock(alarm: AlarmReview, now: datetime) -> words.Clock:
    whole = alarm.due_at - alarm.opened_at
    spent = round(100 * min(max((now - alarm.opened_at) / whole, 0.0), 1.0)) if whole else 100
    risk = alarm.opened_at + whole * AT_RISK
    if not alarm.is_open:
        state, text = "over", "Decided"
    elif alarm.is_late(now):
        state, text = "late", f"Late {words.left(now - alarm.due_at)}"
    else:
        state, text = ("risk" if now >= risk else ""), words.left(alarm.due_at - now)
    return words.Clock(
        state=state, text=text, start=alarm.opened_at, risk=risk, due=alarm.due_at, spent=spent
    )


def _asked(contract: WorkflowContract | None, alarm: AlarmReview) -> str:
    if alarm.queue:
        return f"Queue {words.spaced(alarm.queue)}"
    return name_of(contract, contract.owners.operations) if contract else "The owner of operations"
