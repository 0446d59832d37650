"""What the desk keeps: absences, training, drafts, answer links; and how tasks are found."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0003"
down_revision: Final = "0002"
phase: Final = "pre"

WORD: Final = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")
MOMENT: Final = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
ROW_NUMBER: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LIVE: Final = "state IN ('open', 'claimed')"


def upgrade() -> None:
    """Makes the tables of the desk, and the columns and indexes by which tasks are found."""
    _absence()
    _training()
    _review_draft()
    _answer_link()
    _review_task()


def _absence() -> None:
    op.create_table(
        "absence",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("person", WORD, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("deputy", WORD, nullable=True),
        sa.Column("set_by", WORD, nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("since < until", name=op.f("ck_absence_lasts")),
        sa.CheckConstraint(
            "deputy IS NULL OR deputy <> person", name=op.f("ck_absence_deputy_is_another")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index(
        "ix_absence_person", "absence", ["person", "until"], **_only("ended_at IS NULL")
    )
    op.create_index(
        "ix_absence_deputy",
        "absence",
        ["deputy", "until"],
        **_only("ended_at IS NULL AND deputy IS NOT NULL"),
    )


def _training() -> None:
    op.create_table(
        "training_run",
        sa.Column("id", WORD, nullable=False),
        sa.Column("person", WORD, nullable=False),
        sa.Column("workflow", WORD, nullable=False),
        sa.Column("queue", WORD, nullable=False),
        sa.Column("digest", WORD, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("valid_until", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_run")),
    )
    op.create_index("ix_training_run_person", "training_run", ["person", "digest"])
    op.create_table(
        "training_answer",
        sa.Column("run_id", WORD, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("verb", WORD, nullable=False),
        sa.Column("reason_code", WORD, nullable=False),
        sa.Column("correct", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["training_run.id"], name=op.f("fk_training_answer_run_id")
        ),
        sa.PrimaryKeyConstraint("run_id", "place", name=op.f("pk_training_answer")),
    )


def _review_draft() -> None:
    op.create_table(
        "review_draft",
        sa.Column("task_id", WORD, nullable=False),
        sa.Column("saved_by", WORD, nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["review_task.id"], name=op.f("fk_review_draft_task_id")
        ),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_review_draft")),
    )


def _answer_link() -> None:
    op.create_table(
        "answer_link",
        sa.Column("digest", WORD, nullable=False),
        sa.Column("task_id", WORD, nullable=False),
        sa.Column("question", sa.Integer(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["task_id"], ["review_task.id"], name=op.f("fk_answer_link_task_id")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_answer_link")),
    )
    op.create_index("ix_answer_link_task", "answer_link", ["task_id"])


def _review_task() -> None:
    op.add_column(
        "review_task", sa.Column("urgency", sa.Integer(), nullable=False, server_default="2")
    )
    op.add_column("review_task", sa.Column("assigned_to", WORD, nullable=True))
    op.execute(
        "UPDATE review_task SET urgency = CASE severity"
        " WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END"
    )
    op.drop_index("ix_review_task_queue", "review_task")
    place = ["due_at", "urgency", "id"]
    op.create_index("ix_review_task_queue", "review_task", ["queue", *place], **_only(LIVE))
    op.create_index("ix_review_task_due", "review_task", place, **_only(LIVE))
    op.create_index(
        "ix_review_task_held", "review_task", ["held_by", "due_at"], **_only("state = 'claimed'")
    )
    op.create_index(
        "ix_review_task_assigned",
        "review_task",
        ["assigned_to", "due_at"],
        **_only("state = 'open' AND assigned_to IS NOT NULL"),
    )


def _only(condition: str) -> dict[str, Any]:
    """An index over the rows that meet a condition, on both databases."""
    return {"postgresql_where": sa.text(condition), "sqlite_where": sa.text(condition)}
