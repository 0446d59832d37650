"""Indexes that serve the counts of the overview."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0009"
down_revision: Final = "0008"
phase: Final = "pre"


def upgrade() -> None:
    """Makes the indexes."""
    op.create_index(
        "ix_review_task_load",
        "review_task",
        [
            "workflow",
            "queue",
            "tenant",
            "opened_at",
            "due_at",
            "at_risk_at",
            "clock_stopped_at",
        ],
        **_only("state IN ('open', 'claimed')"),
    )
    op.create_index(
        "ix_case_file_step",
        "case_file",
        ["workflow", "step", "waits_for", "tenant", "arm"],
        **_only("state = 'waiting'"),
    )
    op.create_index(
        "ix_case_file_closed",
        "case_file",
        ["closed_at", "workflow", "handling", "outcome", "tenant", "arm"],
        **_only("state = 'closed'"),
    )
    op.create_index(
        "ix_fact_counted",
        "fact",
        ["kind", "at", "workflow", "name", "detail", "tenant", "arm"],
        **_only("kind IN ('case_opened', 'exception_routed', 'review_breached')"),
    )
    op.create_index("ix_decision_at", "decision", ["decided_at", "task_id"])
    op.create_index("ix_audit_entry_at", "audit_entry", ["at", "case_id", "seq"])


def _only(condition: str) -> dict[str, Any]:
    """An index over the rows that meet a condition, on both databases."""
    return {"postgresql_where": sa.text(condition), "sqlite_where": sa.text(condition)}
