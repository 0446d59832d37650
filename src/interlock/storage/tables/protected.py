"""The tables of protected cases: which closed cases are protected, and what evals found.

A row holds nothing of its case but where it is: what is erased there is erased here.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    text,
)

from interlock.domain.contract import Severity
from interlock.storage.tables.columns import (
    Moment,
    RowNumber,
    Word,
    metadata,
    one_of,
    optional,
    required,
)

protected_case = Table(
    "protected_case",
    metadata,
    required("id", primary_key=True),
    required("workflow"),
    required("tenant"),
    required("case_id", Word, ForeignKey("case_file.id")),
    required("until_seq", Integer),  # the last audit entry that belongs to it
    required("name"),
    required("owner"),
    required("reason", Text),
    required("severity"),
    required("expires"),  # a day, as 2027-06-30
    required("made_by"),
    required("made_at", Moment),
    optional("retired_by"),
    optional("retired_at", Moment),
    optional("retired_why", Text),
    one_of("severity", Severity),
    CheckConstraint("reason <> '' AND owner <> ''", name="somebody_says_why"),
    CheckConstraint("until_seq >= 1", name="has_a_record"),
    CheckConstraint(
        "(retired_at IS NULL) = (retired_by IS NULL) AND "
        "(retired_at IS NULL) = (retired_why IS NULL)",
        name="is_retired_by_somebody",
    ),
)
# One name is one case at a time; a retired one gives its name back.
Index(
    "uq_protected_case_name",
    protected_case.c.workflow,
    protected_case.c.name,
    unique=True,
    postgresql_where=text("retired_at IS NULL"),
    sqlite_where=text("retired_at IS NULL"),
)
Index("ix_protected_case_case", protected_case.c.case_id)

protected_eval = Table(
    "protected_eval",
    metadata,
    Column("id", RowNumber, primary_key=True, autoincrement=True),
    required("workflow"),
    required("fingerprint"),
    required("at", Moment),
    required("passed", Integer),
    required("failed", Integer),  # those that could not be played among them
    required("failing_critical", Integer),
    required("body", JSON),
)
Index(
    "ix_protected_eval_fingerprint",
    protected_eval.c.workflow,
    protected_eval.c.fingerprint,
    protected_eval.c.id,
)
