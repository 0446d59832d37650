"""Releases as they are stored: where each stands, and its history.

Its one rule: a change of a release, its line of history, its house entry and the eras it takes
back are one transaction, and of several who saw the same release only one gets it through.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from interlock.domain.delta import DeltaOnRecord
from interlock.domain.ids import CaseId
from interlock.domain.pause import ScopeKind
from interlock.domain.release import EraId, Release, ReleaseEvent, ReleaseState
from interlock.domain.rules.release_moves import Moved
from interlock.storage.codec import Codec
from interlock.storage.database import Database, json_text, moment_of
from interlock.storage.house_log import HouseNote, append_house
from interlock.storage.recording import Also, repeated
from interlock.storage.rows import clean

RELEASE: Final[Codec[Release]] = Codec(Release)
EVENT: Final[Codec[ReleaseEvent]] = Codec(ReleaseEvent)
DELTA: Final[Codec[DeltaOnRecord]] = Codec(DeltaOnRecord)
NO_END: Final = 2**63 - 1  # no line has a higher number
ONE_RUNS: Final = "release_file"  # the table whose unique index lets one release run


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One line of a release's history, with its number: later lines have higher ones."""

    number: int
    event: ReleaseEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowCount:
    """How often a watched AI came to the same, to something else, or to nothing."""

    step: str
    segment: str
    same: int = 0
    different: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowCase:
    """A case in which a watched AI did not come to the same. detail: different or failed."""

    case_id: CaseId
    step: str
    segment: str
    detail: str
    at: datetime


