"""A process killed at any named point, and another one started: the end is the same.

The process is a real one and dies by SIGKILL, so that nothing is tidied up. What is compared: how
each case was closed, how often, what the books were asked to do, and every audit chain.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from interlock.runtime.crash_points import CrashPoint
from tests.runtime.support.driving import (
    End,
    Place,
    end_of,
    ended,
    expected,
    start,
    work_to_the_end,
)

pytest_plugins = ["tests.runtime.support.places"]

ORDERS = 10  # in two deliveries; two of every kind, and plain ones
AT_ONCE = 4  # most of a crash is waiting for the dead one's claims to run out
ONCE = {CrashPoint.SWEEP_BEFORE_COMMIT}  # the others are reached twice: die at the second time


OF_RELEASES = {CrashPoint.RELEASE_BEFORE_COMMIT, CrashPoint.RELEASE_AFTER_COMMIT}
POINTS = [point for point in CrashPoint if point not in OF_RELEASES]  # those: tests/release


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """How the first process ended, and what was to be seen after the second one."""

    first_exit: int
    second_exit: int
    end: End


@pytest.fixture(scope="module")
def stories(new_place: Callable[[], Place]) -> Iterator[Mapping[CrashPoint, Future[Story]]]:
    """One story a crash point, several under way at once."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {point: pool.submit(_story, new_place(), point) for point in POINTS}


def _story(place: Place, point: CrashPoint) -> Story:
    crash_at = point if point in ONCE else f"{point}:2"
    first = ended(start(work_to_the_end, place, ORDERS, crash_at))
    second = ended(start(work_to_the_end, place, ORDERS))
    return Story(first_exit=first, second_exit=second, end=end_of(place))


@pytest.mark.parametrize("point", POINTS)
def test_a_crash_at_any_point_changes_nothing_in_the_end(
    point: CrashPoint, stories: Mapping[CrashPoint, Future[Story]]
) -> None:
    """No case is lost, none is closed twice, no action runs twice, and the log is whole."""
    story = stories[point].result()

    assert story.first_exit == -signal.SIGKILL
    assert story.second_exit == 0
    assert story.end == expected(ORDERS)


def test_without_a_crash_the_end_is_the_expected_one(new_place: Callable[[], Place]) -> None:
    """What the crashes are compared with is what really happens."""
    place = new_place()

    exit_code = ended(start(work_to_the_end, place, ORDERS))

    assert exit_code == 0
    assert end_of(place) == expected(ORDERS)
