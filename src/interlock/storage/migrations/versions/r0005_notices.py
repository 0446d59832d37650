"""Notices and where they go."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0005"
down_revision: Final = "0004"
phase: Final = "pre"

WORD: Final = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")
MOMENT: Final = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
NUMBER: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS: Final = (
    "'at_risk', 'breached', 'escalated', 'assigned', 'question', 'digest', 'case_closed', "
    "'review_opened', 'review_decided', 'review_breached', 'question_asked', 'pause_set', "
    "'pause_lifted'"
)


def upgrade() -> None:
    """Makes the outbox, the places its sources are read to, and an index for tasks at risk."""
    op.create_table(
        "notice",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("subject", WORD, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("recipient", WORD, nullable=False),
        sa.Column("channel", WORD, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_notice_kind")),
        sa.CheckConstraint(
            "channel IN ('mail', 'service', 'webhook')", name=op.f("ck_notice_channel")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'sent', 'moot', 'dead')", name=op.f("ck_notice_state")
        ),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_notice_tries_count")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint(
            "subject", "kind", "recipient", name=op.f("uq_notice_subject_kind_recipient")
        ),
    )
    op.create_index(
        "ix_notice_due",
        "notice",
        ["next_at", "id"],
        postgresql_where=sa.text("state = 'waiting'"),
        sqlite_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "notice_place",
        sa.Column("name", WORD, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_notice_place")),
    )
    op.create_index(
        "ix_review_task_at_risk",
        "review_task",
        ["at_risk_at", "id"],
        postgresql_where=sa.text("state IN ('open', 'claimed')"),
        sqlite_where=sa.text("state IN ('open', 'claimed')"),
    )
