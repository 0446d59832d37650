"""Lists and streams without what their reader is to find out by themselves.

Its one rule: whatever a case's own page keeps back, no list, search or stream tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from interlock.domain.audit import AuditEntry
from interlock.domain.case import CaseState, WaitsFor
from interlock.domain.fact import FactKind
from interlock.domain.ids import CaseId
from interlock.papers.timeline import until_answered
from interlock.runtime.directory import Directory
from interlock.storage.case_search import CaseSearch, FoundCase
from interlock.web.changes import Change

# What became of a case; the look itself comes and goes by the other kinds.
TELLING: Final = frozenset(
    {
        FactKind.CASE_CLOSED,
        FactKind.CASE_PAUSED,
        FactKind.CASE_REOPENED,
        FactKind.EXCEPTION_ROUTED,
        FactKind.REVIEW_DECIDED,
    }
)


def found_for(
    directory: Directory, found: Sequence[FoundCase], search: CaseSearch, person: str, now: datetime
) -> list[FoundCase]:
    """The cases as this person may see them in a list.

    A case of which they may not know an answer yet reads as waiting; in a search for what became
    of cases it is left out, for to be found would tell it.
    """
    kept = directory.answers_kept([each.id for each in found], person, now)
    if not kept:
        return list(found)
    if _asks_what_became(search):
        return [each for each in found if each.id not in kept]
    return [_as_asked(each) if each.id in kept else each for each in found]


def entries_for(
    directory: Directory, entries: Sequence[AuditEntry], person: str, now: datetime
) -> list[AuditEntry]:
    """The log's entries but those that tell, or follow, an answer kept from this person."""
    kept = directory.answers_kept({CaseId(each.case_id) for each in entries}, person, now)
    last = {
        case: len(until_answered(directory.store.entries(case), each))
        for case, each in kept.items()
    }
    return [each for each in entries if each.seq <= last.get(CaseId(each.case_id), each.seq)]


def is_kept_from(directory: Directory, change: Change, person: str, now: datetime) -> bool:
    """True for a change that would tell this person what became of a case they may be asked of."""
    if change.kind not in TELLING or not change.case_id:
        return False
    return bool(directory.answers_kept([CaseId(change.case_id)], person, now))


def _asks_what_became(search: CaseSearch) -> bool:
    asked = (search.states, search.waits_for, search.exception_type, search.step)
    return any(asked) or search.outcome is not None or search.handling is not None


def _as_asked(found: FoundCase) -> FoundCase:
    return replace(
        found,
        state=CaseState.WAITING,
        waits_for=WaitsFor.REVIEW,
        wake_at=None,
        exception_type=None,
        step=None,
        outcome=None,
        handling=None,
        amount=None,
        closed_at=None,
        queue=None,
        held_by=None,
        due_at=None,
    )
