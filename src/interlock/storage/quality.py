"""Past decisions: written with each decision, read as precedents and to measure the review.

Its one rule: no probe and no look beside a case is among them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from interlock.domain.case import Arm
from interlock.domain.ids import CaseId, PersonId, QueueName, StepName, TaskId, WorkflowId
from interlock.domain.money import Money
from interlock.domain.quality import Band
from interlock.domain.review import ReviewKind, Verb
from interlock.domain.transition import Transition
from interlock.storage.database import Database, Row, moment_of, moment_text
from interlock.storage.reading import BEGINNING, END, PAGE
from interlock.storage.rows import clean

AMONG: Final = 200  # of the newest like one, those with the nearest amount are found


@dataclass(frozen=True, slots=True, kw_only=True)
class PastDecision:
    """What one person decided about one question, and what it was about.

    step, exception_type: empty where there was none. thinking_seconds None: not known.
    """

    task_id: TaskId
    case_id: CaseId
    workflow: WorkflowId
    tenant: str
    kind: ReviewKind
    queue: QueueName
    step: StepName
    exception_type: str
    segment: str
    amount: Money | None
    confidence: float | None
    verb: Verb
    reason_code: str
    note: str
    by: PersonId
    at: datetime
    thinking_seconds: float | None
    too_quick: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LikeThis:
    """What makes a past decision similar: the same question, in the same segment and tenant."""

    case_id: CaseId  # whose own decisions are left out
    workflow: WorkflowId
    tenant: str
    step: str
    exception_type: str
    segment: str
    amount: Money | None = None


class QualityOfReview:
    """The part of the store that knows what was decided before."""

    _db: Database

    def similar_decisions(self, like: LikeThis, limit: int) -> list[PastDecision]:
        """At most `limit` past decisions like this one, the nearest amount first, then newest."""
        with self._db.reading() as conn:
            rows = self._db.rows(
                conn,
                "similar_decisions",
                case_id=like.case_id,
                workflow=like.workflow,
                tenant=clean(like.tenant),
                step=like.step,
                exception_type=like.exception_type,
                segment=clean(like.segment),
                amount=like.amount.micros if like.amount else None,
                currency=like.amount.currency if like.amount else "",
                among=AMONG,
                limit=limit,
            )
        return [_past_decision(row) for row in rows]

    def agreed_with_ai(
        self, workflow: str, step: str, band: Band, *, tenant: str | None = None
    ) -> tuple[int, int]:
        """(agreed, of): suggestions of a step with a confidence in this band that a person judged,
        and those that were approved as they were. tenant None: over all tenants."""
        with self._db.reading() as conn:
            [row] = self._db.rows(
                conn,
                "agreed_with_ai",
                workflow=workflow,
                step=step,
                low=band.low,
                high=band.high,
                every_tenant=tenant is None,
                tenant=clean(tenant or ""),
            )
        return int(row.agreed), int(row.judged)

    def past_decisions(
        self,
        workflow: str,
        *,
        since: datetime = BEGINNING,
        until: datetime = END,
        tenants: Collection[str] | None = None,
    ) -> Iterator[PastDecision]:
        """Decisions with since <= at < until, oldest first, a page at a time. tenants None: all."""
        at, last = since, ""
        while True:
            with self._db.reading() as conn:
                rows = self._db.rows(
                    conn,
                    "past_decisions",
                    workflow=workflow,
                    after_at=self._db.moment(at),
                    after_id=last,
                    until=self._db.moment(until),
                    every_tenant=tenants is None,
                    tenants=list(tenants or ()),
                    limit=PAGE,
                )
            page = [_past_decision(row) for row in rows]
            yield from page
            if len(page) < PAGE:
                return
            at, last = page[-1].at, page[-1].task_id


def past_decision_rows(steps: Sequence[Transition]) -> list[Row]:
    """The rows of the decisions in these transitions; none for probes and looks."""
    return [row for step in steps for row in _row(step)]


def _row(step: Transition) -> Iterator[Row]:
    decision, case = step.decision, step.case
    if decision is None or case.arm is Arm.PROBE:
        return
    task = next((each for each in step.tasks if each.id == decision.task_id), None)
    if task is None or task.look is not None:
        return
    amount = task.amount
    yield {
        "task_id": task.id,
        "case_id": case.id,
        "workflow": case.workflow,
        "tenant": clean(case.tenant),
        "kind": task.kind,
        "queue": task.queue,
        "step": task.step or "",
        "exception_type": task.exception_type or "",
        "segment": clean(case.segment),
        "amount_micros": amount.micros if amount else None,
        "currency": amount.currency if amount else None,
        "confidence": decision.confidence,
        "verb": decision.verb,
        "reason_code": clean(decision.reason_code),
        "note": clean(decision.note),
        "decided_by": decision.by,
        "decided_at": moment_text(decision.at),
        "thinking_seconds": decision.thinking_seconds,
        "too_quick": decision.too_quick,
    }


def _past_decision(row: Any) -> PastDecision:
    amount = None
    if row.amount_micros is not None and row.currency is not None:
        amount = Money(micros=row.amount_micros, currency=row.currency)
    return PastDecision(
        task_id=TaskId(row.task_id),
        case_id=CaseId(row.case_id),
        workflow=WorkflowId(row.workflow),
        tenant=row.tenant,
        kind=ReviewKind(row.kind),
        queue=QueueName(row.queue),
        step=StepName(row.step),
        exception_type=row.exception_type,
        segment=row.segment,
        amount=amount,
        confidence=row.confidence,
        verb=Verb(row.verb),
        reason_code=row.reason_code,
        note=row.note,
        by=PersonId(row.decided_by),
        at=moment_of(row.decided_at),
        thinking_seconds=row.thinking_seconds,
        too_quick=bool(row.too_quick),
    )
