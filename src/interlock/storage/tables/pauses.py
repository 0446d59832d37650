"""The tables of pauses: what may not go on until a person lifts it."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, Index, Integer, Table, Text, text

from interlock.domain.pause import ScopeKind
from interlock.storage.tables.columns import Moment, metadata, one_of, optional, required

pause = Table(
    "pause",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    required("kind"),
    required("workflow"),  # empty where the scope is in no workflow
    required("name"),  # of the step, the action or the agent; else empty
    required("also_actions", Boolean),
    required("set_by"),
    required("reason", Text),
    required("set_at", Moment),
    optional("lifted_at", Moment),
    optional("lifted_by"),
    optional("lifted_because", Text),
    one_of("kind", ScopeKind),
    CheckConstraint("reason <> ''", name="has_a_reason"),
    CheckConstraint(
        "(lifted_at IS NULL) = (lifted_by IS NULL) AND (lifted_at IS NULL) = "
        "(lifted_because IS NULL)",
        name="is_lifted_by_somebody",
    ),
)
# One pause of one scope is in force at a time; the few in force are read at every start.
Index(
    "uq_pause_in_force",
    pause.c.kind,
    pause.c.workflow,
    pause.c.name,
    unique=True,
    postgresql_where=text("lifted_at IS NULL"),
    sqlite_where=text("lifted_at IS NULL"),
)

# Who was seen to do which AI step: what can be paused by name, and what that would stop.
agent_seen = Table(
    "agent_seen",
    metadata,
    required("workflow", primary_key=True),
    required("fingerprint", primary_key=True),
    required("step", primary_key=True),
    required("agent", primary_key=True),
)
