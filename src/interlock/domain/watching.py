"""Watching: how an agent and a workflow behave in one window of time, against what is expected.

Values only. One rule: too few events are no reading of anything; they never alarm.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from interlock.domain.ids import WorkflowId


class Measure(StrEnum):
    ACTION_RATE = "action_rate"  # actions done in the window
    AMOUNT = "amount"  # the median amount of the cases they were done for, in units
    MIX = "mix"  # the share of the most frequent action, 0..1
    REFUSALS = "refusals"  # proposals refused as not permitted, a share of all, 0..1
    CONFIDENCE = "confidence"  # the mean confidence of proposals, 0..1
    LATENCY = "latency"  # the median time of the step, in milliseconds


OF_AN_AGENT: Final = frozenset({Measure.REFUSALS, Measure.CONFIDENCE, Measure.LATENCY})


class ReadingState(StrEnum):
    USUAL = "usual"  # inside the band
    TOO_FEW = "too_few"  # events to say anything
    LEARNING = "learning"  # no band yet: too few windows before this one
    BREACH = "breach"  # outside the band


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """What is expected, both ends included; None: no bound on that side."""

    low: float | None = None
    high: float | None = None

    def holds(self, value: float) -> bool:
        """True when the value is expected."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """One line of the contract's `monitoring.alerts`. step: of a measure of an agent; else empty.

    minimum: events a window must hold. learned: the band is that of the windows before; band:
    as written, for a rule that does not learn.
    """

    measure: Measure
    step: str = ""
    window_minutes: int = 60
    minimum: int = 30
    band: Band = Band()
    learned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one window showed. value None: there was nothing to measure."""

    workflow: WorkflowId
    measure: Measure
    step: str
    begins: datetime
    ends: datetime
    events: int
    value: float | None
    band: Band
    state: ReadingState

    @property
    def words(self) -> str:
        """What was seen and expected, in one sentence."""
        seen = "nothing" if self.value is None else f"{self.value:g}"
        low = "any" if self.band.low is None else f"{self.band.low:g}"
        high = "any" if self.band.high is None else f"{self.band.high:g}"
        of = f"{self.measure} of {self.step}" if self.step else str(self.measure)
        return (
            f"{of} is {seen} over {self.events} events from {self.begins:%d %b %H:%M} UTC; "
            f"expected {low} to {high}"
        )
