"""XML made readable: labelled rows, and tables where things repeat.

One rule: no document type declaration is read, so there is no entity to expand and nothing to
fetch; size and depth are bounded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from lxml import etree

from interlock.papers.documents.reading import MOST_PARTS, Places, Reading
from interlock.papers.documents.view import DocumentKind, Lines, Part, Row, Rows, Value
from interlock.papers.documents.xml_labels import (
    CODES,
    GENERIC,
    KEY_COLUMNS,
    LINES,
    ROOTS,
    SECTIONS,
    UNITS,
    WRAPPERS,
    label_of,
    spelt_out,
)

DEEPEST: Final = 60  # a real invoice has 8 levels
MOST_COLUMNS: Final = 20
CURRENCY, UNIT = "currencyID", "unitCode"
COMPACT_DATE: Final = ("102", 8)  # UN/CEFACT format code 102: CCYYMMDD


class XmlRefused(ValueError):
    """It is no XML that may be read; the words say why."""


def read_xml(content: bytes, places: Places) -> Reading:
    """The document in sections. Raises: XmlRefused."""
    root = _parsed(content)
    sheet = _Sheet(places=places)
    name = _name(root)
    sheet.open(ROOTS.get(name) or spelt_out(name))
    sheet.attributes(root)
    sheet.children(root, level=0, depth=0)
    return Reading(
        kind=DocumentKind.XML,
        title=ROOTS.get(name) or spelt_out(name),
        media_type="application/xml",
        parts=sheet.parts(),
        notes=(*places.notes(), *sheet.notes),
    )


def _parsed(content: bytes) -> etree._Element:
    _refuse_document_type(content)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as problem:
        said = getattr(problem, "msg", None) or str(problem)  # both name line and column
        raise XmlRefused(f"it is XML that is broken ({said})") from None
    if root.getroottree().docinfo.doctype:  # in an encoding the first look could not read
        _refuse()
    return root


@dataclass(slots=True, kw_only=True)
class _Sheet:
    """The sections that were filled so far; the last one takes the next row."""

    places: Places
    notes: list[str] = field(default_factory=list)
    _titles: list[str] = field(default_factory=list)
    _rows: list[list[Row]] = field(default_factory=list)
    _tables: dict[int, Lines] = field(default_factory=dict)
    _at: int = -1  # the section that takes the next row

    def parts(self) -> tuple[Part, ...]:
        """The sections that hold something."""
        found: list[Part] = []
        for at, (title, rows) in enumerate(zip(self._titles, self._rows, strict=True)):
            if at in self._tables:
                found.append(self._tables[at])
            elif kept := _headed(rows):
                found.append(Rows(title=title, rows=kept))
        return tuple(found)

    def open(self, title: str, table: Lines | None = None) -> None:
        """Begins a section."""
        if len(self._titles) >= MOST_PARTS:
            self.places.left_out += 1
            return
        self._titles.append(title)
        self._rows.append([])
        self._at = len(self._titles) - 1
        if table is not None:
            self._tables[self._at] = table

    def children(self, parent: etree._Element, *, level: int, depth: int) -> None:
        """Rows for everything in an element; what repeats becomes a table."""
        if depth > DEEPEST:
            self._say(f"what lies deeper than {DEEPEST} levels is not shown")
            return
        elements = [each for each in parent if isinstance(each.tag, str)]
        counts = Counter(_name(each) for each in elements)
        home, tabled = self._at, set[str]()
        for each in elements:
            name = _name(each)
            if name in tabled:
                continue
            if _is_table(name, counts[name], each):
                tabled.add(name)
                self._table(name, [e for e in elements if _name(e) == name], level)
                self._at = home
            elif name in SECTIONS and len(each):
                self.open(SECTIONS[name])
                self.attributes(each)
                self.children(each, level=0, depth=depth + 1)
                self._at = home
            elif name in WRAPPERS:
                self.children(each, level=level, depth=depth + 1)
            else:
                self._element(each, level=level, depth=depth)

    def attributes(self, element: etree._Element) -> None:
        """A row for each attribute that says something of the business, not of the format."""
        for key, text in element.attrib.items():
            local = _local(str(key))
            if "{" not in str(key) and local not in (CURRENCY, UNIT):
                self._row(spelt_out(local), str(text), 0)

    def _element(self, element: etree._Element, *, level: int, depth: int) -> None:
        leaves = list(_leaves(element, 2))
        if not len(element):
            self._row(label_of(_name(element)), _text(element), level)
            if _text(element) == "":
                self.attributes(element)
        elif len(leaves) == 1:
            self._row(_label(element, leaves[0]), _text(leaves[0]), level)
        else:
            self._heading(label_of(_name(element)), level)
            self.children(element, level=level + 1, depth=depth + 1)

    def _row(self, label: str, text: str, level: int) -> None:
        if not text:
            return
        if self.places.is_full:
            self.places.left_out += 1
            return
        value = self.places.value(text, label)
        self._rows[self._at].append(Row(label=label, value=value, level=level))

    def _heading(self, label: str, level: int) -> None:
        if not self.places.is_full:
            self._rows[self._at].append(Row(label=label, level=level))

    def _table(self, name: str, elements: list[etree._Element], level: int) -> None:
        found = [_cells(each) for each in elements]
        columns = list(dict.fromkeys(label for cells in found for label in cells))
        if len(columns) == 1:  # no table, only the same thing said several times
            for cells in found:
                self._row(label_of(name), cells.get(columns[0], ""), level)
            return
        if len(columns) > MOST_COLUMNS:  # the rarest go, and it is said
            often = Counter(label for cells in found for label in cells)
            kept = set(
                sorted(columns, key=lambda c: (c not in KEY_COLUMNS, -often[c]))[:MOST_COLUMNS]
            )
            self._say(
                f"left out of {label_of(name)}: {', '.join(c for c in columns if c not in kept)}"
            )
            columns = [each for each in columns if each in kept]
        lines: list[tuple[Value, ...]] = []
        for cells in found:
            if self.places.is_full:
                self.places.left_out += len(cells)
                continue
            lines.append(tuple(self._cell(cells.get(c, ""), c) for c in columns))
        title = LINES.get(name) or label_of(name)
        self.open(title, Lines(title=title, columns=tuple(columns), lines=tuple(lines)))

    def _cell(self, text: str, label: str) -> Value:
        return self.places.value(text, label) if text else Value(text="", label=label)

    def _say(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)


def _headed(rows: list[Row]) -> tuple[Row, ...]:
    """The rows without headings under which nothing stands."""
    kept: list[Row] = []
    for row in reversed(rows):
        heads = bool(kept) and kept[-1].level > row.level
        if row.value is not None or heads:
            kept.append(row)
    return tuple(reversed(kept))


def _is_table(name: str, count: int, element: etree._Element) -> bool:
    return name in LINES or (count > 1 and len(element) > 0 and name not in SECTIONS)


def _cells(element: etree._Element) -> dict[str, str]:
    """The leaves of a line by their labels; a label that stands twice joins its texts."""
    cells: dict[str, str] = {}
    for leaf in _leaves(element, MOST_COLUMNS * 8):
        text, parent = _text(leaf), leaf.getparent()
        if not text:
            continue
        label = label_of(_name(leaf))
        if _name(leaf) in GENERIC and parent is not None and parent is not element:
            label = _label(parent, leaf)
        cells[label] = f"{cells[label]}; {text}" if label in cells else text
    return cells


def _label(group: etree._Element, leaf: etree._Element) -> str:
    """Of a group with one leaf in it: the group's name when the leaf's says nothing."""
    return label_of(_name(group) if _name(leaf) in GENERIC else _name(leaf))


def _leaves(element: etree._Element, most: int) -> Iterator[etree._Element]:
    count = 0
    for each in element.iterdescendants():
        if isinstance(each.tag, str) and not len(each):
            yield each
            count += 1
            if count >= most:
                return


def _text(element: etree._Element) -> str:
    text = " ".join("".join(str(part) for part in element.itertext()).split())
    currency, unit = element.get(CURRENCY), element.get(UNIT)
    code, length = COMPACT_DATE
    if element.get("format") == code and len(text) == length and text.isdigit():
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    if currency:
        return f"{text} {currency}"
    if unit:
        return f"{text} {UNITS.get(unit, unit)}"
    meaning = CODES.get(_name(element), {}).get(text)
    return f"{text} ({meaning})" if meaning else text


def _name(element: etree._Element) -> str:
    return _local(str(element.tag))


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


class _RootReached(Exception):
    """The prologue is over; nothing in it was refused."""


def _refuse_document_type(content: bytes) -> None:
    """Reads the prologue only; libxml2 would read a declaration before we could refuse it."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = _reached
    try:
        parser.Parse(content, True)
    except _RootReached:
        return
    except (expat.ExpatError, ValueError, LookupError):
        return  # the parser that reads it all says better what is wrong


def _refuse(*_: object) -> None:
    raise XmlRefused(
        "it has a document type declaration, with which a document can do harm; it was not read"
    )


def _reached(*_: object) -> None:
    raise _RootReached
