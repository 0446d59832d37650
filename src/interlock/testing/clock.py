"""Clocks that say what a test tells them. Nothing here ever sleeps or reads the machine's time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class FixedClock:
    """A clock that stands still."""

    def __init__(self, moment: datetime) -> None:
        self._moment = _in_utc(moment)

    def now(self) -> datetime:
        """The moment it stands at, aware and in UTC."""
        return self._moment


class MovingClock:
    """A clock that moves only when it is told to, and only forward."""

    def __init__(self, start: datetime) -> None:
        self._moment = _in_utc(start)

    def now(self) -> datetime:
        """Where it was last moved to, aware and in UTC."""
        return self._moment

    def pass_time(self, span: timedelta) -> datetime:
        """The moment after the span has passed. Raises: ValueError for a span backwards."""
        if span < timedelta():
            raise ValueError(f"time passed is {span}; a clock moves forward only")
        self._moment += span
        return self._moment

    def move_to(self, moment: datetime) -> datetime:
        """The moment given. Raises: ValueError for one that is past."""
        self.pass_time(_in_utc(moment) - self._moment)
        return self._moment


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"the moment is {moment}; give it a time zone, as in tzinfo=UTC")
    return moment.astimezone(UTC)
