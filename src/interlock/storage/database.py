"""One database behind one small interface: transactions, named statements, bulk writes.

Its one rule: what the two databases do differently is either here or in their `sql/` folders.
A view of some tenants narrows every statement that has a condition on tenants, and on PostgreSQL
tells the database, which then hides the rows of others from any statement (row-level security).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from copy import copy
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final, Self

from pydantic_core import to_json
from sqlalchemy import (
    Connection,
    CursorResult,
    Engine,
    create_engine,
    event,
    func,
    make_url,
    select,
)
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
)
from sqlalchemy.pool import StaticPool

from interlock.errors import MissingExtra
from interlock.storage.errors import DatabaseUnreachable, DatabaseUnsupported
from interlock.storage.queries import FOLDERS, load_queries
from interlock.storage.writers_turn import WritersTurn

Row = dict[str, Any]

SCHEMA: Final = "interlock"  # our own beside the engine's, in one PostgreSQL database
BUSY_TIMEOUT_MS: Final = 30_000  # SQLite: how long a writer waits for another process's write
LONGEST_PAUSE_SECONDS: Final = 5  # between two statements of one transaction
WRITES: Final = "interlock_writes"  # marks a connection whose transaction will write
TENANTS: Final = "interlock.tenants"  # PostgreSQL: whose rows a transaction sees, as JSON
EVERY_TENANT: Final[Mapping[str, Any]] = MappingProxyType({"any_tenant": True, "tenants": []})

# PostgreSQL: a deadlock, or a serialisation failure; the transaction may simply be run again.
_TRANSIENT: Final = frozenset({"40P01", "40001"})
_KEY_RULE: Final = "uq_case_file_key_workflow"


class Database:
    """An engine and its statements. `url` shows no password. `tenants` None: everybody's rows."""

    tenants: frozenset[str] | None = None

    def __init__(self, url: str) -> None:
        self.engine = _engine_for(url)
        self.url = self.engine.url.render_as_string(hide_password=True)
        self.dialect = self.engine.dialect.name
        self.sql = load_queries(self.dialect)
        self._is_postgres = self.dialect == "postgresql"
        self._one_connection = isinstance(self.engine.pool, StaticPool)
        # Writers of one process queue here instead of polling SQLite's lock.
        self._writers = None if self._is_postgres else WritersTurn()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection inside a transaction that changes nothing. Each statement sees one state;
        on PostgreSQL the next one may see a newer."""
        with self._readers_turn(), self._connected() as conn, conn.begin():
            self._tell_tenants(conn)
            yield conn

    @contextmanager
    def reading_one_state(self) -> Iterator[Connection]:
        """The same, where all statements together see one state."""
        with self._readers_turn(), self._connected() as conn:
            if self._is_postgres:
                conn.execution_options(isolation_level="REPEATABLE READ")
            with conn.begin():
                self._tell_tenants(conn)
                yield conn

    @contextmanager
    def writing(self, *, urgent: bool = False) -> Iterator[Connection]:
        """A connection inside a transaction: committed at the end, rolled back by any error.

        urgent: before everybody else of this process who waits to write.
        """
        turn = self._writers.taken(urgent=urgent) if self._writers else nullcontext()
        with turn, self._connected() as conn:
            conn.execution_options(**{WRITES: True})
            with conn.begin():
                self._tell_tenants(conn)
                yield conn

    def _readers_turn(self) -> AbstractContextManager[None]:
        """Who reads waits for nobody, but where all share the one connection there is."""
        if self._writers and self._one_connection:
            return self._writers.taken()
        return nullcontext()

    def seen_by(self, tenants: Collection[str]) -> Self:
        """The same database as somebody sees it who may see only these tenants' rows."""
        view = copy(self)
        view.tenants = (
            frozenset(tenants) if self.tenants is None else self.tenants & frozenset(tenants)
        )
        return view

    def shows(self, tenant: str) -> bool:
        """Whether rows of this tenant may be seen here."""
        return self.tenants is None or tenant in self.tenants

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        try:
            conn = self.engine.connect()
        except (DatabaseError, InterfaceError) as problem:
            raise DatabaseUnreachable(self.url, _first_line(problem)) from problem
        with conn:
            yield conn

    def rows(self, conn: Connection, name: str, /, **parameters: Any) -> Sequence[Any]:
        """The rows a named statement returns."""
        return conn.execute(self.sql[name], self._narrowed(parameters)).all()

    def run(self, conn: Connection, name: str, /, **parameters: Any) -> CursorResult[Any]:
        """Executes a named statement that returns nothing."""
        return conn.execute(self.sql[name], parameters)

    def write(self, conn: Connection, name: str, rows: Sequence[Row]) -> None:
        """Inserts or updates many rows of one table.

        PostgreSQL takes them as one JSON parameter of one statement; SQLite, which has no round
        trips to save, is faster with one prepared statement run many times.
        """
        if rows and self._is_postgres:
            conn.execute(self.sql[name], {"rows": json_text(rows)})
        elif rows:
            conn.execute(self.sql[name], rows)

    def append(self, conn: Connection, name: str, rows: Sequence[Row]) -> None:
        """Inserts many rows that meet no other; on PostgreSQL by COPY, which is twice as fast."""
        if rows and self._is_postgres:
            cursor: Any = conn.connection.cursor()
            with cursor, cursor.copy(self.sql[name].text) as copy:
                for row in rows:
                    copy.write_row(tuple(row.values()))
        elif rows:
            conn.execute(self.sql[name], rows)

    def _tell_tenants(self, conn: Connection) -> None:
        """Says to PostgreSQL whose rows this transaction sees; forgotten at its end."""
        if self.tenants is not None and self._is_postgres:
            seen = json_text(sorted(self.tenants))
            conn.execute(select(func.set_config(TENANTS, seen, True)))

    def _narrowed(self, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """The parameters, asking for no tenant whose rows may not be seen here."""
        flag = next((each for each in ("any_tenant", "every_tenant") if each in parameters), None)
        if self.tenants is None or flag is None:
            return parameters
        asked = parameters["tenants"]
        seen = self.tenants if parameters[flag] else self.tenants.intersection(asked)
        return {**parameters, flag: False, "tenants": sorted(seen)}

    def moment(self, at: datetime) -> datetime | str:
        """A time as a parameter to compare stored times with."""
        return at if self._is_postgres else moment_text(at)


def moment_text(at: datetime) -> str:
    """A time as it is written: UTC, always of the same width, so that text sorts by time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def moment_of(stored: datetime | str) -> datetime:
    """The aware UTC time a stored one stands for."""
    if isinstance(stored, str):
        return datetime.fromisoformat(stored)
    return stored.astimezone(UTC)


def json_text(value: Any) -> str:
    """Plain values as JSON text, for a parameter that holds many."""
    return to_json(value).decode()


def is_worth_repeating(problem: DBAPIError) -> bool:
    """True when another writer came between, and the same transaction will now see what it did."""
    state = getattr(problem.orig, "sqlstate", None)
    if isinstance(problem, IntegrityError):
        return _KEY_RULE in str(problem.orig)
    return isinstance(problem, OperationalError) and state in _TRANSIENT


def _first_line(problem: DBAPIError) -> str:
    return str(problem.orig).strip().split("\n", 1)[0]


def _engine_for(url: str) -> Engine:
    try:
        address = make_url(url)
    except ArgumentError:
        raise DatabaseUnsupported(url) from None
    kind = address.get_backend_name()
    if kind not in FOLDERS:
        raise DatabaseUnsupported(address.render_as_string(hide_password=True))
    if kind == "sqlite":
        return _sqlite(str(url), in_memory=address.database in (None, "", ":memory:"))
    try:
        engine = create_engine(
            address.set(drivername="postgresql+psycopg"), isolation_level="READ COMMITTED"
        )
    except ModuleNotFoundError:
        raise MissingExtra("psycopg", "postgres") from None
    event.listen(engine, "connect", _set_up_postgres)
    return engine


def _sqlite(url: str, *, in_memory: bool) -> Engine:
    options: Mapping[str, Any] = (
        {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}} if in_memory else {}
    )
    engine = create_engine(url, **options)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_postgres(connection: Any, _record: Any) -> None:
    connection.autocommit = True
    connection.execute(f"SET search_path TO {SCHEMA}")
    connection.execute("SET timezone TO 'UTC'")
    # A worker frozen inside a transaction would hold its row locks against all others.
    connection.execute(f"SET idle_in_transaction_session_timeout TO '{LONGEST_PAUSE_SECONDS}s'")
    # A plan made while a table was small reads all of it when it has grown; so plan every time.
    connection.execute("SET plan_cache_mode TO force_custom_plan")
    connection.autocommit = False


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself; `_begin_sqlite` does
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_mode = WAL")  # readers and the writer do not wait
    connection.execute("PRAGMA synchronous = FULL")  # a commit survives a power cut
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(conn: Connection) -> None:
    # A transaction that reads first and writes later may find its read outdated and fail;
    # one that will write takes the write lock at once.
    writes = conn.get_execution_options().get(WRITES, False)
    conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
