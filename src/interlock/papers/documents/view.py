"""What a document looks like to a reader, as plain values.

One rule: what a sender wrote is only ever text here; what may be markup was escaped by a template.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from markupsafe import Markup


class DocumentKind(StrEnum):
    XML = "xml"
    PDF = "pdf"
    MAIL = "mail"
    TABLE = "table"
    JSON = "json"
    TEXT = "text"
    IMAGE = "image"
    UNKNOWN = "unknown"  # nothing to show but its name, size and type


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One text as it stands in the document. `id`: where it is found in the view's HTML."""

    text: str
    id: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A label and what stands beside it. `level`: how deep it lies, from 0."""

    label: str
    value: Value | None = None  # None: the label heads what follows
    level: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """A table of lines. Every line has as many values as there are columns."""

    title: str
    columns: tuple[str, ...]
    lines: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """Text with its own line breaks."""

    title: str
    lines: tuple[Value, ...]


Part: TypeAlias = Rows | Lines | Prose


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A place on a page, in points from its top left corner."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    text: str
    box: Box
    line: int  # words with the same number stand beside each other


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """One page: its size in points (1/72 inch) and the words that stand on it."""

    number: int  # from 1
    width: float
    height: float
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file inside the document. `content` None: it was too large to take out."""

    name: str
    media_type: str
    size: int
    content: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentView:
    """A document, readable. `html` is safe to place in a page; it holds no script, style or link.

    note: what is wrong with it or left out, in a sentence; empty when all of it is shown.
    parts: the same content as plain values, for what is no web page.
    """

    kind: DocumentKind
    title: str
    html: Markup
    name: str = ""
    channel: str = ""
    media_type: str = "application/octet-stream"
    size: int = 0
    pages: tuple[PageView, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    parts: tuple[Part, ...] = ()
    note: str = ""

    @property
    def values(self) -> tuple[Value, ...]:
        """Every text that has a place in the HTML, in reading order."""
        found: list[Value] = []
        for part in self.parts:
            match part:
                case Rows():
                    found += [row.value for row in part.rows if row.value is not None]
                case Lines():
                    found += [value for line in part.lines for value in line]
                case Prose():
                    found += part.lines
        return tuple(value for value in found if value.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Where the value of a field stands. `anchor`: the id to point `data-src` at.

    page: 0 when it stands in the view's HTML, else the page with the boxes.
    """

    field: str
    anchor: str
    text: str
    page: int = 0
    boxes: tuple[Box, ...] = ()
