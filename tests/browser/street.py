"""The tests' own town with its console on a real socket, and its people in real browsers.

Its one rule: what the clock, the worker and the other side do is done by the test, so that every
moment of a page is one that the test made.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from tests.support.browser import Browser
from tests.web.serving import served
from tests.web.town import Town

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

    def visit(self, browser: Browser, person: str, path: str) -> Browser:
        """The page there, with this person signed in."""
        browser.open(f"{self.base}/sign-in")
        cookie = {"name": "interlock_session", "value": self.town.session(person), "path": "/"}
        browser.driver.add_cookie(cookie)
        browser.size(1440, 900)
        browser.console_errors()
        browser.open(self.base + path)
        return browser
