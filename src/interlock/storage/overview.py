"""How things stand, counted by the database: for the people who run the work.

One rule: every count is one statement over all workflows or one, served by an index, and narrowed
to the tenants its reader may see.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from pydantic_core import from_json

from interlock.domain.audit import AuditEntry
from interlock.domain.case import CaseState, ClosingOutcome, Handling, WaitsFor
from interlock.domain.ids import CaseId, QueueName, WorkflowId
from interlock.domain.review import ReviewKind
from interlock.storage.database import Database, moment_of
from interlock.storage.rows import entry_from

Tenants = Collection[str] | None  # None: every tenant

SHOWN_ENTRIES: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLoad:
    """The live tasks of one queue of one workflow. `asked`: their clock stands until an answer."""

    workflow: WorkflowId
    queue: QueueName
    open: int
    at_risk: int
    late: int
    asked: int
    oldest: datetime
    first_due: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCount:
    """Open cases in one place. `step` None: not told apart, or still at intake."""

    workflow: WorkflowId
    state: CaseState
    waits_for: WaitsFor | None
    cases: int
    step: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedRow:
    workflow: WorkflowId
    handling: Handling
    outcome: ClosingOutcome
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTime:
    """Decisions of a workflow in a window: `on_time` by their deadline; `late` tasks ran past it,
    decided or not."""

    decided: int = 0
    on_time: int = 0
    late: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """Ready cases nobody moves, or actions nobody knows the end of. `since`: the oldest one."""

    workflow: WorkflowId
    count: int
    since: datetime | None = None
    case_id: CaseId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionCount:
    """How often an exception was routed at a step (or `intake`), in a window and today."""

    workflow: WorkflowId
    exception_type: str
    step: str
    times: int
    today: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTasks:
    """Live tasks of cases at one step, of one kind, in one queue."""

    step: str | None
    kind: ReviewKind
    queue: QueueName
    tasks: int
    late: int
    oldest: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One entry of a closed case's log: what the case waited for from `at` on."""

    case_id: CaseId
    at: datetime
    state: str
    waits_for: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryQuery:
    """Which entries of the log to list, since a moment; what is None does not matter.

    before: (at, case, seq) of the last entry of the page before; entries are newest first.
    """

    since: datetime
    before: tuple[datetime, str, int]
    case_id: str | None = None
    actor: str | None = None
    kind: str | None = None
    limit: int = SHOWN_ENTRIES


