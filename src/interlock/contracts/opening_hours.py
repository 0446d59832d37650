"""Business hours as people write them: `Mon-Fri 08:00-18:00, Sat 09:00-12:00 Europe/Berlin`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time
from functools import cache
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

import holidays

from interlock.domain.hours import ALWAYS, BusinessHours, DaysOff, Opening

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EXAMPLE: Final = "Mon-Fri 08:00-18:00 Europe/Berlin"
_COUNTRY: Final = re.compile("[A-Z]{2}")  # ISO 3166-1
_RANGE: Final = re.compile(
    r"(?:(?P<first>[A-Za-z]{3})(?:\s*-\s*(?P<last>[A-Za-z]{3}))?\s+)?"
    r"(?P<start>\d{1,2}:\d{2})\s*-\s*(?P<end>\d{1,2}:\d{2})\Z"
)
_ZONE: Final = re.compile(r"(.*\d)\s+([A-Za-z][\w+\-/]*)\s*\Z", re.DOTALL)


def business_hours(text: str, days_off: Sequence[str]) -> BusinessHours:
    """The opening times of a text, with the days off named by `days_off`.

    Raises: ValueError with what to write instead.
    """
    off = days_off_of(days_off)
    if text.strip().lower() == "always":
        if not days_off:
            return ALWAYS
        every_day = tuple(Opening(weekday=day, start=time()) for day in range(len(DAYS)))
        return BusinessHours(openings=every_day, days_off=off, text=text)
    found = _ZONE.match(text.strip())
    if found is None:
        raise ValueError(f'write days, times and a time zone, as in "{EXAMPLE}", or always')
    ranges, zone = found.groups()
    _known_zone(zone)
    openings = tuple(opening for part in ranges.split(",") for opening in _openings(part))
    _refuse_overlap(openings)
    return BusinessHours(zone=zone, openings=openings, days_off=off, text=text)


def days_off_of(texts: Sequence[str]) -> DaysOff:
    """The holidays of a country (`DE`), of a part of it (`DE-BY`), or the dates themselves.

    Raises: ValueError with what to write instead.
    """
    dates: set[date] = set()
    calendars: list[DaysOff] = []
    for text in texts:
        try:
            dates.add(date.fromisoformat(text))
        except ValueError:
            calendars.append(_calendar(text))
    return calendars[0] if len(calendars) == 1 and not dates else _AnyOf(dates, calendars)


class _AnyOf:
    """A day off in one of several calendars."""

    def __init__(self, dates: set[date], calendars: list[DaysOff]) -> None:
        self._dates, self._calendars = frozenset(dates), tuple(calendars)

    def __contains__(self, day: object) -> bool:
        return day in self._dates or any(day in calendar for calendar in self._calendars)


@cache
def _calendar(text: str) -> DaysOff:
    country, _, part = text.partition("-")
    whole = _country(country)
    if part and part not in whole.subdivisions:
        parts = ", ".join(whole.subdivisions) or "none"
        raise ValueError(f"write {country} alone, or one of its parts: {parts}")
    calendar: DaysOff = holidays.country_holidays(country, subdiv=part) if part else whole
    return calendar


def _country(code: str) -> holidays.HolidayBase:
    """Its calendar, asked for by name: the list of all countries loads every one of them."""
    try:
        found = holidays.country_holidays(code) if _COUNTRY.fullmatch(code) else None
    except NotImplementedError:  # what the library says of a country it does not know
        found = None
    if found is None or found.country != code:
        raise ValueError("write a country, as in DE, a part of one, as in DE-BY, or dates")
    return found


def _known_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except Exception:  # noqa: BLE001  (an unknown zone raises one of four kinds)
        raise ValueError(f'end with a time zone, as in Europe/Berlin; "{zone}" is none') from None


def _openings(text: str) -> list[Opening]:
    found = _RANGE.match(text.strip())
    if found is None:
        raise ValueError(f'write days, times and a time zone, as in "{EXAMPLE}", or always')
    first = _day(found["first"] or "mon")
    last = _day(found["last"] or found["first"] or "sun")
    if last < first:
        raise ValueError("write the earlier day first, and a second range after a comma")
    start, end = _time(found["start"]), None if found["end"] == "24:00" else _time(found["end"])
    if end is not None and end <= start:
        raise ValueError("write a closing time after the opening time; 24:00 is midnight")
    return [Opening(weekday=day, start=start, end=end) for day in range(first, last + 1)]


def _day(text: str) -> int:
    if text.lower() not in DAYS:
        raise ValueError(f"write days as Mon, Tue, Wed, Thu, Fri, Sat, Sun, as in {EXAMPLE}")
    return DAYS.index(text.lower())


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text.rjust(5, "0"))
    except ValueError:
        raise ValueError(f'write times from 00:00 to 24:00, as in "{EXAMPLE}"') from None


def _refuse_overlap(openings: Sequence[Opening]) -> None:
    by_day = sorted(openings, key=lambda each: (each.weekday, each.start))
    for before, after in pairwise(by_day):
        if before.weekday == after.weekday and (before.end is None or before.end > after.start):
            raise ValueError(f"two ranges overlap on {DAYS[before.weekday].title()}; keep one")
