"""Business hours: weekends, holidays, midnight, and the two days a year that lie."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.domain.hours import ALWAYS, BusinessHours, Opening
from interlock.testing.builders import at

WEEKDAYS = range(5)
OFFICE = BusinessHours(
    zone="Europe/Berlin",
    openings=tuple(Opening(weekday=day, start=time(8), end=time(18)) for day in WEEKDAYS),
    days_off=frozenset({date(2026, 4, 3), date(2026, 4, 6)}),  # Good Friday, Easter Monday
    text="Mon-Fri 08:00-18:00 Europe/Berlin",
)
ROUND_THE_CLOCK = BusinessHours(
    zone="Europe/Berlin", openings=tuple(Opening(weekday=d, start=time(0)) for d in range(7))
)
NIGHTS = BusinessHours(
    zone="America/New_York",
    openings=(
        Opening(weekday=6, start=time(0), end=time(2, 30)),
        Opening(weekday=6, start=time(2, 30), end=time(3)),
        Opening(weekday=6, start=time(22)),
        Opening(weekday=2, start=time(1, 30), end=time(2, 15)),
    ),
)
CALENDARS = [OFFICE, ROUND_THE_CLOCK, NIGHTS, ALWAYS]

START = at("2025-01-01T00:00")
moments = st.timedeltas(timedelta(0), timedelta(days=1000)).map(lambda passed: START + passed)
spans = st.timedeltas(timedelta(0), timedelta(days=5))
calendars = st.sampled_from(CALENDARS)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


@pytest.mark.parametrize(
    ("start", "open_hours", "end"),
    [
        ("2026-03-02T08:00", 2, "2026-03-02T10:00"),  # a plain Monday
        ("2026-03-02T05:00", 1, "2026-03-02T08:00"),  # before opening at 07:00 UTC
        ("2026-03-02T18:00", 1, "2026-03-03T08:00"),  # after closing at 17:00 UTC
        ("2026-03-06T16:30", 1, "2026-03-09T07:30"),  # over a weekend
        ("2026-04-02T15:00", 2, "2026-04-07T07:00"),  # over Easter, in summer time
        ("2026-03-27T16:00", 2, "2026-03-30T07:00"),  # over the change to summer time
        ("2026-10-23T15:00", 2, "2026-10-26T08:00"),  # and over the change back
        ("2026-03-02T08:00", 50, "2026-03-09T08:00"),  # a working week
    ],
)
def test_a_deadline_skips_the_time_nobody_works(start: str, open_hours: int, end: str) -> None:
    """Worked out by hand on the calendar of a German office."""
    assert OFFICE.after(at(start), hours(open_hours)) == at(end)


def test_a_day_has_as_many_hours_as_the_clocks_give_it() -> None:
    """Twenty-three in spring, twenty-five in autumn; an always open queue works them all."""
    spring, autumn = at("2026-03-28T23:00"), at("2026-10-24T22:00")  # local midnights

    assert ROUND_THE_CLOCK.after(spring, hours(23)) == at("2026-03-29T22:00")
    assert ROUND_THE_CLOCK.between(autumn, at("2026-10-25T23:00")) == hours(25)


def test_an_opening_inside_the_hour_that_is_left_out_does_not_exist() -> None:
    """02:30 to 03:00 on the day the clocks jump from two to three: no time at all."""
    night = BusinessHours(
        zone="Europe/Berlin", openings=(Opening(weekday=6, start=time(2, 30), end=time(3)),)
    )
    jump, week_later = at("2026-03-29T00:00"), at("2026-04-05T00:30")

    assert night.between(jump, jump + hours(12)) == timedelta()
    assert night.after(jump, hours(0.5)) == week_later + hours(0.5)


@given(calendar=calendars, start=moments, span=spans)
def test_between_undoes_after(calendar: BusinessHours, start: datetime, span: timedelta) -> None:
    """A deadline an hour of business time away is an hour of business time away."""
    assert calendar.between(start, calendar.after(start, span)) == span


@given(calendar=calendars, start=moments, span=spans, more=spans)
def test_more_time_is_never_sooner(
    calendar: BusinessHours, start: datetime, span: timedelta, more: timedelta
) -> None:
    """Deadlines keep their order, so the most urgent task is the most urgent task."""
    assert calendar.after(start, span) <= calendar.after(start, span + more)
    assert calendar.after(start, span) >= start


@given(calendar=calendars, start=moments, first=spans, second=spans)
def test_time_adds_up(
    calendar: BusinessHours, start: datetime, first: timedelta, second: timedelta
) -> None:
    """Stopping a clock in between loses nothing and gains nothing."""
    middle, end = start + first, start + first + second

    whole = calendar.between(start, end)
    assert calendar.between(start, middle) + calendar.between(middle, end) == whole
    assert timedelta() <= whole <= end - start


@given(calendar=calendars, moment=moments)
def test_open_is_where_time_passes(calendar: BusinessHours, moment: datetime) -> None:
    """`is_open` and the clock say the same."""
    moment = moment.replace(second=0, microsecond=0)
    passes = calendar.between(moment, moment + timedelta(seconds=1)) > timedelta()

    assert calendar.is_open(moment) == passes


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-02T06:59", False),
        ("2026-03-02T07:00", True),
        ("2026-03-02T16:59", True),
        ("2026-03-02T17:00", False),
        ("2026-03-07T10:00", False),  # Saturday
        ("2026-04-06T10:00", False),  # Easter Monday
    ],
)
def test_the_doors_open_and_close_on_the_minute(moment: str, is_open: bool) -> None:
    """The opening minute counts, the closing one does not."""
    assert OFFICE.is_open(at(moment)) is is_open


def test_a_calendar_that_never_opens_says_so() -> None:
    """Else a task would be due never, and nobody would notice."""

    class Always:
        def __contains__(self, day: object) -> bool:
            return True

    shut = BusinessHours(openings=OFFICE.openings, days_off=Always(), text="Mon-Fri")

    with pytest.raises(ValueError, match="no open day in three years; add one"):
        shut.after(at("2026-03-02T09:00"), hours(1))
    assert not shut.is_open(at("2026-03-02T09:00"))
    assert shut.between(at("2026-03-02T09:00"), at("2026-03-03T09:00")) == timedelta()
