"""Releases: where each stands, what happened to it, and what its gate said."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0011"
down_revision: Final = "0010"
phase: Final = "pre"

WORD: Final = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")
MOMENT: Final = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
ROW_NUMBER: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATES: Final = "'proposed', 'running', 'replaced', 'rolled_back', 'withdrawn'"
MOVES: Final = (
    "'propose', 'sign', 'start', 'promote', 'hold', 'release_hold', 'roll_back', 'stand_down', "
    "'replace', 'resume', 'withdraw', 'drill', 'migrate'"
)
DECISIONS: Final = "'promote', 'hold', 'roll_back'"


def upgrade() -> None:
    """Makes the tables of releases, verdicts and their history; cases and facts know theirs."""
    for table in ("case_file", "fact"):
        op.add_column(table, sa.Column("release", WORD, nullable=False, server_default=""))
    op.create_index("ix_fact_release", "fact", ["release", "kind", "id"], **_only("release <> ''"))
    _release_file()
    _gate_verdict()
    _release_event()


def _release_file() -> None:
    op.create_table(
        "release_file",
        sa.Column("id", WORD, nullable=False),
        sa.Column("workflow", WORD, nullable=False),
        sa.Column("fingerprint", WORD, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_release_file_state")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_release_file_version_counts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_file")),
    )
    op.create_index(
        "uq_release_file_running",
        "release_file",
        ["workflow"],
        unique=True,
        **_only("state = 'running'"),
    )
    op.create_index("ix_release_file_workflow", "release_file", ["workflow", "proposed_at"])


def _gate_verdict() -> None:
    op.create_table(
        "gate_verdict",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("release", WORD, nullable=False),
        sa.Column("era", WORD, nullable=False),
        sa.Column("segment", WORD, nullable=False),
        sa.Column("look", sa.Integer(), nullable=False),
        sa.Column("decision", WORD, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("evidence_digest", WORD, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.CheckConstraint(f"decision IN ({DECISIONS})", name=op.f("ck_gate_verdict_decision")),
        sa.CheckConstraint("look >= 1", name=op.f("ck_gate_verdict_look_counts")),
        sa.ForeignKeyConstraint(
            ["release"], ["release_file.id"], name=op.f("fk_gate_verdict_release")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_verdict")),
        sa.UniqueConstraint(
            "era", "segment", "look", name=op.f("uq_gate_verdict_era_segment_look")
        ),
    )
    op.create_index("ix_gate_verdict_release", "gate_verdict", ["release", "id"])


def _release_event() -> None:
    op.create_table(
        "release_event",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("release", WORD, nullable=False),
        sa.Column("move", WORD, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_whom", sa.Text(), nullable=False),
        sa.Column("verdict", ROW_NUMBER, nullable=True),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.CheckConstraint(f"move IN ({MOVES})", name=op.f("ck_release_event_move")),
        sa.ForeignKeyConstraint(
            ["release"], ["release_file.id"], name=op.f("fk_release_event_release")
        ),
        sa.ForeignKeyConstraint(
            ["verdict"], ["gate_verdict.id"], name=op.f("fk_release_event_verdict")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_event")),
    )
    op.create_index("ix_release_event_release", "release_event", ["release", "id"])


def _only(condition: str) -> dict[str, Any]:
    """An index over the rows that meet a condition, on both databases."""
    return {"postgresql_where": sa.text(condition), "sqlite_where": sa.text(condition)}
