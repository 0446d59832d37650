"""Kept copies of contract folders."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0010"
down_revision: Final = "0009"
phase: Final = "pre"

WORD: Final = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Makes the table of kept copies."""
    op.create_table(
        "contract_copy",
        sa.Column("workflow", WORD, nullable=False),
        sa.Column("fingerprint", WORD, nullable=False),
        sa.Column("path", WORD, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workflow", "fingerprint"],
            ["contract.workflow", "contract.fingerprint"],
            name=op.f("fk_contract_copy_workflow"),
        ),
        sa.PrimaryKeyConstraint("workflow", "fingerprint", "path", name=op.f("pk_contract_copy")),
    )
