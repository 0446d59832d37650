"""The table of kept copies: what a contract's folder held when cases began with it."""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, LargeBinary, Table

from interlock.storage.tables.columns import metadata, required

contract_copy = Table(
    "contract_copy",
    metadata,
    required("workflow", primary_key=True),
    required("fingerprint", primary_key=True),
    required("path", primary_key=True),
    required("content", LargeBinary),
    ForeignKeyConstraint(
        ["workflow", "fingerprint"], ["contract.workflow", "contract.fingerprint"]
    ),
)
