"""An index over the few tasks whose clock stands still because somebody was asked."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0014"
down_revision: Final = "0013"
phase: Final = "pre"

STOPPED: Final = sa.text("clock_stopped_at IS NOT NULL AND state IN ('open', 'claimed')")


def upgrade() -> None:
    """Makes the index."""
    op.create_index(
        "ix_review_task_stopped",
        "review_task",
        ["queue", "clock_stopped_at", "id"],
        postgresql_where=STOPPED,
        sqlite_where=STOPPED,
    )
