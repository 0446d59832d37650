"""Two workers share one PostgreSQL: each case is closed once, each action done once."""

from __future__ import annotations

import signal
from collections.abc import Callable
from multiprocessing.process import BaseProcess

import pytest

from tests.runtime.support.driving import Place, end_of, ended, expected, only_decide, tell, work

pytest_plugins = ["tests.runtime.support.places"]

ORDERS = 1_000
BATCH = 50


@pytest.mark.postgres
@pytest.mark.slow
def test_two_workers_do_each_thing_once(
    new_postgres_place: Callable[[], Place], crew: Callable[..., BaseProcess]
) -> None:
    """They take cases from one queue at the same time, and a person decides meanwhile."""
    place = new_postgres_place()
    workers = [crew(work, place, BATCH), crew(work, place, BATCH)]

    exit_code = ended(crew(only_decide, place, ORDERS, BATCH))
    for worker in workers:
        tell(worker, signal.SIGTERM)

    assert exit_code == 0
    assert [ended(worker) for worker in workers] == [0, 0]
    assert end_of(place) == expected(ORDERS)
