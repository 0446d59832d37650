"""One measured figure, and the table all of them are printed in."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What was measured. `beside`: the same of bare DBOS in the same run, when there is one."""

    what: str
    database: str
    value: float
    unit: str
    beside: float | None = None
    note: str = ""

    @property
    def ratio(self) -> str:
        """How many times the neighbour's, or nothing."""
        return f"{self.value / self.beside:.1f}×" if self.beside else ""


def show(figures: Sequence[Figure]) -> None:
    """Prints the figures side by side."""
    table = Table(title="Interlock, measured", title_justify="left")
    for column in ("what", "database", "Interlock", "bare DBOS", "ratio", "how"):
        right = column in ("Interlock", "bare DBOS", "ratio")
        table.add_column(column, justify="right" if right else "left")
    for each in figures:
        beside = f"{_number(each.beside)} {each.unit}" if each.beside is not None else ""
        mine = f"{_number(each.value)} {each.unit}"
        table.add_row(each.what, each.database, mine, beside, each.ratio, each.note)
    Console(width=150).print(table)


def keep(figures: Sequence[Figure], folder: Path) -> Path:
    """Writes the figures as JSON and says where."""
    folder.mkdir(parents=True, exist_ok=True)
    machine = {"python": platform.python_version(), "machine": platform.machine()}
    file = folder / "latest.json"
    content = {**machine, "figures": [asdict(each) for each in figures]}
    file.write_text(json.dumps(content, indent=2))
    return file


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of them lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.1f}"
