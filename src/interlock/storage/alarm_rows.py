"""What happens to alarm reviews inside other changes: a breach opens one, a lifted pause ends one.

Its one rule: each is done, with its entry in the house log, in the transaction of that change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from interlock.domain.alarm import AlarmDecision, AlarmId, AlarmOpening
from interlock.domain.pause import Pause, PauseId
from interlock.domain.watching import Reading
from interlock.storage.database import Database, moment_of
from interlock.storage.house_log import HouseNote, append_house
from interlock.storage.rows import clean

WATCH: Final = "watch"  # who sets an alarm's pause; no person is called so, and it lifts nothing
ALARM_RAISED: Final = "alarm_raised"
ALARM_TAKEN: Final = "alarm_taken"
ALARM_DECIDED: Final = "alarm_decided"


def open_review(
    db: Database,
    conn: Connection,
    reading: Reading,
    pauses: Sequence[Pause],
    opening: AlarmOpening,
    at: datetime,
) -> dict[str, Any]:
    """What the house log says of the review this breach opened, or counts with.

    There is none when somebody said of this very number that everything now paused stays so: the
    answer stands, and asking for it every hour would wear it out.
    """
    if {each.id for each in pauses} <= _that_stay(db, conn, reading):
        return {"alarm": None, "stays_off": True}
    [row] = db.rows(
        conn,
        "open_alarm",
        **reading_row(db, reading),
        queue=opening.queue,
        opened_at=db.moment(at),
        due_at=db.moment(opening.due_at),
    )
    for each in pauses:
        db.run(conn, "link_pause_to_alarm", alarm=row.id, pause=each.id)
    return {
        "alarm": row.id,
        "windows": row.windows,
        "queue": row.queue,
        "due_at": moment_of(row.due_at).isoformat(),
    }


def decide_by_hand(
    db: Database, conn: Connection, pause: Pause, by: str, reason: str, at: datetime
) -> list[AlarmId]:
    """The reviews decided because what they had paused was lifted by hand: it goes on."""
    rows = db.rows(
        conn,
        "decide_alarms_of_pause",
        pause=pause.id,
        by=by,
        at=db.moment(at),
        reason=clean(reason),
    )
    for row in rows:
        about = {name: getattr(row, name) for name in ("workflow", "measure", "step")}
        note = decided_note(
            AlarmId(row.id), about, AlarmDecision.GO_ON, by, reason, at, lifted=[pause.id]
        )
        append_house(db, conn, note)
    return [AlarmId(row.id) for row in rows]


def decided_note(
    alarm: AlarmId,
    about: Mapping[str, Any],
    decision: AlarmDecision,
    by: str,
    reason: str,
    at: datetime,
    *,
    lifted: Sequence[PauseId],
) -> HouseNote:
    """The entry that says what was decided, why, and which pauses it lifted.

    about: workflow, measure and step of the number.
    """
    body = {
        "alarm": alarm,
        **about,
        "decision": decision,
        "reason": reason,
        "lifted": list(lifted),
    }
    return HouseNote(at=at, actor=f"person:{by}", kind=ALARM_DECIDED, body=body)


def reading_row(db: Database, reading: Reading) -> dict[str, Any]:
    """The columns of a reading, but for its state."""
    return {
        "workflow": reading.workflow,
        "measure": reading.measure,
        "step": reading.step,
        "begins_at": db.moment(reading.begins),
        "ends_at": db.moment(reading.ends),
        "events": reading.events,
        "value": reading.value,
        "low": reading.band.low,
        "high": reading.band.high,
    }


def _that_stay(db: Database, conn: Connection, reading: Reading) -> set[PauseId]:
    rows = db.rows(
        conn,
        "pauses_that_stay",
        workflow=reading.workflow,
        measure=reading.measure,
        step=reading.step,
    )
    return {PauseId(row.pause) for row in rows}
