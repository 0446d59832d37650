"""The tables of the house log: one hash chain for what happens outside of cases."""

from __future__ import annotations

from sqlalchemy import JSON, CheckConstraint, Integer, Table, Text

from interlock.storage.tables.columns import Moment, metadata, optional, required

house_entry = Table(
    "house_entry",
    metadata,
    required("seq", Integer, primary_key=True, autoincrement=False),
    required("at", Moment),
    required("actor", Text),
    required("kind"),
    required("body", JSON),
    required("commitment"),
    required("previous"),
    required("hash"),
    optional("payload", Text),  # what may be erased later, behind the commitment
    optional("salt"),
    CheckConstraint("seq >= 1", name="seq_counts"),
)

# One row. Whoever appends locks it first, so that the chain has one end.
house_head = Table(
    "house_head",
    metadata,
    required("name", primary_key=True),
    required("length", Integer),
    required("head"),
    CheckConstraint("length >= 0", name="length_counts"),
)
