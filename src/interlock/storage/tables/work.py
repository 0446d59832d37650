"""The tables of the work itself: cases, tasks, actions, facts and the log of each case.

Migrations must make exactly these; a test holds the two equal.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
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
from interlock.storage.tables.columns import (
    Moment,
    RowNumber,
    Word,
    metadata,
    one_of,
    optional,
    required,
)

contract = Table(
    "contract",
    metadata,
    required("workflow", primary_key=True),
    required("fingerprint", primary_key=True),
    required("title", Text),
    required("text", Text),
    required("source_path", Text),
    required("saved_at", Moment),
)

document = Table(
    "document",
    metadata,
    required("digest", primary_key=True),
    required("name", Text),
    required("channel", Text),
    required("content", LargeBinary),
    required("kept_at", Moment),
)

# Called case_file because CASE is a word of SQL itself.
case_file = Table(
    "case_file",
    metadata,
    required("id", primary_key=True),
    required("workflow"),
    required("fingerprint"),
    required("key"),
    required("title", Text),
    required("tenant"),
    required("segment"),
    required("arm"),
    required("stage"),
    required("release", server_default=""),  # the era it was opened in; empty: none was running
    required("state"),
    optional("waits_for"),
    optional("wake_at", Moment),
    required("phase"),
    optional("step"),
    optional("exception_type"),
    optional("amount_micros", BigInteger),
    optional("currency"),
    optional("outcome"),
    optional("handling"),
    optional("document"),
    required("opened_at", Moment),
    required("updated_at", Moment),
    optional("closed_at", Moment),
    required("version", Integer),
    required("entries", Integer),  # how long its audit chain is
    required("head"),  # the hash of the last entry
    optional("paused_by", Integer),  # the pause it waits on
    optional("claimed_by"),  # no foreign key: a worker's row goes before its claims do
    required("body", JSON),
    one_of("arm", Arm),
    one_of("stage", Stage),
    one_of("state", CaseState),
    one_of("waits_for", WaitsFor),
    one_of("phase", Phase),
    one_of("outcome", ClosingOutcome),
    one_of("handling", Handling),
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
# The sweep asks whose pause was lifted.
Index(
    "ix_case_file_paused",
    case_file.c.paused_by,
    case_file.c.id,
    postgresql_where=text("paused_by IS NOT NULL"),
    sqlite_where=text("paused_by IS NOT NULL"),
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
    required("case_id", primary_key=True),
    required("seq", Integer, primary_key=True, autoincrement=False),
    required("at", Moment),
    required("actor", Text),
    required("kind"),
    required("body", JSON),
    required("commitment"),
    required("previous"),
    required("hash"),
    optional("payload", Text),  # the event's JSON text, byte for byte what the commitment covers
    optional("salt"),
    CheckConstraint("seq >= 1", name="seq_counts"),
)

# No foreign key here either: facts are written by the hundred, always beside their case.
fact = Table(
    "fact",
    metadata,
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    required("case_id"),
    required("workflow"),
    required("fingerprint"),
    required("tenant"),
    required("segment"),
    required("arm"),
    required("stage"),
    required("release", server_default=""),
    required("kind"),
    required("at", Moment),
    required("name", Text),
    required("detail", Text),
    optional("value", Double),
    optional("amount_micros", BigInteger),
    optional("currency"),
    one_of("kind", FactKind),
)
# Measuring reads one workflow over a window of time.
Index("ix_fact_window", fact.c.workflow, fact.c.at, fact.c.id)
# A gate looks at what happened in one era, and at the last days of it.
Index(
    "ix_fact_release",
    fact.c.release,
    fact.c.kind,
    fact.c.at,
    postgresql_where=text("release <> ''"),
    sqlite_where=text("release <> ''"),
)

action = Table(
    "action",
    metadata,
    required("id", primary_key=True),  # derived, so the same action can never be there twice
    required("case_id", Word, ForeignKey("case_file.id")),
    required("step"),
    required("name"),
    required("digest"),
    required("state"),
    required("attempt", Integer),
    optional("amount_micros", BigInteger),
    optional("currency"),
    optional("hold_until", Moment),
    optional("intended_at", Moment),
    optional("finished_at", Moment),
    required("body", JSON),
    one_of("state", ActionState),
)
Index("ix_action_case", action.c.case_id, action.c.id)  # what a case did
Index("ix_action_state", action.c.state, action.c.id)  # which ones are unknown, everywhere

review_task = Table(
    "review_task",
    metadata,
    required("id", primary_key=True),  # derived, so the same question is never asked twice
    required("case_id", Word, ForeignKey("case_file.id")),
    required("workflow"),
    required("tenant"),
    required("kind"),
    required("queue"),
    required("severity"),
    Column("urgency", Integer, nullable=False, server_default="2"),  # its severity, to sort by
    required("state"),
    optional("exception_type"),
    optional("held_by"),
    optional("assigned_to"),
    required("opened_at", Moment),
    required("due_at", Moment),
    required("at_risk_at", Moment),
    optional("clock_stopped_at", Moment),
    optional("attend_at", Moment),  # when a sweep must look: breach, lease or expiry, the earliest
    required("version", Integer),
    required("body", JSON),
    one_of("kind", ReviewKind),
    one_of("severity", Severity),
    one_of("state", ReviewState),
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
    review_task.c.urgency,
    review_task.c.id,
    postgresql_where=text("state IN ('open', 'claimed')"),
    sqlite_where=text("state IN ('open', 'claimed')"),
)
# All queues at once, for those who run the work.
Index(
    "ix_review_task_due",
    review_task.c.due_at,
    review_task.c.urgency,
    review_task.c.id,
    postgresql_where=text("state IN ('open', 'claimed')"),
    sqlite_where=text("state IN ('open', 'claimed')"),
)
# What one person has in hand, and what is kept for them.
Index(
    "ix_review_task_held",
    review_task.c.held_by,
    review_task.c.due_at,
    postgresql_where=text("state = 'claimed'"),
    sqlite_where=text("state = 'claimed'"),
)
Index(
    "ix_review_task_assigned",
    review_task.c.assigned_to,
    review_task.c.due_at,
    postgresql_where=text("state = 'open' AND assigned_to IS NOT NULL"),
    sqlite_where=text("state = 'open' AND assigned_to IS NOT NULL"),
)
# Whoever is to be told of tasks at risk looks at those that came to it since the last look.
Index(
    "ix_review_task_at_risk",
    review_task.c.at_risk_at,
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
# Every page of the desk shows whom people wait for; among 100,000 tasks these are a few.
Index(
    "ix_review_task_stopped",
    review_task.c.queue,
    review_task.c.clock_stopped_at,
    review_task.c.id,
    postgresql_where=text("clock_stopped_at IS NOT NULL AND state IN ('open', 'claimed')"),
    sqlite_where=text("clock_stopped_at IS NOT NULL AND state IN ('open', 'claimed')"),
)
Index("ix_review_task_case", review_task.c.case_id, review_task.c.id)  # what a case asked

evidence_package = Table(
    "evidence_package",
    metadata,
    required("task_id", Word, ForeignKey("review_task.id"), primary_key=True),
    required("case_id"),
    required("digest"),
    required("made_at", Moment),
    required("body", JSON),
)

decision = Table(
    "decision",
    metadata,
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    required("task_id", Word, ForeignKey("review_task.id")),
    required("case_id"),
    required("verb"),
    required("decided_by"),
    required("decided_at", Moment),
    required("body", JSON),
    one_of("verb", Verb),
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
    required("workflow", primary_key=True),
    required("budget", primary_key=True),
    required("time_window", primary_key=True),  # WINDOW is a word of SQL itself
    required("used", BigInteger),
    CheckConstraint("used >= 0", name="used_counts"),
)

worker = Table(
    "worker",
    metadata,
    required("id", primary_key=True),
    required("version", Text),
    required("started_at", Moment),
    required("beat_at", Moment),  # by the database's own clock, so no two clocks are compared
)

sweep_lock = Table(
    "sweep_lock",
    metadata,
    required("name", primary_key=True),
    required("held_by"),
    required("held_until", Moment),  # by the database's own clock
)
