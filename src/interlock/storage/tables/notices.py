"""The tables of notices: what people and other systems are told."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from interlock.domain.notice import Channel, NoticeKind, NoticeState
from interlock.storage.tables.columns import (
    Moment,
    RowNumber,
    metadata,
    one_of,
    optional,
    required,
)

# The outbox: written once for each thing, kind and recipient, then sent until somebody has it.
notice = Table(
    "notice",
    metadata,
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    required("subject"),  # what it is about: a fact, a task, an entry of the house log, a day
    required("kind"),
    required("recipient"),
    required("channel"),
    required("state"),
    required("tries", Integer),
    required("next_at", Moment),
    required("made_at", Moment),
    optional("sent_at", Moment),
    required("error", Text),
    required("body", JSON),
    UniqueConstraint("subject", "kind", "recipient"),
    one_of("kind", NoticeKind),
    one_of("channel", Channel),
    one_of("state", NoticeState),
    CheckConstraint("tries >= 0", name="tries_count"),
)
# What is due to be sent; what is sent never weighs on it.
Index(
    "ix_notice_due",
    notice.c.next_at,
    notice.c.id,
    postgresql_where=text("state = 'waiting'"),
    sqlite_where=text("state = 'waiting'"),
)

# How far each source of notices has been read.
notice_place = Table(
    "notice_place",
    metadata,
    required("name", primary_key=True),
    required("place", Text),
)
