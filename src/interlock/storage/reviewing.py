"""Reading review tasks, their evidence and decisions, and the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

from interlock.domain.audit import AuditEntry
from interlock.domain.event import Event
from interlock.domain.ids import CaseId, TaskId
from interlock.domain.review import Decision, EvidencePackage, ReviewTask
from interlock.storage.codec import DECISION, EVENT, EVIDENCE, TASK
from interlock.storage.database import Database
from interlock.storage.errors import TaskAmbiguous, TaskUnknown
from interlock.storage.reading import LAST_LETTER, PAGE, SHOWN, part_of
from interlock.storage.rows import entry_from
from interlock.storage.values import LIVE, Chain, TaskQuery

CHAINS_A_PAGE: Final = 200  # cases with their whole logs in memory at once


class Reviewing:
    """The part of the store that reviewers and auditors read."""

    _db: Database

    def tasks(self, query: TaskQuery) -> list[ReviewTask]:
        """The review tasks that match, the most urgent first (due, severity, id)."""
        wanted = (query.queues, query.case_id, query.kind)
        plain = query.queues and wanted[1:] == (None, None) and set(query.states) == set(LIVE)
        with self._db.reading() as conn:
            if plain:
                rows = self._db.rows(
                    conn, "live_tasks", queues=list(query.queues), limit=query.limit
                )
            else:
                rows = self._db.rows(
                    conn,
                    "tasks",
                    any_queue=not query.queues,
                    queues=list(query.queues),
                    any_state=not query.states,
                    states=list(query.states),
                    case_id=query.case_id,
                    kind=query.kind,
                    limit=query.limit,
                )
        return TASK.decode_all([row.body for row in rows])

    def task(self, text: str) -> ReviewTask:
        """The task with this id, or the only one whose id starts like this.

        Raises: TaskUnknown, naming near ones; TaskAmbiguous, naming the tasks.
        """
        with self._db.reading() as conn:
            rows = self._db.rows(
                conn, "find_task", text=text, text_end=text + LAST_LETTER, limit=SHOWN
            )
            found = [row for row in rows if row.id == text] or rows
            if not found or not text:
                near = self._db.rows(conn, "near_tasks", pattern=part_of(text), limit=SHOWN)
                raise TaskUnknown(text, [row.id for row in near] if text else [])
        if len(found) > 1:
            raise TaskAmbiguous(text, [row.id for row in found])
        return TASK.decode(found[0].body)

    def evidence(self, task_id: TaskId) -> EvidencePackage:
        """What the reviewer of a task is shown. Raises: TaskUnknown when nothing was frozen."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "evidence", task_id=task_id)
        if not rows:
            raise TaskUnknown(task_id)
        return EVIDENCE.decode(rows[0].body)

    def decisions(self, case_id: CaseId) -> list[Decision]:
        """What people decided about a case, in order."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "decisions", case_id=case_id)
        return DECISION.decode_all([row.body for row in rows])

    def entries(self, case_id: CaseId) -> list[AuditEntry]:
        """One case's audit log, in order. An entry's payload is its event's JSON text."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "entries", case_id=case_id)
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
            rows = self._db.rows(conn, "chain", case_id=case_id)
        return _chain(list(rows)) if rows else None

    def orphaned_chains(self, limit: int = PAGE) -> list[CaseId]:
        """Cases that have a log and no row: the row was deleted by somebody else than us."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "orphaned_chains", limit=limit)
        return [CaseId(row.case_id) for row in rows]


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
