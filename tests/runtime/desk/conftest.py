"""A desk on each kind of database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.runtime.desk.offices import desk_folder
from tests.runtime.office import Office
from tests.runtime.truth import assert_truth


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def desk(request: pytest.FixtureRequest) -> Iterator[Office]:
    """A desk with an undo window; what must always hold is looked at afterwards."""
    fixture = "sqlite_url" if request.param == "sqlite" else "module_postgres_url"
    office = Office.opened(request.getfixturevalue(fixture), folder=desk_folder())
    yield office
    assert_truth(office)
    office.close()


@pytest.fixture
def small_desk(sqlite_url: str) -> Iterator[Office]:
    """The same where the kind of database does not matter."""
    office = Office.opened(sqlite_url, folder=desk_folder())
    yield office
    assert_truth(office)
    office.close()


@pytest.fixture
def school(sqlite_url: str) -> Iterator[Office]:
    """A desk whose clerks must pass a training first."""
    office = Office.opened(sqlite_url, folder=desk_folder(training=True))
    yield office
    assert_truth(office)
    office.close()
