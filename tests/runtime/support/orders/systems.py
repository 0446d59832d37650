"""Books that count: a SQLite file in which every doing leaves a line.

Booking is idempotent by key, as an ERP would be. Shipping is not: it happens as often as it is
asked for, so a second call is seen as a second line.
"""

# ruff: noqa: TID252  (a workflow's folder is loaded as a package of its own)

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from .cases import Entry

TABLES = """
CREATE TABLE IF NOT EXISTS entry (key TEXT PRIMARY KEY, what TEXT, number TEXT);
CREATE TABLE IF NOT EXISTS parcel (key TEXT, number TEXT);
CREATE TABLE IF NOT EXISTS seen (number TEXT PRIMARY KEY);
"""


class Books:
    def __init__(self, file: Path) -> None:
        self._file = file
        file.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._open()) as connection:
            connection.executescript(TABLES)

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, timeout=30, isolation_level=None)
        connection.execute("PRAGMA synchronous = OFF")  # a killed process is no power cut
        return connection

    def _do(self, sentence: str, *values: str) -> list[tuple[str, ...]]:
        with closing(self._open()) as connection:
            return connection.execute(sentence, values).fetchall()

    def enter(self, key: str, what: str, number: str) -> Entry:
        self._do("INSERT OR IGNORE INTO entry VALUES (?, ?, ?)", key, what, number)
        return Entry(key=key, what=what)

    def send(self, key: str, number: str) -> Entry:
        self._do("INSERT INTO parcel VALUES (?, ?)", key, number)
        return Entry(key=key, what="ship")

    def sent(self, key: str) -> Entry | None:
        found = self._do("SELECT key FROM parcel WHERE key = ?", key)
        return Entry(key=key, what="ship") if found else None

    def is_first_look(self, number: str) -> bool:
        """True the first time it is asked about this number."""
        return bool(self._do("INSERT OR IGNORE INTO seen VALUES (?) RETURNING number", number))


def systems(settings: Mapping[str, str]) -> dict[str, object]:
    return {"books": Books(Path(settings["data"]) / "books.db")}
