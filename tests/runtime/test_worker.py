"""A worker: its heartbeat and fence, its end in order, and when it calls itself idle."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess

import pytest

from interlock.bootstrap import Services
from interlock.domain.case import CaseState
from interlock.runtime.commands import deliver
from interlock.runtime.heartbeat import OLD_AFTER_SECONDS, SILENT_AFTER_SECONDS, Heartbeat
from interlock.runtime.worker import Worker
from interlock.runtime.workflow import Workflows
from interlock.storage import DEAD_AFTER_SECONDS
from tests.runtime.support.driving import (
    Place,
    all_cases,
    an_order,
    end_of,
    ended,
    expected,
    only_decide,
    orders,
    tell,
    work,
)

pytest_plugins = ["tests.runtime.support.places"]


class FakeBeats:
    """A store that hears beats, and a clock that the test moves."""

    def __init__(self) -> None:
        self.now, self.takes_seconds, self.is_down, self.heard = 0.0, 0.0, False, 0

    def beat(self, worker: str, *, version: str) -> None:
        self.now += self.takes_seconds
        if self.is_down:
            raise ConnectionError("the database is away")
        self.heard += 1

    def retire(self, worker: str) -> None:
        self.heard = 0

    def seconds(self) -> float:
        return self.now


@pytest.fixture
def beats() -> FakeBeats:
    return FakeBeats()


@pytest.fixture
def heartbeat(beats: FakeBeats) -> Heartbeat:
    """A heartbeat that beat once just now."""
    made = Heartbeat(beats, "worker", "1", seconds=beats.seconds)
    made.beat()
    return made


@pytest.fixture
def services(place: Place) -> Iterator[Services]:
    """The services of one process."""
    with place.services() as built:
        yield built


def test_a_worker_that_beats_steadily_may_act(beats: FakeBeats, heartbeat: Heartbeat) -> None:
    """What it holds nobody else can take."""
    mark = heartbeat.mark()
    for _ in range(10):
        beats.now += OLD_AFTER_SECONDS
        heartbeat.beat()

    assert heartbeat.may_act(mark)


def test_a_beat_that_is_a_little_late_is_made_up_for(
    beats: FakeBeats, heartbeat: Heartbeat
) -> None:
    """A busy machine beats late; that is no reason to give up cases nobody can have taken."""
    mark = heartbeat.mark()
    beats.now += (OLD_AFTER_SECONDS + SILENT_AFTER_SECONDS) / 2

    assert heartbeat.may_act(mark)
    assert beats.heard == 2


def test_a_worker_that_was_silent_too_long_may_not_act_on_what_it_held(
    beats: FakeBeats, heartbeat: Heartbeat
) -> None:
    """Another may have taken over its cases meanwhile, so waking up opens nothing again."""
    mark = heartbeat.mark()
    beats.now += DEAD_AFTER_SECONDS
    heartbeat.beat()

    assert not heartbeat.may_act(mark)
    assert heartbeat.may_act(heartbeat.mark())  # what it claims from now on is its own


def test_a_beat_counts_from_its_answer_when_the_database_was_slow(
    beats: FakeBeats, heartbeat: Heartbeat
) -> None:
    """Sent in time and heard too late is too late: the others go by what was heard."""
    mark = heartbeat.mark()
    beats.takes_seconds = DEAD_AFTER_SECONDS
    heartbeat.beat()

    assert not heartbeat.may_act(mark)


def test_a_worker_without_a_database_may_not_act(beats: FakeBeats, heartbeat: Heartbeat) -> None:
    """It cannot know whether others think it dead, and unknown is never yes."""
    mark, beats.is_down = heartbeat.mark(), True
    beats.now += SILENT_AFTER_SECONDS

    assert not heartbeat.may_act(mark)


def test_a_worker_that_never_beat_may_not_act(beats: FakeBeats) -> None:
    """Nobody knows it, so its claims protect nothing."""
    heartbeat = Heartbeat(beats, "worker", "1", seconds=beats.seconds)
    beats.is_down = True

    assert not heartbeat.may_act(heartbeat.mark())


def test_idle_means_that_nothing_is_ready_and_what_waits_stays(services: Services) -> None:
    """`interlock run` ends when the machine has done its part, not when people have."""
    told: list[int] = []
    with services.worker() as worker:
        deliver(services.context, "orders", [an_order(1), an_order(2, "asked")])
        worker.run_until_idle(lambda: told.append(1))

    assert {case.state for case in all_cases(services)} == {CaseState.CLOSED, CaseState.WAITING}
    assert told


def test_cases_of_another_contract_do_not_keep_a_worker_busy(services: Services) -> None:
    """They are ready for a process that has their code; waiting for them here would never end."""
    deliver(services.context, "orders", [an_order(1)])
    stranger = Worker(
        context=services.context.__class__(
            store=services.store,
            workflows=Workflows([]),
            clock=services.clock,
            engine=services.engine,
        ),
        runner=services.runner.__class__(
            store=services.store,
            workflows=Workflows([]),
            clock=services.clock,
            threads=services.threads,
            worker="stranger",
        ),
        engine=services.engine,
    )

    with stranger:
        stranger.run_until_idle()

    [case] = all_cases(services)
    assert case.state is CaseState.READY


def test_a_worker_told_to_stop_ends_in_order_and_is_forgotten(
    place: Place, crew: Callable[..., BaseProcess]
) -> None:
    """What it leaves is free at once; nobody has to wait until it counts as dead."""
    worker = crew(work, place)
    desk = crew(only_decide, place, 10)
    assert ended(desk) == 0
    tell(worker, signal.SIGTERM)

    assert ended(worker) == 0
    assert end_of(place) == expected(10)
    with place.services(engine="inline") as services:
        assert services.store.workers() == []


def test_an_inline_worker_does_the_same_without_a_durable_queue(place: Place) -> None:
    """A small run needs no queue; what it forgets is found again by looking for ready cases."""
    with place.services(engine="inline") as services:
        deliver(services.context, "orders", orders(3)[:1])
        services.engine.stop()  # it forgets, as in a crash
        with services.worker() as worker:
            worker.run_until_idle()

        [case] = all_cases(services)
    assert case.state is CaseState.CLOSED
