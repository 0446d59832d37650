"""Reading review tasks, their evidence and decisions, and the audit log."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from heapq import merge
from itertools import groupby, islice
from typing import Any, Final

from sqlalchemy import Connection

from interlock.domain.audit import AuditEntry
from interlock.domain.event import Event
from interlock.domain.ids import CaseId, TaskId
from interlock.domain.review import Decision, EvidencePackage, ReviewState, ReviewTask
from interlock.domain.rules.shown import COMPARED
from interlock.storage.codec import DECISION, EVENT, EVIDENCE, TASK
from interlock.storage.database import EVERY_TENANT, Database
from interlock.storage.errors import TaskAmbiguous, TaskUnknown
from interlock.storage.reading import LAST_LETTER, PAGE, SHOWN, hides_case, part_of
from interlock.storage.rows import entry_from
from interlock.storage.task_places import place_from
from interlock.storage.values import LIVE, Chain, TaskQuery

CHAINS_A_PAGE: Final = 200  # cases with their whole logs in memory at once


class Reviewing:
    """The part of the store that reviewers and auditors read."""

    _db: Database

    def tasks(self, query: TaskQuery) -> list[ReviewTask]:
        """The review tasks that match, the most urgent first (due, severity, id).

        Raises: PlaceWrong.
        """
        with self._db.reading() as conn:
            rows = self._task_rows(conn, query)
        return TASK.decode_all([row.body for row in rows])

    def compared_looks(self, case_ids: Collection[CaseId]) -> list[ReviewTask]:
        """The live tasks in which a question of these cases is asked once more."""
        if not case_ids:
            return []
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "live_looks", cases=sorted(case_ids))
        found = TASK.decode_all([row.body for row in rows])
        return [task for task in found if task.look in COMPARED]

    def _task_rows(self, conn: Connection, query: TaskQuery) -> Sequence[Any]:
        """The rows, by the statement whose index serves the query."""
        asked = self._asked(query)
        live = query.case_id is None and bool(query.states) and set(query.states) <= set(LIVE)
        queues = {"any_queue": not query.queues, "queues": list(query.queues)}
        states = {"states": list(query.states)}
        if live and query.held_by is not None and ReviewState.CLAIMED in query.states:
            return self._db.rows(conn, "held_tasks", held_by=query.held_by, **queues, **asked)
        if query.states == (ReviewState.OPEN,) and query.assigned_to and query.case_id is None:
            kept_for = query.assigned_to
            return self._db.rows(conn, "assigned_tasks", kept_for=kept_for, **queues, **asked)
        if live and query.held_by is None and query.queues:
            pages = [
                self._db.rows(conn, "live_tasks", queue=queue, **states, **asked)
                for queue in dict.fromkeys(query.queues)
            ]
            return list(islice(merge(*pages, key=_order), query.limit))
        if live and query.held_by is None:
            return self._db.rows(conn, "live_tasks_anywhere", **states, **asked)
        return self._db.rows(
            conn,
            "tasks",
            any_state=not query.states,
            case_id=query.case_id,
            held_by=query.held_by,
            **states,
            **queues,
            **asked,
        )

    def _asked(self, query: TaskQuery) -> dict[str, Any]:
        """The parameters that every statement over tasks takes."""
        after = place_from(query.after)
        return {
            "workflow": query.workflow,
            "kind": query.kind,
            "exception_type": query.exception_type,
            "severity": query.severity,
            "assigned_to": query.assigned_to,
            "any_due": query.due_before is None,
            "due_before": self._db.moment(query.due_before or after.due_at),
            "any_tenant": query.tenants is None,
            "tenants": sorted(query.tenants or ()),
            "pattern": part_of(query.text) if query.text else None,
            "after_due": self._db.moment(after.due_at),
            "after_urgency": after.urgency,
            "after_id": after.id,
            "limit": query.limit,
        }

    def task(self, text: str) -> ReviewTask:
        """The task with this id, or the only one whose id starts like this.

        Raises: TaskUnknown, naming near ones; TaskAmbiguous, naming the tasks.
        """
        with self._db.reading() as conn:
            rows = self._db.rows(
                conn,
                "find_task",
                text=text,
                text_end=text + LAST_LETTER,
                limit=SHOWN,
                **EVERY_TENANT,
            )
            found = [row for row in rows if row.id == text] or rows
            if not found or not text:
                near = self._db.rows(
                    conn, "near_tasks", pattern=part_of(text), limit=SHOWN, **EVERY_TENANT
                )
                raise TaskUnknown(text, [row.id for row in near] if text else [])
        if len(found) > 1:
            raise TaskAmbiguous(text, [row.id for row in found])
        return TASK.decode(found[0].body)

    def evidence(self, task_id: TaskId) -> EvidencePackage:
        """What the reviewer of a task is shown. Raises: TaskUnknown when nothing was frozen."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "evidence", task_id=task_id)
            packages = EVIDENCE.decode_all([row.body for row in rows])
            if not packages or hides_case(self._db, conn, packages[0].case_id):
                raise TaskUnknown(task_id)
        return packages[0]

    def decisions(self, case_id: CaseId) -> list[Decision]:
        """What people decided about a case, in order."""
        with self._db.reading() as conn:
            hidden = hides_case(self._db, conn, case_id)
            rows = [] if hidden else self._db.rows(conn, "decisions", case_id=case_id)
        return DECISION.decode_all([row.body for row in rows])

    def entries(self, case_id: CaseId) -> list[AuditEntry]:
        """One case's audit log, in order. An entry's payload is its event's JSON text."""
        with self._db.reading() as conn:
            hidden = hides_case(self._db, conn, case_id)
            rows = [] if hidden else self._db.rows(conn, "entries", case_id=case_id)
        return [entry_from(row) for row in rows]

    def events(self, case_id: CaseId) -> list[Event]:
        """What happened to a case, in order; an entry whose payload was erased has no event."""
        payloads = [entry.payload for entry in self.entries(case_id)]
        return EVENT.decode_all([payload for payload in payloads if payload is not None])

    def chain_heads(self, batch: int = PAGE) -> Iterator[tuple[CaseId, int, str]]:
        """(case, how many entries it has, hash of the last) of every case, by id."""
        after = ""
        while True:
            with self._db.reading() as conn:
                rows = self._db.rows(conn, "chain_heads", after=after, limit=batch)
            yield from ((CaseId(row.id), row.entries, row.head) for row in rows)
            if len(rows) < batch:
                return
            after = rows[-1].id

    def all_entries(self, batch: int = PAGE) -> Iterator[AuditEntry]:
        """The whole audit log by case and place, `batch` entries in memory at a time."""
        case_id, seq = "", 0
        while True:
            with self._db.reading() as conn:
                rows = self._db.rows(conn, "all_entries", case_id=case_id, seq=seq, limit=batch)
            yield from map(entry_from, rows)
            if len(rows) < batch:
                return
            case_id, seq = rows[-1].case_id, rows[-1].seq

    def chains(self, batch: int = CHAINS_A_PAGE) -> Iterator[Chain]:
        """Every case's log beside what the case says about it, both of one moment.

        So it can be verified while workers write. `batch`: cases in memory at a time.
        """
        after = ""
        while True:
            with self._db.reading() as conn:
                rows = self._db.rows(conn, "chains", after=after, limit=batch)
            page = [_chain(list(group)) for _, group in groupby(rows, key=lambda row: row.id)]
            yield from page
            if len(page) < batch:
                return
            after = page[-1].case_id

    def chain(self, case_id: CaseId) -> Chain | None:
        """One case's log beside what the case says about it; None when there is no such case."""
        with self._db.reading() as conn:
            hidden = hides_case(self._db, conn, case_id)
            rows = [] if hidden else self._db.rows(conn, "chain", case_id=case_id)
        return _chain(list(rows)) if rows else None

    def orphaned_chains(self, limit: int = PAGE) -> list[CaseId]:
        """Cases that have a log and no row: the row was deleted by somebody else than us."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "orphaned_chains", limit=limit)
        return [CaseId(row.case_id) for row in rows]


def _order(row: Any) -> tuple[Any, int, str]:
    return (row.due_at, row.urgency, row.id)


def _chain(rows: list[Any]) -> Chain:
    first, entries, unreadable = rows[0], list[AuditEntry](), list[int]()
    for row in rows:
        try:
            entries += [entry_from(row)] if row.seq is not None else []
        except (ValueError, TypeError):  # no entry of ours: somebody else wrote its columns
            unreadable.append(row.seq)
    return Chain(
        case_id=CaseId(first.id),
        length=first.entries,
        head=first.head,
        entries=tuple(entries),
        unreadable=tuple(unreadable),
    )
