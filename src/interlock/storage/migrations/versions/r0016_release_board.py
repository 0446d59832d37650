"""What the release board keeps: deltas as they are signed, looks ahead, budgets that burn."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0016"
down_revision: Final = "0014"
phase: Final = "pre"

WORD: Final = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")
MOMENT: Final = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
ROW_NUMBER: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Makes the tables."""
    _release_delta()


def _release_delta() -> None:
    op.create_table(
        "release_delta",
        sa.Column("release", WORD, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release"], ["release_file.id"], name=op.f("fk_release_delta_release")
        ),
        sa.PrimaryKeyConstraint("release", name=op.f("pk_release_delta")),
    )
