"""Cases, tasks and transitions for the store's tests: each names only what its test is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from interlock.domain.action import Action
from interlock.domain.case import Case, CaseState, Phase, Source, WaitsFor
from interlock.domain.contract import Severity
from interlock.domain.event import CaseOpened, Event, StepReturned, TimerFired
from interlock.domain.fact import Fact, FactKind
from interlock.domain.ids import (
    ActionId,
    CaseId,
    Fingerprint,
    PersonId,
    QueueName,
    StepName,
    TaskId,
    WorkflowId,
)
from interlock.domain.review import EvidencePackage, ReviewKind, ReviewTask, Verb
from interlock.domain.transition import Note, Reservation, Transition
from interlock.storage import Change, Recorded, Store

NOW: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WORKFLOW: Final = WorkflowId("accounts_payable")


def at(minutes: float) -> datetime:
    """So many minutes after the tests' morning."""
    return NOW + timedelta(minutes=minutes)


def a_case(number: int | str = 1, **fields: Any) -> Case:
    """A ready case; `number` makes its id and its key."""
    plain: dict[str, Any] = {
        "id": CaseId(f"case_{number}"),
        "workflow": WORKFLOW,
        "fingerprint": Fingerprint("f" * 64),
        "key": f"supplier/{number}",
        "title": f"Invoice {number}",
        "data": {"number": str(number), "net": 12.5, "lines": [{"text": "paper", "quantity": 3}]},
        "opened_at": NOW,
        "updated_at": NOW,
        "phase": Phase.STEP,
        "step": StepName("read"),
        "source": Source(document="d" * 64, name=f"{number}.xml", channel="folder"),
    }
    return Case(**{**plain, **fields})


def waiting(case: Case, **fields: Any) -> Case:
    """The case, waiting for a person or for what is given."""
    plain: dict[str, Any] = {"state": CaseState.WAITING, "waits_for": WaitsFor.REVIEW}
    return replace(case, **{**plain, **fields})


def a_fact(case: Case, kind: FactKind = FactKind.STEP_FINISHED, **fields: Any) -> Fact:
    plain: dict[str, Any] = {
        "case_id": case.id,
        "workflow": case.workflow,
        "fingerprint": case.fingerprint,
        "tenant": case.tenant,
        "segment": case.segment,
        "arm": case.arm,
        "stage": case.stage,
        "kind": kind,
        "at": NOW,
        "name": "read",
        "value": 1.25,
    }
    return Fact(**{**plain, **fields})


def a_task(case: Case, number: int = 1, **fields: Any) -> ReviewTask:
    plain: dict[str, Any] = {
        "id": TaskId(f"task_{case.id}_{number}"),
        "case_id": case.id,
        "workflow": case.workflow,
        "kind": ReviewKind.EXCEPTION,
        "queue": QueueName("ap_clerks"),
        "severity": Severity.MEDIUM,
        "question": "Is the total right?",
        "verbs": (Verb.APPROVE, Verb.REJECT),
        "opened_at": NOW,
        "due_at": at(60),
        "at_risk_at": at(45),
    }
    return ReviewTask(**{**plain, **fields})


def an_evidence_package(task: ReviewTask, **content: Any) -> EvidencePackage:
    return EvidencePackage(
        task_id=task.id, case_id=task.case_id, digest="e" * 64, content=content, made_at=NOW
    )


def an_action(case: Case, number: int = 1, **fields: Any) -> Action:
    plain: dict[str, Any] = {
        "id": ActionId(f"act_{case.id}_{number}"),
        "case_id": case.id,
        "step": StepName("post"),
        "visit": 1,
        "name": "post_invoice",
        "arguments": {"amount": "12.50"},
        "digest": "a" * 64,
    }
    return Action(**{**plain, **fields})


def a_reservation(action: Action, units: int, limit: int, **fields: Any) -> Reservation:
    plain: dict[str, Any] = {
        "action_id": action.id,
        "workflow": WORKFLOW,
        "budget": "schedule_payment.money_per_day",
        "window": "2026-03-02",
        "units": units,
        "limit": limit,
        "free_again_at": at(24 * 60),
    }
    return Reservation(**{**plain, **fields})


def a_step(case: Case, event: Event | None = None, **fields: Any) -> Transition:
    """One event applied to a case."""
    returned = StepReturned(step=case.step or StepName("read"), attempt=1, value={"ok": True})
    plain: dict[str, Any] = {
        "case": case,
        "event": event or returned,
        "at": NOW,
        "actor": "worker",
        "notes": (Note(what="policy", rule="amounts fit", detail={"line": 0.9}),),
        "facts": (a_fact(case),),
    }
    return Transition(**{**plain, **fields})


def an_opening(case: Case, **fields: Any) -> tuple[Transition, ...]:
    """What opens a case."""
    fact = a_fact(case, FactKind.CASE_OPENED)
    return (a_step(case, CaseOpened(case=case), actor="intake", **{"facts": (fact,), **fields}),)


def opened(store: Store, *cases: Case, **fields: Any) -> list[Case]:
    """The cases, opened in the store and read back."""
    store.open_cases([an_opening(case, **fields) for case in cases])
    return store.load([case.id for case in cases])


def recorded(store: Store, case: Case, **fields: Any) -> Recorded:
    """What became of one step of a case that was seen as it is given."""
    claimed_by = fields.pop("claimed_by", None)
    step = a_step(case, **fields)
    (answer,) = store.record([a_change(case.version, step, claimed_by=claimed_by)])
    return answer


def a_change(seen_version: int, *steps: Transition, claimed_by: str | None = None) -> Change:
    return Change(seen_version=seen_version, transitions=steps, claimed_by=claimed_by)


def ids(rows: Sequence[Any]) -> list[str]:
    return [row.id for row in rows]


def timer_fired() -> TimerFired:
    return TimerFired()


ANNA: Final = PersonId("anna")
