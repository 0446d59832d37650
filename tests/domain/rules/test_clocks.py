"""Waiting: retries with back-off, deadlines in business time, clocks that stop for a question."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from interlock.domain.contract import Retry
from interlock.domain.rules import sla
from interlock.domain.rules.retry import wait_before
from interlock.testing.builders import MORNING, a_queue, a_task, at
from tests.domain.test_hours import OFFICE

MINUTE = timedelta(minutes=1)
retries = st.builds(
    Retry,
    attempts=st.integers(0, 2000),
    first_wait_seconds=st.floats(0, 100),
    factor=st.floats(1, 10),
    longest_wait_seconds=st.floats(1, 10_000),
)


@given(retry=retries, attempt=st.integers(1, 3000))
def test_a_wait_never_passes_its_ceiling_and_tries_always_end(retry: Retry, attempt: int) -> None:
    """However many tries a contract asks for, and however steep its factor."""
    wait = wait_before(retry, attempt)

    assert (wait is None) == (attempt >= retry.attempts)
    assert wait is None or timedelta() <= wait <= timedelta(seconds=retry.longest_wait_seconds)


@given(retry=retries, attempt=st.integers(1, 100))
def test_each_wait_is_at_least_as_long_as_the_one_before(retry: Retry, attempt: int) -> None:
    """A system in trouble is given more and more time."""
    first, second = wait_before(retry, attempt), wait_before(retry, attempt + 1)

    assert first is None or second is None or first <= second


def test_one_attempt_means_no_retry() -> None:
    """`attempts` counts all of them, the first included."""
    assert wait_before(Retry(attempts=1), 1) is None
    assert wait_before(Retry(attempts=2), 1) == timedelta(seconds=2)


def test_a_deadline_falls_into_business_time() -> None:
    """Friday at five, with two hours to go and the office closing at six: Monday at nine."""
    clock = sla.deadline(a_queue(hours=OFFICE), 120, at("2026-03-06T16:00"))

    assert clock.due_at == at("2026-03-09T08:00")  # 09:00 in Berlin


@given(minutes=st.integers(1, 5000), share=st.floats(0, 1), ahead=st.integers(-100, 5000))
def test_at_risk_comes_before_due_and_both_after_now(
    minutes: int, share: float, ahead: int
) -> None:
    """Whichever deadline wins, the queue's or the case's own."""
    queue = a_queue(hours=OFFICE, at_risk_share=share)

    clock = sla.deadline(queue, minutes, MORNING, latest=MORNING + ahead * MINUTE)

    assert MORNING <= clock.at_risk_at <= clock.due_at
    if ahead > 0:
        assert clock.due_at <= MORNING + ahead * MINUTE


@given(before=st.integers(0, 59), asked_for=st.integers(0, 10_000))
def test_a_question_costs_the_reviewer_no_business_time(before: int, asked_for: int) -> None:
    """What was left when the clock stopped is left when it runs again."""
    queue = a_queue(hours=OFFICE)
    clock = sla.deadline(queue, 60, MORNING)
    task = a_task(due_at=clock.due_at, at_risk_at=clock.at_risk_at)
    asked_at = MORNING + before * MINUTE
    answered_at = asked_at + asked_for * MINUTE

    running = sla.restart_clock(sla.stop_clock(task, asked_at), queue, answered_at)

    left = OFFICE.between(asked_at, task.due_at)
    assert OFFICE.between(answered_at, running.due_at) == left
    assert running.clock_stopped_at is None


def test_stopping_twice_keeps_the_first_moment() -> None:
    """And starting a running clock does nothing."""
    stopped = sla.stop_clock(a_task(), MORNING)

    assert sla.stop_clock(stopped, MORNING + MINUTE) == stopped
    assert sla.restart_clock(a_task(), a_queue(), MORNING) == a_task()
