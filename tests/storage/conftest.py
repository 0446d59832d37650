"""A fresh store for every test, once for each kind of database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from interlock.storage import Store, open_store


@pytest.fixture
def store(ready_url: str) -> Iterator[Store]:
    """A store with its tables, empty."""
    with open_store(ready_url) as opened:
        yield opened


@pytest.fixture
def other_store(store: Store, ready_url: str) -> Iterator[Store]:
    """Another process's view of the same database."""
    with open_store(ready_url) as opened:
        yield opened
