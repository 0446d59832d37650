"""Composes a case file: the record, through a reader's eyes, in product words.

One rule: times are UTC and said to be so, since a case file is read far from where it was made.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final

from interlock.canonical import canonical
from interlock.domain.audit import AuditEntry
from interlock.domain.case import Case, CaseState
from interlock.domain.desk_event import CaseCommented
from interlock.domain.one_line import spaced
from interlock.papers.case_file.contract_shown import contract_shown
from interlock.papers.case_file.document_shown import document_shown
from interlock.papers.case_file.record import CaseRecord, is_kept_back
from interlock.papers.case_file.redaction import Redactor
from interlock.papers.case_file.view import (
    CaseFileView,
    CommentShown,
    Day,
    EntryShown,
    Fact,
)
from interlock.papers.case_file.work_shown import actions_shown, tasks_shown
from interlock.papers.documents.plain_reading import value_parts
from interlock.papers.documents.reading import Places
from interlock.papers.narrative import Told, event_of
from interlock.papers.timeline import timeline
from interlock.papers.words import HANDLINGS, OUTCOMES, WAITS, counted, stamp

PRIVATE: Final = {
    "here": "its private part is in this file, and the commitment in the entry binds it",
    "withheld": "its private part holds something that is protected, or that nobody sees before "
    "the case is closed, and is withheld; the entry's commitment still binds it",
    "kept back": "its private part may hold what the AI suggested and is not in this file; the "
    "entry's commitment still binds it",
    "erased": "its private part was erased; the entry's commitment still binds what it was",
}


def compose(record: CaseRecord, redactor: Redactor, now: datetime) -> CaseFileView:
    """The case file as plain values."""
    case, text = record.case, redactor.text
    return CaseFileView(
        title=text(case.title or case.key),
        key=text(case.key),
        case_id=case.id,
        made_at=stamp(now),
        state=_state(case),
        mark=_mark(case),
        redaction=" ".join(part for part in (_redaction(redactor), _kept_back(record)) if part),
        verdict=_verdict(record),
        is_whole=not record.faults,
        faults=tuple(f"Entry {each.seq}: {each.what}" for each in record.faults),
        head=record.head,
        facts=tuple(_facts(record, redactor)),
        fields=value_parts("Fields", redactor.value(dict(case.data)), Places(prefix="field")),
        document=document_shown(record, redactor),
        days=_days(record, redactor, now),
        tasks=tasks_shown(record, redactor),
        actions=actions_shown(record, redactor),
        comments=tuple(_comments(record, redactor)),
        contract=contract_shown(record, redactor),
        entries=tuple(_entry(each, record, redactor) for each in record.entries),
    )


def _facts(record: CaseRecord, redactor: Redactor) -> Iterable[Fact]:
    case = record.case
    title = record.contract.title if record.contract else ""
    who = redactor.lens.who(case.opened_by) if case.opened_by else ""
    rows: list[tuple[str, Any]] = [
        ("Business key", redactor.text(case.key)),
        ("Case", case.id),
        ("Workflow", f"{title} ({case.workflow})" if title else case.workflow),
        ("Tenant", redactor.text(case.tenant)),
        ("Amount", redactor.text(str(case.amount)) if case.amount else ""),
        ("Segment", redactor.text(case.segment)),
        ("Deadline", stamp(case.deadline)),
        ("Arrived", stamp(case.opened_at)),
        ("Opened by", who),
        ("Closed", stamp(case.closed_at)),
        ("Outcome", OUTCOMES[case.outcome] if case.outcome else ""),
        ("Handling", HANDLINGS[case.handling] if case.handling else ""),
        ("Stage", str(case.stage)),
        ("Exception", spaced(case.exception.type) if case.exception else ""),
    ]
    return (Fact(label=label, text=str(said)) for label, said in rows if said)


def _state(case: Case) -> str:
    if case.state is CaseState.CLOSED:
        return OUTCOMES[case.outcome] if case.outcome else "closed"
    if case.waits_for:
        return f"waits for {WAITS.get(case.waits_for, spaced(str(case.waits_for)))}"
    return str(case.state)


def _mark(case: Case) -> str:
    if case.state is CaseState.CLOSED:
        return "ok" if case.outcome == "completed" else "bad"
    return "warn"


def _redaction(redactor: Redactor) -> str:
    if redactor.lens.secret is None:
        return (
            "The contract of this case was not at hand, so nobody could say what is protected: "
            "no value of the case is shown, and the source document is withheld."
        )
    if not redactor.hides:
        return ""
    names = ", ".join(sorted(spaced(each) for each in redactor.lens.secret))
    return (
        f"Made for a reader who may not see protected values ({names}). They read [protected]; "
        "the source document is withheld, because it may hold them. The record still verifies."
    )


def _kept_back(record: CaseRecord) -> str:
    if not record.kept.ai:
        return ""
    return (
        "A question of this case is to be answered before seeing what the AI suggested, so that "
        "suggestion is not in this file. The record still verifies."
    )


def _verdict(record: CaseRecord) -> str:
    count = counted(record.length, "entry", "entries")
    if record.faults:
        return f"The record was changed: {counted(len(record.faults), 'fault')} in {count}"
    return f"Record unchanged: {count}, each sealed by the one after it"


def _days(record: CaseRecord, redactor: Redactor, now: datetime) -> tuple[Day, ...]:
    lens = redactor.lens
    told = timeline(record.entries, now=now, lens=lens, zone=UTC, kept=record.kept)
    seen = [
        replace(
            each,
            actor=redactor.who(each.actor),
            text=redactor.text(each.text),
            asides=tuple(redactor.text(aside) for aside in each.asides),
        )
        for each in told
    ]

    def day(each: Told) -> str:
        at = each.at.astimezone(UTC)
        return f"{at:%A} {at.day} {at:%B %Y}"

    return tuple(Day(name=name, told=tuple(group)) for name, group in groupby(seen, key=day))


def _comments(record: CaseRecord, redactor: Redactor) -> Iterable[CommentShown]:
    for entry in record.entries:
        event = event_of(entry)
        if isinstance(event, CaseCommented):
            yield CommentShown(
                who=redactor.lens.who(event.by), at=stamp(entry.at), text=redactor.text(event.text)
            )


def _entry(entry: AuditEntry, record: CaseRecord, redactor: Redactor) -> EntryShown:
    covered = [
        entry.case_id,
        entry.seq,
        entry.at.isoformat(),
        entry.actor,
        entry.kind,
        entry.body,
        entry.commitment,
        entry.previous,
    ]
    unseen = is_kept_back(record.case, entry)
    hidden = unseen or redactor.withholds_json(str(entry.payload))
    private = "kept back" if record.kept.ai else "withheld" if hidden else "here"
    private = "erased" if entry.salt is None else private
    return EntryShown(
        seq=entry.seq,
        at=stamp(entry.at),
        actor=entry.actor,
        kind=spaced(entry.kind),
        hash=entry.hash,
        previous=entry.previous,
        hashed=canonical(covered).decode(),
        private=PRIVATE[private],
        fault="; ".join(each.what for each in record.faults if each.seq == entry.seq),
    )
