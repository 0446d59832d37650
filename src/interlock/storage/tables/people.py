"""The tables of people: accounts, and how they sign in.

Whatever opens a door (a link, a session, a token) is kept as its SHA-256 alone: who reads these
tables can sign in as nobody.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from interlock.storage.tables.columns import Moment, Word, metadata, optional, required

# An account's id is the person id that contracts use.
account = Table(
    "account",
    metadata,
    required("id", primary_key=True),
    required("name", Text),
    required("email"),
    required("active", Boolean),
    required("is_agent", Boolean),
    required("changed_at", Moment),
    required("body", JSON),
)


def _account_id(**options: Any) -> Column[Any]:
    return required("account_id", Word, ForeignKey("account.id"), **options)


password = Table(
    "password",
    metadata,
    _account_id(primary_key=True),
    required("hash", Text),  # argon2, with its salt and parameters
    required("changed_at", Moment),
)

# A way in that works once.
sign_in_link = Table(
    "sign_in_link",
    metadata,
    required("digest", primary_key=True),
    _account_id(),
    required("made_at", Moment),
    required("expires_at", Moment),
    optional("used_at", Moment),
    Index("ix_sign_in_link_account_id", "account_id"),
)

session = Table(
    "session",
    metadata,
    required("digest", primary_key=True),
    required("id"),  # names it in lists; opens nothing
    _account_id(),
    required("via"),
    required("opened_at", Moment),
    required("seen_at", Moment),
    required("expires_at", Moment),
    UniqueConstraint("id"),
    Index("ix_session_account_id", "account_id"),
)

api_token = Table(
    "api_token",
    metadata,
    required("digest", primary_key=True),
    required("id"),
    _account_id(),
    required("name", Text),
    required("scopes"),  # rights, parted by spaces
    required("made_at", Moment),
    required("made_by"),
    optional("expires_at", Moment),
    optional("used_at", Moment),
    optional("revoked_at", Moment),
    UniqueConstraint("id"),
    Index("ix_api_token_account_id", "account_id"),
)

# How often somebody failed of late, by account and by source address. Forgotten after a while.
sign_in_failure = Table(
    "sign_in_failure",
    metadata,
    required("key", primary_key=True),
    required("failures", Integer),
    required("unheard", Integer),  # attempts turned away since, because they came too soon
    required("last_at", Moment),
    CheckConstraint("failures >= 0 AND unheard >= 0", name="counts"),
)

# Who an account is at another house's sign-in (OpenID Connect): one subject an account.
outside_identity = Table(
    "outside_identity",
    metadata,
    required("issuer", primary_key=True),
    required("subject", primary_key=True),
    _account_id(),
    required("linked_at", Moment),
    UniqueConstraint("issuer", "account_id"),
)

# A sign-in at another house that was begun and has not come back yet.
outside_sign_in = Table(
    "outside_sign_in",
    metadata,
    required("digest", primary_key=True),
    required("body", JSON),
    required("expires_at", Moment),
)
