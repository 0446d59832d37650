"""What the browser tests share: one running department, and one browser for each person in it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.browser.department import Department, department
from tests.support.browser import CHROMIUM, DRIVER, NO_BROWSER, Browser, start_browser

DESKTOP = (1440, 900)
# The first test that asks for the department waits until its invoices are worked through.
SETTING_UP_SECONDS = 600
BrowserOf = Callable[[str], Browser]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Gives every test in a browser the time that the setting up may take."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(SETTING_UP_SECONDS))


@pytest.fixture(scope="package")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Department]:
    """The department, and its console in a process of its own."""
    if not (CHROMIUM and DRIVER):
        pytest.skip(NO_BROWSER)
    with department(tmp_path_factory.mktemp("department")) as opened:
        yield opened


@pytest.fixture(scope="package")
def windows() -> Iterator[dict[str, Browser]]:
    """The browsers that are open, by the person who sits before it."""
    opened: dict[str, Browser] = {}
    yield opened
    for each in opened.values():
        each.driver.quit()


@pytest.fixture
def browser_of(office: Department, windows: dict[str, Browser]) -> Iterator[BrowserOf]:
    """The browser of a person, signed in; the same one each time. "" is a stranger's."""
    folders: list[Path] = []

    def of(person: str) -> Browser:
        if person not in windows:
            folders.append(Path(tempfile.mkdtemp(prefix="browser-")))
            windows[person] = start_browser(folders[-1])
            if person:
                office.sign_in(windows[person], person)
        windows[person].size(*DESKTOP)
        windows[person].prefer(color_scheme="light")
        windows[person].console_errors()  # what an earlier test saw is not this one's
        return windows[person]

    yield of
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where the run leaves its screenshots."""
    return Path(__file__).resolve().parents[2] / "build" / "screenshots"
