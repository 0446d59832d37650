"""The notes of an audit entry in words: what follows from an event, and what was asked on the way.

A consequence changes where the case is; an aside says which rule let it pass or stopped it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, Protocol

from interlock.domain.case import ClosingOutcome, Handling
from interlock.domain.one_line import spaced
from interlock.papers.words import HANDLINGS, MANDATES, OUTCOMES, listed, span

Note = Mapping[str, Any]


class Teller(Protocol):
    """What a note needs to know of the entry it stands in."""

    @property
    def step(self) -> str: ...
    @property
    def body(self) -> Mapping[str, Any]: ...
    def clock(self, at: datetime) -> str: ...
    def action_name(self, action_id: str) -> str: ...
    def task(self, task_id: str) -> Mapping[str, Any]: ...


def consequence(teller: Teller, note: Note) -> str | None:
    """Where the case goes because of this note, or None when the note decides no such thing."""
    found = _CONSEQUENCES.get(note["what"])
    return found(teller, note) if found else None


def aside(teller: Teller, note: Note) -> str | None:
    """What was looked at on the way, or None when the note is told as a consequence."""
    found = _ASIDES.get(note["what"])
    return found(teller, note) if found else None


def _task_opened(t: Teller, note: Note) -> str:
    detail = note["detail"]
    task = t.task(detail["task"])
    due = f", due {t.clock(_moment(task['due_at']))}" if task.get("due_at") else ""
    return f"asked {detail['queue']}{due}"


def _closed(_: Teller, note: Note) -> str:
    outcome = OUTCOMES[ClosingOutcome(note["rule"])]
    return f"closed: {outcome}, {HANDLINGS[Handling(note['detail']['handling'])]}"


def _fallback(_: Teller, note: Note) -> str:
    by_rules = note["detail"].get("by") == "rules"
    return f"without the AI, by {'its fixed rules' if by_rules else 'a person'} ({note['rule']})"


def _held(t: Teller, note: Note) -> str:
    if "action" not in note["detail"]:
        return str(note["rule"])  # a decision, held for who made it
    minutes = note["rule"].rpartition(" ")[2]
    name = t.action_name(note["detail"]["action"])
    return f"{name} is held {minutes} min, in which a person can stop it"


def _retry(_: Teller, note: Note) -> str:
    return f"tried again ({note['rule']})"


def _escalation(_: Teller, _note: Note) -> str:
    return "there is nobody further to ask; it stays there undecided"


def _stood_down(_: Teller, _note: Note) -> str:
    return "its release was taken back, so nothing the AI decided starts any more"


def _placed(_: Teller, note: Note) -> str:
    return f"it stands {note['rule']}" if note["rule"].startswith("where") else note["rule"]


def _mandate(_: Teller, note: Note) -> str:
    detail = note["detail"]
    return f"next is {detail['step']}: {MANDATES.get(detail['given'], detail['given'])}"


def _skipped(_: Teller, note: Note) -> str:
    return f"skips {note['detail']['step']}: not so that {note['rule']}"


def _guard(_: Teller, note: Note) -> str:
    detail = note["detail"]
    if detail.get("missing"):
        return f"guard stops it: {note['rule']} (missing: {listed(detail['missing'])})"
    if detail.get("passed") is False or "step" in detail:
        return f"guard stops it: {note['rule']}"
    line = detail.get("confidence_line")
    return f"guards: {note['rule']}" + (
        f", confidence line {float(line) * 100:.0f}" if line else ""
    )


def _policy(t: Teller, note: Note) -> str:
    words = {
        "allow": "allowed",
        "deny": "refused",
        "require_approval": "needs approval",
    }
    answer = words.get(note["detail"].get("answer", ""), "answered")
    action = note["detail"].get("action")
    asks = any(task["state"] == "open" for task in t.body.get("tasks", []))
    given = ", and has it" if answer == words["require_approval"] and not asks else ""
    return f"policy: {f'{action} ' if action else ''}{answer} ({note['rule']}){given}"


def _routed(_: Teller, note: Note) -> str:
    detail = note["detail"]
    kind, _, queue = note["rule"].partition(" → ")
    minutes = _minutes(detail.get("sla_minutes"))
    return f"exception {spaced(kind)} is for {queue}, {detail['severity']}, within {minutes}"


def _remedy(_: Teller, note: Note) -> str:
    changed = listed(note["detail"].get("changed", []), "nothing")
    return f"remedy {note['rule']} changed: {changed}"


def _planned(_: Teller, note: Note) -> str:
    return f"plans {note['detail']['name']}"


def _lost(t: Teller, note: Note) -> str:
    return f"{t.action_name(note['detail']['action'])} is {note['rule']}"


def _timer(_: Teller, note: Note) -> str:
    return f"it waited for: {spaced(note['rule'])}"


def _minutes(value: Any) -> str:
    return span(timedelta(minutes=float(value))) if value is not None else "its time"


def _moment(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


Sentence = Callable[[Teller, Note], str]
_CONSEQUENCES: Final[Mapping[str, Sentence]] = MappingProxyType(
    {
        "task_opened": _task_opened,
        "closed": _closed,
        "fallback": _fallback,
        "held": _held,
        "retry": _retry,
        "escalation": _escalation,
        "stood_down": _stood_down,
    }
)
_ASIDES: Final[Mapping[str, Sentence]] = MappingProxyType(
    {
        "mandate": _mandate,
        "skipped": _skipped,
        "guard": _guard,
        "policy": _policy,
        "routed": _routed,
        "remedy": _remedy,
        "action_planned": _planned,
        "lost": _lost,
        "timer": _timer,
        "placed": _placed,
    }
)
