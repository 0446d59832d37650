"""Watching: what each window of time showed."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0013"
down_revision: Final = "0012"
phase: Final = "pre"

WORD: Final = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")
MOMENT: Final = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
ROW_NUMBER: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MEASURES: Final = "'action_rate', 'amount', 'mix', 'refusals', 'confidence', 'latency'"
STATES: Final = "'usual', 'too_few', 'learning', 'breach'"


def upgrade() -> None:
    """Makes the table of readings."""
    op.create_table(
        "watch_reading",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("workflow", WORD, nullable=False),
        sa.Column("measure", WORD, nullable=False),
        sa.Column("step", WORD, nullable=False),
        sa.Column("begins_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("low", sa.Float(), nullable=True),
        sa.Column("high", sa.Float(), nullable=True),
        sa.Column("state", WORD, nullable=False),
        sa.CheckConstraint(f"measure IN ({MEASURES})", name=op.f("ck_watch_reading_measure")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_watch_reading_state")),
        sa.CheckConstraint("events >= 0", name=op.f("ck_watch_reading_events_count")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_reading")),
        sa.UniqueConstraint(
            "workflow",
            "measure",
            "step",
            "begins_at",
            "ends_at",
            name=op.f("uq_watch_reading_workflow_measure_step_begins_at_ends_at"),
        ),
    )
    op.create_index("ix_watch_reading_newest", "watch_reading", ["workflow", "id"])
