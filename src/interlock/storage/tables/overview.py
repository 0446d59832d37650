"""Indexes that serve the overview: what is counted there is counted without reading the rows.

They are partial wherever they can be, so that a write that no count asks about touches none.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Index, text

from interlock.storage.tables.work import audit_entry, case_file, decision, fact, review_task

LIVE: Final = "state IN ('open', 'claimed')"
COUNTED_FACTS: Final = "kind IN ('case_opened', 'exception_routed', 'review_breached')"


def _only(condition: str) -> dict[str, Any]:
    return {"postgresql_where": text(condition), "sqlite_where": text(condition)}


# How much waits in every queue, and how much of it is late.
Index(
    "ix_review_task_load",
    review_task.c.workflow,
    review_task.c.queue,
    review_task.c.tenant,
    review_task.c.opened_at,
    review_task.c.due_at,
    review_task.c.at_risk_at,
    review_task.c.clock_stopped_at,
    **_only(LIVE),
)
# At which step the waiting cases are.
Index(
    "ix_case_file_step",
    case_file.c.workflow,
    case_file.c.step,
    case_file.c.waits_for,
    case_file.c.tenant,
    case_file.c.arm,
    **_only("state = 'waiting'"),
)
# What closed lately, and how.
Index(
    "ix_case_file_closed",
    case_file.c.closed_at,
    case_file.c.workflow,
    case_file.c.handling,
    case_file.c.outcome,
    case_file.c.tenant,
    case_file.c.arm,
    **_only("state = 'closed'"),
)
# What arrived, went wrong or ran late in a window, over all workflows.
Index(
    "ix_fact_counted",
    fact.c.kind,
    fact.c.at,
    fact.c.workflow,
    fact.c.name,
    fact.c.detail,
    fact.c.tenant,
    fact.c.arm,
    **_only(COUNTED_FACTS),
)
# Which decisions fell into a window.
Index("ix_decision_at", decision.c.decided_at, decision.c.task_id)
# The log of all cases, the newest first.
Index("ix_audit_entry_at", audit_entry.c.at, audit_entry.c.case_id, audit_entry.c.seq)
