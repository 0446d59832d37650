"""The durable engine: episodes commit with their cause, survive workers, and leave nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta

import pytest
from dbos import DBOSClient, WorkflowStatus
from sqlalchemy import text

from interlock.bootstrap import Services
from interlock.domain.case import CaseState
from interlock.domain.ids import CaseId
from interlock.errors import SettingsInvalid
from interlock.runtime import dbos_engine
from interlock.runtime.commands import deliver
from interlock.runtime.dbos_engine import DbosEngine
from interlock.storage import open_store
from tests.runtime.support.driving import Place, all_cases, an_order

pytest_plugins = ["tests.runtime.support.places"]

WAIT_SECONDS = 20.0


@pytest.fixture
def services(place: Place) -> Iterator[Services]:
    """The services of one process; episodes of at most five cases."""
    with place.services() as built:
        yield built


def test_an_episode_is_enqueued_only_when_its_cause_commits(services: Services) -> None:
    """A decision that is rolled back must resume nothing."""

    class RolledBack(Exception):
        pass

    with suppress(RolledBack), services.store.engine.begin() as connection:
        services.engine.enqueue(connection, [CaseId("case_1")])
        raise RolledBack

    assert not services.engine.is_behind()


def test_episodes_hold_at_most_a_batch(services: Services) -> None:
    """One slow case may hold back the end of its episode, so an episode stays small."""
    with services.store.engine.begin() as connection:
        services.engine.enqueue(connection, [CaseId(f"case_{at}") for at in range(12)])

    assert len(_rows(services, "ENQUEUED")) == 3


def test_a_case_opened_in_a_worker_starts_without_waiting_for_the_queue(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A single case must not wait for a poll; here the queue is never polled."""
    monkeypatch.setattr(dbos_engine, "POLL_SECONDS", {"sqlite": 3600.0, "postgresql": 3600.0})
    with services.worker():
        [delivered] = deliver(services.context, "orders", [an_order(1)])
        assert services.engine.turn(WAIT_SECONDS)

    [case] = services.store.load([delivered.case_id])
    assert case.state is CaseState.CLOSED


@pytest.mark.postgres
def test_another_process_is_woken_without_waiting_for_the_queue(
    new_postgres_place: Callable[[], Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever decides is seldom the one who works; here the queue is never polled."""
    monkeypatch.setattr(dbos_engine, "POLL_SECONDS", {"sqlite": 3600.0, "postgresql": 3600.0})
    place = new_postgres_place()
    with place.services() as working, place.services() as opening, working.worker() as worker:
        monkeypatch.setattr(DbosEngine, "is_behind", lambda _: True)  # nor does a sweep look
        [delivered] = deliver(opening.context, "orders", [an_order(1)])
        worker.run_until_idle()

        [case] = opening.store.load([delivered.case_id])
    assert case.state is CaseState.CLOSED


def test_the_queue_is_enough_where_nobody_starts_or_wakes(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The direct ways are faster, not needed: a lost hint costs one poll."""
    monkeypatch.setattr(DbosEngine, "committed", lambda *_: None)
    with services.worker() as worker:
        deliver(services.context, "orders", [an_order(at) for at in range(7)])
        worker.run_until_idle()

    assert {case.state for case in all_cases(services)} == {CaseState.CLOSED}


def test_a_death_makes_somebody_look_for_cases_at_once(services: Services) -> None:
    """Among many episodes that wait for their turn, those of the dead would be found late."""
    services.engine.enqueue_now([CaseId("case_1")])
    services.engine.is_behind()  # the first answer is always no: at a start somebody must look
    services.engine.tidy(["one", "other"])
    was_behind = services.engine.is_behind()

    services.engine.tidy(["one"])

    assert was_behind
    assert not services.engine.is_behind()
    assert services.engine.is_behind()  # one look is enough


def test_a_row_begun_by_the_dead_is_dropped_only_when_it_is_old(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who only stood still must find its row; without any end, rows of the dead would pile up."""
    monkeypatch.setattr(dbos_engine, "PRUNE_EVERY_SECONDS", 0.0)
    _begin_as(services, "gone", [CaseId("case_1")])

    services.engine.tidy([])
    kept = len(_rows(services, "PENDING"))
    monkeypatch.setattr(dbos_engine, "KEEP_BEGUN", timedelta(seconds=-60))
    services.engine.tidy(["gone"])
    kept_while_it_lives = len(_rows(services, "PENDING"))
    services.engine.tidy([])

    assert (kept, kept_while_it_lives, len(_rows(services, "PENDING"))) == (1, 1, 0)


def test_finished_rows_are_pruned(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every query of the queue would slow down with each episode that ever ran."""
    with services.worker() as worker:
        deliver(services.context, "orders", [an_order(at) for at in range(7)])
        worker.run_until_idle()
    monkeypatch.setattr(dbos_engine, "KEEP_FINISHED", timedelta(seconds=-60))
    monkeypatch.setattr(dbos_engine, "PRUNE_EVERY_SECONDS", 0.0)
    services.engine.tidy([])

    assert _rows(services, "SUCCESS") == []


def test_rows_that_just_finished_are_kept_for_a_look(services: Services) -> None:
    """Whoever asks what happened a moment ago still finds it."""
    with services.worker() as worker:
        deliver(services.context, "orders", [an_order(1)])
        worker.run_until_idle()
        _until(lambda: len(_rows(services, "SUCCESS")) > 0)

    services.engine.tidy([])

    assert _rows(services, "SUCCESS")


def test_a_database_in_memory_is_refused() -> None:
    """Its second connection would see another, empty database."""
    with open_store("sqlite://") as store, pytest.raises(SettingsInvalid, match="engine inline"):
        DbosEngine(store)


def _rows(services: Services, status: str) -> list[WorkflowStatus]:
    client = DBOSClient(
        system_database_url=services.store.url, application_name=dbos_engine.APPLICATION, lazy=True
    )
    try:
        return client.list_workflows(status=status)
    finally:
        client.destroy()


def _begin_as(services: Services, worker: str, case_ids: list[CaseId]) -> None:
    """An episode as a worker leaves it that took it from the queue and died."""
    table = "workflow_status" if services.store.dialect == "sqlite" else "dbos.workflow_status"
    with services.store.engine.begin() as connection:
        services.engine.enqueue(connection, case_ids)
        sentence = f"UPDATE {table} SET status = 'PENDING', executor_id = :worker, "
        sentence += "started_at_epoch_ms = :now"
        connection.execute(text(sentence), {"worker": worker, "now": int(time.time() * 1000)})


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it took too long"
        threading.Event().wait(0.02)
