"""The claims office as people see it in a browser that runs no script.

Every form is filled in as it stands on the page, so what a page does not offer cannot be sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import lxml.html
from starlette.testclient import TestClient

from interlock.console.app import attach
from interlock.domain.review import ReviewTask
from tests.web.town import HERE, Town

AS_PEOPLE_DO = {"accept": "text/html", "origin": HERE}


@dataclass(slots=True)
class Desk:
    """The office, and ways for its people to visit."""

    town: Town

    @classmethod
    def opened(cls, url: str) -> Desk:
        """A fresh office with its console."""
        town = Town.opened(url)
        attach(town.app)
        return cls(town=town)

    def close(self) -> None:
        """Gives everything back."""
        self.town.close()

    def visit(self, person: str | None) -> Browser:
        """A browser in which this person is signed in, or nobody."""
        client = self.town.browser(person)
        client.headers.update(AS_PEOPLE_DO)
        return Browser(client)

    def claim(self, number: str = "C-1", **more: Any) -> str:
        """The id of the task that a new claim waits on."""
        self.town.claim(number, **more)
        return self.town.task(number)

    def task(self, task: str) -> ReviewTask:
        """The task as it is stored."""
        return self.town.services.store.task(task)


@dataclass(slots=True)
class Page:
    """One answer, readable."""

    answer: Any

    @property
    def status(self) -> int:
        return int(self.answer.status_code)

    @property
    def tree(self) -> Any:
        return lxml.html.fromstring(self.answer.text)

    @property
    def text(self) -> str:
        """What a person reads, in one line."""
        body = self.tree.find(".//body")
        return " ".join((body if body is not None else self.tree).text_content().split())

    @property
    def address(self) -> str:
        """Where the browser is now."""
        return str(self.answer.url).removeprefix(HERE)

    def all(self, css: str) -> list[Any]:
        """The elements that a selector finds."""
        return list(self.tree.cssselect(css))

    def one(self, css: str) -> Any:
        """The only element a selector finds."""
        [found] = self.all(css)
        return found

    def form(self, css: str) -> dict[str, str]:
        """A form's values as the page came, without its buttons; fields bound to it by id too."""
        form = self.one(css)
        name = form.get("id")
        bound = self.tree.xpath(f"//*[@form='{name}']") if name else []
        values: dict[str, str] = {}
        for each in [*form.iter("input", "textarea", "select"), *bound]:
            if each.tag == "button" or not each.get("name"):
                continue
            kind = each.get("type", "")
            if kind in ("radio", "checkbox") and each.get("checked") is None:
                continue
            values[each.get("name")] = _value(each)
        return values


@dataclass(slots=True)
class Browser:
    """Somebody's browser."""

    client: TestClient

    def get(self, address: str) -> Page:
        """The page there, redirects followed."""
        return Page(self.client.get(address))

    def send(self, page: Page, css: str, **values: str) -> Page:
        """The form of this page, filled in further and posted where it says."""
        form = page.one(css)
        data = {
            **page.form(css),
            **{key.replace("__", "-"): value for key, value in values.items()},
        }
        where = form.get("action") or page.address
        return Page(self.client.post(where, data=data))

    def decide(self, task: str, verb: str, **values: str) -> Page:
        """The task opened and decided, as the form has it."""
        return self.send(self.get(f"/work?task={task}"), "#review", confirm=verb, **values)


def _value(element: Any) -> str:
    if element.tag == "textarea":
        return (element.text or "").removeprefix("\n")
    if element.tag == "select":
        chosen = [each for each in element.iter("option") if each.get("selected") is not None]
        option = (chosen or list(element.iter("option")))[0]
        return str(option.get("value") if option.get("value") is not None else option.text)
    return str(element.get("value") or "")


__all__ = ["Browser", "Desk", "Page"]
