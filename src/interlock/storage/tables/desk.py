"""The tables of the desk: absences, training, drafts and answer links."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
)
from sqlalchemy import text as sql

from interlock.storage.tables.columns import (
    Moment,
    RowNumber,
    Word,
    metadata,
    optional,
    required,
)

absence = Table(
    "absence",
    metadata,
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    required("person"),
    required("since", Moment),
    required("until", Moment),
    optional("deputy"),
    required("set_by"),
    required("set_at", Moment),
    optional("ended_at", Moment),
    CheckConstraint("since < until", name="lasts"),
    CheckConstraint("deputy IS NULL OR deputy <> person", name="deputy_is_another"),
)
# Everybody who acts is asked about: are they away, and for whom do they stand in?
Index(
    "ix_absence_person",
    absence.c.person,
    absence.c.until,
    postgresql_where=sql("ended_at IS NULL"),
    sqlite_where=sql("ended_at IS NULL"),
)
Index(
    "ix_absence_deputy",
    absence.c.deputy,
    absence.c.until,
    postgresql_where=sql("ended_at IS NULL AND deputy IS NOT NULL"),
    sqlite_where=sql("ended_at IS NULL AND deputy IS NOT NULL"),
)

training_run = Table(
    "training_run",
    metadata,
    required("id", primary_key=True),
    required("person"),
    required("workflow"),
    required("queue"),
    required("digest"),  # of the training: a changed one is passed anew
    required("started_at", Moment),
    optional("finished_at", Moment),
    optional("passed", Boolean),
    optional("valid_until", Moment),
)
Index("ix_training_run_person", training_run.c.person, training_run.c.digest)

training_answer = Table(
    "training_answer",
    metadata,
    required("run_id", Word, ForeignKey("training_run.id"), primary_key=True),
    required("place", Integer, primary_key=True, autoincrement=False),
    required("verb"),
    required("reason_code"),
    required("correct", Boolean),
    required("at", Moment),
)

# What a reviewer has begun to write; it stays with the task when the task changes hands.
review_draft = Table(
    "review_draft",
    metadata,
    required("task_id", Word, ForeignKey("review_task.id"), primary_key=True),
    required("saved_by"),
    required("saved_at", Moment),
    required("body", JSON),
)

# Only the digest of a link's token is kept, so nobody who reads the table can answer.
answer_link = Table(
    "answer_link",
    metadata,
    required("digest", primary_key=True),
    required("task_id", Word, ForeignKey("review_task.id")),
    required("question", Integer),  # its place among the task's questions
    required("party", Text),
    required("made_at", Moment),
    optional("used_at", Moment),
)
Index("ix_answer_link_task", answer_link.c.task_id)
