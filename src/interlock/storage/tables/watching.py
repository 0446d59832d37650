"""The table of readings: what each window of time showed, read exactly once."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Float, Index, Integer, Table, UniqueConstraint

from interlock.domain.watching import Measure, ReadingState
from interlock.storage.tables.columns import Moment, RowNumber, metadata, one_of, optional, required

watch_reading = Table(
    "watch_reading",
    metadata,
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    required("workflow"),
    required("measure"),
    required("step"),  # empty for a measure of the whole workflow
    required("begins_at", Moment),
    required("ends_at", Moment),
    required("events", Integer),
    optional("value", Float),
    optional("low", Float),
    optional("high", Float),
    required("state"),
    one_of("measure", Measure),
    one_of("state", ReadingState),
    CheckConstraint("events >= 0", name="events_count"),
    # Each window is read by one worker, whatever their number.
    UniqueConstraint("workflow", "measure", "step", "begins_at", "ends_at"),
)
Index("ix_watch_reading_newest", watch_reading.c.workflow, watch_reading.c.id)
