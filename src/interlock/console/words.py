"""The console's words: clocks, moments, amounts, names.

One rule: what a person reads is written here or in the contract; the product's inner words (how a
state or a mode is called in the database) never reach a page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from interlock.domain.people import Right, Role
from interlock.domain.review import ReviewKind, ReviewState, ReviewTask, Verb

DAY: Final = timedelta(days=1)
MINUTE: Final = timedelta(minutes=1)
LONG: Final = 48  # hours from which on days say more

VERBS: Final = MappingProxyType(
    {
        Verb.APPROVE: "Approve",
        Verb.EDIT: "Edit and approve",
        Verb.REJECT: "Reject",
        Verb.ESCALATE: "Escalate",
        Verb.ASK: "Ask for information",
    }
)
DONE: Final = MappingProxyType(
    {
        Verb.APPROVE: "approved",
        Verb.EDIT: "edited and approved",
        Verb.REJECT: "rejected",
        Verb.ESCALATE: "passed on",
        Verb.ASK: "asked about",
    }
)
KINDS: Final = MappingProxyType(
    {
        ReviewKind.PROPOSAL: "AI proposal",
        ReviewKind.APPROVAL: "Approval",
        ReviewKind.EXCEPTION: "Exception",
        ReviewKind.HUMAN_STEP: "Work for a person",
        ReviewKind.QUALITY_SAMPLE: "Quality check",
        ReviewKind.PROBE: "Quality check",  # nobody may see that this one has a known answer
    }
)
ENDED: Final = MappingProxyType(
    {
        ReviewState.DECIDED: "Decided",
        ReviewState.ESCALATED: "Passed on",
        ReviewState.EXPIRED: "Ran out",
        ReviewState.WITHDRAWN: "No longer needed",
    }
)
ROLES: Final = MappingProxyType({role: str(role) for role in Role})
RIGHTS: Final = MappingProxyType(
    {
        Right.SEE: "see this",
        Right.SEE_PROTECTED: "see protected fields",
        Right.DECIDE: "decide here",
        Right.OPERATE: "keep the work moving",
        Right.PAUSE: "pause AI",
        Right.RESUME: "resume AI",
        Right.SIGN: "sign",
        Right.AUDIT: "read the audit log",
        Right.ADMINISTER: "change people and roles",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A task's clock as it is drawn. state: late, risk, hold, over, or empty while on time.

    spent: how much of the time is gone, 0 to 100. Times are aware UTC.
    """

    state: str
    text: str
    start: datetime
    risk: datetime
    due: datetime
    spent: int


def clock_of(task: ReviewTask, now: datetime) -> Clock:
    """The clock of a task, with its state in words before any colour."""
    whole = max((task.due_at - task.opened_at) / MINUTE, 1)
    spent = round(100 * min(max((now - task.opened_at) / MINUTE / whole, 0), 1))
    state, text = _state(task, now)
    return Clock(
        state=state,
        text=text,
        start=task.opened_at,
        risk=task.at_risk_at,
        due=task.due_at,
        spent=spent,
    )


def _state(task: ReviewTask, now: datetime) -> tuple[str, str]:
    if not task.is_live:
        return "over", ENDED[task.state]
    if task.clock_stopped_at is not None:
        return "hold", "Paused"
    if task.is_overdue(now):
        return "late", f"Late {left(now - task.due_at)}"
    text = left(task.due_at - now)
    text = text if "h" in text or "d" in text else f"{text} left"
    return ("risk" if task.is_at_risk(now) else ""), text


def left(length: timedelta) -> str:
    """A length of time as a clock says it: `21 m`, `1 h 05 m`, `3 d 4 h`. Under a minute is 1 m."""
    minutes = max(-(-int(length.total_seconds()) // 60), 1)
    hours, rest = divmod(minutes, 60)
    if hours >= LONG:
        return f"{hours // 24} d {hours % 24} h"
    return f"{hours} h {rest:02d} m" if hours else f"{rest} m"


def clock(moment: datetime, now: datetime) -> str:
    """The local time of a moment in 24 hours; a date only when it is not today."""
    local, today = moment.astimezone(), now.astimezone()
    if local.date() == today.date():
        return f"{local:%H:%M}"
    year = f" {local:%Y}" if local.year != today.year else ""
    return f"{local.day} {local:%b}{year}, {local:%H:%M}"


def day(moment: datetime, now: datetime) -> str:
    """The local date of a moment: `today`, `17 Nov`, or `17 Nov 2025` of another year."""
    local, today = moment.astimezone(), now.astimezone()
    if local.date() == today.date():
        return "today"
    year = f" {local:%Y}" if local.year != today.year else ""
    return f"{local.day} {local:%b}{year}"


def spaced(name: str) -> str:
    """A name as words: `low confidence` for low_confidence."""
    return name.replace("_", " ")


def sentence(name: str) -> str:
    """A name or a text with a capital first letter."""
    text = spaced(name)
    return text[:1].upper() + text[1:]


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: `1 case`, `1,250 cases`."""
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"


def initials(name: str) -> str:
    """Two letters for a person, one for a name of one word."""
    words = name.split() or ["?"]
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()


def listed(names: list[str] | tuple[str, ...], last: str = "and") -> str:
    """Names as a sentence has them: `a, b and c`."""
    if len(names) < 2:  # noqa: PLR2004  (one name needs no joining)
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def sentence_of(text: str) -> str:
    """A text with a capital first letter, nothing else changed."""
    return text[:1].upper() + text[1:]


def seconds(count: int) -> str:
    """A short span as people say it: `30 seconds`, `5 minutes`."""
    minutes, rest = divmod(count, 60)
    return counted(minutes, "minute") if minutes and not rest else counted(count, "second")
