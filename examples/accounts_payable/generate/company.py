"""Make the whole company: systems, inbox and answer sheet, all from one seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from .before import before, write_log
from .books import set_up
from .history import ROWS, history
from .inbox import fill, write
from .scene import Scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What was made. `troubles`: how many files of each kind, "" for those with nothing wrong."""

    folder: Path
    files: int
    suppliers: int
    orders: int
    bookings: int
    formats: Mapping[str, int]
    troubles: Mapping[str, int]


def generate(into: Path, invoices: int, seed: int, today: date, *, later: int = 0) -> Summary:
    """A folder with `inbox/`, `expected.csv`, `before.csv` and `data/` (ledger, bank, model).

    today: the day the story plays on. later: so many more files, in `later/`, for the days after
    it; the inbox is the same without them. The same arguments give the same company again; only
    PDF files differ in their metadata.
    """
    scene = Scene.begin(seed, today)
    past = history(scene, ROWS)
    sent = fill(scene, invoices, later)
    write(sent, into, later=later)
    inbox = sent[:invoices]
    write_log(before(seed), into)
    set_up(scene, past, invoices, into / "data")
    return Summary(
        folder=into,
        files=len(inbox),
        suppliers=len(scene.suppliers),
        orders=len(scene.orders),
        bookings=len(past),
        formats=dict(sorted(Counter(each.format for each in inbox).items())),
        troubles=dict(sorted(Counter(each.trouble.name for each in inbox).items())),
    )
