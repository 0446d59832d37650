"""An office on each kind of database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from interlock.domain.contract import Stage
from tests.runtime.office import Office
from tests.runtime.truth import assert_truth


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def office(request: pytest.FixtureRequest) -> Iterator[Office]:
    """An office whose release is autonomous; what must always hold is looked at afterwards."""
    fixture = "sqlite_url" if request.param == "sqlite" else "module_postgres_url"
    yield from _opened(request.getfixturevalue(fixture))


@pytest.fixture
def small_office(sqlite_url: str) -> Iterator[Office]:
    """The same where the kind of database does not matter."""
    yield from _opened(sqlite_url)


@pytest.fixture
def assisted_office(sqlite_url: str) -> Iterator[Office]:
    """An office in which the AI recommends and people decide."""
    yield from _opened(sqlite_url, Stage.ASSISTED)


def _opened(url: str, stage: Stage = Stage.AUTONOMOUS) -> Iterator[Office]:
    office = Office.opened(url, stage)
    yield office
    assert_truth(office)
    office.close()
