"""A case's timeline on the terminal: the day once, then a time, a mark and a sentence a line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from interlock.cli.screen import BOLD, DIM, MARKS
from interlock.papers.narrative import Told

SIGN_OF_NOTHING: Final = ("·", DIM)


def print_timeline(console: Console, told: Iterable[Told], *, asides: bool) -> None:
    """Prints the entries. asides: also what was decided on the way."""
    day: date | None = None
    for each in told:
        local = each.at.astimezone()
        if local.date() != day:
            day = local.date()
            console.print(Text(f"{local:%A} {local.day} {local:%B %Y}", style=BOLD))
        console.print(_row(f"{local:%H:%M:%S}", each, asides=asides))


def print_entry(console: Console, told: Told, *, asides: bool) -> None:
    """Prints one entry as it happens, without its day."""
    console.print(_row(f"{told.at.astimezone():%H:%M:%S}", told, asides=asides))


def _row(time: str, told: Told, *, asides: bool) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=10, no_wrap=True, style=DIM)
    grid.add_column(width=1)
    grid.add_column(ratio=1, overflow="fold")
    sign, style = MARKS.get(told.mark, SIGN_OF_NOTHING)
    grid.add_row(f"  {time}", Text(sign, style=style), Text(told.text))
    for aside in told.asides if asides else ():
        grid.add_row("", "", Text(aside, style=DIM))
    return grid
