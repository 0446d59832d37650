"""A small SQLite file that many threads and processes may use at once.

Writers queue up at BEGIN IMMEDIATE instead of failing halfway; every query has a name and lives
in `sql/`.
"""

from __future__ import annotations

import os
import re
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

SQL: Final = Path(__file__).parent / "sql"
BUSY_MS: Final = 30_000  # how long a writer waits for its turn
_NAMED: Final = re.compile(r"^-- name: (\w+)\n(.*?)(?=^-- name: |\Z)", re.MULTILINE | re.DOTALL)

Row = sqlite3.Row


class Database:
    """One file with the tables of `schema` and the queries of `queries`, both under `sql/`."""

    def __init__(self, path: Path, *, schema: str, queries: str) -> None:
        self._path, self._schema = path, (SQL / schema).read_text("utf-8")
        self._queries = dict(_NAMED.findall((SQL / queries).read_text("utf-8")))
        self._local = threading.local()

    def rows(self, name: str, /, **values: Any) -> list[Row]:
        """Every row of a named query."""
        return self._connection().execute(self._queries[name], values).fetchall()

    def row(self, name: str, /, **values: Any) -> Row | None:
        """The first row of a named query, None when there is none."""
        found: Row | None = self._connection().execute(self._queries[name], values).fetchone()
        return found

    def run(self, name: str, /, **values: Any) -> int:
        """How many rows a named change touched."""
        return self._connection().execute(self._queries[name], values).rowcount

    def run_many(self, name: str, values: Iterable[Mapping[str, Any]]) -> None:
        """The named change for every set of values."""
        self._connection().executemany(self._queries[name], values)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction that holds the right to write from its beginning."""
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            connection.rollback()
            raise
        connection.commit()

    def close(self) -> None:
        """Close this thread's connection; the next use opens another."""
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
        self._local.connection = None

    def _connection(self) -> sqlite3.Connection:
        # A connection must not cross a fork, so a child process opens its own.
        if getattr(self._local, "process", None) != os.getpid():
            self._local.connection, self._local.process = None, os.getpid()
        if self._local.connection is None:
            self._local.connection = self._open()
        connection: sqlite3.Connection = self._local.connection
        return connection

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, isolation_level=None, timeout=BUSY_MS / 1000)
        connection.row_factory = Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # a posting that was answered is on disk
        connection.execute("PRAGMA foreign_keys = ON")
        connection.executescript(self._schema)
        return connection
