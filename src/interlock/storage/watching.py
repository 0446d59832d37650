"""Readings as they are stored, each with the pause and the review it causes.

Its one rule: a window is read once, and a breach, its pause, its review and their house entries
are one transaction; so no breach is on record that stopped nothing and asked nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from interlock.domain.alarm import AlarmOpening
from interlock.domain.ids import WorkflowId
from interlock.domain.pause import Pause, PauseScope
from interlock.domain.watching import Band, Measure, Reading, ReadingState
from interlock.storage.alarm_rows import ALARM_RAISED, WATCH, open_review, reading_row
from interlock.storage.database import Database, moment_of
from interlock.storage.house_log import HouseNote, append_house
from interlock.storage.pauses import PAUSE_SET, scope_row
from interlock.storage.recording import repeated
from interlock.storage.rows import clean
from interlock.storage.starts import pause_from


class Watching:
    """The part of the store that knows what was watched."""

    _db: Database

    def add_reading(
        self,
        reading: Reading,
        scopes: Sequence[PauseScope],
        at: datetime,
        opening: AlarmOpening | None = None,
    ) -> list[Pause] | None:
        """The pauses now in force because of this reading; None when the window was read before.

        scopes: what stops; nothing unless it is a breach. A pause that is in force already stays.
        opening: who is asked about a breach, and by when.
        """

        def transaction() -> list[Pause] | None:
            with self._db.writing() as conn:
                if scopes:
                    self._db.run(conn, "keep_starts_out")
                row = reading_row(self._db, reading) | {"state": reading.state}
                if not self._db.rows(conn, "add_reading", **row):
                    return None
                if reading.state is not ReadingState.BREACH:
                    return []
                # Pauses, then the review, then the house log: all who change these do so in
                # this order, so that two of them never wait for each other.
                pauses = [self._pause(conn, each, reading, at) for each in scopes]
                alarm = {"workflow": reading.workflow, "words": reading.words}
                if opening is not None:
                    alarm |= open_review(self._db, conn, reading, pauses, opening, at)
                notes = [HouseNote(at=at, actor=WATCH, kind=ALARM_RAISED, body=alarm)]
                notes += [_note(each, at) for each in pauses if (each.by, each.at) == (WATCH, at)]
                for note in notes:
                    append_house(self._db, conn, note)
                return pauses

        return repeated(transaction)

    def is_read(self, reading: Reading) -> bool:
        """True when this window was read already."""
        row = reading_row(self._db, reading)
        names = ("workflow", "measure", "step", "begins_at", "ends_at")
        with self._db.reading() as conn:
            return bool(self._db.rows(conn, "is_read", **{name: row[name] for name in names}))

    def readings(
        self,
        workflow: str | None = None,
        *,
        states: Sequence[ReadingState] = (),
        limit: int = 50,
    ) -> list[Reading]:
        """The newest readings, the newest first. states empty: in any."""
        with self._db.reading() as conn:
            rows = self._db.rows(
                conn,
                "readings",
                workflow=workflow,
                any_state=not states,
                states=list(states),
                limit=limit,
            )
        return [_reading(row) for row in rows]

    def readings_of(self, reading: Reading, limit: int) -> list[Reading]:
        """The newest readings of the same number, any window's length, the newest first."""
        with self._db.reading() as conn:
            rows = self._db.rows(
                conn,
                "readings_of_number",
                workflow=reading.workflow,
                measure=reading.measure,
                step=reading.step,
                limit=limit,
            )
        return [_reading(row) for row in rows]

    def values_before(self, reading: Reading, limit: int) -> list[float]:
        """The values of earlier windows of the same length that did not breach, oldest first."""
        with self._db.reading() as conn:
            rows = self._db.rows(
                conn,
                "readings_to_learn_from",
                workflow=reading.workflow,
                measure=reading.measure,
                step=reading.step,
                before=self._db.moment(reading.begins),
                limit=limit,
            )
        length = reading.ends - reading.begins
        same = [r for r in rows if moment_of(r.ends_at) - moment_of(r.begins_at) == length]
        return [float(row.value) for row in reversed(same)]

    def _pause(self, conn: Any, scope: PauseScope, reading: Reading, at: datetime) -> Pause:
        [row] = self._db.rows(
            conn,
            "set_pause",
            **scope_row(scope),
            also_actions=scope.also_actions,
            set_by=WATCH,
            reason=clean(reading.words),
            set_at=self._db.moment(at),
        )
        return pause_from(row)


def _note(pause: Pause, at: datetime) -> HouseNote:
    body = {
        "pause": pause.id,
        "scope": pause.scope.kind,
        "workflow": pause.scope.workflow,
        "name": pause.scope.name,
        "also_actions": pause.scope.also_actions,
        "reason": pause.reason,
    }
    return HouseNote(at=at, actor=WATCH, kind=PAUSE_SET, body=body)


def _reading(row: Any) -> Reading:
    return Reading(
        workflow=WorkflowId(row.workflow),
        measure=Measure(row.measure),
        step=row.step,
        begins=moment_of(row.begins_at),
        ends=moment_of(row.ends_at),
        events=row.events,
        value=row.value,
        band=Band(low=row.low, high=row.high),
        state=ReadingState(row.state),
    )
