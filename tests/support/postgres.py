"""Databases for tests: fresh, empty, and of both kinds.

One private cluster serves a test process (each xdist worker has its own, so that they share
nothing), started by the first test that asks. A test that is about making tables gets a database
that no other has seen. Making them, copying them or truncating them all takes a second; emptying
the few that a test has filled takes none of it, so all others share one per module.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest
from sqlalchemy import NullPool, create_engine, text

from interlock.storage import open_store
from interlock.storage.tables import metadata
from interlock.testing.postgres import PostgresMissing, PrivatePostgres

DATABASES: Final = ("sqlite", "postgresql")
BOTH: Final = [
    pytest.param(name, marks=[pytest.mark.postgres] if name == "postgresql" else [])
    for name in DATABASES
]
_FILLED: Final = " UNION ALL ".join(
    f"(SELECT '{name}' FROM interlock.{name} LIMIT 1)" for name in metadata.tables
)
_COUNT_FROM_ONE: Final = """
SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
FROM pg_sequences WHERE schemaname = 'interlock' AND last_value IS NOT NULL
"""

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PrivatePostgres]:
    """The running cluster of this test process; skips the test where there is no PostgreSQL."""
    try:
        cluster = PrivatePostgres()
    except PostgresMissing as missing:
        pytest.skip(f"PostgreSQL tests skipped: {missing}")
    with cluster:
        yield cluster


@pytest.fixture
def postgres_url(postgres: PrivatePostgres) -> Iterator[str]:
    """The SQLAlchemy URL of a fresh PostgreSQL database without tables, gone after the test."""
    yield from fresh_database(postgres)


@pytest.fixture(scope="module")
def module_postgres_url(postgres: PrivatePostgres) -> Iterator[str]:
    """The same with all tables, kept for all tests of a module."""
    for url in fresh_database(postgres):
        with open_store(url) as store:
            store.upgrade()
        yield url


@pytest.fixture
def ready_postgres_url(module_postgres_url: str) -> str:
    """The SQLAlchemy URL of a PostgreSQL database with all tables, which are empty."""
    return emptied(module_postgres_url)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The SQLAlchemy URL of a SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'interlock.sqlite'}"


@pytest.fixture
def ready_sqlite_url(sqlite_url: str) -> str:
    """The SQLAlchemy URL of a SQLite file with all tables, which are empty."""
    return ready_sqlite(sqlite_url)


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh database without tables: the test runs once for each kind."""
    return _of_kind(request, "")


@pytest.fixture(params=BOTH)
def ready_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh database with all tables, empty: the test runs once for each kind."""
    return _of_kind(request, "ready_")


def emptied(url: str) -> str:
    """The same URL, of a PostgreSQL database of which every table is empty now.

    The tables' own triggers and references do not count here; they would forbid it.
    """
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        filled = connection.execute(text(_FILLED)).scalars().all()
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for name in filled:
            connection.execute(text(f"DELETE FROM interlock.{name}"))
        connection.execute(text(_COUNT_FROM_ONE))
    return url


def ready_sqlite(url: str) -> str:
    """The same URL, of a file that now has all tables and nothing in them."""
    Path(url.removeprefix("sqlite:///")).write_bytes(_blank())
    return url


@cache
def _blank() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "blank.sqlite"
        with open_store(f"sqlite:///{file}") as store:
            store.upgrade()
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return file.read_bytes()


def _of_kind(request: pytest.FixtureRequest, prefix: str) -> str:
    # by name: a SQLite test must start no cluster
    kind = "postgres" if request.param == "postgresql" else "sqlite"
    url: str = request.getfixturevalue(f"{prefix}{kind}_url")
    return url


def fresh_database(cluster: PrivatePostgres) -> Iterator[str]:
    """The URL of a new database of the cluster, which is gone afterwards."""
    name = f"test_{next(_numbers)}"
    yield cluster.create(name)
    cluster.drop(name)
