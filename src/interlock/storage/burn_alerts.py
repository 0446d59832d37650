"""Error budgets that burn too fast, as they are on record: when that began, and when it ended.

Its one rule: a beginning is recorded once, whoever looks at the same moment, together with the
house entry people are told from; one that comes back soon goes on instead of beginning again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from interlock.domain.release import EraId, Release
from interlock.domain.rules.error_budget import BurnAlert, Pace
from interlock.storage.codec import Codec
from interlock.storage.database import Database, moment_of
from interlock.storage.house_log import HouseNote, append_house
from interlock.storage.recording import repeated
from interlock.storage.rows import clean

ALERT: Final[Codec[BurnAlert]] = Codec(BurnAlert)
BURNING: Final = "release_burning"
CALM: Final = timedelta(hours=1)  # one that comes back sooner is the same one
GATE: Final = "gate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Burning:
    """One budget that burns too fast now, as it was when that began."""

    release: str
    era: EraId
    segment: str
    alert: BurnAlert
    began_at: datetime


class BurnAlerts:
    """The part of the store that knows which budgets burn too fast."""

    _db: Database

    def burning(self) -> list[Burning]:
        """Every budget that burns too fast now, the latest first."""
        with self._db.reading() as conn:
            return [_burning(row) for row in self._db.rows(conn, "burning")]

    def keep_burn(
        self, release: Release, segment: str, alerts: Sequence[BurnAlert], at: datetime
    ) -> list[Pace]:
        """The paces at which this budget began to burn now; those not among `alerts` end."""
        era = release.stand_of(segment).era
        here = {"era": era, "segment": clean(segment)}

        def transaction() -> list[Pace]:
            with self._db.writing() as conn:
                self._db.run(
                    conn,
                    "end_burning",
                    **here,
                    at=self._db.moment(at),
                    paces=[str(each.pace) for each in alerts],
                )
                return [each.pace for each in alerts if self._begins(conn, release, here, each, at)]

        return repeated(transaction)

    def end_burning_elsewhere(self, eras: Collection[EraId], at: datetime) -> None:
        """Ends whatever burns in other eras than these: nothing is spent there any more."""

        def transaction() -> None:
            with self._db.writing() as conn:
                self._db.run(
                    conn, "end_burning_elsewhere", eras=sorted(eras), at=self._db.moment(at)
                )

        repeated(transaction)

    def _begins(
        self,
        conn: Connection,
        release: Release,
        here: dict[str, Any],
        alert: BurnAlert,
        at: datetime,
    ) -> bool:
        key = {**here, "pace": str(alert.pace)}
        since = self._db.moment(at - CALM)
        if self._db.rows(conn, "burn_again", **key, since=since):
            return False
        row = {**key, "release": release.id, "at": self._db.moment(at)}
        if not self._db.rows(conn, "begin_burning", **row, body=ALERT.encode(alert)):
            return False
        append_house(self._db, conn, _note(release, key, alert, at))
        return True


def _note(release: Release, key: dict[str, Any], alert: BurnAlert, at: datetime) -> HouseNote:
    body = {
        **key,
        "release": release.id,
        "workflow": release.workflow,
        "line": str(alert.line),
        "over_seconds": round(alert.over.total_seconds()),
        "long": f"{alert.long:.1f}",
        "short": f"{alert.short:.1f}",
    }
    return HouseNote(at=at, actor=GATE, kind=BURNING, body=body)


def _burning(row: Any) -> Burning:
    return Burning(
        release=row.release,
        era=EraId(row.era),
        segment=row.segment,
        alert=ALERT.decode(row.body),
        began_at=moment_of(row.began_at),
    )
