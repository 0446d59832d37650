"""House log, accounts, and how people sign in."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0002"
down_revision: Final = "0001"
phase: Final = "pre"

WORD: Final = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")
MOMENT: Final = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Makes the house log, the accounts, the ways in, and parts the tenants."""
    _house()
    _account()
    _password()
    _sign_in_link()
    _session()
    _api_token()
    _sign_in_failure()
    _outside()
    if op.get_bind().dialect.name == "postgresql":
        _part_tenants()


def _house() -> None:
    op.create_table(
        "house_entry",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("commitment", WORD, nullable=False),
        sa.Column("previous", WORD, nullable=False),
        sa.Column("hash", WORD, nullable=False),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("salt", WORD, nullable=True),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_house_entry_seq_counts")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_house_entry")),
    )
    op.create_table(
        "house_head",
        sa.Column("name", WORD, nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("head", WORD, nullable=False),
        sa.CheckConstraint("length >= 0", name=op.f("ck_house_head_length_counts")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_house_head")),
    )


def _account() -> None:
    op.create_table(
        "account",
        sa.Column("id", WORD, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", WORD, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("is_agent", sa.Boolean(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
    )


def _password() -> None:
    op.create_table(
        "password",
        sa.Column("account_id", WORD, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        _of_account("password"),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_password")),
    )


def _sign_in_link() -> None:
    op.create_table(
        "sign_in_link",
        sa.Column("digest", WORD, nullable=False),
        sa.Column("account_id", WORD, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        _of_account("sign_in_link"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sign_in_link")),
    )
    op.create_index("ix_sign_in_link_account_id", "sign_in_link", ["account_id"])


def _session() -> None:
    op.create_table(
        "session",
        sa.Column("digest", WORD, nullable=False),
        sa.Column("id", WORD, nullable=False),
        sa.Column("account_id", WORD, nullable=False),
        sa.Column("via", WORD, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        _of_account("session"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_session")),
        sa.UniqueConstraint("id", name=op.f("uq_session_id")),
    )
    op.create_index("ix_session_account_id", "session", ["account_id"])


def _api_token() -> None:
    op.create_table(
        "api_token",
        sa.Column("digest", WORD, nullable=False),
        sa.Column("id", WORD, nullable=False),
        sa.Column("account_id", WORD, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scopes", WORD, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", WORD, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        _of_account("api_token"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_api_token")),
        sa.UniqueConstraint("id", name=op.f("uq_api_token_id")),
    )
    op.create_index("ix_api_token_account_id", "api_token", ["account_id"])


def _sign_in_failure() -> None:
    op.create_table(
        "sign_in_failure",
        sa.Column("key", WORD, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("unheard", sa.Integer(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "failures >= 0 AND unheard >= 0", name=op.f("ck_sign_in_failure_counts")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_failure")),
    )


def _outside() -> None:
    op.create_table(
        "outside_identity",
        sa.Column("issuer", WORD, nullable=False),
        sa.Column("subject", WORD, nullable=False),
        sa.Column("account_id", WORD, nullable=False),
        sa.Column("linked_at", MOMENT, nullable=False),
        _of_account("outside_identity"),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_outside_identity")),
        sa.UniqueConstraint(
            "issuer", "account_id", name=op.f("uq_outside_identity_issuer_account_id")
        ),
    )
    op.create_table(
        "outside_sign_in",
        sa.Column("digest", WORD, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_outside_sign_in")),
    )


def _of_account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["account_id"], ["account.id"], name=op.f(f"fk_{table}_account_id")
    )


# Whose work a transaction sees: a JSON list of tenants. Unset or empty: everybody's, as a worker
# must. Each sub-select is worked out once a statement, not once a row.
SEES_ALL: Final = "(SELECT coalesce(current_setting('interlock.tenants', true), '') = '')"
SEES_TENANT: Final = """tenant IN (
    SELECT jsonb_array_elements_text(
        CAST(nullif(current_setting('interlock.tenants', true), '') AS jsonb)
    )
)"""
HANGS_ON_A_CASE: Final = ("action", "decision", "evidence_package")


def _part_tenants() -> None:
    """Rows of other tenants are not there, whatever the statement; the owner is held to it too.

    The logs (audit_entry, fact) have no policy: COPY, by which they are written, allows none.
    They are read by case, and the case is what is hidden.
    """
    for table in ("case_file", "review_task"):
        _policy(table, f"{SEES_ALL} OR {SEES_TENANT}")
    for table in HANGS_ON_A_CASE:
        seen = f"EXISTS (SELECT 1 FROM case_file WHERE case_file.id = {table}.case_id)"  # noqa: S608
        _policy(table, f"{SEES_ALL} OR {seen}")


def _policy(table: str, condition: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenants ON {table} USING ({condition})")
