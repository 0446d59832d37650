"""What every table is built from: the metadata, and columns that say whether they may be empty.

Typed columns are what queries need; the whole value is the JSON text in `body`. Times are UTC:
`timestamptz` on PostgreSQL, text of one fixed width on SQLite, so that both sort by time.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Integer,
    MetaData,
    Text,
)

# Byte order, whatever the database's language: faster, and a prefix is a range of the index.
Word: Final = Text(collation="C").with_variant(Text(), "sqlite")
Moment: Final = DateTime(timezone=True).with_variant(Text(), "sqlite")
RowNumber: Final = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers only INTEGER

metadata: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def required(name: str, kind: Any = Word, *extra: Any, **options: Any) -> Column[Any]:
    return Column(name, kind, *extra, nullable=False, **options)


def optional(name: str, kind: Any = Word) -> Column[Any]:
    return Column(name, kind, nullable=True)


def one_of(column: str, kind: type[StrEnum]) -> CheckConstraint:
    """The rule that a column holds a member of the enum (or NULL where it may be NULL)."""
    members = ", ".join(f"'{member}'" for member in kind)
    return CheckConstraint(f"{column} IN ({members})", name=column)
