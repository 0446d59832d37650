"""The tables. Migrations must make exactly these; a test holds the two equal.

Typed columns are what queries need; the whole value is the JSON text in `body`. Times are UTC:
`timestamptz` on PostgreSQL, text of one fixed width on SQLite, so that both sort by time.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from interlock.domain.action import ActionState
from interlock.domain.case import Arm, CaseState, ClosingOutcome, Handling, Phase, WaitsFor
from interlock.domain.contract import Severity, Stage
from interlock.domain.fact import FactKind
from interlock.domain.review import ReviewKind, ReviewState, Verb

# Byte order, whatever the database's language: faster, and a prefix is a range of the index.
Word: Final = Text(collation="C").with_variant(Text(), "sqlite")
Moment: Final = DateTime(timezone=True).with_variant(Text(), "sqlite")
RowNumber: Final = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers only INTEGER

metadata: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def _required(name: str, kind: Any = Word, *extra: Any, **options: Any) -> Column[Any]:
    return Column(name, kind, *extra, nullable=False, **options)


def _optional(name: str, kind: Any = Word) -> Column[Any]:
    return Column(name, kind, nullable=True)


def _one_of(column: str, kind: type[StrEnum]) -> CheckConstraint:
    """The rule that a column holds a member of the enum (or NULL where it may be NULL)."""
    members = ", ".join(f"'{member}'" for member in kind)
    return CheckConstraint(f"{column} IN ({members})", name=column)


contract = Table(
    "contract",
    metadata,
    _required("workflow", primary_key=True),
    _required("fingerprint", primary_key=True),
    _required("title", Text),
    _required("text", Text),
    _required("source_path", Text),
    _required("saved_at", Moment),
)

document = Table(
    "document",
    metadata,
    _required("digest", primary_key=True),
    _required("name", Text),
    _required("channel", Text),
    _required("content", LargeBinary),
    _required("kept_at", Moment),
)

# Called case_file because CASE is a word of SQL itself.
case_file = Table(
    "case_file",
    metadata,
    _required("id", primary_key=True),
    _required("workflow"),
    _required("fingerprint"),
    _required("key"),
    _required("title", Text),
    _required("tenant"),
    _required("segment"),
    _required("arm"),
    _required("stage"),
    _required("state"),
    _optional("waits_for"),
    _optional("wake_at", Moment),
    _required("phase"),
    _optional("step"),
    _optional("exception_type"),
    _optional("amount_micros", BigInteger),
    _optional("currency"),
    _optional("outcome"),
    _optional("handling"),
    _optional("document"),
    _required("opened_at", Moment),
    _required("updated_at", Moment),
    _optional("closed_at", Moment),
    _required("version", Integer),
    _required("entries", Integer),  # how long its audit chain is
    _required("head"),  # the hash of the last entry
    _optional("claimed_by"),  # no foreign key: a worker's row goes before its claims do
    _required("body", JSON),
    _one_of("arm", Arm),
    _one_of("stage", Stage),
    _one_of("state", CaseState),
    _one_of("waits_for", WaitsFor),
    _one_of("phase", Phase),
    _one_of("outcome", ClosingOutcome),
    _one_of("handling", Handling),
    CheckConstraint("version >= 1", name="version_counts"),
    CheckConstraint("entries >= 1", name="has_entries"),
    CheckConstraint("claimed_by IS NULL OR state = 'ready'", name="only_ready_is_claimed"),
    # The same business key twice in one tenant is the same case: intake is idempotent.
    # Key first, so that a person who knows only the key is served by the same index.
    UniqueConstraint("key", "workflow", "tenant"),
    # Room on each page: a case that is recorded and stays ready is then rewritten in its place,
    # with no index touched (no index holds `updated_at`, `version` or `body`).
    postgresql_with={"fillfactor": 60},
)
# Workers take the oldest ready case; only the ready ones are in it, so it stays small.
Index(
    "ix_case_file_ready",
    case_file.c.opened_at,
    case_file.c.id,
    postgresql_where=text("state = 'ready'"),
    sqlite_where=text("state = 'ready'"),
)
# The sweep asks which timers are due; a case that waits for a person is not in it.
Index(
    "ix_case_file_wake",
    case_file.c.wake_at,
    case_file.c.id,
    postgresql_where=text("state = 'waiting' AND wake_at IS NOT NULL"),
    sqlite_where=text("state = 'waiting' AND wake_at IS NOT NULL"),
)
# A worker that stops gives back what it holds.
Index(
    "ix_case_file_claimed",
    case_file.c.claimed_by,
    postgresql_where=text("claimed_by IS NOT NULL"),
    sqlite_where=text("claimed_by IS NOT NULL"),
)
# Lists show the newest first, a page at a time.
Index("ix_case_file_opened", case_file.c.opened_at, case_file.c.id)
# What the waiting cases wait for is counted without reading them.
Index(
    "ix_case_file_waiting",
    case_file.c.workflow,
    case_file.c.waits_for,
    case_file.c.exception_type,
    postgresql_where=text("state = 'waiting'"),
    sqlite_where=text("state = 'waiting'"),
)

# No foreign key to the case: entries outlive whatever happens to the row, so that a deleted case
# is found; they are written only while the case's row is locked.
audit_entry = Table(
    "audit_entry",
    metadata,
    _required("case_id", primary_key=True),
    _required("seq", Integer, primary_key=True, autoincrement=False),
    _required("at", Moment),
    _required("actor", Text),
    _required("kind"),
    _required("body", JSON),
    _required("commitment"),
    _required("previous"),
    _required("hash"),
    _optional("payload", Text),  # the event's JSON text, byte for byte what the commitment covers
    _optional("salt"),
    CheckConstraint("seq >= 1", name="seq_counts"),
)

# No foreign key here either: facts are written by the hundred, always beside their case.
fact = Table(
    "fact",
    metadata,
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    _required("case_id"),
    _required("workflow"),
    _required("fingerprint"),
    _required("tenant"),
    _required("segment"),
    _required("arm"),
    _required("stage"),
    _required("kind"),
    _required("at", Moment),
    _required("name", Text),
    _required("detail", Text),
    _optional("value", Double),
    _optional("amount_micros", BigInteger),
    _optional("currency"),
    _one_of("kind", FactKind),
)
# Measuring reads one workflow over a window of time.
Index("ix_fact_window", fact.c.workflow, fact.c.at, fact.c.id)

action = Table(
    "action",
    metadata,
    _required("id", primary_key=True),  # derived, so the same action can never be there twice
    _required("case_id", Word, ForeignKey("case_file.id")),
    _required("step"),
    _required("name"),
    _required("digest"),
    _required("state"),
    _required("attempt", Integer),
    _optional("amount_micros", BigInteger),
    _optional("currency"),
    _optional("hold_until", Moment),
    _optional("intended_at", Moment),
    _optional("finished_at", Moment),
    _required("body", JSON),
    _one_of("state", ActionState),
)
Index("ix_action_case", action.c.case_id, action.c.id)  # what a case did
Index("ix_action_state", action.c.state, action.c.id)  # which ones are unknown, everywhere

review_task = Table(
    "review_task",
    metadata,
    _required("id", primary_key=True),  # derived, so the same question is never asked twice
    _required("case_id", Word, ForeignKey("case_file.id")),
    _required("workflow"),
    _required("tenant"),
    _required("kind"),
    _required("queue"),
    _required("severity"),
    _required("state"),
    _optional("exception_type"),
    _optional("held_by"),
    _required("opened_at", Moment),
    _required("due_at", Moment),
    _required("at_risk_at", Moment),
    _optional("clock_stopped_at", Moment),
    _optional("attend_at", Moment),  # when a sweep must look: breach, lease or expiry, the earliest
    _required("version", Integer),
    _required("body", JSON),
    _one_of("kind", ReviewKind),
    _one_of("severity", Severity),
    _one_of("state", ReviewState),
    CheckConstraint("version >= 1", name="version_counts"),
    CheckConstraint("state <> 'claimed' OR held_by IS NOT NULL", name="claimed_is_held"),
    CheckConstraint(
        "attend_at IS NULL OR state IN ('open', 'claimed')", name="only_live_is_attended"
    ),
)
# A queue shows its most urgent live tasks; decided ones never weigh on it.
Index(
    "ix_review_task_queue",
    review_task.c.queue,
    review_task.c.due_at,
    review_task.c.id,
    postgresql_where=text("state IN ('open', 'claimed')"),
    sqlite_where=text("state IN ('open', 'claimed')"),
)
# The sweep asks which deadlines, leases and expiries have come.
Index(
    "ix_review_task_attend",
    review_task.c.attend_at,
    review_task.c.id,
    postgresql_where=text("attend_at IS NOT NULL"),
    sqlite_where=text("attend_at IS NOT NULL"),
)
Index("ix_review_task_case", review_task.c.case_id, review_task.c.id)  # what a case asked

evidence_package = Table(
    "evidence_package",
    metadata,
    _required("task_id", Word, ForeignKey("review_task.id"), primary_key=True),
    _required("case_id"),
    _required("digest"),
    _required("made_at", Moment),
    _required("body", JSON),
)

decision = Table(
    "decision",
    metadata,
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    _required("task_id", Word, ForeignKey("review_task.id")),
    _required("case_id"),
    _required("verb"),
    _required("decided_by"),
    _required("decided_at", Moment),
    _required("body", JSON),
    _one_of("verb", Verb),
)
# One question has one answer; asking back and passing on are not answers.
Index(
    "uq_decision_task",
    decision.c.task_id,
    unique=True,
    postgresql_where=text("verb IN ('approve', 'edit', 'reject')"),
    sqlite_where=text("verb IN ('approve', 'edit', 'reject')"),
)
Index("ix_decision_case", decision.c.case_id, decision.c.id)  # who decided what about a case

budget_use = Table(
    "budget_use",
    metadata,
    _required("workflow", primary_key=True),
    _required("budget", primary_key=True),
    _required("time_window", primary_key=True),  # WINDOW is a word of SQL itself
    _required("used", BigInteger),
    CheckConstraint("used >= 0", name="used_counts"),
)

worker = Table(
    "worker",
    metadata,
    _required("id", primary_key=True),
    _required("version", Text),
    _required("started_at", Moment),
    _required("beat_at", Moment),  # by the database's own clock, so no two clocks are compared
)

sweep_lock = Table(
    "sweep_lock",
    metadata,
    _required("name", primary_key=True),
    _required("held_by"),
    _required("held_until", Moment),  # by the database's own clock
)
