"""A house with a store, a clock that stands still, an admin and a clerk; once for each database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from argon2 import PasswordHasher

from interlock.domain.audit import AuditEntry
from interlock.domain.people import Grant, Role
from interlock.identity import BareHouse, add_account, grant_role, passwords, set_password
from interlock.storage import open_store
from interlock.testing.clock import MovingClock

MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
PASSWORD = "a long walk on a grey beach"
HERE = "192.0.2.7"


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hashing is slow on purpose; what these tests are about is not how slow."""
    quick = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
    monkeypatch.setattr(passwords, "hasher", lambda: quick)
    passwords._nobodys.cache_clear()
    yield
    passwords._nobodys.cache_clear()


@pytest.fixture
def house(ready_url: str) -> Iterator[BareHouse]:
    """Nobody has an account yet."""
    with open_store(ready_url) as store:
        yield BareHouse(store=store, clock=MovingClock(MORNING))


@pytest.fixture
def clock(house: BareHouse) -> MovingClock:
    assert isinstance(house.clock, MovingClock)
    return house.clock


@pytest.fixture
def staffed(house: BareHouse) -> BareHouse:
    """Rosa is the admin; Anna reviews in one queue and has a password."""
    add_account(house, "rosa", "installer", email="rosa@example.com")
    grant_role(house, "rosa", Grant(role=Role.ADMIN), "installer")
    add_account(house, "anna", "rosa", name="Anna Weiss", email="Anna@Example.com")
    grant_role(
        house, "anna", Grant(role=Role.REVIEWER, workflow="payables", queue="clerks"), "rosa"
    )
    set_password(house, "anna", PASSWORD, "anna")
    return house


def log(house: BareHouse, kind: str) -> list[AuditEntry]:
    """The house log's entries of one kind, the oldest first; the whole log holds."""
    assert house.store.house_faults() == []
    entries = house.store.house_entries(limit=1000)
    return [entry for entry in reversed(entries) if entry.kind == kind]


def bodies(house: BareHouse, kind: str) -> list[Any]:
    return [entry.body for entry in log(house, kind)]
