"""The record inside a case file, for programs: enough to verify the case with nothing else.

One rule: what is withheld is named as withheld, and the commitments that bind it stay.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from interlock.domain.audit import AuditEntry
from interlock.domain.case import Case
from interlock.domain.rules.shown import KeptBack
from interlock.papers.case_file.record import CaseRecord, is_kept_back
from interlock.papers.case_file.redaction import Redactor

FORMAT: Final = "interlock.case-file/1"


def for_programs(record: CaseRecord, redactor: Redactor, now: datetime) -> dict[str, Any]:
    """The record as plain JSON values."""
    source = record.case.source
    return {
        "format": FORMAT,
        "made_at": now.isoformat(),
        "case": record.case.id,
        "workflow": record.case.workflow,
        "fingerprint": record.case.fingerprint,
        "length": record.length,
        "head": record.head,
        "entries": [
            entry_for_programs(each, record.case, redactor, record.kept) for each in record.entries
        ],
        "evidence": [
            {"task": task, "digest": each.digest}
            | _content(each.content, redactor, kept_back=record.withholds(task))
            for task, each in record.evidence.items()
        ],
        "document": {"digest": source.document, "withheld": redactor.hides} if source else None,
    }


def entry_for_programs(
    entry: AuditEntry, case: Case, redactor: Redactor, kept: KeptBack
) -> dict[str, Any]:
    """One entry with everything its hash covers; its private part only when it may be seen."""
    told: dict[str, Any] = {
        "seq": entry.seq,
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "kind": entry.kind,
        "body": entry.body,
        "commitment": entry.commitment,
        "previous": entry.previous,
        "hash": entry.hash,
    }
    if entry.salt is None:
        return {**told, "private": "erased"}
    if is_kept_back(case, entry) or is_withheld(entry, redactor, kept):
        return {**told, "private": "withheld"}
    return {**told, "private": "here", "payload": entry.payload, "salt": entry.salt}


def is_withheld(entry: AuditEntry, redactor: Redactor, kept: KeptBack) -> bool:
    """True when the private part of an entry is not for this reader, or not yet: what the AI
    suggested may stand in any of them."""
    return kept.ai or redactor.withholds_json(str(entry.payload))


def _content(content: Any, redactor: Redactor, *, kept_back: bool) -> dict[str, Any]:
    if kept_back or (redactor.hides and redactor.withholds(dict(content))):
        return {"withheld": True}
    return {"withheld": False, "content": content}
