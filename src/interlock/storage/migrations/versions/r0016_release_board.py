"""What the release board keeps: deltas as they are signed, looks ahead, budgets that burn."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0016"
down_revision: Final = "0015"
phase: Final = "pre"

WORD: Final = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")
MOMENT: Final = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
ROW_NUMBER: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Makes the tables."""
    _release_delta()
    _look_ahead()
    _burn_alert()


def _release_delta() -> None:
    op.create_table(
        "release_delta",
        sa.Column("release", WORD, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release"], ["release_file.id"], name=op.f("fk_release_delta_release")
        ),
        sa.PrimaryKeyConstraint("release", name=op.f("pk_release_delta")),
    )


def _look_ahead() -> None:
    op.create_table(
        "look_ahead",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("workflow", WORD, nullable=False),
        sa.Column("fingerprint", WORD, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_whom", sa.Text(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.CheckConstraint("kind IN ('backtest', 'simulate')", name=op.f("ck_look_ahead_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look_ahead")),
    )
    op.create_index("ix_look_ahead_latest", "look_ahead", ["fingerprint", "kind", "id"])


def _burn_alert() -> None:
    op.create_table(
        "burn_alert",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("release", WORD, nullable=False),
        sa.Column("era", WORD, nullable=False),
        sa.Column("segment", WORD, nullable=False),
        sa.Column("pace", WORD, nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.CheckConstraint("pace IN ('fast', 'middle', 'slow')", name=op.f("ck_burn_alert_pace")),
        sa.ForeignKeyConstraint(
            ["release"], ["release_file.id"], name=op.f("fk_burn_alert_release")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_burn_alert")),
    )
    op.create_index(
        "uq_burn_alert_now",
        "burn_alert",
        ["era", "segment", "pace"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )
