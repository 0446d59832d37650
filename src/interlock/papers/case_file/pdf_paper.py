"""Paper for a case file: headings, rows, tables and prose on pages with numbers.

One rule: everything printed goes through the fonts, so nothing is lost without being counted.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from fpdf import FPDF, FontFace
from fpdf.enums import WrapMode, XPos, YPos

from interlock.papers.case_file.pdf_fonts import Faces
from interlock.papers.case_file.view import Fact
from interlock.papers.documents.view import Box, Lines, Part, Prose, Row, Rows

MARGIN: Final = 16.0  # millimetres, as are all lengths here
LABEL: Final = 46.0
INDENT: Final = 4.0
CLOCK: Final = 18.0  # the width of a time of day
INK: Final = (21, 24, 28)
QUIET: Final = (90, 99, 109)
RULE: Final = (203, 208, 214)
COLOURS: Final = {"ok": (20, 98, 58), "warn": (117, 70, 0), "bad": (168, 30, 22)}
FILLS: Final = {"ok": (228, 242, 233), "warn": (252, 239, 214), "bad": (251, 233, 231)}
BODY: Final = 9.0  # points
SMALL: Final = 7.5
MANY_COLUMNS: Final = 6
ACROSS_MOST: Final = 10  # columns; a wider table is printed as rows
LEAST_ROOM: Final = 24.0  # under a heading, or it begins a new page
LINE: Final = 1.35  # of a letter's height
MILLIMETRES: Final = 25.4 / 72  # of a point


class Paper(FPDF):
    """An A4 document being printed."""

    def __init__(self, title: str, made_at: str, now: datetime) -> None:
        super().__init__(format="A4")
        self.faces = Faces(self)
        self._footer = self.faces.shown(f"{title} – case file made {made_at}")
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(True, margin=18)
        self.set_title(title)
        self.set_creator("Interlock")
        self.set_creation_date(now)  # or the same case file would never print the same twice
        self.alias_nb_pages()
        self.add_page()

    def footer(self) -> None:
        """Which case file this page is of, and which page."""
        self.set_y(-12)
        self._ink(SMALL, QUIET)
        self.cell(self.epw - 30, 5, self._cut(self._footer, self.epw - 32))
        self.cell(30, 5, f"Page {self.page_no()} of {{nb}}", align="R")

    def title_line(self, eyebrow: str, title: str, state: str, mark: str) -> None:
        """The head of the first page."""
        self.say(eyebrow, size=SMALL, colour=QUIET)
        self.say(title, size=18, bold=True)
        self.say(state, size=10, bold=True, colour=COLOURS.get(mark, INK))

    def section(self, title: str) -> None:
        """A main heading, never alone at the end of a page."""
        self.ln(4)
        self._keep(LEAST_ROOM)
        self.set_draw_color(*RULE)
        self.line(self.l_margin, self.get_y(), self.l_margin + self.epw, self.get_y())
        self.ln(2)
        self.start_section(self.faces.shown(title)[:120])  # for the reader's own contents
        self.say(title, size=13, bold=True)
        self.ln(1)

    def heading(self, title: str) -> None:
        """A heading inside a section."""
        if title:
            self.ln(1.5)
            self._keep(LEAST_ROOM / 2)
            self.say(title, size=9.5, bold=True)

    def say(
        self,
        text: str,
        *,
        size: float = BODY,
        bold: bool = False,
        mono: bool = False,
        quiet: bool = False,
        colour: tuple[int, int, int] = INK,
        indent: float = 0,
    ) -> None:
        """A paragraph over the whole width."""
        self._ink(size, QUIET if quiet else colour, bold=bold, mono=mono)
        self.set_x(self.l_margin + indent)
        self._lines(self.epw - indent, size, self.faces.shown(text), by_letter=mono)

    def notice(self, text: str, mark: str) -> None:
        """A paragraph that must be seen."""
        self._ink(BODY, INK)
        self.set_fill_color(*FILLS.get(mark, (237, 239, 241)))
        self.multi_cell(
            self.epw,
            BODY * MILLIMETRES * LINE + 1,
            self.faces.shown(text),
            fill=True,
            align="L",
            padding=2,
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )
        self.ln(1)

    def facts(self, facts: Iterable[Fact], *, indent: float = 0) -> None:
        """Labels and what stands beside them."""
        for each in facts:
            self.row(each.label, each.text, indent=indent)

    def row(self, label: str, text: str, *, indent: float = 0, deeper: float = 0) -> None:
        """One label and its text, on one line where they fit."""
        self._keep(BODY)
        top, page = self.get_y(), self.page
        self._ink(BODY, QUIET)
        self.set_x(self.l_margin + indent + deeper)
        self._lines(LABEL - deeper - 2, BODY, self.faces.shown(label))
        below, ended = self.get_y(), self.page
        if ended != page:  # the label itself reached the next page
            top = self.t_margin
        self.set_xy(self.l_margin + indent + LABEL, top)
        self._ink(BODY, INK)
        self._lines(self.epw - indent - LABEL, BODY, self.faces.shown(text))
        if self.page == ended:
            self.set_y(max(below, self.get_y()))

    def timed(self, time: str, text: str, mark: str = "", *, quiet: bool = False) -> None:
        """A line of the timeline: its time, and the text beside it."""
        self._keep(BODY)
        self._ink(SMALL, QUIET)
        self.set_x(self.l_margin)
        self.cell(CLOCK, BODY * MILLIMETRES * LINE, time)
        self._ink(SMALL if quiet else BODY, QUIET if quiet else COLOURS.get(mark, INK))
        self._lines(self.epw - CLOCK, SMALL if quiet else BODY, self.faces.shown(text))

    def parts(self, parts: Sequence[Part], *, indent: float = 0) -> None:
        """The parts of a document, or of a value."""
        for part in parts:
            self.heading(part.title)
            match part:
                case Rows():
                    for row in part.rows:
                        self._row_of(row, indent)
                case Lines() if len(part.columns) > ACROSS_MOST:
                    self._as_rows(part, indent)
                case Lines():
                    self._table(part)
                case Prose():
                    for value in part.lines:
                        self.say(value.text or " ", indent=indent)

    def picture(self, png: bytes, ratio: float, boxes: Sequence[Box], width: float) -> None:
        """A page of a document, with boxes around what was read. width: of that page, in points."""
        across = min(self.epw, (self.eph - 10) / ratio)
        self._keep(across * ratio + 4)
        left, top = self.l_margin + (self.epw - across) / 2, self.get_y()
        self.image(io.BytesIO(png), x=left, y=top, w=across, h=across * ratio)
        self.set_draw_color(*RULE)
        self.rect(left, top, across, across * ratio)
        scale = across / width
        self.set_draw_color(178, 107, 0)
        for box in boxes:
            self.rect(
                left + box.left * scale,
                top + box.top * scale,
                box.width * scale,
                box.height * scale,
            )
        self.set_y(top + across * ratio + 3)

    def _row_of(self, row: Row, indent: float) -> None:
        deeper = min(row.level, 5) * INDENT
        if row.value is None:
            self.say(row.label, bold=True, indent=indent + deeper)
        else:
            self.row(row.label, row.value.text, indent=indent, deeper=deeper)

    def _as_rows(self, part: Lines, indent: float) -> None:
        for at, line in enumerate(part.lines, start=1):
            self.say(f"{at}", bold=True, indent=indent)
            for column, value in zip(part.columns, line, strict=True):
                if value.text:
                    self.row(column, value.text, indent=indent, deeper=INDENT)

    def _table(self, part: Lines) -> None:
        size = SMALL if len(part.columns) > MANY_COLUMNS else BODY
        self._ink(size, INK)
        self.set_draw_color(*RULE)
        height = size * MILLIMETRES * LINE
        head = FontFace(emphasis="BOLD", color=QUIET)
        self.set_fill_color(255, 255, 255)
        with self.table(
            line_height=height,
            text_align="LEFT",
            padding=0.8,
            headings_style=head,
            borders_layout="HORIZONTAL_LINES",
        ) as table:
            table.row([self.faces.shown(each) for each in part.columns])
            for line in part.lines:
                table.row([self.faces.shown(value.text) for value in line])
        self.ln(1)

    def _ink(
        self,
        size: float,
        colour: tuple[int, int, int],
        *,
        bold: bool = False,
        mono: bool = False,
    ) -> None:
        face = self.faces.mono if mono else self.faces.text
        self.set_font(face, "B" if bold and not mono else "", size)
        self.set_text_color(*colour)

    def _lines(self, width: float, size: float, text: str, *, by_letter: bool = False) -> None:
        self.multi_cell(
            width,
            size * MILLIMETRES * LINE,
            text,
            align="L",
            wrapmode=WrapMode.CHAR if by_letter else WrapMode.WORD,
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )

    def _keep(self, room: float) -> None:
        """A new page, when there is less room than this on the one at hand."""
        if self.get_y() + room > self.h - self.b_margin:
            self.add_page()

    def _cut(self, text: str, width: float) -> str:
        while text and self.get_string_width(text) > width:
            text = text[:-2]
        return text
