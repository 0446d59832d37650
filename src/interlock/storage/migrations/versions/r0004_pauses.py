"""Pauses."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0004"
down_revision: Final = "0003"
phase: Final = "pre"

WORD: Final = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")
MOMENT: Final = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
KINDS: Final = "'everything', 'workflow', 'step', 'action', 'agent', 'era'"


def upgrade() -> None:
    """Makes the pauses, the agents seen, and room in a case for the pause it waits on."""
    _pause()
    op.create_table(
        "agent_seen",
        sa.Column("workflow", WORD, nullable=False),
        sa.Column("fingerprint", WORD, nullable=False),
        sa.Column("step", WORD, nullable=False),
        sa.Column("agent", WORD, nullable=False),
        sa.PrimaryKeyConstraint(
            "workflow", "fingerprint", "step", "agent", name=op.f("pk_agent_seen")
        ),
    )
    op.add_column("case_file", sa.Column("paused_by", sa.Integer(), nullable=True))
    op.create_index(
        "ix_case_file_paused",
        "case_file",
        ["paused_by", "id"],
        postgresql_where=sa.text("paused_by IS NOT NULL"),
        sqlite_where=sa.text("paused_by IS NOT NULL"),
    )


def _pause() -> None:
    op.create_table(
        "pause",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("workflow", WORD, nullable=False),
        sa.Column("name", WORD, nullable=False),
        sa.Column("also_actions", sa.Boolean(), nullable=False),
        sa.Column("set_by", WORD, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("lifted_at", MOMENT, nullable=True),
        sa.Column("lifted_by", WORD, nullable=True),
        sa.Column("lifted_because", sa.Text(), nullable=True),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_pause_kind")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_pause_has_a_reason")),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by IS NULL) AND (lifted_at IS NULL) = "
            "(lifted_because IS NULL)",
            name=op.f("ck_pause_is_lifted_by_somebody"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pause")),
    )
    op.create_index(
        "uq_pause_in_force",
        "pause",
        ["kind", "workflow", "name"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
        sqlite_where=sa.text("lifted_at IS NULL"),
    )
