"""The quality of review: looks that change nothing, planted questions, and what they showed.

A *look* is a review task beside the case: whatever is answered, the case stays as it is. A *probe*
is a case that never was: nothing in it is ever done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import floor
from typing import Any, Final

from interlock.domain.ids import PersonId, QueueName, StepName, TaskId

BANDS: Final = 20  # of confidence, each 0.05 wide; finer ones hold too few decisions to say much
LOOK_MINUTES: Final = 2400  # a working week of the queue's hours; no case waits for a look


class LookKind(StrEnum):
    SAMPLE = "sample"  # was this autonomous case handled right?
    SECOND = "second"  # the same question again, to somebody who does not know the first answer
    ADJUDICATION = "adjudication"  # two people differed; a third says which answer was right


class ProbeResult(StrEnum):
    CAUGHT = "caught"  # a planted error was rejected or corrected
    MISSED = "missed"  # a planted error was approved, or changed without being corrected
    FALSE_ALARM = "false_alarm"  # a clean one was rejected or changed
    CLEARED = "cleared"  # a clean one was approved
    PASSED_ON = "passed_on"  # the reviewer passed it on; that says neither
    UNANSWERED = "unanswered"  # nobody decided it in time


RIGHT, WRONG = "right", "wrong"  # what a sample was found to be


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """What one person answered, kept so that another's answer can be held against it."""

    task: TaskId
    by: PersonId
    verb: str
    value: Any = None
    reason_code: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at a case. `first`, `second`: the answers it is about, and never shows by name.

    content: what the reviewers see, kept until the look is answered, for a third one.
    """

    task: TaskId
    kind: LookKind
    first: GivenAnswer | None = None
    second: GivenAnswer | None = None
    answer: GivenAnswer | None = None
    content: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A question with a known answer, as the contract's probes file has it.

    correct: the right values of the proposal's fields, for a planted error; empty: any change or
    rejection catches it. exception_type: shown as that exception, else as a proposal.
    """

    name: str
    step: StepName
    data: Mapping[str, Any]  # the case's own fields; {n} in a text is a number drawn for the day
    value: Any
    confidence: float
    is_planted: bool
    rationale: str = ""
    weak_point: str = ""
    exception_type: str | None = None
    detail: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    correct: Mapping[str, Any] = field(default_factory=dict)
    document: str = ""  # the name of the source document, as the reviewer would see it
    content: str = ""  # its text


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeCard:
    """What a probe case knows of itself and never shows."""

    name: str
    is_planted: bool
    correct: Mapping[str, Any] = field(default_factory=dict)
    exception_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How closely review itself is watched. Shares are of 1; zero switches each of them off."""

    sample: float = 0.0  # of the cases closed autonomous
    queue: QueueName | None = None  # where samples go; the operations owner's without
    second_look: float = 0.0  # of the decided proposals and exceptions
    probes_per_day: int = 0
    thinking_seconds: int = 0  # decided faster than this is marked, never refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A band of confidence, low <= confidence < high; the last one holds 1.0 as well."""

    low: float
    high: float


def band_of(confidence: float) -> Band:
    """The band a confidence in 0..1 lies in."""
    place = min(max(floor(confidence * BANDS + 1e-9), 0), BANDS - 1)
    return Band(low=place / BANDS, high=(place + 1) / BANDS)
