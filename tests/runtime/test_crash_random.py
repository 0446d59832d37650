"""Processes killed at moments nobody chose, and one that stands still and wakes up again."""

from __future__ import annotations

import random
import signal
from collections.abc import Callable
from multiprocessing.process import BaseProcess

import pytest

from interlock.runtime.crash_points import CrashPoint
from tests.runtime.support.driving import (
    LIMIT_SECONDS,
    Place,
    a_signal,
    end_of,
    ended,
    expected,
    only_decide,
    tell,
    work,
    work_and_freeze,
    work_to_the_end,
)

pytest_plugins = ["tests.runtime.support.places"]

ORDERS = 20
KILLS = 4
LONGEST_LIFE_SECONDS = 1.6
SEEDS = (1, 20)  # each draws the lives of four processes; add a seed that once failed

Crew = Callable[..., BaseProcess]


@pytest.mark.parametrize("seed", SEEDS)
def test_kills_at_any_moment_change_nothing_in_the_end(place: Place, crew: Crew, seed: int) -> None:
    """Named points are the moments we thought of; this tries those we did not."""
    lives = random.Random(seed)

    for _ in range(KILLS):
        process = crew(work_to_the_end, place, ORDERS)
        process.join(lives.uniform(0.1, LONGEST_LIFE_SECONDS))
        process.kill()
        process.join()
    last_exit = ended(crew(work_to_the_end, place, ORDERS))

    assert last_exit == 0
    assert end_of(place) == expected(ORDERS)


@pytest.mark.parametrize(
    ("point", "after"),
    [
        (CrashPoint.EPISODE_CLAIMED, 1),
        (CrashPoint.INTENT_RECORDED, 1),  # before a booking, which is idempotent
        (CrashPoint.INTENT_RECORDED, 2),  # before a shipment, which is not
        (CrashPoint.ACTION_DONE, 2),  # the deed is done and not on record
    ],
)
@pytest.mark.postgres
def test_a_worker_that_wakes_up_too_late_does_nothing_twice(
    new_postgres_place: Callable[[], Place], crew: Crew, point: CrashPoint, after: int
) -> None:
    """It may have been paused for minutes; what it held is another's, and it must see that.

    On PostgreSQL only: with SQLite a process that stands still may hold the one write lock.
    """
    place, frozen = new_postgres_place(), a_signal()
    sleeper = crew(work_and_freeze, place, point, after, frozen)
    assert frozen.wait(LIMIT_SECONDS)

    helper = crew(work, place)
    assert ended(crew(only_decide, place, ORDERS)) == 0
    tell(sleeper, signal.SIGCONT)
    for worker in (sleeper, helper):
        tell(worker, signal.SIGTERM)

    assert (ended(sleeper), ended(helper)) == (0, 0)
    assert end_of(place) == expected(ORDERS)
