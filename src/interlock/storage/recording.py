"""Recording what happened to cases: each change whole or not at all, all in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from interlock.domain.event import StepReturned
from interlock.domain.ids import CaseId
from interlock.domain.pause import AgentSeen, Pause
from interlock.domain.rules.pausing import agent_of, is_a_start, what_stops
from interlock.domain.transition import Reservation
from interlock.storage.database import Database, is_worth_repeating, json_text
from interlock.storage.rows import clean, stored_key
from interlock.storage.starts import in_force_for_starts, see_agents
from interlock.storage.values import Change, Recorded, RecordedKind
from interlock.storage.writing import Written, gather, write_beside_cases

Also = Callable[[Connection], None]
BudgetKey = tuple[str, str, str]  # workflow, budget, window
CaseKey = tuple[str, str, str]  # workflow, tenant, business key
T = TypeVar("T")

MOST_AGENTS: Final = 1_000  # remembered by one process, over all steps and contracts
TRIES: Final = 5  # of a transaction that another writer came between


class Recording:
    """The part of the store that changes cases."""

    _db: Database
    _agents_met: frozenset[AgentSeen] = frozenset()  # written down already, as far as we know

    def record(self, changes: Sequence[Change], *, also: Also | None = None) -> list[Recorded]:
        """What became of each change, in order.

        A change is refused when the case or one of its tasks is no longer what was seen, when
        another worker holds the case, when an edited key is taken, when it starts something that
        is paused, or when a budget has too little left; the others are written together. The
        second change of one case in a batch is stale.

        also: called in the same transaction after the writes, when anything was written; when it
        raises, nothing is. A transaction that met another one is run again, and `also` with it.
        """
        if not changes:
            return []
        return repeated(lambda: self._record(changes, also))

    def _record(self, changes: Sequence[Change], also: Also | None) -> list[Recorded]:
        with self._db.writing() as conn:
            judge = _Judge.asking(self._db, conn, changes)
            verdicts = [judge.verdict(change) for change in changes]
            applied = [
                judge.written(change)
                for change, verdict in zip(changes, verdicts, strict=True)
                if verdict.is_applied
            ]
            if not applied:
                return verdicts
            batch = gather(applied)
            self._db.write(conn, "update_cases", batch.cases)
            write_beside_cases(self._db, conn, batch)
            _take_budgets(self._db, conn, judge.taken)
            met = self._see_agents(conn, applied)
            if also is not None:
                also(conn)
        self._agents_met = met
        return verdicts

    def _see_agents(self, conn: Connection, applied: Sequence[Written]) -> frozenset[AgentSeen]:
        """Writes down agents this process has not met yet; nearly always there are none."""
        met = self._agents_met
        new = {each for written in applied for each in _agents(written)} - met
        if new and len(met) < MOST_AGENTS:  # a name that is new each time is no name
            see_agents(self._db, conn, new)
            return met | new
        return met


def repeated(transaction: Callable[[], T]) -> T:
    """The result of a transaction, run again when another writer came between."""
    for _ in range(TRIES - 1):
        try:
            return transaction()
        except DBAPIError as problem:
            if not is_worth_repeating(problem):
                raise
    return transaction()


@dataclass(slots=True, kw_only=True)
class _Judge:
    """Says which changes hold, against what is stored and locked now."""

    cases: dict[str, Any]
    task_versions: dict[str, int]
    holders: dict[CaseKey, str]
    used: dict[BudgetKey, int]
    pauses: list[Pause]
    taken: dict[BudgetKey, int] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)

    @classmethod
    def asking(cls, db: Database, conn: Connection, changes: Sequence[Change]) -> _Judge:
        ids = sorted({_case(change).id for change in changes})
        cases = {row.id: row for row in db.rows(conn, "lock_cases", ids=json_text(ids))}
        return cls(
            cases=cases,
            pauses=_pauses(db, conn, changes),  # after the cases: all lock in this order
            task_versions=_task_versions(db, conn, changes),
            holders=_holders(db, conn, cases, changes),
            used=_budgets(db, conn, changes),
        )

    def verdict(self, change: Change) -> Recorded:
        """What becomes of the change; an applied one counts for those after it."""
        case = _case(change)
        stored = self.cases.get(case.id)
        if stored is None or self._is_stale(change, stored):
            return self._refused(change, RecordedKind.STALE)
        key = _key(case)
        if key != _stored_key(stored) and key in self.holders:
            other = CaseId(self.holders[key])
            return self._refused(change, RecordedKind.KEY_TAKEN, other_case=other)
        for place, step in enumerate(change.transitions if self.pauses else ()):
            pause = what_stops(self.pauses, step)
            if pause is not None:
                return self._refused(change, RecordedKind.PAUSED, pause=pause, place=place)
        short = self._first_short(change)
        if short is not None:
            used = self._used_now(_budget_key(short))
            return self._refused(change, RecordedKind.BUDGET, reservation=short, used=used)
        self.holders[key] = case.id
        self.changed.add(case.id)
        for each in _reservations([change]):
            budget = _budget_key(each)
            self.taken[budget] = self.taken.get(budget, 0) + each.units
        return Recorded(kind=RecordedKind.APPLIED, case_id=case.id, version=change.seen_version + 1)

    def written(self, change: Change) -> Written:
        """What an applied change writes."""
        stored = self.cases[_case(change).id]
        return Written(
            transitions=change.transitions,
            version=change.seen_version + 1,
            length=stored.entries,
            head=stored.head,
        )

    def _is_stale(self, change: Change, stored: Any) -> bool:
        if stored.version != change.seen_version or stored.id in self.changed:
            return True
        if change.claimed_by is not None and stored.claimed_by not in (None, change.claimed_by):
            return True
        tasks = (task for step in change.transitions for task in step.tasks)
        return any(task.version != self.task_versions.get(task.id, 0) for task in tasks)

    def _first_short(self, change: Change) -> Reservation | None:
        """The first reservation that does not fit; those before it in the change count too."""
        asked: dict[BudgetKey, int] = {}
        for each in _reservations([change]):
            key = _budget_key(each)
            asked[key] = asked.get(key, 0) + each.units
            if self._used_now(key) + asked[key] > each.limit:
                return each
        return None

    def _used_now(self, key: BudgetKey) -> int:
        return self.used.get(key, 0) + self.taken.get(key, 0)

    def _refused(self, change: Change, kind: RecordedKind, **facts: Any) -> Recorded:
        case_id = _case(change).id
        stored = self.cases.get(case_id)
        version = stored.version if stored else 0
        return Recorded(kind=kind, case_id=case_id, version=version, **facts)


def _pauses(db: Database, conn: Connection, changes: Sequence[Change]) -> list[Pause]:
    """What is paused, asked only when something is to start; then no pause can come between."""
    starts = any(is_a_start(step) for change in changes for step in change.transitions)
    return in_force_for_starts(db, conn) if starts else []


def _agents(written: Written) -> Iterator[AgentSeen]:
    for step in written.transitions:
        if isinstance(step.event, StepReturned) and step.event.proposal is not None:
            yield AgentSeen(
                workflow=step.case.workflow,
                fingerprint=step.case.fingerprint,
                step=step.event.step,
                agent=agent_of(step.event.proposal),
            )


def _case(change: Change) -> Any:
    return change.transitions[-1].case


def _reservations(changes: Sequence[Change]) -> Iterator[Reservation]:
    return (each for change in changes for step in change.transitions for each in step.reservations)


def _budget_key(reservation: Reservation) -> BudgetKey:
    return (reservation.workflow, reservation.budget, reservation.window)


def _task_versions(db: Database, conn: Connection, changes: Sequence[Change]) -> dict[str, int]:
    ids = {task.id for change in changes for step in change.transitions for task in step.tasks}
    if not ids:
        return {}
    rows = db.rows(conn, "task_versions", ids=json_text(sorted(ids)))
    return {row.id: row.version for row in rows}


def _key(case: Any) -> CaseKey:
    return (case.workflow, clean(case.tenant), stored_key(case))


def _stored_key(row: Any) -> CaseKey:
    return (row.workflow, row.tenant, row.key)


def _holders(
    db: Database, conn: Connection, cases: dict[str, Any], changes: Sequence[Change]
) -> dict[CaseKey, str]:
    """Who has the keys that edits ask for."""
    wanted = {
        _key(case)
        for case in map(_case, changes)
        if (stored := cases.get(case.id)) is not None and _key(case) != _stored_key(stored)
    }
    return {_stored_key(row): row.id for row in rows_with_keys(db, conn, wanted)}


def rows_with_keys(db: Database, conn: Connection, keys: set[CaseKey]) -> Sequence[Any]:
    """(id, workflow, tenant, key, document) of the cases that have these keys."""
    if not keys:
        return []
    asked = [
        {"workflow": workflow, "tenant": tenant, "key": key}
        for workflow, tenant, key in sorted(keys)
    ]
    return db.rows(conn, "holders_of_keys", keys=json_text(asked))


def _budgets(db: Database, conn: Connection, changes: Sequence[Change]) -> dict[BudgetKey, int]:
    """What is used of every budget asked for, locked in one order so that nobody deadlocks."""
    keys = sorted({_budget_key(each) for each in _reservations(changes)})
    if not keys:
        return {}
    asked = [{"workflow": w, "budget": b, "time_window": t} for w, b, t in keys]
    rows = db.rows(conn, "hold_budgets", budgets=json_text(asked))
    return {(row.workflow, row.budget, row.time_window): row.used for row in rows}


def _take_budgets(db: Database, conn: Connection, taken: dict[BudgetKey, int]) -> None:
    for (workflow, budget, window), units in taken.items():
        db.run(
            conn,
            "take_budget",
            workflow=workflow,
            budget=budget,
            time_window=window,
            units=units,
        )
