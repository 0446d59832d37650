"""A town with the console in front of it, for the pages of those who run the work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from html.parser import HTMLParser

from starlette.testclient import TestClient

from interlock.console.app import attach
from tests.web.town import Town, csrf_of


@contextmanager
def opened_town(url: str) -> Iterator[Town]:
    """A fresh town whose application has the console's pages."""
    town = Town.opened(url)
    attach(town.app)
    yield town
    town.close()


def read(town: Town, person: str, path: str, status: int = 200) -> str:
    """A page as this person gets it; its HTML is well-formed enough for a reader of tags."""
    answer = town.browser(person).get(path, headers={"accept": "text/html"})
    assert answer.status_code == status, answer.text[:2000]
    if status == 200:
        check_page(answer.text)
    return str(answer.text)


def send(town: Town, person: str, path: str, status: int = 303, **fields: str) -> str:
    """Posts a form as this person's browser does, and gives what was answered."""
    client: TestClient = town.browser(person)
    headers = {"accept": "text/html", **csrf_of(town.app, client)}
    answer = client.post(path, data=fields, headers=headers, follow_redirects=False)
    assert answer.status_code == status, answer.text[:2000]
    return str(answer.text)


def words_of(html: str) -> str:
    """The words of a page as somebody reads them."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def check_page(html: str) -> None:
    """One h1, a caption for every table, a label for every field, and every tag closed."""
    found = _Tags()
    found.feed(html)
    assert html.count("<h1") == 1, html.count("<h1")
    assert found.tables == found.captions, "a table without a caption"
    assert found.unlabelled() == [], found.unlabelled()
    assert found.open == [], found.open


VOID = {"meta", "link", "input", "br", "hr", "img", "wbr", "path", "rect", "circle", "use", "line"}
VOID |= {"col"}


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tables = self.captions = 0
        self.fields: list[str] = []
        self.labels: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tables += tag == "table"
        self.captions += tag == "caption"
        if tag == "label" and given.get("for"):
            self.labels.add(str(given["for"]))
        is_field = tag in ("input", "select", "textarea") and given.get("type") != "hidden"
        if is_field and "label" not in self.open and "aria-label" not in given:
            self.fields.append(str(given.get("id")))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Nothing stays open."""

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1] == tag, (self.open[-3:], tag)
        self.open.pop()

    def unlabelled(self) -> list[str]:
        """The fields no label names."""
        return [field for field in self.fields if field not in self.labels]
