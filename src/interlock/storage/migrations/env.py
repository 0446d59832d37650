"""How Alembic runs our migrations: on the connection it is handed, in that transaction."""

from __future__ import annotations

from alembic import context

from interlock.storage.schema import REVISION_TABLE
from interlock.storage.tables import metadata


def _run() -> None:
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        version_table=REVISION_TABLE,
        transactional_ddl=True,  # SQLite can too, once the transaction is begun by us
    )
    context.run_migrations()


_run()
