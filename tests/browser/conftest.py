"""What the browser tests share: one running department for all tests of a process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.department import Department, department
from tests.support.browser import CHROMIUM, DRIVER, NO_BROWSER


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Department]:
    """The department, and its console in a process of its own."""
    if not (CHROMIUM and DRIVER):
        pytest.skip(NO_BROWSER)
    with department(tmp_path_factory.mktemp("department")) as opened:
        yield opened


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where the run leaves its screenshots."""
    return Path(__file__).resolve().parents[2] / ".interlock" / "pictures"
