"""Which tables there are, and making them the ones this version works with.

Its one rule: migrations go forward only, and two processes that upgrade at once do it once.
"""

from __future__ import annotations

from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from interlock.storage.database import SCHEMA, Database
from interlock.storage.errors import SchemaOutdated
from interlock.storage.values import SchemaState

REVISION_TABLE: Final = "schema_revision"
UPGRADE_LOCK: Final = 4_776_201_101  # any number that no other program uses for its own lock


class Schema:
    """The part of the store that knows its own tables."""

    _db: Database

    def upgrade(self) -> None:
        """Brings the tables to this version's; does nothing when they are. Forward only."""
        config = _config()
        with self._db.writing() as conn:
            if self._db.dialect == "postgresql":
                conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": UPGRADE_LOCK})
                conn.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
            config.attributes["connection"] = conn
            command.upgrade(config, "head")

    def schema_state(self) -> SchemaState:
        """Which revision the tables are at. Raises: DatabaseUnreachable."""
        head = ScriptDirectory.from_config(_config()).get_current_head() or ""
        with self._db.reading() as conn:
            return SchemaState(current=_revision(conn), head=head)

    def require_current_schema(self) -> None:
        """Nothing, when the tables are right. Raises: SchemaOutdated, DatabaseUnreachable."""
        state = self.schema_state()
        if not state.is_current:
            raise SchemaOutdated(state.current, state.head)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "interlock.storage:migrations")
    config.set_main_option("path_separator", "os")
    return config


def _revision(conn: Connection) -> str | None:
    context = MigrationContext.configure(conn, opts={"version_table": REVISION_TABLE})
    return context.get_current_revision()
