"""What was decided, beside what it was decided about."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0006"
down_revision: Final = "0005"
phase: Final = "pre"

WORD: Final = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")
MOMENT: Final = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
KINDS: Final = ("proposal", "approval", "exception", "human_step", "quality_sample", "probe")
VERBS: Final = ("approve", "edit", "reject", "escalate", "ask")


def upgrade() -> None:
    """Makes the table of past decisions and the ways it is read."""
    op.create_table(
        "past_decision",
        sa.Column("task_id", WORD, nullable=False),
        sa.Column("case_id", WORD, nullable=False),
        sa.Column("workflow", WORD, nullable=False),
        sa.Column("tenant", WORD, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("queue", WORD, nullable=False),
        sa.Column("step", WORD, nullable=False),
        sa.Column("exception_type", WORD, nullable=False),
        sa.Column("segment", WORD, nullable=False),
        sa.Column("amount_micros", sa.BigInteger(), nullable=True),
        sa.Column("currency", WORD, nullable=True),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("verb", WORD, nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("decided_by", WORD, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("thinking_seconds", sa.Double(), nullable=True),
        sa.Column("too_quick", sa.Boolean(), nullable=False),
        sa.CheckConstraint(_one_of("kind", KINDS), name=op.f("ck_past_decision_kind")),
        sa.CheckConstraint(_one_of("verb", VERBS), name=op.f("ck_past_decision_verb")),
        sa.ForeignKeyConstraint(
            ["task_id"], ["review_task.id"], name=op.f("fk_past_decision_task_id")
        ),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_past_decision")),
    )
    like = ["workflow", "tenant", "step", "exception_type", "segment", "decided_at"]
    op.create_index("ix_past_decision_like", "past_decision", like)
    op.create_index("ix_past_decision_window", "past_decision", ["workflow", "decided_at"])


def _one_of(column: str, members: tuple[str, ...]) -> str:
    names = ", ".join(f"'{member}'" for member in members)
    return f"{column} IN ({names})"
