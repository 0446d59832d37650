"""A town whose people work in the console."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.console.visit import Desk


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[Desk]:
    """The claims office with its console, on an empty database."""
    opened = Desk.opened(sqlite_url)
    yield opened
    opened.close()
