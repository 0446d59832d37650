"""Fresh places to work at: a database of either kind with its tables, and a folder for books."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import create_engine, make_url, text

from interlock.bootstrap import upgrade
from interlock.settings import load_settings
from tests.runtime.support.driving import Place, start

DATABASES: Final = [
    "sqlite",
    pytest.param("postgresql", marks=pytest.mark.postgres),
]

# A process that stands still inside a transaction would hold its row locks for ever.
FROZEN_LOSES_LOCKS: Final = "-c idle_in_transaction_session_timeout=1000"

_numbers = itertools.count(1)


@pytest.fixture(scope="module", params=DATABASES)
def new_place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Place]]:
    """Makes places; the tables are made once and then copied, which is twenty times faster."""
    if request.param == "postgresql":
        yield from _postgres_places(
            request.getfixturevalue("module_postgres_url"), tmp_path_factory
        )
    else:
        yield _sqlite_places(tmp_path_factory)


@pytest.fixture(scope="module")
def new_postgres_place(
    module_postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Place]]:
    """Makes places on PostgreSQL only."""
    yield from _postgres_places(module_postgres_url, tmp_path_factory)


@pytest.fixture
def crew() -> Iterator[Callable[..., BaseProcess]]:
    """Starts processes as `driving.start` does; none of them outlives its test."""
    started: list[BaseProcess] = []

    def start_one(target: Any, *arguments: Any) -> BaseProcess:
        started.append(start(target, *arguments))
        return started[-1]

    yield start_one
    for process in started:
        process.kill()
        process.join()


@pytest.fixture
def place(new_place: Callable[[], Place]) -> Place:
    """One place, fresh."""
    return new_place()


def _sqlite_places(folders: pytest.TempPathFactory) -> Callable[[], Place]:
    pattern = folders.mktemp("pattern") / "interlock.db"
    upgrade(load_settings(database_url=f"sqlite:///{pattern}"))

    def make() -> Place:
        data = folders.mktemp("place")
        shutil.copy(pattern, data / "interlock.db")
        return Place(url=f"sqlite:///{data / 'interlock.db'}", data=data)

    return make


def _postgres_places(url: str, folders: pytest.TempPathFactory) -> Iterator[Callable[[], Place]]:
    upgrade(load_settings(database_url=url))
    pattern = make_url(url)
    server = create_engine(pattern.set(database="postgres"), isolation_level="AUTOCOMMIT")
    made: list[str] = []

    def make() -> Place:
        name = f"{pattern.database}_{next(_numbers)}"
        with server.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{pattern.database}"'))
        made.append(name)
        address = pattern.set(database=name).update_query_dict({"options": FROZEN_LOSES_LOCKS})
        url = address.render_as_string(hide_password=False)
        return Place(url=url, data=Path(folders.mktemp("place")))

    yield make
    with server.connect() as connection:
        for name in made:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    server.dispose()
