"""Answers kept under the key their caller gave: the same request again is answered, not done.

Its one rule: a key belongs to one visitor and one request; what differs in anything is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic_core import from_json

from interlock.storage.database import Database, json_text
from interlock.storage.recording import repeated

KEPT_FOR: Final = timedelta(hours=24)
DEAD_AFTER: Final = timedelta(minutes=5)  # no request of ours runs as long; its process died


class KeyState(StrEnum):
    """What a key says about the request that came with it."""

    MINE = "mine"  # this request holds it now and is to be done
    RUNNING = "running"  # the same request is being done elsewhere
    ANSWERED = "answered"  # the same request was done; here is its answer
    OTHER = "other"  # it was used for another request


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """What was found under a key. `body`: the answer's bytes, when it is answered."""

    state: KeyState
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Idempotency:
    """The part of the store that keeps answers."""

    _db: Database

    def begin_answer(self, visitor: str, key: str, request: str, now: datetime) -> KeptAnswer:
        """Takes the key for this request, or says what is under it. request: its digest."""
        return repeated(lambda: self._begin(visitor, key, request, now))

    def keep_answer(
        self,
        visitor: str,
        key: str,
        request: str,
        *,
        status: int,
        headers: Mapping[str, str],
        body: bytes,
    ) -> None:
        """Keeps the answer of the request that holds the key."""
        with self._db.writing() as conn:
            self._db.run(
                conn,
                "keep_answer",
                visitor=visitor,
                key=key,
                request=request,
                status=status,
                headers=json_text(dict(headers)),
                body=body,
            )

    def forget_answer(self, visitor: str, key: str, request: str) -> None:
        """Gives the key back: its request came to no answer, and may be tried again."""
        with self._db.writing() as conn:
            self._db.run(conn, "forget_answer", visitor=visitor, key=key, request=request)

    def forget_old_answers(self, now: datetime) -> int:
        """Drops answers that are over; how many they were."""
        with self._db.writing() as conn:
            found = self._db.run(conn, "forget_old_answers", now=self._db.moment(now))
        return found.rowcount

    def _begin(self, visitor: str, key: str, request: str, now: datetime) -> KeptAnswer:
        named = {"visitor": visitor, "key": key}
        times = {"now": self._db.moment(now), "expires_at": self._db.moment(now + KEPT_FOR)}
        dead = self._db.moment(now - DEAD_AFTER)
        with self._db.writing() as conn:
            if self._db.rows(conn, "begin_answer", **named, **times, request=request):
                return KeptAnswer(state=KeyState.MINE)
            if self._db.rows(
                conn, "take_over_answer", **named, **times, request=request, dead=dead
            ):
                return KeptAnswer(state=KeyState.MINE)
            [row] = self._db.rows(conn, "kept_answer", **named)
        if row.request != request:
            return KeptAnswer(state=KeyState.OTHER)
        if row.state == KeyState.RUNNING:
            return KeptAnswer(state=KeyState.RUNNING)
        return KeptAnswer(
            state=KeyState.ANSWERED,
            status=row.status,
            headers=from_json(row.headers),
            body=bytes(row.body),
        )
