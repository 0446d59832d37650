"""A town's console on a real socket, and its people before real browsers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from tests.support.browser import Browser
from tests.web.serving import served
from tests.web.town import Town

BOARD: Final = "/workflows/claims/release"
WIDTHS: Final = (320, 390, 720, 1024, 1440)
SIDEWAYS: Final = (
    "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
)


@dataclass(slots=True, kw_only=True)
class Street:
    """The town's console on a real socket, once it is open. base: its address."""

    town: Town
    base: str = ""

    @contextmanager
    def open(self) -> Iterator[Street]:
        """The console, from now until the end."""
        with served(self.town.app) as base:
            yield replace(self, base=base)

    def visit(self, browser: Browser, person: str, path: str = BOARD) -> Browser:
        """The page there, with this person signed in."""
        browser.open(f"{self.base}/sign-in")
        cookie = {"name": "interlock_session", "value": self.town.session(person), "path": "/"}
        browser.driver.add_cookie(cookie)
        browser.size(1440, 900)
        browser.console_errors()
        browser.open(self.base + path)
        return browser
