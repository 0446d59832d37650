"""The store: the only door to the database.

Its parts are one file a noun; each method is one transaction. A store may be shared by threads.
"""

from __future__ import annotations

from types import TracebackType
from typing import Self

from sqlalchemy import Engine

from interlock.storage.claims import Claims
from interlock.storage.database import Database
from interlock.storage.intake import Intake
from interlock.storage.reading import Reading
from interlock.storage.recording import Recording
from interlock.storage.reviewing import Reviewing
from interlock.storage.schema import Schema


class Store(Schema, Intake, Recording, Claims, Reading, Reviewing):
    """Cases, tasks, actions, facts and the audit log, in SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._db = database

    @property
    def engine(self) -> Engine:
        """For what must share the database or a transaction: the durable engine, and tests."""
        return self._db.engine

    @property
    def url(self) -> str:
        """The address as SQLAlchemy writes it, password included; never print it."""
        return self._db.engine.url.render_as_string(hide_password=False)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._db.dialect

    def close(self) -> None:
        """Gives back every connection. The store cannot be used afterwards."""
        self._db.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_store(url: str) -> Store:
    """The store at a SQLAlchemy address: sqlite:///FILE, sqlite:// (in memory) or postgresql://….

    Nothing is connected yet and no table is made; see `upgrade`.
    Raises: DatabaseUnsupported; MissingExtra when PostgreSQL's driver is not installed.
    """
    return Store(Database(url))
