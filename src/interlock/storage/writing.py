"""What a batch of changes writes: gathered first, then one statement a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from interlock.domain.ids import CaseId
from interlock.domain.transition import Transition
from interlock.storage.database import Database, Row
from interlock.storage.quality import past_decision_rows
from interlock.storage.rows import (
    action_row,
    case_row,
    decision_row,
    entry_row,
    evidence_row,
    fact_row,
    task_row,
)
from interlock.storage.sealing import public_bodies, salts, seal_chain


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One case's transitions, the version it gets, and the chain they continue."""

    transitions: tuple[Transition, ...]
    version: int
    length: int
    head: str

    @property
    def case_id(self) -> CaseId:
        return self.transitions[-1].case.id


@dataclass(slots=True, kw_only=True)
class Batch:
    """The rows of many changes, table by table. A task or action changed twice is written once."""

    cases: list[Row] = field(default_factory=list)
    entries: list[Row] = field(default_factory=list)
    facts: list[Row] = field(default_factory=list)
    tasks: list[Row] = field(default_factory=list)
    actions: list[Row] = field(default_factory=list)
    evidence: list[Row] = field(default_factory=list)
    decisions: list[Row] = field(default_factory=list)
    past_decisions: list[Row] = field(default_factory=list)


def gather(changes: Sequence[Written]) -> Batch:
    """The rows that these changes write."""
    batch = Batch()
    steps = [each for change in changes for each in change.transitions]
    versions = [change.version for change in changes for _ in change.transitions]
    bodies, salted, begin = public_bodies(steps, versions), salts(len(steps)), 0
    for change in changes:
        end = begin + len(change.transitions)
        entries = seal_chain(
            change.transitions,
            bodies[begin:end],
            salted[begin:end],
            length=change.length,
            head=change.head,
        )
        begin = end
        batch.entries.extend(map(entry_row, entries))
        last = entries[-1]
        case = change.transitions[-1].case
        batch.cases.append(case_row(case, version=change.version, entries=last.seq, head=last.hash))
    _gather_parts(batch, steps)
    return batch


def _gather_parts(batch: Batch, steps: Sequence[Transition]) -> None:
    tasks = {task.id: task for step in steps for task in step.tasks}
    actions = {action.id: action for step in steps for action in step.actions}
    batch.tasks.extend(task_row(task, version=task.version + 1) for task in tasks.values())
    batch.actions.extend(map(action_row, actions.values()))
    batch.facts.extend(fact_row(fact) for step in steps for fact in step.facts)
    batch.evidence.extend(evidence_row(each) for step in steps for each in step.evidence)
    batch.decisions.extend(decision_row(step.decision) for step in steps if step.decision)
    batch.past_decisions.extend(past_decision_rows(steps))


def write_beside_cases(database: Database, conn: Connection, batch: Batch) -> None:
    """Writes everything of a batch but the cases, whose rows exist and are locked."""
    database.append(conn, "append_entries", batch.entries)
    database.append(conn, "append_facts", batch.facts)
    database.write(conn, "upsert_tasks", batch.tasks)
    database.write(conn, "insert_evidence", batch.evidence)
    database.write(conn, "insert_decisions", batch.decisions)
    database.write(conn, "insert_past_decisions", batch.past_decisions)
    database.write(conn, "upsert_actions", batch.actions)
