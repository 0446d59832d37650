"""Pauses as they are stored: set, lifted, and kept apart from every start.

Its one rule: whoever records a start keeps pauses out until it is committed, and whoever records
a pause waits for those. So each start is before the pause, or sees it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from interlock.domain.ids import CaseId
from interlock.domain.pause import AgentSeen, Pause, PauseId, PauseScope
from interlock.storage.alarm_rows import decide_by_hand
from interlock.storage.database import Database
from interlock.storage.house_log import HouseNote, append_house
from interlock.storage.recording import repeated
from interlock.storage.rows import clean
from interlock.storage.starts import in_force, pause_from

PAUSE_SET: Final = "pause_set"
PAUSE_LIFTED: Final = "pause_lifted"


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineHands:
    """How many open cases stand at one place with no person asked, and what the machine decided
    in them: AI step → agent."""

    workflow: str
    fingerprint: str
    step: str
    phase: str
    decided_by_machine: Mapping[str, str]
    cases: int


class Pauses:
    """The part of the store that knows what is paused."""

    _db: Database

    def pauses_in_force(self) -> list[Pause]:
        """The pauses nobody has lifted, the oldest first."""
        with self._db.reading() as conn:
            return in_force(self._db, conn)

    def latest_pauses(self, limit: int = 50) -> list[Pause]:
        """The newest pauses, lifted ones too, the newest first."""
        with self._db.reading() as conn:
            return [pause_from(row) for row in self._db.rows(conn, "latest_pauses", limit=limit)]

    def set_pause(self, scope: PauseScope, by: str, reason: str, at: datetime) -> Pause:
        """The pause, in force from now on, with its entry in the house log.

        A pause of the same scope that is in force stays as it is, but for `also_actions`, which
        only widens; the entry says who asked for it again.
        """

        def transaction() -> Pause:
            with self._db.writing() as conn:
                self._db.run(conn, "keep_starts_out")
                [row] = self._db.rows(
                    conn,
                    "set_pause",
                    **scope_row(scope),
                    also_actions=scope.also_actions,
                    set_by=by,
                    reason=clean(reason),
                    set_at=self._db.moment(at),
                )
                pause = pause_from(row)
                append_house(self._db, conn, pause_note(PAUSE_SET, pause, by, reason, at))
                return pause

        return repeated(transaction)

    def lift_pause(self, scope: PauseScope, by: str, reason: str, at: datetime) -> Pause | None:
        """The pause of this scope, lifted, with its entry in the house log; None: there is none.

        An alarm review that has nothing paused any more is thereby decided, by the same person.
        """

        def transaction() -> Pause | None:
            with self._db.writing() as conn:
                rows = self._db.rows(
                    conn,
                    "lift_pause",
                    **scope_row(scope),
                    lifted_by=by,
                    lifted_because=clean(reason),
                    lifted_at=self._db.moment(at),
                )
                if not rows:
                    return None
                pause = pause_from(rows[0])
                append_house(self._db, conn, pause_note(PAUSE_LIFTED, pause, by, reason, at))
                decide_by_hand(self._db, conn, pause, by, reason, at)
                return pause

        return repeated(transaction)

    def cases_of_lifted_pauses(self, fingerprints: Collection[str], limit: int) -> list[CaseId]:
        """At most `limit` cases of these contracts that still wait on a pause that was lifted."""
        with self._db.reading() as conn:
            rows = self._db.rows(
                conn, "cases_of_lifted_pauses", fingerprints=sorted(fingerprints), limit=limit
            )
        return [CaseId(row.id) for row in rows]

    def held_counts(self) -> dict[PauseId, int]:
        """How many cases wait on each pause."""
        with self._db.reading() as conn:
            return {PauseId(row.paused_by): row.cases for row in self._db.rows(conn, "count_held")}

    def machine_hands(self) -> list[MachineHands]:
        """The open cases no person is asked about, counted by where they stand."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "count_in_machine_hands")
        return [
            MachineHands(
                workflow=row.workflow,
                fingerprint=row.fingerprint,
                step=row.step,
                phase=row.phase,
                decided_by_machine=json.loads(row.decided),
                cases=row.cases,
            )
            for row in rows
        ]

    def agents_seen(self) -> list[AgentSeen]:
        """Who was seen to do which AI step, by agent."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "agents_seen")
        return [
            AgentSeen(
                workflow=row.workflow, fingerprint=row.fingerprint, step=row.step, agent=row.agent
            )
            for row in rows
        ]


def scope_row(scope: PauseScope) -> dict[str, Any]:
    """The columns that say what stops."""
    return {"kind": scope.kind, "workflow": scope.workflow, "name": clean(scope.name)}


def pause_note(kind: str, pause: Pause, by: str, reason: str, at: datetime) -> HouseNote:
    """The entry that says what a person paused or lifted, and why."""
    return HouseNote(
        at=at,
        actor=f"person:{by}",
        kind=kind,
        body={
            "pause": pause.id,
            "scope": pause.scope.kind,
            "workflow": pause.scope.workflow,
            "name": pause.scope.name,
            "also_actions": pause.scope.also_actions,
            "reason": reason,
        },
    )
