"""People at queues, event by event: against closed formulas, and against days worked by hand."""

from __future__ import annotations

import heapq

import numpy as np
import pytest

from interlock.contracts.capacity import answered_within, chance_to_wait
from interlock.foresight.queueing import FOR_EVER, Ask, Desk, OpenHours, run

MINUTE, HOUR = 60.0, 3600.0
LATER = 1e12


@pytest.mark.parametrize(("people", "load"), [(1, 0.6), (2, 1.5), (5, 4.0)])
def test_with_random_arrivals_it_agrees_with_erlang(people: int, load: float) -> None:
    """M/M/c at the rates that were drawn: the share that waits within 0.02, the mean wait within
    8 %, and the share answered in four mean times within 0.02, over 60,000 questions."""
    random = np.random.default_rng(7)
    mean, count = 300.0, 60_000
    arrivals = np.cumsum(random.exponential(mean / load, count))
    work = random.exponential(mean, count)

    [found] = run(
        [Desk(OpenHours(), tuple(range(people)), people)],
        people,
        arrivals.tolist(),
        [[Ask(0, LATER, each)] for each in work.tolist()],
    )

    mean, gap = float(work.mean()), float(arrivals[-1]) / count
    waits, erlang = np.array(found.waits), chance_to_wait(people, mean / gap)
    expected = erlang * mean / (people - mean / gap)
    per_hour = HOUR / gap
    within = answered_within(people, per_hour, mean / MINUTE, 4 * mean / MINUTE)
    assert np.mean(waits > 1e-6) == pytest.approx(erlang, abs=0.02)
    assert waits.mean() == pytest.approx(expected, rel=0.08)
    assert np.mean(np.array(found.answers) <= 4 * mean) == pytest.approx(within, abs=0.02)


def test_first_come_first_served_it_is_the_textbooks_recursion_to_the_second() -> None:
    """Each question begins when it came or when the first of the people is free."""
    random = np.random.default_rng(3)
    arrivals = np.cumsum(random.exponential(60, 2000)).tolist()
    work = random.gamma(0.7, 300, 2000).tolist()
    free, expected = [0.0] * 4, []
    for came, takes in zip(arrivals, work, strict=True):
        begins = max(came, heapq.heappop(free))
        expected.append(begins - came)
        heapq.heappush(free, begins + takes)

    paths = [[Ask(0, LATER, each)] for each in work]
    [found] = run([Desk(OpenHours(), (0, 1, 2, 3), 4)], 4, arrivals, paths)

    assert found.waits == pytest.approx(expected)


def _days(start: float, end: float, days: int = 3) -> OpenHours:
    return OpenHours.of([(24 * HOUR * d + start, 24 * HOUR * d + end) for d in range(days)])


def test_a_night_is_no_waiting_time() -> None:
    """Asked at 18:00 with hours 9 to 17: begun at 9:00 the next day, after no open minute."""
    [found] = run(
        [Desk(_days(9 * HOUR, 17 * HOUR), (0,), 1)], 1, [18 * HOUR], [[Ask(0, HOUR, 600)]]
    )

    assert found.waits == [0.0]
    assert found.away == [15 * HOUR + 600]
    assert found.late == 0


def test_work_begun_before_closing_time_goes_on_in_the_morning() -> None:
    """Twenty minutes begun at 16:50: ten of them are the next day's."""
    [found] = run(
        [Desk(_days(9 * HOUR, 17 * HOUR), (0,), 1)], 1, [17 * HOUR - 600], [[Ask(0, HOUR, 1200)]]
    )

    assert found.answers == [1200]
    assert found.away == [600 + 16 * HOUR + 600]


def test_what_is_due_first_is_done_first() -> None:
    """One is at work until 10; then the shorter deadline comes before the earlier arrival."""
    paths = [[Ask(0, HOUR, 600)], [Ask(0, 10 * HOUR, 60)], [Ask(0, HOUR, 60)]]

    [found] = run([Desk(OpenHours(), (0,), 1)], 1, [0.0, 1.0, 2.0], paths)

    assert found.waits == [0.0, 598.0, 659.0]


def test_what_is_late_goes_up_the_chain_and_stays_at_its_end() -> None:
    """The only clerk is busy for three hours; after one, the lead has the question."""
    desks = [Desk(OpenHours(), (0,), 1, onward=1), Desk(OpenHours(), (1,), 1)]
    paths = [[Ask(0, HOUR, 3 * HOUR)], [Ask(0, HOUR, 60)]]

    clerk, lead = run(desks, 2, [0.0, 1.0], paths)

    assert (clerk.asked, clerk.passed_on) == (2, 1)
    assert clerk.late == 2, "the long one ended late too"
    assert (lead.asked, lead.waits) == (1, [0.0])


def test_nobody_at_work_means_nothing_is_answered() -> None:
    """A queue without people keeps everything, and says so."""
    [found] = run([Desk(OpenHours(), (), 1)], 0, [0.0, 5.0], [[Ask(0, 60, 60)]] * 2)

    assert (found.asked, found.unanswered, found.late) == (2, 2, 2)


def test_one_person_at_two_queues_does_one_thing_at_a_time() -> None:
    """Shared people are not counted twice."""
    desks = [Desk(OpenHours(), (0,), 1), Desk(OpenHours(), (0,), 1)]

    first, second = run(desks, 1, [0.0, 0.0], [[Ask(0, HOUR, 600)], [Ask(1, HOUR, 600)]])

    assert sorted(first.waits + second.waits) == [0.0, 600.0]


def test_open_hours_reckon_to_the_second() -> None:
    """Work that ends at closing time ends then, and beyond the last day it never does."""
    hours = _days(9 * HOUR, 17 * HOUR, days=2)

    assert hours.after(9 * HOUR, 8 * HOUR) == 17 * HOUR
    assert hours.after(20 * HOUR, HOUR) == 34 * HOUR
    assert hours.after(9 * HOUR, 17 * HOUR) == FOR_EVER
    assert hours.passed(24 * HOUR) == 8 * HOUR
    assert [hours.is_open(at * HOUR) for at in (8, 9, 16.99, 17)] == [False, True, True, False]
