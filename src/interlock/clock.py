"""The only place that reads the time. Everything else is handed `now`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Says what time it is, aware and in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock, moved by a fixed offset when one is given.

    The offset is for demonstrations and training, where a story plays on a stated day.
    """

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self._offset = offset

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset

    @classmethod
    def starting_at(cls, start: datetime) -> SystemClock:
        """A clock that says `start` now and runs on from there."""
        return cls(start - datetime.now(UTC))
