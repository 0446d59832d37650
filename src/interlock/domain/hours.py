"""Business hours: when a queue's clock runs.

Pure arithmetic over weekly opening times, a time zone and days off. A deadline falls in open
time; outside it the clock stands still.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

HORIZON_DAYS: Final = 3 * 366  # a calendar with no open day in three years is a mistake


class DaysOff(Protocol):
    """Says whether a local day is a holiday."""

    def __contains__(self, day: object, /) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Open from `start` to `end` local time on one weekday (Monday is 0). `end` None: midnight."""

    weekday: int
    start: time
    end: time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessHours:
    """The opening times of a queue. With no openings it is always open."""

    zone: str = "UTC"
    openings: tuple[Opening, ...] = ()
    days_off: DaysOff = frozenset()
    text: str = "always"  # as the contract wrote it

    def after(self, start: datetime, open_time: timedelta) -> datetime:
        """The moment when `open_time` of business time has passed since `start` (aware UTC).

        Raises: ValueError when the calendar never opens within three years.
        """
        if not self.openings:
            return start + open_time
        left = open_time
        for opens, closes in self.windows(start):
            begin = max(start, opens)
            if begin + left <= closes:
                return begin + left
            left -= closes - begin
        raise ValueError(f"business hours {self.text!r} have no open day in three years; add one")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The business time from `start` to `end`; zero when `end` is not later."""
        if end <= start:
            return timedelta()
        if not self.openings:
            return end - start
        passed = timedelta()
        for opens, closes in self.windows(start):
            if opens >= end:
                break
            passed += min(end, closes) - max(start, opens)
        return passed

    def is_open(self, moment: datetime) -> bool:
        """True when the clock runs at this moment."""
        if not self.openings:
            return True
        opens, closes = next(self.windows(moment), (moment, moment))
        return opens <= moment < closes

    def windows(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Open windows in UTC that end after `start`, earliest first; none when always open."""
        zone = ZoneInfo(self.zone)
        first = start.astimezone(zone).date() - timedelta(days=1)
        for offset in range(HORIZON_DAYS):
            day = first + timedelta(days=offset)
            if day in self.days_off:
                continue
            for opens, closes in self._windows_of(day, zone):
                if closes > start:
                    yield opens, closes

    def _windows_of(self, day: date, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
        windows = []
        for opening in self.openings:
            if opening.weekday != day.weekday():
                continue
            last_day = day if opening.end is not None else day + timedelta(days=1)
            opens = datetime.combine(day, opening.start, zone).astimezone(UTC)
            closes = datetime.combine(last_day, opening.end or time(), zone).astimezone(UTC)
            if opens < closes:  # not when it falls into the hour that summer time leaves out
                windows.append((opens, closes))
        return sorted(windows)


ALWAYS: Final = BusinessHours()
