"""Alarm reviews as they are stored: listed, taken, decided.

Its one rule: a decision, the pauses it lifts and their house entries are one transaction. A review
counts the cases of every tenant; for a store that shows some tenants only, there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from interlock.domain.alarm import AlarmDecision, AlarmId, AlarmReview, AlarmState
from interlock.domain.ids import PersonId, QueueName, WorkflowId
from interlock.domain.pause import Pause, PauseId
from interlock.domain.watching import Band, Measure, Reading, ReadingState
from interlock.storage.alarm_rows import ALARM_TAKEN, WATCH, decided_note
from interlock.storage.database import Database, moment_of
from interlock.storage.errors import AlarmOvertaken, AlarmUnknown
from interlock.storage.house_log import HouseNote, append_house
from interlock.storage.pauses import PAUSE_LIFTED, pause_note
from interlock.storage.recording import repeated
from interlock.storage.rows import clean
from interlock.storage.starts import pause_from

NEWEST: Final = 2**63 - 1  # no review has a higher number


class Alarms:
    """The part of the store that knows what people are asked about alarms."""

    _db: Database

    def alarms(
        self,
        workflow: str | None = None,
        *,
        states: Sequence[AlarmState] = (),
        before: int = NEWEST,
        limit: int = 50,
    ) -> list[AlarmReview]:
        """The newest reviews, the newest first. states empty: in any. before: the number of the
        last one seen."""
        asked = {"workflow": workflow, "any_state": not states, "states": list(states)}
        return self._read("alarms", **asked, before=before, limit=limit)

    def alarm(self, number: int) -> AlarmReview:
        """The review of this number. Raises: AlarmUnknown."""
        found = self._read("alarm", id=number) if 0 < number <= NEWEST else []
        if not found:
            raise AlarmUnknown(number)
        return found[0]

    def alarms_come_due(self, since: datetime, until: datetime, limit: int) -> list[AlarmReview]:
        """At most `limit` open reviews whose time ended after `since` and until `until`."""
        span = {"since": self._db.moment(since), "until": self._db.moment(until)}
        return self._read("alarms_come_due", **span, limit=limit)

    def pauses_of_alarm(self, number: AlarmId) -> list[Pause]:
        """What was paused when its number left its band, lifted ones too, the oldest first."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "pauses_of_alarms", first=number, last=number)
        return [pause_from(row) for row in rows]

    def needed_by_others(self, number: AlarmId) -> dict[PauseId, AlarmId]:
        """Of these pauses, those another alarm needs: one that is open, or was kept off."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "pauses_others_need", alarm=number)
        return {PauseId(row.pause): AlarmId(row.alarm) for row in rows}

    def take_alarm(self, alarm: AlarmReview, by: str, at: datetime) -> AlarmReview:
        """The review, now said to be looked at by this person.

        Raises: AlarmOvertaken when it is decided already.
        """

        def transaction() -> None:
            with self._db.writing() as conn:
                if not self._db.rows(conn, "take_alarm", id=alarm.id, by=by):
                    raise AlarmOvertaken(alarm.id)
                body = {"alarm": alarm.id, "workflow": alarm.workflow}
                note = HouseNote(at=at, actor=f"person:{by}", kind=ALARM_TAKEN, body=body)
                append_house(self._db, conn, note)

        repeated(transaction)
        return self.alarm(alarm.id)

    def decide_alarm(
        self, alarm: AlarmReview, decision: AlarmDecision, by: str, reason: str, at: datetime
    ) -> list[Pause]:
        """The pauses that were lifted by deciding the review as it was seen.

        GO_ON lifts what this alarm paused, but for what another alarm still needs. STAY_OFF holds
        whatever came since it was seen.
        Raises: AlarmOvertaken when it is not what was seen any more; then nothing is changed.
        """

        def transaction() -> list[Pause]:
            with self._db.writing() as conn:
                # No alarm can begin to need one of its pauses meanwhile; those ask for this first.
                self._db.run(conn, "keep_starts_out")
                goes_on = decision is AlarmDecision.GO_ON
                lifted = self._lift(conn, alarm, by, reason, at) if goes_on else []
                decided = {"decision": decision, "by": by, "reason": clean(reason)}
                seen = {"id": alarm.id, "version": alarm.version, "any_version": not goes_on}
                when = self._db.moment(at)
                if not self._db.rows(conn, "decide_alarm", at=when, **decided, **seen):
                    raise AlarmOvertaken(alarm.id)  # and nothing is lifted
                for pause in lifted:
                    note = pause_note(PAUSE_LIFTED, pause, by, reason, at)
                    append_house(self._db, conn, note)
                numbers = [each.id for each in lifted]
                note = decided_note(
                    alarm.id, _about(alarm), decision, by, reason, at, lifted=numbers
                )
                append_house(self._db, conn, note)
                return lifted

        return repeated(transaction)

    def _lift(
        self, conn: Any, alarm: AlarmReview, by: str, reason: str, at: datetime
    ) -> list[Pause]:
        rows = self._db.rows(
            conn,
            "lift_pauses_of_alarm",
            alarm=alarm.id,
            watch=WATCH,
            lifted_by=by,
            lifted_because=clean(reason),
            lifted_at=self._db.moment(at),
        )
        return sorted((pause_from(row) for row in rows), key=lambda each: each.id)

    def _read(self, name: str, /, **asked: Any) -> list[AlarmReview]:
        if self._db.tenants is not None:
            return []
        with self._db.reading() as conn:
            rows = self._db.rows(conn, name, **asked)
            if not rows:
                return []
            numbers = [row.id for row in rows]
            links = self._db.rows(conn, "pauses_of_alarms", first=min(numbers), last=max(numbers))
        pauses: dict[int, list[PauseId]] = {}
        for link in links:
            pauses.setdefault(link.alarm, []).append(PauseId(link.id))
        return [_review(row, pauses.get(row.id, [])) for row in rows]


def _review(row: Any, pauses: Sequence[PauseId]) -> AlarmReview:
    return AlarmReview(
        id=AlarmId(row.id),
        workflow=WorkflowId(row.workflow),
        reading=Reading(
            workflow=WorkflowId(row.workflow),
            measure=Measure(row.measure),
            step=row.step,
            begins=moment_of(row.begins_at),
            ends=moment_of(row.ends_at),
            events=row.events,
            value=row.value,
            band=Band(low=row.low, high=row.high),
            state=ReadingState.BREACH,
        ),
        windows=row.windows,
        pauses=tuple(pauses),
        queue=QueueName(row.queue),
        opened_at=moment_of(row.opened_at),
        due_at=moment_of(row.due_at),
        state=AlarmState(row.state),
        version=row.version,
        held_by=PersonId(row.held_by) if row.held_by else None,
        decided_by=PersonId(row.decided_by) if row.decided_by else None,
        decided_at=moment_of(row.decided_at) if row.decided_at else None,
        decision=AlarmDecision(row.decision) if row.decision else None,
        reason=row.reason or "",
    )


def _about(alarm: AlarmReview) -> dict[str, str]:
    reading = alarm.reading
    return {"workflow": alarm.workflow, "measure": reading.measure, "step": reading.step}
