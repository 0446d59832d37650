"""Searching cases: what people look for by number, name and state, a page at a time.

One rule: a search never leaves the workflows and tenants its reader may see.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from interlock.domain.case import CaseState, ClosingOutcome, Handling, WaitsFor
from interlock.domain.ids import CaseId, WorkflowId
from interlock.domain.money import Money
from interlock.storage.database import Database, moment_of
from interlock.storage.reading import BEGINNING, END, part_of

FOUND_A_PAGE: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSearch:
    """What is looked for; what is empty or None does not matter. Newest first.

    text: part of the key, the title or the id, any case. workflows, tenants: those the reader may
    see, None for all. before: (opened, id) of the last case of the page before.
    """

    text: str = ""
    workflows: Collection[str] | None = None
    tenants: Collection[str] | None = None
    states: tuple[CaseState, ...] = ()
    waits_for: WaitsFor | None = None
    exception_type: str | None = None
    step: str | None = None
    outcome: ClosingOutcome | None = None
    handling: Handling | None = None
    since: datetime = BEGINNING
    before: tuple[datetime, str] = (END, "")
    limit: int = FOUND_A_PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCase:
    """One case as a list shows it. queue, held_by, due_at: of its most urgent live task."""

    id: CaseId
    workflow: WorkflowId
    key: str
    title: str
    state: CaseState
    waits_for: WaitsFor | None
    wake_at: datetime | None
    exception_type: str | None
    step: str | None
    outcome: ClosingOutcome | None
    handling: Handling | None
    amount: Money | None
    opened_at: datetime
    closed_at: datetime | None
    queue: str | None
    held_by: str | None
    due_at: datetime | None
    is_clock_stopped: bool


class CaseSearching:
    """The part of the store that finds cases for people."""

    _db: Database

    def search_cases(self, search: CaseSearch) -> list[FoundCase]:
        """One page of the cases that match, the newest first."""
        before_at, before_id = search.before
        with self._db.reading() as conn:
            rows = self._db.rows(
                conn,
                "search_cases",
                every_workflow=search.workflows is None,
                workflows=list(search.workflows or ()),
                every_tenant=search.tenants is None,
                tenants=list(search.tenants or ()),
                every_state=not search.states,
                states=list(search.states),
                waits_for=search.waits_for,
                exception_type=search.exception_type,
                step=search.step,
                outcome=search.outcome,
                handling=search.handling,
                pattern=part_of(search.text.strip()) if search.text.strip() else None,
                since=self._db.moment(search.since),
                before_at=self._db.moment(before_at),
                before_id=before_id,
                limit=search.limit,
            )
        return [_found(row) for row in rows]


def _found(row: Any) -> FoundCase:
    has_amount = row.amount_micros is not None and row.currency is not None
    return FoundCase(
        id=CaseId(row.id),
        workflow=WorkflowId(row.workflow),
        key=row.key,
        title=row.title,
        state=CaseState(row.state),
        waits_for=WaitsFor(row.waits_for) if row.waits_for else None,
        wake_at=moment_of(row.wake_at) if row.wake_at else None,
        exception_type=row.exception_type,
        step=row.step,
        outcome=ClosingOutcome(row.outcome) if row.outcome else None,
        handling=Handling(row.handling) if row.handling else None,
        amount=Money(micros=row.amount_micros, currency=row.currency) if has_amount else None,
        opened_at=moment_of(row.opened_at),
        closed_at=moment_of(row.closed_at) if row.closed_at else None,
        queue=row.queue,
        held_by=row.held_by,
        due_at=moment_of(row.due_at) if row.due_at else None,
        is_clock_stopped=row.clock_stopped_at is not None,
    )
