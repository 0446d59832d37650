"""The rows beside the log, held against it: cases, tasks, decisions, evidence, actions, documents.

Its one rule: the log is the record. A row that says otherwise was changed by somebody else than us,
and is named with the entry it contradicts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Final

from interlock.canonical import content_digest, digest
from interlock.domain.audit import AuditEntry, ChainFault, chain_faults
from interlock.domain.case import Case
from interlock.domain.event import CaseOpened, ReviewDecided
from interlock.domain.ids import CaseId
from interlock.domain.review import Decision
from interlock.storage.codec import ACTION, CASE, DECISION, EVENT, EVIDENCE, TASK
from interlock.storage.database import Database
from interlock.storage.rows import clean, stored_key
from interlock.storage.sealing import sealed_action, sealed_case, sealed_decision, sealed_task
from interlock.storage.values import Chain

CHAINS_A_PAGE: Final = 200  # cases with their whole records in memory at once
TRIES: Final = 5  # looks at a case that workers write to meanwhile
STANDING: Final = ("state", "waits_for", "exception_type", "outcome", "handling")
BESIDE: Final = {
    "tasks": "tasks_beside_log",
    "decisions": "decisions_beside_log",
    "evidence": "evidence_beside_log",
    "actions": "actions_beside_log",
}


@dataclass(slots=True)
class Rows:
    """What the tables beside the log hold of one case."""

    case: Any = None
    tasks: list[Any] = field(default_factory=list)
    decisions: list[Any] = field(default_factory=list)
    evidence: list[Any] = field(default_factory=list)
    actions: list[Any] = field(default_factory=list)
    document: str | None = None  # what is wrong with the input it came from


class BesideLog:
    """The part of the store that verifies the whole record."""

    _db: Database
    chain: Callable[[CaseId], Chain | None]
    chains: Callable[[], Iterator[Chain]]
    orphaned_chains: Callable[[], list[CaseId]]

    def whole_record(self) -> Iterator[tuple[Sequence[Chain], list[ChainFault]]]:
        """Some cases at a time, with every place where their record does not hold; the last part
        has the logs whose case was deleted, and no case."""
        chains = iter(self.chains())
        while part := list(islice(chains, CHAINS_A_PAGE)):
            yield part, self.record_faults(part)
        yield (
            [],
            [
                ChainFault(case_id=each, seq=0, what="the case was deleted and its log is here")
                for each in self.orphaned_chains()
            ],
        )

    def record_faults(self, chains: Sequence[Chain]) -> list[ChainFault]:
        """Every place where the record of these cases does not hold: the chain in itself, and each
        row beside it that the log contradicts. May run while workers write."""
        rows = self._rows_beside(chains)
        found: list[ChainFault] = []
        for chain in chains:
            found += _of_log(chain)
            found += self._settled(chain, list(_of_rows(chain, rows[chain.case_id])))
        return found

    def _settled(self, chain: Chain, faults: list[ChainFault]) -> list[ChainFault]:
        """The faults that are still there when the case did not move between the two looks."""
        for _ in range(TRIES):
            again = self.chain(chain.case_id) if faults else None
            if again is None or (again.length, again.head) == (chain.length, chain.head):
                return faults
            chain = again
            faults = list(_of_rows(chain, self._rows_beside([chain])[chain.case_id]))
        return []  # it moves all the time; the next check sees it at rest

    def _rows_beside(self, chains: Sequence[Chain]) -> dict[CaseId, Rows]:
        found = {chain.case_id: Rows() for chain in chains}
        if not found:
            return found
        cases = sorted(found)
        with self._db.reading() as conn:
            for row in self._db.rows(conn, "cases_beside_log", cases=cases):
                found[row.id].case = row
            for kind, statement in BESIDE.items():
                for row in self._db.rows(conn, statement, cases=cases):
                    getattr(found[row.case_id], kind).append(row)
            for chain in chains:
                found[chain.case_id].document = self._document_fault(conn, chain)
        return found

    def _document_fault(self, conn: Any, chain: Chain) -> str | None:
        opened = _event(chain.entries[0]) if chain.entries else None
        source = opened.case.source if isinstance(opened, CaseOpened) else None
        if source is None:
            return None
        kept = self._db.rows(conn, "document", digest=source.document)
        if not kept:
            return "the document it came from was deleted"
        if content_digest(bytes(kept[0].content)) != source.document:
            return "the document it came from was changed after it was taken in"
        return None


def _of_log(chain: Chain) -> list[ChainFault]:
    unreadable = [
        ChainFault(case_id=chain.case_id, seq=each, what="it cannot be read as an entry")
        for each in chain.unreadable
    ]
    return unreadable + chain_faults(
        chain.case_id, chain.entries, length=chain.length, head=chain.head
    )


def _of_rows(chain: Chain, rows: Rows) -> Iterator[ChainFault]:
    """What the rows say otherwise. Of entries that were changed themselves nothing is believed."""
    if not chain.entries or rows.case is None:
        return
    said = (
        *_case_said(chain, rows.case),
        *_latest_said(chain, rows.tasks, "tasks", "task", _task_of),
        *_latest_said(chain, rows.actions, "actions", "action", _action_of),
        *_decisions_said(chain, rows.decisions),
        *_evidence_said(chain, rows.evidence),
        *([(1, rows.document)] if rows.document else []),
    )
    for seq, what in said:
        yield ChainFault(case_id=chain.case_id, seq=seq, what=what)


def _case_said(chain: Chain, row: Any) -> Iterator[tuple[int, str]]:
    last = chain.entries[-1]
    logged = {k: v for k, v in last.body.get("case", {}).items() if k != "version"}
    try:
        case = CASE.decode(row.body)
    except ValueError:
        yield last.seq, "the row of the case cannot be read any more"
        return
    stands = {k: v for k, v in sealed_case(case, 0).items() if k != "version"}
    columns = {"exception" if k == "exception_type" else k: getattr(row, k) for k in STANDING}
    differs = [k for k in {**logged, **stands} if logged.get(k) != stands.get(k)]
    differs += [k for k, v in columns.items() if (v or None) != logged.get(k)]
    for name in dict.fromkeys(differs):
        told = columns.get(name) if columns.get(name) != logged.get(name) else stands.get(name)
        said = f"{_pair(name, told)}, the log {_pair(name, logged.get(name))}"
        yield last.seq, f"the case says {said}"
    if not _is_of_the_log(chain, case, row):
        yield last.seq, "the case has fields, a key or an amount that no entry of the log gave it"


def _is_of_the_log(chain: Chain, case: Case, row: Any) -> bool:
    """Whether the case's own values are those of its opening, or of an edit that is on record.

    Where the private part of such an entry was erased, nobody can say any more.
    """
    given: list[tuple[Any, ...]] = []
    for entry in chain.entries:
        event = _event(entry)
        if event is None:
            return True
        if isinstance(event, CaseOpened):
            given.append(_values(event.case))
        refit = getattr(event, "refit", None)
        if refit is not None:
            given.append((dict(refit.data), refit.key, refit.tenant, refit.amount_micros))
    columns = (stored_key(case), clean(case.tenant), _values(case)[-1])
    return _values(case) in given and columns == (row.key, row.tenant, row.amount_micros)


def _values(case: Case) -> tuple[Any, ...]:
    return dict(case.data), case.key, case.tenant, case.amount.micros if case.amount else None


def _latest_said(
    chain: Chain,
    rows: Sequence[Any],
    kind: str,
    name: str,
    read: Callable[[Any], dict[str, Any]],
) -> Iterator[tuple[int, str]]:
    """Tasks or actions: each row against the last entry that moved it."""
    logged = {
        each["id"]: (entry.seq, each)
        for entry in chain.entries
        for each in entry.body.get(kind, ())
    }
    there = {row.id: row for row in rows}
    for each, (seq, wanted) in logged.items():
        if each not in there:
            yield seq, f"the {name} {each} was deleted"
            continue
        try:
            found = read(there[each])
        except ValueError:
            yield seq, f"the row of the {name} {each} cannot be read any more"
            continue
        for part in (k for k in wanted if found.get(k) != wanted[k]):
            told = f"{_pair(part, found.get(part))}, the log {_pair(part, wanted[part])}"
            yield seq, f"the {name} {each} says {told}"
    for each in sorted(set(there) - set(logged)):
        yield chain.length, f"the {name} {each} is in no entry of the log"


def _decisions_said(chain: Chain, rows: Sequence[Any]) -> Iterator[tuple[int, str]]:
    left = list(rows)
    for entry in (each for each in chain.entries if "decision" in each.body):
        wanted = entry.body["decision"]
        row = next((each for each in left if each.id == wanted["task"]), None)
        if row is None:
            yield entry.seq, f"the decision about the task {wanted['task']} was deleted"
            continue
        left.remove(row)
        if not _is_as_logged(entry, row):
            yield entry.seq, f"the decision about the task {row.id} was changed after it was made"
    for row in left:
        yield chain.length, f"the decision about the task {row.id} is in no entry of the log"


def _is_as_logged(entry: AuditEntry, row: Any) -> bool:
    try:
        decision = DECISION.decode(row.body)
    except ValueError:
        return False
    wanted = entry.body["decision"]
    if (row.verb, row.decided_by) != (wanted["verb"], wanted["by"]):
        return False
    event = _event(entry)
    whole = event.decision if isinstance(event, ReviewDecided) else decision
    return sealed_decision(decision) == wanted and _given(decision) == _given(whole)


def _given(decision: Decision) -> Decision:
    """Note, value and everything else a person gave; what we reckoned about it is left out."""
    return replace(decision, confidence=None, thinking_seconds=None, too_quick=False)


def _evidence_said(chain: Chain, rows: Sequence[Any]) -> Iterator[tuple[int, str]]:
    there, logged = {row.id: row for row in rows}, set[str]()
    for entry in chain.entries:
        for each in entry.body.get("evidence", ()):
            task, row = each["task"], there.get(each["task"])
            logged.add(task)
            if row is None:
                yield entry.seq, f"the evidence of the task {task} was deleted"
            elif not _is_sealed(row, each["digest"]):
                yield entry.seq, f"the evidence of the task {task} was changed after it was frozen"
    for task in sorted(set(there) - logged):
        yield chain.length, f"the evidence of the task {task} is in no entry of the log"


def _is_sealed(row: Any, wanted: str) -> bool:
    try:
        package = EVIDENCE.decode(row.body)
    except ValueError:
        return False
    return {row.digest, package.digest, digest(package.content)} == {wanted}


def _task_of(row: Any) -> dict[str, Any]:
    return {**sealed_task(TASK.decode(row.body)), "queue": row.queue, "state": row.state}


def _action_of(row: Any) -> dict[str, Any]:
    said = {"name": row.name, "digest": row.digest, "state": row.state}
    return {**sealed_action(ACTION.decode(row.body)), **said}


def _event(entry: AuditEntry) -> Any:
    try:
        return EVENT.decode(entry.payload) if entry.payload is not None else None
    except ValueError:
        return None


def _pair(name: str, value: Any) -> str:
    return f"{name.replace('_', ' ')} {value if value not in (None, '') else 'none'}"
