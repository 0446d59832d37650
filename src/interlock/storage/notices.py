"""The outbox: what is to be told, and what became of each try.

Its one rule: a try is written down before it is made, so that a crash repeats it at most, and
never forgets it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic_core import from_json

from interlock.domain.ids import CaseId
from interlock.domain.notice import Channel, NewNotice, Notice, NoticeKind, NoticeState
from interlock.domain.review import ReviewTask
from interlock.storage.codec import TASK
from interlock.storage.database import Database, json_text, moment_of
from interlock.storage.recording import repeated
from interlock.storage.rows import clean

NEWEST: Final = 2**63 - 1  # no notice has a higher number


class Notices:
    """The part of the store that keeps notices."""

    _db: Database

    def add_notices(
        self,
        notices: Sequence[NewNotice],
        at: datetime,
        *,
        place: tuple[str, str] | None = None,
    ) -> int:
        """How many of these are new. place: a source and how far it is read now, kept with them."""

        def transaction() -> int:
            with self._db.writing() as conn:
                added = 0
                for each in notices:
                    row = {
                        "subject": each.subject,
                        "kind": each.kind,
                        "recipient": clean(each.recipient),
                        "channel": each.channel,
                        "made_at": self._db.moment(at),
                        "body": json_text(each.body),
                    }
                    added += len(self._db.rows(conn, "add_notice", **row))
                if place is not None:
                    self._db.run(conn, "keep_notice_place", name=place[0], place=place[1])
                return added

        return repeated(transaction) if notices or place is not None else 0

    def begin_notices(self, now: datetime, limit: int, lease: timedelta) -> list[Notice]:
        """At most `limit` notices that are due, with their try counted; each is the caller's for
        the length of the lease, and due again after it."""

        def transaction() -> list[Notice]:
            with self._db.writing() as conn:
                rows = self._db.rows(
                    conn,
                    "begin_notices",
                    now=self._db.moment(now),
                    again_at=self._db.moment(now + lease),
                    limit=limit,
                )
            return sorted(map(_notice, rows), key=lambda each: each.id)

        return repeated(transaction)

    def settle_notice(
        self,
        notice: Notice,
        state: NoticeState,
        *,
        at: datetime,
        next_at: datetime | None = None,
        error: str = "",
    ) -> None:
        """Says what became of a try; without effect when another one was begun since."""

        def transaction() -> None:
            with self._db.writing() as conn:
                self._db.run(
                    conn,
                    "settle_notice",
                    id=notice.id,
                    tries=notice.tries,
                    state=state,
                    next_at=self._db.moment(next_at or notice.next_at),
                    sent_at=self._db.moment(at) if state is NoticeState.SENT else None,
                    error=clean(error),
                )

        repeated(transaction)

    def notices(
        self,
        states: Collection[NoticeState] = tuple(NoticeState),
        *,
        before: int = NEWEST,
        limit: int = 50,
    ) -> list[Notice]:
        """Notices in these states, the newest first. before: the number of the last one seen."""
        with self._db.reading() as conn:
            rows = self._db.rows(
                conn, "notices", states=[*map(str, states)], before=before, limit=limit
            )
        return [_notice(row) for row in rows]

    def notice_counts(self) -> dict[NoticeState, int]:
        """How many notices are in each state."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "count_notices")
        return {NoticeState(row.state): row.notices for row in rows}

    def retry_notices(self, now: datetime, notice_id: int | None = None) -> int:
        """How many dead notices are tried again; with a number, only that one."""
        name = "retry_all_notices" if notice_id is None else "retry_notice"
        more = {} if notice_id is None else {"id": notice_id}

        def transaction() -> int:
            with self._db.writing() as conn:
                return len(self._db.rows(conn, name, now=self._db.moment(now), **more))

        return repeated(transaction)

    def forget_notices(self, before: datetime) -> int:
        """How many notices, sent or moot and made before a moment, were dropped."""

        def transaction() -> int:
            with self._db.writing() as conn:
                return len(self._db.rows(conn, "forget_notices", before=self._db.moment(before)))

        return repeated(transaction)

    def notice_place(self, name: str) -> str | None:
        """How far a source is read; None before the first time."""
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "notice_place", name=name)
        return str(rows[0].place) if rows else None

    def tasks_come_to_risk(self, since: datetime, until: datetime, limit: int) -> list[ReviewTask]:
        """At most `limit` live tasks that came to risk after `since` and until `until`."""
        with self._db.reading() as conn:
            rows = self._db.rows(
                conn,
                "tasks_come_to_risk",
                since=self._db.moment(since),
                until=self._db.moment(until),
                limit=limit,
            )
        return TASK.decode_all([row.body for row in rows])

    def tasks_of_cases(self, case_ids: Collection[CaseId]) -> list[ReviewTask]:
        """Every task of these cases, ended ones too."""
        if not case_ids:
            return []
        with self._db.reading() as conn:
            rows = self._db.rows(conn, "tasks_of_cases", ids=sorted(case_ids))
        return TASK.decode_all([row.body for row in rows])


def _notice(row: Any) -> Notice:
    return Notice(
        id=row.id,
        subject=row.subject,
        kind=NoticeKind(row.kind),
        recipient=row.recipient,
        channel=Channel(row.channel),
        state=NoticeState(row.state),
        tries=row.tries,
        next_at=moment_of(row.next_at),
        made_at=moment_of(row.made_at),
        sent_at=moment_of(row.sent_at) if row.sent_at else None,
        error=row.error,
        body=from_json(row.body),
    )
