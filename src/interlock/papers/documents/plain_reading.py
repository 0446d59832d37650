"""Text, tables and JSON made readable.

One rule: bytes that are no text in any likely encoding are said to be so, never shown as noise.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from interlock.papers.documents.reading import Places, Reading
from interlock.papers.documents.view import DocumentKind, Lines, Part, Prose, Row, Rows, Value

MOST_LINES: Final = 2_000
MOST_COLUMNS: Final = 30
SNIFFED_LETTERS: Final = 8_192
DELIMITERS: Final = ",;\t|"
DEEPEST: Final = 40
ROOT: Final = ""  # the name of the whole document
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decoded(content: bytes) -> tuple[str, tuple[str, ...]]:
    """The text of the bytes, and a note when its encoding had to be guessed."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace"), ()
    try:
        return content.decode("utf-8"), ()
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace"), (
            "its encoding is not stated and is not UTF-8; it was read as Windows-1252",
        )


def read_text(content: bytes, places: Places) -> Reading:
    """The text with its own line breaks."""
    text, notes = decoded(content)
    return Reading(
        kind=DocumentKind.TEXT,
        title="Text",
        media_type="text/plain",
        parts=(prose("Text", text, places),),
        notes=(*notes, *places.notes()),
    )


def prose(title: str, text: str, places: Places) -> Prose:
    """A text as a part of a view, line by line, as far as there are places."""
    shown: list[Value] = []
    for line in text.splitlines():
        if not line.strip():
            shown.append(Value(text=""))
        elif places.is_full:
            places.left_out += 1
        else:
            shown.append(places.value(line.rstrip()))
    return Prose(title=title, lines=tuple(shown))


def read_table(content: bytes, places: Places) -> Reading:
    """A table from lines with delimiters; its first line names the columns."""
    text, notes = decoded(content)
    try:
        dialect: Any = csv.Sniffer().sniff(text[:SNIFFED_LETTERS], DELIMITERS)
    except csv.Error:
        dialect = csv.excel
    rows, more = _rows(csv.reader(io.StringIO(text.replace("\0", "\ufffd")), dialect))
    width = min(max((len(row) for row in rows), default=0), MOST_COLUMNS)
    columns = tuple(name or f"{i + 1}" for i, name in enumerate(_wide(rows[:1], width)))
    wider = any(len(row) > width for row in rows)
    lines = []
    for row in rows[1:]:
        if places.is_full:
            more += 1
            continue
        cells = (row + [""] * width)[:width]
        lines.append(tuple(_cell(c, columns[i], places) for i, c in enumerate(cells)))
    said = [f"{more:,} more lines are left out"] if more else []
    said += [f"only its first {width} columns are shown"] if wider else []
    return Reading(
        kind=DocumentKind.TABLE,
        title="Table",
        media_type="text/csv",
        parts=(Lines(title="Table", columns=columns, lines=tuple(lines)),),
        notes=(*notes, *said, *places.notes()),
    )


def _rows(reader: Iterable[list[str]]) -> tuple[list[list[str]], int]:
    rows, more = list[list[str]](), 0
    for row in reader:
        if len(rows) < MOST_LINES:
            rows.append(row)
        else:
            more += 1
    return rows, more


def _wide(first: list[list[str]], width: int) -> list[str]:
    names = [name.strip()[:100] for name in (first[0] if first else [])]
    return (names + [""] * width)[:width]


def _cell(text: str, label: str, places: Places) -> Value:
    return places.value(text.strip(), label) if text.strip() else Value(text="", label=label)


def read_json(content: bytes, places: Places) -> Reading:
    """The document as rows, lists of like things as tables. Raises: ValueError, RecursionError."""
    text, notes = decoded(content)
    value = json.loads(text)
    sheet = _JsonSheet(places)
    sheet.walk(ROOT, value, 0)
    return Reading(
        kind=DocumentKind.JSON,
        title="Data",
        media_type="application/json",
        parts=sheet.parts(),
        notes=(*notes, *sheet.notes, *places.notes()),
    )


def value_parts(title: str, value: Any, places: Places) -> tuple[Part, ...]:
    """A plain value as rows, lists of like things in it as tables."""
    sheet = _JsonSheet(places, title)
    sheet.walk(ROOT, value, 0)
    return sheet.parts()


class _JsonSheet:
    """The parts of a JSON document so far."""

    def __init__(self, places: Places, title: str = "Data") -> None:
        self.places, self.title, self.notes = places, title, list[str]()
        self._parts: list[Part] = []
        self._rows: list[Row] = []

    def parts(self) -> tuple[Part, ...]:
        """Everything walked over."""
        self._flush()
        return tuple(self._parts)

    def walk(self, name: str, value: Any, level: int) -> None:
        """Rows for a value and all in it."""
        if value in ({}, []):
            return
        if level > DEEPEST:
            self.notes[:] = [f"what lies deeper than {DEEPEST} levels is not shown"]
        elif _is_table(value):
            self._flush()
            self._parts.append(self._table(name, value))
        elif isinstance(value, Mapping):
            self._heading(name, level)
            for key, each in value.items():
                self.walk(str(key), each, level + (level > 0 or name != ROOT))
        elif isinstance(value, list):
            self._heading(name, level)
            for at, each in enumerate(value, start=1):
                self.walk(f"{at}", each, level + 1)
        else:
            self._row(name, _words(value), level)

    def _heading(self, name: str, level: int) -> None:
        if level or name != ROOT:
            self._rows.append(Row(label=_label(name), level=level))

    def _row(self, name: str, text: str, level: int) -> None:
        if self.places.is_full:
            self.places.left_out += 1
        elif text:
            value = self.places.value(text, _label(name))
            self._rows.append(Row(label=_label(name), value=value, level=level))

    def _table(self, name: str, value: list[Mapping[str, Any]]) -> Lines:
        columns = list(dict.fromkeys(str(key) for each in value for key in each))[:MOST_COLUMNS]
        lines: list[tuple[Value, ...]] = []
        for each in value:
            if self.places.is_full or len(lines) >= MOST_LINES:
                self.places.left_out += len(each)
                continue
            texts = ((c, _words(each.get(c))) for c in columns)
            lines.append(tuple(_cell(text, _label(c), self.places) for c, text in texts))
        return Lines(
            title=_label(name), columns=tuple(_label(c) for c in columns), lines=tuple(lines)
        )

    def _flush(self) -> None:
        if self._rows:
            self._parts.append(Rows(title=self.title, rows=tuple(self._rows)))
            self._rows = []


def _is_table(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) > 0
        and all(isinstance(each, Mapping) and each for each in value)
        and not any(isinstance(inner, Mapping | list) for each in value for inner in each.values())
    )


def _label(name: str) -> str:
    text = name.replace("_", " ").strip()[:100]
    return text[:1].upper() + text[1:]


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
