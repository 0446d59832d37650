"""Protected cases: rows from the desk, and what was found when they were run."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0012"
down_revision: Final = "0011"
phase: Final = "pre"

WORD: Final = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")
MOMENT: Final = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
ROW_NUMBER: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SEVERITIES: Final = "'low', 'medium', 'high', 'critical'"
RETIRED: Final = (
    "(retired_at IS NULL) = (retired_by IS NULL) AND (retired_at IS NULL) = (retired_why IS NULL)"
)
SEEN: Final = """(SELECT coalesce(current_setting('interlock.tenants', true), '') = '')
OR tenant IN (
    SELECT jsonb_array_elements_text(
        CAST(nullif(current_setting('interlock.tenants', true), '') AS jsonb)
    )
)"""


def upgrade() -> None:
    """Makes the two tables; on PostgreSQL, whoever works for some tenants sees only theirs."""
    _protected_case()
    _protected_eval()
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE protected_case ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE protected_case FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenants ON protected_case USING ({SEEN})")


def _protected_case() -> None:
    op.create_table(
        "protected_case",
        sa.Column("id", WORD, nullable=False),
        sa.Column("workflow", WORD, nullable=False),
        sa.Column("tenant", WORD, nullable=False),
        sa.Column("case_id", WORD, nullable=False),
        sa.Column("until_seq", sa.Integer(), nullable=False),
        sa.Column("name", WORD, nullable=False),
        sa.Column("owner", WORD, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("severity", WORD, nullable=False),
        sa.Column("expires", WORD, nullable=False),
        sa.Column("made_by", WORD, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("retired_by", WORD, nullable=True),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.Column("retired_why", sa.Text(), nullable=True),
        sa.CheckConstraint(f"severity IN ({SEVERITIES})", name=op.f("ck_protected_case_severity")),
        sa.CheckConstraint(
            "reason <> '' AND owner <> ''", name=op.f("ck_protected_case_somebody_says_why")
        ),
        sa.CheckConstraint("until_seq >= 1", name=op.f("ck_protected_case_has_a_record")),
        sa.CheckConstraint(RETIRED, name=op.f("ck_protected_case_is_retired_by_somebody")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_protected_case_case_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protected_case")),
    )
    op.create_index(
        "uq_protected_case_name",
        "protected_case",
        ["workflow", "name"],
        unique=True,
        **_only("retired_at IS NULL"),
    )
    op.create_index("ix_protected_case_case", "protected_case", ["case_id"])


def _protected_eval() -> None:
    op.create_table(
        "protected_eval",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("workflow", WORD, nullable=False),
        sa.Column("fingerprint", WORD, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("failing_critical", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protected_eval")),
    )
    op.create_index(
        "ix_protected_eval_fingerprint", "protected_eval", ["workflow", "fingerprint", "id"]
    )


def _only(condition: str) -> dict[str, Any]:
    text = sa.text(condition)
    return {"postgresql_where": text, "sqlite_where": text}
