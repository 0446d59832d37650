"""Tallies: what a gate has counted so far, so that a look costs only what is new.

A proposal a person decided becomes a fact; those decided before this version are written as such,
in the era their case is in now.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0017"
down_revision: Final = "0016"
phase: Final = "pre"

WORD: Final = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")
MOMENT: Final = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")
KINDS: Final = (
    "case_opened", "step_finished", "proposal_made", "exception_routed", "incident",
    "fallback_used", "review_opened", "review_decided", "review_breached", "action_finished",
    "case_closed", "review_claimed", "review_released", "question_asked", "question_answered",
    "case_commented", "case_reopened", "case_paused", "sample_checked", "probe_answered",
    "shadow_compared", "stood_down", "second_look", "proposal_decided",
)  # fmt: skip
IN_AN_ERA: Final = sa.text("release <> ''")
DECIDED_BEFORE: Final = """
INSERT INTO fact (
    case_id, workflow, fingerprint, tenant, segment, arm, stage, release, kind, at, name, detail,
    amount_micros, currency
)
SELECT
    past_decision.case_id, past_decision.workflow, case_file.fingerprint, past_decision.tenant,
    case_file.segment, case_file.arm, case_file.stage, case_file.release, 'proposal_decided',
    past_decision.decided_at, past_decision.step, past_decision.verb,
    past_decision.amount_micros, past_decision.currency
FROM past_decision
JOIN case_file ON case_file.id = past_decision.case_id
WHERE past_decision.kind = 'proposal' AND past_decision.verb IN ('approve', 'edit', 'reject')
ORDER BY past_decision.decided_at, past_decision.task_id
"""


def upgrade() -> None:
    """Makes the tables, lets facts tell of a decided proposal, and orders an era's by time."""
    op.drop_index("ix_fact_release", "fact")
    _allow_kinds()
    op.create_index(
        "ix_fact_release",
        "fact",
        ["release", "kind", "at"],
        postgresql_where=IN_AN_ERA,
        sqlite_where=IN_AN_ERA,
    )
    op.execute(DECIDED_BEFORE)
    _era_tally()
    _era_case()
    _era_count()


def _allow_kinds() -> None:
    allowed = f"kind IN ({', '.join(repr(kind) for kind in KINDS)})"
    if op.get_bind().dialect.name == "sqlite":  # it can only make the table anew
        with op.batch_alter_table("fact", recreate="always") as table:
            table.create_check_constraint(op.f("ck_fact_kind"), allowed)
    else:
        op.drop_constraint(op.f("ck_fact_kind"), "fact", type_="check")
        op.create_check_constraint(op.f("ck_fact_kind"), "fact", allowed)


def _era_tally() -> None:
    op.create_table(
        "era_tally",
        sa.Column("era", WORD, nullable=False),
        sa.Column("ai_steps", WORD, nullable=False),
        sa.Column("case_arms", WORD, nullable=False),
        sa.Column("counted_to", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("mark_fact", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("mark_transaction", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("latest_at", MOMENT, nullable=True),
        sa.CheckConstraint("counted_to >= 0", name=op.f("ck_era_tally_counted_to_counts")),
        sa.PrimaryKeyConstraint("era", name=op.f("pk_era_tally")),
    )


def _era_case() -> None:
    key = ("era", "case_id", "counts", "part")
    op.create_table(
        "era_case",
        *(sa.Column(name, WORD, nullable=False) for name in key),
        sa.Column("marks", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_era_case")),
    )


def _era_count() -> None:
    key = ("era", "counts", "part", "detail")
    op.create_table(
        "era_count",
        *(sa.Column(name, WORD, nullable=False) for name in key),
        sa.Column("marks", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hits", sa.BigInteger(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint(*key, "marks", name=op.f("pk_era_count")),
    )
