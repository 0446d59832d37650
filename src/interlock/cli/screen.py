"""What is printed, and where: words for people on the terminal, one JSON document for programs.

One rule: results go to standard output, everything else to standard error; and what a sender wrote
may never steer the terminal it is shown on.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any, Final

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from interlock.domain.money import Money

OK, WARN, BAD, DIM, BOLD = "green", "yellow", "red", "dim", "bold"
MARKS = {"ok": ("✓", OK), "warn": ("!", WARN), "bad": ("✗", BAD)}
# Control letters move the cursor and colour lines; the others turn a text's direction around.
STEERING: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
SHOWN_INSTEAD: Final = "\ufffd"


def out() -> Console:
    """The console for results. Made anew, so that it follows a redirected standard output."""
    return _CalmConsole(highlight=False)


def notes() -> Console:
    """The console for progress and remarks: standard error."""
    return _CalmConsole(stderr=True, highlight=False)


def calm(text: str) -> str:
    """The text with every letter that would steer a terminal replaced by a visible one."""
    return STEERING.sub(SHOWN_INSTEAD, text)


def is_terminal() -> bool:
    """True when a person can be asked: both ends are a terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def document(value: Any) -> None:
    """Prints the one JSON document of a command."""
    typer.echo(json.dumps(as_json(value), indent=2, ensure_ascii=False))


def as_json(value: Any) -> Any:
    """The value as JSON: times in ISO 8601, money as amount and currency, spans in seconds."""
    match value:
        case Money():
            return {"amount": f"{value.amount:.2f}", "currency": value.currency}
        case Enum():
            return value.value
        case datetime() | date():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case Path():
            return str(value)
        case None | bool() | int() | float() | str():
            return value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_json(getattr(value, field.name)) for field in fields(value)}
    if hasattr(value, "items"):
        return {str(key): as_json(item) for key, item in value.items()}
    return [as_json(item) for item in value]


def heading(text: str) -> Text:
    """A section's title."""
    return Text(text, style=BOLD)


def facts(rows: Iterable[tuple[str, Any]], *, indent: int = 2) -> Padding:
    """Names and values in two columns; what is None or empty is left out."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style=DIM, no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in rows:
        if value not in (None, "", ()):
            grid.add_row(name, value if isinstance(value, Text) else str(value))
    return Padding(grid, (0, 0, 0, indent))


def marked(mark: str, text: str) -> Text:
    """A line with its mark: ok, warn or bad. The mark is a shape, so colour never stands alone."""
    sign, style = MARKS[mark]
    return Text.assemble((f"{sign} ", style), text)


def hanging(lead: str | Text, text: str | Text, *, width: int, indent: int = 2) -> Padding:
    """A lead of fixed width and a text beside it whose lines stay beside it."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=width, no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    grid.add_row(lead, text)
    return Padding(grid, (0, 0, 0, indent))


class _CalmConsole(Console):
    """A console on which only our own styles steer the terminal."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterator[Segment]:
        """The segments of what is printed, calm; the console's own controls are kept."""
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else calm(text), style, control)
