"""One at a time over the whole house: for changes that are checked against what is stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from interlock.domain.audit import GENESIS
from interlock.storage.database import Database


@contextmanager
def in_turn(database: Database) -> Iterator[Connection]:
    """A writing transaction that has the house log's end locked from its beginning."""
    with database.writing() as conn:
        database.rows(conn, "hold_house", genesis=GENESIS)
        yield conn
