"""A forgiving view of an XML element: paths in, text, numbers and dates out.

One rule: an absent element is an empty view, so a reader never asks twice whether it is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from lxml import etree

from interlock.systems.einvoice.values import Reading, clean


class View:
    """One element, or none, with the namespaces its paths use."""

    __slots__ = ("_names", "_node", "_reading")

    def __init__(
        self, node: etree._Element | None, names: Mapping[str, str], reading: Reading
    ) -> None:
        self._node, self._names, self._reading = node, dict(names), reading

    def __bool__(self) -> bool:
        return self._node is not None

    @property
    def reading(self) -> Reading:
        """Where unreadable values are noted."""
        return self._reading

    def first(self, *paths: str) -> View:
        """The first element on the first path that leads anywhere; else an empty view."""
        for path in paths:
            node = None if self._node is None else self._node.find(path, self._names)
            if node is not None:
                return View(node, self._names, self._reading)
        return View(None, self._names, self._reading)

    def all(self, path: str) -> list[View]:
        """Every element on the path, in document order."""
        nodes = [] if self._node is None else self._node.findall(path, self._names)
        return [View(node, self._names, self._reading) for node in nodes]

    def attribute(self, name: str) -> str | None:
        """The attribute's text, or None."""
        return None if self._node is None else clean(self._node.get(name))

    @property
    def own_text(self) -> str | None:
        """The text directly in this element, or None when it is blank."""
        return None if self._node is None else clean(self._node.text)

    def text(self, *paths: str) -> str | None:
        """The first text that is not blank on any of the paths."""
        for path in paths:
            for found in self.all(path):
                if found.own_text is not None:
                    return found.own_text
        return None

    def joined(self, path: str) -> str | None:
        """Every text on the path, one a line."""
        return "\n".join(found.own_text for found in self.all(path) if found.own_text) or None

    def number(self, path: str, field: str) -> Decimal | None:
        """The number on the path: a quantity or a percentage."""
        return self._reading.decimal(self.text(path), field)

    def date(self, path: str, field: str) -> date | None:
        """The day on the path."""
        return self._reading.date(self.text(path), field)

    def money(self, path: str, field: str) -> Decimal | None:
        """The amount on the path; one in another currency than the document's is unreadable."""
        found = self.first(path)
        text, stated = found.own_text, found.attribute("currencyID")
        if text is not None and stated and self._reading.currency not in (None, stated):
            self._reading.note(field, f"{text} {stated}")
            return None
        return self._reading.decimal(text, field)


def total(amounts: list[Decimal | None]) -> Decimal | None:
    """The sum of the amounts that are there, or None when there is none."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None
