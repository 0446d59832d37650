"""The audit page: what the log says, and whether it still says what was written.

One rule: a check that did not reach the end of the log is never called complete.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

from interlock.console import words
from interlock.console.views.scope import Scope, scope_of
from interlock.domain.audit import AuditEntry
from interlock.identity import Visitor
from interlock.runtime.context import Context
from interlock.storage import CaseAmbiguous, CaseUnknown, Store
from interlock.storage.overview import SHOWN_ENTRIES, EntryQuery
from interlock.web.keeping import entries_for

WINDOW_DAYS: Final = 7  # how far back a search goes when no day is given
FAULTS_SHOWN: Final = 20
# Kinds of entries, as an auditor asks for them.
KINDS: Final = MappingProxyType(
    {
        "case_opened": "Cases received",
        "step_returned": "Steps and proposals",
        "step_raised": "Exceptions",
        "step_failed": "Incidents",
        "review_claimed": "Tasks taken in hand",
        "review_decided": "Decisions",
        "review_escalated": "Tasks passed on",
        "review_breached": "Tasks that ran late",
        "question_asked": "Questions",
        "question_answered": "Answers",
        "action_started": "Actions begun",
        "action_succeeded": "Actions done",
        "action_failed": "Actions refused",
        "action_lost": "Actions with no known end",
        "compensation_finished": "Actions undone",
        "case_commented": "Comments",
        "case_cancelled": "Cases stopped",
        "case_reopened": "Cases reopened",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """One entry of a log. place: its number in its chain."""

    place: int
    at: datetime
    actor: str
    is_person: bool
    kind: str
    detail: str
    case_id: str
    seal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What the page shows. next_href: older entries, empty at the end of the window."""

    text: str
    actor: str
    kind: str
    day: str
    kinds: Mapping[str, str]
    lines: tuple[EntryLine, ...]
    next_href: str
    window: str
    house: tuple[EntryLine, ...]
    house_length: int
    house_faults: tuple[str, ...]
    nothing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """How far a check has come. faults: (case, entry, what), the first ones."""

    cases: int = 0
    entries: int = 0
    faults: tuple[tuple[str, int, str], ...] = ()
    fault_count: int = 0
    is_complete: bool = False

    @property
    def is_whole(self) -> bool:
        return not self.fault_count


def audit_of(context: Context, visitor: Visitor, query: Mapping[str, str]) -> Audit:
    """The log that fits the address of the page, newest first, and the house log beside it."""
    scope = scope_of(context, visitor)
    given = {name: value.strip() for name, value in query.items() if value.strip()}
    since, until = _window(given.get("day", ""), scope)
    case_id, nothing = _case_of(context.store, given.get("q", ""))
    entries: Sequence[AuditEntry] = ()
    if not nothing:
        entries = context.store.log_entries(
            EntryQuery(
                since=since,
                before=_place(given.get("after", "")) or (until, "", 0),
                case_id=case_id,
                actor=given.get("actor"),
                kind=given.get("kind") if given.get("kind") in KINDS else None,
                limit=SHOWN_ENTRIES + 1,
            ),
            tenants=scope.tenants,
        )
    shown = entries[:SHOWN_ENTRIES]
    faults = context.store.house_faults()
    return Audit(
        text=given.get("q", ""),
        actor=given.get("actor", ""),
        kind=given.get("kind", ""),
        day=given.get("day", ""),
        kinds=KINDS,
        lines=tuple(
            _line(entry) for entry in entries_for(context.directory, shown, visitor.id, scope.now)
        ),
        next_href=_next(given, shown[-1]) if len(entries) > SHOWN_ENTRIES else "",
        window=_window_words(given.get("day", "")),
        house=tuple(_line(entry) for entry in context.store.house_entries(limit=SHOWN_ENTRIES)),
        house_length=context.store.house_length(),
        house_faults=tuple(f"entry {fault.seq}: {fault.what}" for fault in faults),
        nothing=nothing,
    )


def verified_parts(store: Store) -> Iterator[Verified]:
    """How far the check of the whole log has come, a part at a time; the last is complete."""
    done = Verified()
    for chains, found in store.whole_record():
        told = [(each.case_id, each.seq, each.what) for each in found]
        done = Verified(
            cases=done.cases + len(chains),
            entries=done.entries + sum(len(each.entries) for each in chains),
            faults=(*done.faults, *told)[:FAULTS_SHOWN],
            fault_count=done.fault_count + len(found),
        )
        yield done
    yield replace(done, is_complete=True)


def _window(day: str, scope: Scope) -> tuple[datetime, datetime]:
    try:
        start = datetime.fromisoformat(day).astimezone()
    except ValueError:
        return scope.now - timedelta(days=WINDOW_DAYS), scope.now + timedelta(minutes=1)
    return start, start + timedelta(days=1)


def _window_words(day: str) -> str:
    return f"on {day}" if day else f"in the last {WINDOW_DAYS} days"


def _case_of(store: Store, text: str) -> tuple[str | None, str]:
    """The case somebody means, and what to say when there is none."""
    if not text:
        return None, ""
    try:
        return store.find_case(text), ""
    except CaseUnknown:
        return None, f"No case is called “{text}”. Write its number or its whole key."
    except CaseAmbiguous:
        return None, f"Several cases fit “{text}”. Write more of the number."


def _line(entry: AuditEntry) -> EntryLine:
    kind, mark, name = entry.actor.partition(":")
    return EntryLine(
        place=entry.seq,
        at=entry.at,
        actor=name if mark else entry.actor,
        is_person=kind == "person" or (not mark and entry.actor not in ("worker", "intake")),
        kind=words.sentence(entry.kind),
        detail=_detail(entry),
        case_id=entry.case_id,
        seal=f"{entry.hash[:4]} {entry.hash[4:8]}",
    )


def _detail(entry: AuditEntry) -> str:
    """What the public part of an entry says, in a line; never what a case contains."""
    body = entry.body
    parts = [words.spaced(str(body["step"]))] if body.get("step") else []
    decision = body.get("decision")
    if isinstance(decision, Mapping):
        reason = decision.get("reason_code")
        said = f", {words.spaced(str(reason))}" if reason else ""
        parts.append(f"{decision.get('verb')}{said}, by {decision.get('via')}")
    event = body.get("event")
    if isinstance(event, Mapping) and event.get("exception_type"):
        parts.append(words.spaced(str(event["exception_type"])))
    parts += [
        f"{words.spaced(str(each.get('name')))} {each.get('state')}"
        for each in body.get("actions", ())
    ]
    known = ("step", "case", "event", "notes", "tasks", "evidence", "decision", "actions")
    parts += [
        f"{words.spaced(name)} {value}"
        for name, value in body.items()
        if name not in (*known, "reservations") and not isinstance(value, Mapping | list)
    ]
    return ", ".join(part for part in parts if part)


def _place(text: str) -> tuple[datetime, str, int] | None:
    parts = text.split("~")
    try:
        moment, case_id, seq = parts
        at, place = datetime.fromisoformat(moment), int(seq)
    except ValueError:
        return None
    return (at, case_id, place) if at.tzinfo else None


def _next(given: Mapping[str, str], last: AuditEntry) -> str:
    kept = {name: value for name, value in given.items() if name != "after"}
    place = f"{last.at.isoformat()}~{last.case_id}~{last.seq}"
    return "/audit?" + urlencode({**kept, "after": place})
