"""The tables of the quality of review: what was decided, beside what it was decided about."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Double, ForeignKey, Index, Table, Text

from interlock.domain.review import ReviewKind, Verb
from interlock.storage.tables.columns import Moment, Word, metadata, one_of, optional, required

# One row a decision of a real case's own question: what reviewers are shown as precedents, and
# what agreement with the AI is counted from. No probes, and no looks beside a case.
past_decision = Table(
    "past_decision",
    metadata,
    required("task_id", Word, ForeignKey("review_task.id"), primary_key=True),
    required("case_id"),
    required("workflow"),
    required("tenant"),
    required("kind"),
    required("queue"),
    required("step"),  # empty before the first step
    required("exception_type"),  # empty for a proposal
    required("segment"),
    optional("amount_micros", BigInteger),
    optional("currency"),
    optional("confidence", Double),  # the AI's, when it had suggested something
    required("verb"),
    required("reason_code", Text),
    required("note", Text),
    required("decided_by"),
    required("decided_at", Moment),
    optional("thinking_seconds", Double),  # empty: not known
    required("too_quick", Boolean),
    one_of("kind", ReviewKind),
    one_of("verb", Verb),
)
# The newest like this one come first; nearness of the amount is looked at among those.
Index(
    "ix_past_decision_like",
    past_decision.c.workflow,
    past_decision.c.tenant,
    past_decision.c.step,
    past_decision.c.exception_type,
    past_decision.c.segment,
    past_decision.c.decided_at,
)
# Measuring reads one workflow over a window of time.
Index("ix_past_decision_window", past_decision.c.workflow, past_decision.c.decided_at)
