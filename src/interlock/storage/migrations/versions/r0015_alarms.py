"""Alarm reviews: what people are asked about a number that left its band, and who is told."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0015"
down_revision: Final = "0014"
phase: Final = "pre"

WORD: Final = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")
MOMENT: Final = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
ROW_NUMBER: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MEASURES: Final = "'action_rate', 'amount', 'mix', 'refusals', 'confidence', 'latency'"
DECIDED: Final = (
    "(state = 'decided') = (decided_by IS NOT NULL) AND (state = 'decided') = "
    "(decided_at IS NOT NULL) AND (state = 'decided') = (decision IS NOT NULL) AND "
    "(state = 'decided') = (reason IS NOT NULL AND reason <> '')"
)
# An alarm counts the cases of every tenant, so whoever sees some tenants only sees no alarm.
EVERY_TENANT: Final = "(SELECT coalesce(current_setting('interlock.tenants', true), '') = '')"
KINDS: Final = (
    "'at_risk', 'breached', 'escalated', 'assigned', 'question', 'digest', 'release_waits', "
    "'release_taken_back', 'release_burning', 'case_closed', 'review_opened', 'review_decided', "
    "'review_breached', 'question_asked', 'pause_set', 'pause_lifted', 'alarm_raised', "
    "'alarm_late', 'alarm_decided'"
)
FILL: Final = """INSERT INTO notice (
    id, subject, kind, recipient, channel, state, tries, next_at, made_at, sent_at, error, body
)
SELECT id, subject, kind, recipient, channel, state, tries, next_at, made_at, sent_at, error, body
FROM notice_before"""


def upgrade() -> None:
    """Makes the two tables, and lets notices be about alarms and, soon, releases."""
    _alarm_review()
    _alarm_pause()
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE alarm_review ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE alarm_review FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenants ON alarm_review USING ({EVERY_TENANT})")
        op.drop_constraint(op.f("ck_notice_kind"), "notice")
        op.create_check_constraint(op.f("ck_notice_kind"), "notice", f"kind IN ({KINDS})")
    else:
        _notice_of_sqlite()


def _alarm_review() -> None:
    op.create_table(
        "alarm_review",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("workflow", WORD, nullable=False),
        sa.Column("measure", WORD, nullable=False),
        sa.Column("step", WORD, nullable=False),
        sa.Column("begins_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("low", sa.Float(), nullable=True),
        sa.Column("high", sa.Float(), nullable=True),
        sa.Column("windows", sa.Integer(), nullable=False),
        sa.Column("queue", WORD, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("held_by", WORD, nullable=True),
        sa.Column("decided_by", WORD, nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decision", WORD, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(f"measure IN ({MEASURES})", name=op.f("ck_alarm_review_measure")),
        sa.CheckConstraint("state IN ('open', 'decided')", name=op.f("ck_alarm_review_state")),
        sa.CheckConstraint(
            "decision IN ('go_on', 'stay_off')", name=op.f("ck_alarm_review_decision")
        ),
        sa.CheckConstraint("windows >= 1 AND version >= 1", name=op.f("ck_alarm_review_counts")),
        sa.CheckConstraint(DECIDED, name=op.f("ck_alarm_review_is_decided_by_somebody")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_review")),
    )
    op.create_index(
        "uq_alarm_review_open",
        "alarm_review",
        ["workflow", "measure", "step"],
        unique=True,
        **_only("state = 'open'"),
    )
    op.create_index("ix_alarm_review_newest", "alarm_review", ["workflow", "id"])


def _alarm_pause() -> None:
    op.create_table(
        "alarm_pause",
        sa.Column("alarm", ROW_NUMBER, nullable=False),
        sa.Column("pause", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["alarm"], ["alarm_review.id"], name=op.f("fk_alarm_pause_alarm")),
        sa.ForeignKeyConstraint(["pause"], ["pause.id"], name=op.f("fk_alarm_pause_pause")),
        sa.PrimaryKeyConstraint("alarm", "pause", name=op.f("pk_alarm_pause")),
    )
    op.create_index("ix_alarm_pause_pause", "alarm_pause", ["pause"])


def _notice_of_sqlite() -> None:
    """SQLite changes no rule of a table; so the table is made anew and filled from the old one."""
    op.drop_index("ix_notice_due", "notice")
    op.rename_table("notice", "notice_before")
    op.create_table(
        "notice",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
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
    op.execute(FILL)
    op.drop_table("notice_before")
    op.create_index("ix_notice_due", "notice", ["next_at", "id"], **_only("state = 'waiting'"))


def _only(condition: str) -> dict[str, Any]:
    """An index over the rows that meet a condition, on both databases."""
    return {"postgresql_where": sa.text(condition), "sqlite_where": sa.text(condition)}
