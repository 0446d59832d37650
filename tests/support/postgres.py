"""Databases for tests: fresh, empty, and of both kinds.

One private cluster serves a test process (each xdist worker has its own, so that they share
nothing), started by the first test that asks. Every test gets a database that no other has seen.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from interlock.testing.postgres import PostgresMissing, PrivatePostgres

DATABASES: Final = ("sqlite", "postgresql")

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
    """The SQLAlchemy URL of a fresh PostgreSQL database, gone after the test."""
    yield from _fresh_database(postgres)


@pytest.fixture(scope="module")
def module_postgres_url(postgres: PrivatePostgres) -> Iterator[str]:
    """The same, kept for all tests of a module."""
    yield from _fresh_database(postgres)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The SQLAlchemy URL of a SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'interlock.sqlite'}"


@pytest.fixture(
    params=[
        pytest.param(name, marks=[pytest.mark.postgres] if name == "postgresql" else [])
        for name in DATABASES
    ]
)
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh, empty database: the test runs once for each kind."""
    fixture = "postgres_url" if request.param == "postgresql" else "sqlite_url"
    url: str = request.getfixturevalue(fixture)  # by name: a SQLite test must start no cluster
    return url


def _fresh_database(cluster: PrivatePostgres) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    yield cluster.create(name)
    cluster.drop(name)