class Overview:
    """The part of the store that says how things stand."""

    _db: Database

    def queue_loads(self, *, now: datetime, tenants: Tenants = None) -> list[QueueLoad]:
        """The live tasks of every queue that has any."""
        rows = self._counted("overview_queues", tenants, now=self._db.moment(now))
        return [
            QueueLoad(
                workflow=WorkflowId(row.workflow),
                queue=QueueName(row.queue),
                open=row.open,
                at_risk=row.at_risk,
                late=row.late,
                asked=row.asked,
                oldest=moment_of(row.oldest),
                first_due=moment_of(row.first_due) if row.first_due else None,
            )
            for row in rows
        ]

    def open_counts(self, *, tenants: Tenants = None) -> list[OpenCount]:
        """The open cases of every workflow, by what they wait for."""
        return [_open_count(row) for row in self._counted("overview_states", tenants)]

    def step_counts(self, workflow: str, *, tenants: Tenants = None) -> list[OpenCount]:
        """The open cases of one workflow, by step and what they wait for."""
        rows = self._counted("overview_steps", tenants, workflow=workflow)
        return [_open_count(row, workflow, row.step) for row in rows]

    def step_tasks(
        self, workflow: str, *, now: datetime, tenants: Tenants = None
    ) -> list[StepTasks]:
        """The live tasks of one workflow, by the step their case is at."""
        rows = self._counted(
            "overview_step_tasks", tenants, workflow=workflow, now=self._db.moment(now)
        )
        return [
            StepTasks(
                step=row.step,
                kind=ReviewKind(row.kind),
                queue=QueueName(row.queue),
                tasks=row.tasks,
                late=row.late,
                oldest=moment_of(row.oldest),
            )
            for row in rows
        ]

    def stuck_cases(self, *, before: datetime, tenants: Tenants = None) -> list[Stuck]:
        """Ready cases that nobody moved since `before`, by workflow."""
        rows = self._counted("overview_stuck", tenants, before=self._db.moment(before))
        return [
            Stuck(workflow=WorkflowId(r.workflow), count=r.cases, since=moment_of(r.oldest))
            for r in rows
        ]

    def unknown_actions(self, *, tenants: Tenants = None) -> list[Stuck]:
        """Actions of which nobody knows whether they happened, by workflow, with one case each."""
        rows = self._counted("overview_unknown", tenants)
        return [
            Stuck(workflow=WorkflowId(r.workflow), count=r.actions, case_id=CaseId(r.one_case))
            for r in rows
        ]

    def closed_since(self, since: datetime, *, tenants: Tenants = None) -> list[ClosedRow]:
        """How many cases of every workflow closed which way since then."""
        rows = self._counted("overview_closed", tenants, since=self._db.moment(since))
        return [
            ClosedRow(
                workflow=WorkflowId(row.workflow),
                handling=Handling(row.handling),
                outcome=ClosingOutcome(row.outcome),
                cases=row.cases,
            )
            for row in rows
            if row.handling is not None and row.outcome is not None
        ]

    def closed_by_day(
        self, since: datetime, *, zone_offset: timedelta, tenants: Tenants = None
    ) -> Mapping[tuple[WorkflowId, date], int]:
        """Closed cases of every workflow by local day. zone_offset: what a local clock is ahead of
        UTC, the same for all days."""
        minutes = round(zone_offset.total_seconds() / 60)
        rows = self._counted(
            "overview_days",
            tenants,
            since=self._db.moment(since),
            shift=f"{minutes:+d} minutes",
        )
        return {(WorkflowId(r.workflow), date.fromisoformat(r.day)): r.cases for r in rows}

    def opened_since(self, since: datetime, *, tenants: Tenants = None) -> Mapping[WorkflowId, int]:
        """How many cases every workflow received since then."""
        rows = self._counted("overview_opened", tenants, since=self._db.moment(since))
        return {WorkflowId(row.workflow): row.cases for row in rows}

    def on_time(self, since: datetime, *, tenants: Tenants = None) -> Mapping[WorkflowId, OnTime]:
        """What every workflow decided since then, how much of it on time, and what ran late."""
        moment = self._db.moment(since)
        decided = {
            row.workflow: row for row in self._counted("overview_on_time", tenants, since=moment)
        }
        late = {
            row.workflow: row.late
            for row in self._counted("overview_moved_late", tenants, since=moment)
        }
        return {
            WorkflowId(name): OnTime(
                decided=decided[name].decided if name in decided else 0,
                on_time=decided[name].on_time if name in decided else 0,
                late=late.get(name, 0),
            )
            for name in {*decided, *late}
        }

    def exception_counts(
        self,
        *,
        since: datetime,
        today: datetime,
        workflow: str | None = None,
        tenants: Tenants = None,
    ) -> list[ExceptionCount]:
        """Routed exceptions since then by type and step; `today`: those from that moment on."""
        rows = self._counted(
            "overview_exceptions",
            tenants,
            since=self._db.moment(since),
            today=self._db.moment(today),
            workflow=workflow,
        )
        return [
            ExceptionCount(
                workflow=WorkflowId(row.workflow),
                exception_type=row.exception_type,
                step=row.step,
                times=row.times,
                today=row.today,
            )
            for row in rows
        ]

    def recent_moves(self, workflow: str, *, limit: int, tenants: Tenants = None) -> list[Moved]:
        """The logs of the workflow's last closed cases, at most `limit` cases, by case in order."""
        rows = self._counted("overview_recent_logs", tenants, workflow=workflow, limit=limit)
        return [_moved(row) for row in rows]

    def visible_cases(self, workflow: str | None = None, *, tenants: Tenants = None) -> int:
        """How many cases there are, in one workflow or in all."""
        found: int = self._counted("overview_searched", tenants, workflow=workflow)[0].cases
        return found

    def tasks_in_hand(self, *, tenants: Tenants = None) -> Mapping[tuple[str, str], int]:
        """How many live tasks every person holds, by person and queue."""
        rows = self._counted("overview_in_hand", tenants)
        return {(row.held_by, row.queue): row.tasks for row in rows}

    def log_entries(self, query: EntryQuery, *, tenants: Tenants = None) -> list[AuditEntry]:
        """One page of the audit log of all cases, the newest first."""
        at, case_id, seq = query.before
        rows = self._counted(
            "overview_entries",
            tenants,
            since=self._db.moment(query.since),
            before_at=self._db.moment(at),
            before_case=case_id,
            before_seq=seq,
            case_id=query.case_id,
            actor=query.actor,
            kind=query.kind,
            limit=query.limit,
        )
        return [entry_from(row) for row in rows]

    def _counted(self, name: str, tenants: Tenants, **parameters: Any) -> Sequence[Any]:
        with self._db.reading() as conn:
            return self._db.rows(
                conn,
                name,
                every_tenant=tenants is None,
                tenants=list(tenants or ()),
                **parameters,
            )


def _open_count(row: Any, workflow: str | None = None, step: str | None = None) -> OpenCount:
    return OpenCount(
        workflow=WorkflowId(workflow or row.workflow),
        state=CaseState(row.state),
        waits_for=WaitsFor(row.waits_for) if row.waits_for else None,
        cases=row.cases,
        step=step,
    )


def _moved(row: Any) -> Moved:
    case = from_json(row.body).get("case", {})
    return Moved(
        case_id=CaseId(row.case_id),
        at=moment_of(row.at),
        state=str(case.get("state", "")),
        waits_for=case.get("waits_for"),
    )
