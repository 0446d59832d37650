"""The tables of releases: where each stands, what happened to it, and what its gate said."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from interlock.domain.ahead import AheadKind
from interlock.domain.gate import GateDecision
from interlock.domain.release import ReleaseMove, ReleaseState
from interlock.domain.rules.error_budget import Pace
from interlock.storage.tables.columns import (
    Moment,
    RowNumber,
    Word,
    metadata,
    one_of,
    optional,
    required,
)

# Called release_file because RELEASE is a word of SQL itself.
release_file = Table(
    "release_file",
    metadata,
    required("id", primary_key=True),
    required("workflow"),
    required("fingerprint"),
    required("state"),
    required("proposed_at", Moment),
    required("version", Integer),
    required("body", JSON),
    one_of("state", ReleaseState),
    CheckConstraint("version >= 1", name="version_counts"),
)
# New cases of a workflow join one release.
Index(
    "uq_release_file_running",
    release_file.c.workflow,
    unique=True,
    postgresql_where=text("state = 'running'"),
    sqlite_where=text("state = 'running'"),
)
Index("ix_release_file_workflow", release_file.c.workflow, release_file.c.proposed_at)

gate_verdict = Table(
    "gate_verdict",
    metadata,
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    required("release", Word, ForeignKey("release_file.id")),
    required("era"),
    required("segment"),
    required("look", Integer),  # which look at this era it was, from 1: made exactly once
    required("decision"),
    required("at", Moment),
    required("evidence_digest"),
    required("body", JSON),
    one_of("decision", GateDecision),
    CheckConstraint("look >= 1", name="look_counts"),
    UniqueConstraint("era", "segment", "look"),
)
Index("ix_gate_verdict_release", gate_verdict.c.release, gate_verdict.c.id)

release_event = Table(
    "release_event",
    metadata,
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    required("release", Word, ForeignKey("release_file.id")),
    required("move"),
    required("at", Moment),
    required("by_whom", Text),
    Column("verdict", RowNumber, ForeignKey("gate_verdict.id"), nullable=True),
    required("body", JSON),
    one_of("move", ReleaseMove),
)
Index("ix_release_event_release", release_event.c.release, release_event.c.id)

# What a release moves from people to the machine, as it was counted when it was proposed: what its
# governance owner signs, and never written again.
release_delta = Table(
    "release_delta",
    metadata,
    Column("release", Word, ForeignKey("release_file.id"), primary_key=True),
    required("body", JSON),
)

# What backtests and simulations of a version found; never written again.
look_ahead = Table(
    "look_ahead",
    metadata,
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    required("workflow"),
    required("fingerprint"),
    required("kind"),
    required("at", Moment),
    required("by_whom", Text),
    required("body", JSON),
    one_of("kind", AheadKind),
)
Index("ix_look_ahead_latest", look_ahead.c.fingerprint, look_ahead.c.kind, look_ahead.c.id)

# When an error budget began to burn too fast, and when that ended.
burn_alert = Table(
    "burn_alert",
    metadata,
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    required("release", Word, ForeignKey("release_file.id")),
    required("era"),
    required("segment"),
    required("pace"),
    required("began_at", Moment),
    optional("ended_at", Moment),
    required("body", JSON),
    one_of("pace", Pace),
)
# It burns once at a pace, however many workers look.
Index(
    "uq_burn_alert_now",
    burn_alert.c.era,
    burn_alert.c.segment,
    burn_alert.c.pace,
    unique=True,
    postgresql_where=text("ended_at IS NULL"),
    sqlite_where=text("ended_at IS NULL"),
)
