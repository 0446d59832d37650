"""The first tables."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0001"
down_revision: Final = None
phase: Final = "pre"

WORD: Final = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")
MOMENT: Final = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
ROW_NUMBER: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PHASES: Final = [
    "intake",
    "step",
    "shadow",
    "fallback",
    "remedy",
    "actions",
    "person",
    "undo",
    "done",
]
FACTS: Final = [
    "case_opened",
    "step_finished",
    "proposal_made",
    "exception_routed",
    "incident",
    "fallback_used",
    "review_opened",
    "review_decided",
    "review_breached",
    "action_finished",
    "case_closed",
    "review_claimed",
    "review_released",
    "question_asked",
    "question_answered",
    "case_commented",
    "case_reopened",
    "case_paused",
    "sample_checked",
    "probe_answered",
    "shadow_compared",
    "stood_down",
    "second_look",
]


def upgrade() -> None:
    """Makes every table; those that others point to come first."""
    _audit_entry()
    _budget_use()
    _case_file()
    _case_file_indexes()
    _contract()
    _document()
    _fact()
    _sweep_lock()
    _worker()
    _action()
    _review_task()
    _review_task_indexes()
    _decision()
    _evidence_package()


def _audit_entry() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("case_id", WORD, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("commitment", WORD, nullable=False),
        sa.Column("previous", WORD, nullable=False),
        sa.Column("hash", WORD, nullable=False),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("salt", WORD, nullable=True),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_audit_entry_seq_counts")),
        sa.PrimaryKeyConstraint("case_id", "seq", name=op.f("pk_audit_entry")),
    )


def _budget_use() -> None:
    op.create_table(
        "budget_use",
        sa.Column("workflow", WORD, nullable=False),
        sa.Column("budget", WORD, nullable=False),
        sa.Column("time_window", WORD, nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("used >= 0", name=op.f("ck_budget_use_used_counts")),
        sa.PrimaryKeyConstraint("workflow", "budget", "time_window", name=op.f("pk_budget_use")),
    )


def _case_file() -> None:
    op.create_table(
        "case_file",
        sa.Column("id", WORD, nullable=False),
        sa.Column("workflow", WORD, nullable=False),
        sa.Column("fingerprint", WORD, nullable=False),
        sa.Column("key", WORD, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("tenant", WORD, nullable=False),
        sa.Column("segment", WORD, nullable=False),
        sa.Column("arm", WORD, nullable=False),
        sa.Column("stage", WORD, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("waits_for", WORD, nullable=True),
        sa.Column("wake_at", MOMENT, nullable=True),
        sa.Column("phase", WORD, nullable=False),
        sa.Column("step", WORD, nullable=True),
        sa.Column("exception_type", WORD, nullable=True),
        sa.Column("amount_micros", sa.BigInteger(), nullable=True),
        sa.Column("currency", WORD, nullable=True),
        sa.Column("outcome", WORD, nullable=True),
        sa.Column("handling", WORD, nullable=True),
        sa.Column("document", WORD, nullable=True),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("head", WORD, nullable=False),
        sa.Column("claimed_by", WORD, nullable=True),
        sa.Column("body", sa.JSON(), nullable=False),
        _one_of("case_file", "arm", "release", "canary", "holdback", "probe"),
        sa.CheckConstraint(
            "claimed_by IS NULL OR state = 'ready'", name=op.f("ck_case_file_only_ready_is_claimed")
        ),
        _one_of("case_file", "handling", "autonomous", "assisted", "human", "fallback"),
        _one_of("case_file", "outcome", "completed", "rejected", "cancelled", "compensated"),
        _one_of("case_file", "phase", *PHASES),
        _one_of("case_file", "stage", "shadow", "assisted", "canary", "autonomous"),
        _one_of("case_file", "state", "ready", "waiting", "closed"),
        _one_of("case_file", "waits_for", "review", "answer", "retry", "hold", "budget", "pause"),
        sa.CheckConstraint("entries >= 1", name=op.f("ck_case_file_has_entries")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_case_file_version_counts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
        sa.UniqueConstraint(
            "key", "workflow", "tenant", name=op.f("uq_case_file_key_workflow_tenant")
        ),
        postgresql_with={"fillfactor": 60},
    )


def _case_file_indexes() -> None:
    op.create_index(
        "ix_case_file_claimed", "case_file", ["claimed_by"], **_only("claimed_by IS NOT NULL")
    )
    op.create_index("ix_case_file_opened", "case_file", ["opened_at", "id"])
    op.create_index(
        "ix_case_file_ready", "case_file", ["opened_at", "id"], **_only("state = 'ready'")
    )
    op.create_index(
        "ix_case_file_waiting",
        "case_file",
        ["workflow", "waits_for", "exception_type"],
        **_only("state = 'waiting'"),
    )
    op.create_index(
        "ix_case_file_wake",
        "case_file",
        ["wake_at", "id"],
        **_only("state = 'waiting' AND wake_at IS NOT NULL"),
    )


def _contract() -> None:
    op.create_table(
        "contract",
        sa.Column("workflow", WORD, nullable=False),
        sa.Column("fingerprint", WORD, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source_path", sa.Text(), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("workflow", "fingerprint", name=op.f("pk_contract")),
    )


def _document() -> None:
    op.create_table(
        "document",
        sa.Column("digest", WORD, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_document")),
    )


def _fact() -> None:
    op.create_table(
        "fact",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("case_id", WORD, nullable=False),
        sa.Column("workflow", WORD, nullable=False),
        sa.Column("fingerprint", WORD, nullable=False),
        sa.Column("tenant", WORD, nullable=False),
        sa.Column("segment", WORD, nullable=False),
        sa.Column("arm", WORD, nullable=False),
        sa.Column("stage", WORD, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("amount_micros", sa.BigInteger(), nullable=True),
        sa.Column("currency", WORD, nullable=True),
        _one_of("fact", "kind", *FACTS),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
    )
    op.create_index("ix_fact_window", "fact", ["workflow", "at", "id"])


def _sweep_lock() -> None:
    op.create_table(
        "sweep_lock",
        sa.Column("name", WORD, nullable=False),
        sa.Column("held_by", WORD, nullable=False),
        sa.Column("held_until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sweep_lock")),
    )


def _worker() -> None:
    op.create_table(
        "worker",
        sa.Column("id", WORD, nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("beat_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker")),
    )


def _action() -> None:
    op.create_table(
        "action",
        sa.Column("id", WORD, nullable=False),
        sa.Column("case_id", WORD, nullable=False),
        sa.Column("step", WORD, nullable=False),
        sa.Column("name", WORD, nullable=False),
        sa.Column("digest", WORD, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("amount_micros", sa.BigInteger(), nullable=True),
        sa.Column("currency", WORD, nullable=True),
        sa.Column("hold_until", MOMENT, nullable=True),
        sa.Column("intended_at", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("body", sa.JSON(), nullable=False),
        _one_of(
            "action",
            "state",
            "planned",
            "intended",
            "succeeded",
            "failed",
            "unknown",
            "verified",
            "compensated",
            "withdrawn",
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_action_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action")),
    )
    op.create_index("ix_action_case", "action", ["case_id", "id"])
    op.create_index("ix_action_state", "action", ["state", "id"])


def _review_task() -> None:
    op.create_table(
        "review_task",
        sa.Column("id", WORD, nullable=False),
        sa.Column("case_id", WORD, nullable=False),
        sa.Column("workflow", WORD, nullable=False),
        sa.Column("tenant", WORD, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("queue", WORD, nullable=False),
        sa.Column("severity", WORD, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("exception_type", WORD, nullable=True),
        sa.Column("held_by", WORD, nullable=True),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("at_risk_at", MOMENT, nullable=False),
        sa.Column("clock_stopped_at", MOMENT, nullable=True),
        sa.Column("attend_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "attend_at IS NULL OR state IN ('open', 'claimed')",
            name=op.f("ck_review_task_only_live_is_attended"),
        ),
        _one_of(
            "review_task",
            "kind",
            "proposal",
            "approval",
            "exception",
            "human_step",
            "quality_sample",
            "probe",
        ),
        _one_of("review_task", "severity", "low", "medium", "high", "critical"),
        sa.CheckConstraint(
            "state <> 'claimed' OR held_by IS NOT NULL", name=op.f("ck_review_task_claimed_is_held")
        ),
        _one_of(
            "review_task",
            "state",
            "open",
            "claimed",
            "decided",
            "escalated",
            "expired",
            "withdrawn",
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_review_task_version_counts")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_review_task_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_task")),
    )


def _review_task_indexes() -> None:
    op.create_index(
        "ix_review_task_attend",
        "review_task",
        ["attend_at", "id"],
        **_only("attend_at IS NOT NULL"),
    )
    op.create_index("ix_review_task_case", "review_task", ["case_id", "id"])
    op.create_index(
        "ix_review_task_queue",
        "review_task",
        ["queue", "due_at", "id"],
        **_only("state IN ('open', 'claimed')"),
    )


def _decision() -> None:
    op.create_table(
        "decision",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("task_id", WORD, nullable=False),
        sa.Column("case_id", WORD, nullable=False),
        sa.Column("verb", WORD, nullable=False),
        sa.Column("decided_by", WORD, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        _one_of("decision", "verb", "approve", "edit", "reject", "escalate", "ask"),
        sa.ForeignKeyConstraint(["task_id"], ["review_task.id"], name=op.f("fk_decision_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index("ix_decision_case", "decision", ["case_id", "id"])
    op.create_index(
        "uq_decision_task",
        "decision",
        ["task_id"],
        unique=True,
        **_only("verb IN ('approve', 'edit', 'reject')"),
    )


def _evidence_package() -> None:
    op.create_table(
        "evidence_package",
        sa.Column("task_id", WORD, nullable=False),
        sa.Column("case_id", WORD, nullable=False),
        sa.Column("digest", WORD, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["review_task.id"], name=op.f("fk_evidence_package_task_id")
        ),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_evidence_package")),
    )


def _one_of(table: str, column: str, *members: str) -> sa.CheckConstraint:
    """The rule that a column holds one of these words."""
    words = ", ".join(f"'{member}'" for member in members)
    return sa.CheckConstraint(f"{column} IN ({words})", name=op.f(f"ck_{table}_{column}"))


def _only(condition: str) -> dict[str, Any]:
    """An index over the rows that meet a condition, on both databases."""
    return {"postgresql_where": sa.text(condition), "sqlite_where": sa.text(condition)}
