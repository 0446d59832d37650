"""The tables of views: filters that a reviewer saved."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Table, Text, UniqueConstraint

from interlock.storage.tables.columns import Moment, metadata, required

saved_view: Final = Table(
    "saved_view",
    metadata,
    required("id", primary_key=True),
    required("account"),
    required("name", Text),
    required("query", Text),  # as it stands in the desk's address
    required("made_at", Moment),
    UniqueConstraint("account", "name"),
)
