"""The tables of the web: answers kept for repeated requests."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    Table,
)

from interlock.storage.tables.columns import Moment, metadata, one_of, optional, required


class KeptState(StrEnum):
    """Whether a request that came with a key is still being answered."""

    RUNNING = "running"
    ANSWERED = "answered"


# One row a visitor and idempotency key; the primary key is what lets only one request run.
kept_answer = Table(
    "kept_answer",
    metadata,
    required("visitor", primary_key=True),
    required("key", primary_key=True),
    required("request"),  # digest of what was asked, so that a key cannot be used for two things
    required("state"),
    required("begun_at", Moment),
    required("expires_at", Moment),
    optional("status", Integer),
    optional("headers", JSON),
    Column("body", LargeBinary, nullable=True),
    one_of("state", KeptState),
    CheckConstraint("state = 'running' OR status IS NOT NULL", name="answered_with_status"),
)
Index("ix_kept_answer_expires_at", kept_answer.c.expires_at)
