"""Starts: what must be known in the transaction that records one.

Its one rule: while a start is recorded no pause can come between; who does which AI step is
remembered with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from interlock.domain.ids import PersonId
from interlock.domain.pause import AgentSeen, Pause, PauseId, PauseScope, ScopeKind
from interlock.storage.database import Database, moment_of
from interlock.storage.rows import clean


def in_force(db: Database, conn: Connection) -> list[Pause]:
    """The pauses in force, as the caller's transaction sees them."""
    return [pause_from(row) for row in db.rows(conn, "pauses_in_force")]


def in_force_for_starts(db: Database, conn: Connection) -> list[Pause]:
    """The same, and no other can come until the caller's transaction has ended.

    Two statements: what the second one sees is decided when the first one has its lock.
    """
    db.run(conn, "keep_pauses_out")
    return in_force(db, conn)


def see_agents(db: Database, conn: Connection, seen: Iterable[AgentSeen]) -> None:
    """Remembers who did which step."""
    for each in sorted(seen, key=lambda one: (one.workflow, one.fingerprint, one.step, one.agent)):
        db.run(
            conn,
            "see_agent",
            workflow=each.workflow,
            fingerprint=each.fingerprint,
            step=each.step,
            agent=clean(each.agent),
        )


def pause_from(row: Any) -> Pause:
    """The pause a row stands for."""
    return Pause(
        id=PauseId(row.id),
        scope=PauseScope(
            kind=ScopeKind(row.kind),
            workflow=row.workflow,
            name=row.name,
            also_actions=bool(row.also_actions),
        ),
        by=PersonId(row.set_by),
        reason=row.reason,
        at=moment_of(row.set_at),
        lifted_at=moment_of(row.lifted_at) if row.lifted_at else None,
        lifted_by=PersonId(row.lifted_by) if row.lifted_by else None,
        lifted_because=row.lifted_because or "",
    )
