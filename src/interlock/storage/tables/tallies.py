"""The tables of tallies: what was counted of each era so far, and up to which fact.

All of it can be made again from the facts; nothing here is a record of its own.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Integer, Table

from interlock.storage.tables.columns import Moment, Word, metadata, optional, required

# One row an era. counted_to: every fact up to this one is in the counts, and none above it.
era_tally = Table(
    "era_tally",
    metadata,
    required("era", primary_key=True),
    required("ai_steps"),  # what was counted as the AI, and whose cases: other terms, other counts
    required("case_arms"),
    required("counted_to", BigInteger, server_default="0"),
    required("mark_fact", BigInteger, server_default="0"),  # final once that transaction is over
    required("mark_transaction", BigInteger, server_default="0"),
    optional("latest_at", Moment),  # of everything counted, the latest
    CheckConstraint("counted_to >= 0", name="counted_to_counts"),
)

# One row a case, and another for its segment: what has happened to it so far.
era_case = Table(
    "era_case",
    metadata,
    required("era", primary_key=True),
    required("case_id", primary_key=True),
    required("counts", primary_key=True),
    required("part", primary_key=True),  # empty: the whole era; /SEGMENT: that part of it
    required("marks", Integer),
)

# How many cases have the same marks, and how many facts say the same.
era_count = Table(
    "era_count",
    metadata,
    required("era", primary_key=True),
    required("counts", primary_key=True),
    required("part", primary_key=True),
    Column("detail", Word, primary_key=True, nullable=False),
    Column("marks", Integer, primary_key=True, autoincrement=False, nullable=False),
    required("hits", BigInteger),
    required("last_id", BigInteger),
    required("last_at", Moment),
)