class Releases:
    """The part of the store that knows releases."""

    _db: Database

    def save_moves(
        self, moves: Sequence[Moved], *, also: Also | None = None
    ) -> list[Release] | None:
        """The releases as they are now; None: somebody changed one meanwhile, nothing is written.

        Those that end come before the one that begins. also: called in the transaction, last.
        """

        def transaction() -> list[Release]:
            with self._db.writing() as conn:
                if any(moved.taken_back for moved in moves):
                    self._db.run(conn, "keep_starts_out")
                saved = [self._save(conn, moved) for moved in moves]
                if also is not None:
                    also(conn)
                return saved

        try:
            return repeated(transaction)
        except _Overtaken:
            return None
        except IntegrityError as problem:
            if ONE_RUNS in str(problem.orig):
                return None
            raise

    def running_release(self, workflow: str) -> Release | None:
        """The release that new cases of the workflow join, or None."""
        return self._one("running_release", workflow=workflow)

    def release(self, release_id: str) -> Release | None:
        """The release of this id, or None."""
        return self._one("release", id=release_id)

    def releases(self, workflow: str | None = None) -> list[Release]:
        """The releases of a workflow, or of all, the newest first."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "releases", workflow=workflow)
        return RELEASE.decode_all([row.body for row in rows])

    def running_releases(self) -> list[Release]:
        """Every release that new cases join."""
        return [each for each in self.releases() if each.state is ReleaseState.RUNNING]

    def release_delta(self, release_id: str) -> DeltaOnRecord | None:
        """What was put on record of what a release moves, when it was proposed; or None."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "release_delta", release=release_id)
        return DELTA.decode(rows[0].body) if rows else None

    def release_events(self, release_id: str) -> list[ReleaseEvent]:
        """What was done to a release, in order."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "release_events", release=release_id)
        return EVENT.decode_all([row.body for row in rows])

    def release_history(
        self, release_id: str, limit: int, *, before: int | None = None
    ) -> list[HistoryLine]:
        """A page of what was done to a release, the newest first. before: only lines with a
        smaller number."""
        with self._db.reading() as conn:
            rows = self._db.rows(
                conn,
                "release_history",
                release=release_id,
                before=NO_END if before is None else before,
                limit=limit,
            )
        return [HistoryLine(number=row.id, event=EVENT.decode(row.body)) for row in rows]

    def taken_back_since(self, since: datetime) -> list[tuple[Release, ReleaseEvent]]:
        """What was taken back after a moment, all of a release or a segment, the latest first."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "taken_back_since", since=self._db.moment(since))
        return [(RELEASE.decode(row.release_body), EVENT.decode(row.body)) for row in rows]

    def shadow_counts(self, eras: Sequence[EraId]) -> list[ShadowCount]:
        """How a watched AI agreed with the real handling, by step and segment."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "shadow_facts", eras=list(eras))
        found: dict[tuple[str, str], dict[str, int]] = {}
        for row in rows:
            found.setdefault((row.step, row.segment), {})[row.detail] = row.cases
        return [
            ShadowCount(step=step, segment=segment, **counts)
            for (step, segment), counts in found.items()
        ]

    def shadow_cases(self, eras: Sequence[EraId], limit: int = 50) -> list[ShadowCase]:
        """The latest cases in which it did not come to the same."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "shadow_cases", eras=list(eras), limit=limit)
        return [
            ShadowCase(
                case_id=CaseId(row.case_id),
                step=row.step,
                segment=row.segment,
                detail=row.detail,
                at=moment_of(row.at),
            )
            for row in rows
        ]

    def open_on_contract(
        self, workflow: str, fingerprint: str, *, after: str = "", limit: int = 500
    ) -> list[CaseId]:
        """A page of the open cases of one version of a workflow, by id."""
        with self._db.reading() as conn:
            rows = self._db.rows(
                conn,
                "open_on_contract",
                workflow=workflow,
                fingerprint=fingerprint,
                after=after,
                limit=limit,
            )
        return [CaseId(row.id) for row in rows]

    def take_radius(
        self, workflow: str, name: str, window: str, asked: Sequence[int], limit: int
    ) -> list[bool]:
        """Which of these still fit into a day's blast radius, in their order; those are taken.

        window: the UTC day, as text. asked: the units each needs.
        """

        def transaction() -> list[bool]:
            key = {"workflow": workflow, "budget": name, "time_window": window}
            with self._db.writing() as conn:
                [row] = self._db.rows(conn, "hold_budgets", budgets=json_text([key]))
                used, fits = row.used, []
                for units in asked:
                    fits.append(used + units <= limit)
                    used += units if fits[-1] else 0
                self._db.run(conn, "take_budget", **key, units=used - row.used)
                return fits

        return repeated(transaction)

    def _one(self, statement: str, **parameters: Any) -> Release | None:
        with self._db.reading() as conn:
            rows = self._db.rows(conn, statement, **parameters)
        return RELEASE.decode(rows[0].body) if rows else None

    def _save(self, conn: Connection, moved: Moved) -> Release:
        seen = moved.release.version
        release = replace(moved.release, version=seen + 1)
        row = {
            "id": release.id,
            "state": release.state,
            "version": release.version,
            "body": RELEASE.encode(release),
        }
        if seen == 0:
            more = {"workflow": release.workflow, "fingerprint": release.fingerprint}
            proposed_at = self._db.moment(release.proposed_at)
            written = self._db.rows(conn, "insert_release", **row, **more, proposed_at=proposed_at)
        else:
            written = self._db.rows(conn, "update_release", **row, seen=seen)
        if not written:
            raise _Overtaken
        self._note(conn, moved, release)
        return release

    def _note(self, conn: Connection, moved: Moved, release: Release) -> None:
        event = moved.event
        if moved.delta is not None:
            body = DELTA.encode(moved.delta)
            self._db.run(conn, "add_release_delta", release=release.id, body=body)
        self._db.run(
            conn,
            "add_release_event",
            release=release.id,
            move=event.move,
            at=self._db.moment(event.at),
            by_whom=event.by,
            verdict=event.verdict,
            body=EVENT.encode(event),
        )
        for era in moved.taken_back:
            self._take_back(conn, era, release, event)
        append_house(self._db, conn, _house_note(moved, release, self._digest(conn, event.verdict)))

    def _digest(self, conn: Connection, verdict: int | None) -> str | None:
        """Of the evidence a move rests on, so that the log tells whether it was changed since."""
        rows = [] if verdict is None else self._db.rows(conn, "verdict_digest", id=verdict)
        return rows[0].evidence_digest if rows else None

    def _take_back(
        self, conn: Connection, era: EraId, release: Release, event: ReleaseEvent
    ) -> None:
        """The pause nobody lifts: from its commit no start of this era goes on record."""
        self._db.rows(
            conn,
            "set_pause",
            kind=ScopeKind.ERA,
            workflow=release.workflow,
            name=clean(era),
            also_actions=False,
            set_by=event.by,
            reason=clean(event.reason),
            set_at=self._db.moment(event.at),
        )


class _Overtaken(Exception):
    """Somebody else changed the release; the transaction is given up."""


def _house_note(moved: Moved, release: Release, evidence_digest: str | None) -> HouseNote:
    event = moved.event
    return HouseNote(
        at=event.at,
        actor=event.by,
        kind=f"release_{event.move}",
        body={
            "release": release.id,
            "workflow": release.workflow,
            "fingerprint": release.fingerprint,
            "segment": event.segment,
            "stage_before": event.stage_before,
            "stage_after": event.stage_after,
            "era_after": event.era_after,
            "taken_back": list(moved.taken_back),
            "verdict": event.verdict,
            "evidence_digest": evidence_digest,
            "reason": event.reason,
            "delta": release.delta,
        },
    )
