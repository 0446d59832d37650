"""A town on each kind of database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.web.town import Town


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def town(request: pytest.FixtureRequest) -> Iterator[Town]:
    """A town whose people have accounts."""
    fixture = "sqlite_url" if request.param == "sqlite" else "module_postgres_url"
    opened = Town.opened(request.getfixturevalue(fixture))
    yield opened
    opened.close()


@pytest.fixture
def small_town(sqlite_url: str) -> Iterator[Town]:
    """The same where the kind of database does not matter."""
    opened = Town.opened(sqlite_url)
    yield opened
    opened.close()
