"""The tables of alarm reviews: what people are asked about a number that left its band."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Float, ForeignKey, Index, Integer, Table, Text, text

from interlock.domain.alarm import AlarmDecision, AlarmState
from interlock.domain.watching import Measure
from interlock.storage.tables.columns import Moment, RowNumber, metadata, one_of, optional, required

alarm_review = Table(
    "alarm_review",
    metadata,
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    required("workflow"),
    required("measure"),
    required("step"),  # empty for a measure of the whole workflow
    # The newest window that breached, as `watch_reading` has it.
    required("begins_at", Moment),
    required("ends_at", Moment),
    required("events", Integer),
    required("value", Float),
    optional("low", Float),
    optional("high", Float),
    required("windows", Integer),
    required("queue"),  # empty: the owner of operations is asked
    required("opened_at", Moment),
    required("due_at", Moment),
    required("state"),
    required("version", Integer),
    optional("held_by"),
    optional("decided_by"),
    optional("decided_at", Moment),
    optional("decision"),
    optional("reason", Text),
    one_of("measure", Measure),
    one_of("state", AlarmState),
    one_of("decision", AlarmDecision),
    CheckConstraint("windows >= 1 AND version >= 1", name="counts"),
    CheckConstraint(
        "(state = 'decided') = (decided_by IS NOT NULL) AND (state = 'decided') = "
        "(decided_at IS NOT NULL) AND (state = 'decided') = (decision IS NOT NULL) AND "
        "(state = 'decided') = (reason IS NOT NULL AND reason <> '')",
        name="is_decided_by_somebody",
    ),
)
# One open review of one number, whatever the number of workers; the few open ones are listed often.
Index(
    "uq_alarm_review_open",
    alarm_review.c.workflow,
    alarm_review.c.measure,
    alarm_review.c.step,
    unique=True,
    postgresql_where=text("state = 'open'"),
    sqlite_where=text("state = 'open'"),
)
Index("ix_alarm_review_newest", alarm_review.c.workflow, alarm_review.c.id)

# What was paused when it breached: the alarm's own pauses, and those that were there before it.
alarm_pause = Table(
    "alarm_pause",
    metadata,
    required("alarm", RowNumber, ForeignKey("alarm_review.id"), primary_key=True),
    required("pause", Integer, ForeignKey("pause.id"), primary_key=True),
)
Index("ix_alarm_pause_pause", alarm_pause.c.pause)
