"""Times, spans, money and states as people say them.

One rule: a word stands for one idea: on the console, in the case file, on the command line.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from types import MappingProxyType
from typing import Final

from interlock.domain.action import ActionState
from interlock.domain.case import ClosingOutcome, Handling, WaitsFor
from interlock.domain.contract import StepMode
from interlock.domain.one_line import sureness
from interlock.domain.review import ReviewKind

MODES: Final = MappingProxyType(
    {
        StepMode.DETERMINISTIC: "fixed rules",
        StepMode.ASSISTIVE: "AI suggests",
        StepMode.AGENTIC: "AI acts",
        StepMode.HUMAN_OWNED: "person decides",
    }
)
MANDATES: Final = MappingProxyType(
    {
        "runs": "fixed rules",
        "acts": "AI acts, inside its limits",
        "proposes": "AI suggests, a person decides",
        "hidden": "done without the AI",
        "person": "a person does it",
    }
)
HANDLINGS: Final = MappingProxyType(
    {
        Handling.AUTONOMOUS: "no person decided anything",
        Handling.ASSISTED: "a person approved or edited",
        Handling.HUMAN: "a person did the work",
        Handling.FALLBACK: "done by its fixed rules, without the AI",
    }
)
OUTCOMES: Final = MappingProxyType(
    {
        ClosingOutcome.COMPLETED: "completed",
        ClosingOutcome.REJECTED: "rejected",
        ClosingOutcome.CANCELLED: "cancelled",
        ClosingOutcome.COMPENSATED: "undone",
    }
)
WAITS: Final = MappingProxyType(
    {
        WaitsFor.REVIEW: "a decision",
        WaitsFor.ANSWER: "an answer",
        WaitsFor.RETRY: "its next try",
        WaitsFor.HOLD: "the end of its hold",
        WaitsFor.BUDGET: "the next budget window",
        WaitsFor.PAUSE: "a person to lift the pause",
    }
)
KINDS: Final = MappingProxyType(
    {
        ReviewKind.PROPOSAL: "AI proposal",
        ReviewKind.APPROVAL: "approval",
        ReviewKind.EXCEPTION: "exception",
        ReviewKind.HUMAN_STEP: "a person's step",
        ReviewKind.QUALITY_SAMPLE: "quality sample",
        ReviewKind.PROBE: "probe",
    }
)
ACTIONS: Final = MappingProxyType(  # each with how it is marked
    {
        ActionState.PLANNED: ("planned, not begun", ""),
        ActionState.INTENDED: ("begun; its outcome is not known yet", "warn"),
        ActionState.SUCCEEDED: ("done", "ok"),
        ActionState.FAILED: ("refused; nothing happened there", "bad"),
        ActionState.UNKNOWN: ("nobody knows whether it happened", "bad"),
        ActionState.VERIFIED: ("done, found by looking it up", "ok"),
        ActionState.COMPENSATED: ("undone", "warn"),
        ActionState.WITHDRAWN: ("not done, no longer needed", ""),
    }
)
SHORT_ID: Final = 8  # letters of an id's hash that are shown; enough to be unique for people
DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)
SOON: Final = timedelta(minutes=90)  # under it minutes say more than hours


def span(length: timedelta) -> str:
    """A length of time, as in `35 min`, `3 h 20 min` or `2 days`."""
    length = abs(length)
    if length < MINUTE:
        return f"{max(round(length.total_seconds()), 0)} s"
    if length < SOON:
        return f"{round(length / MINUTE)} min"
    if length < 2 * DAY:
        hours, rest = divmod(round(length / MINUTE), 60)
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{round(length / DAY)} days"


def clock(moment: datetime, now: datetime, zone: tzinfo | None = None) -> str:
    """The time of a moment, with its date only when it is not today. zone None: the local one."""
    local, today = moment.astimezone(zone), now.astimezone(zone)
    if local.date() == today.date():
        return f"{local:%H:%M}"
    year = f" {local:%Y}" if local.year != today.year else ""
    return f"{local:%a} {local.day} {local:%b}{year} {local:%H:%M}"


def moment(at: datetime) -> str:
    """A local date and time to the second, as a log writes it."""
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}"


def stamp(at: datetime | None) -> str:
    """A moment to the second in UTC, as in `2026-03-02 09:00:05 UTC`; empty for none."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if at else ""


def short(identifier: str) -> str:
    """The start of an id that people read and type, as in `task_1a2b3c4d`."""
    kind, mark, letters = identifier.partition("_")
    return f"{kind}{mark}{letters[:SHORT_ID]}" if mark else identifier[:SHORT_ID]


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun, as in `1 case` and `1,250 cases`."""
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"


def confidence(share: float) -> str:
    """A confidence as people read it: 83 for 0.83; only certainty itself is 100."""
    return sureness(share)


def listed(names: Iterable[str], nothing: str = "none") -> str:
    """Names with commas, or the word for none."""
    return ", ".join(names) or nothing
