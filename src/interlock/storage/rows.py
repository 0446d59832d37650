"""Rows of the tables from domain values, in the order of each table's columns.

Its one rule: free text loses its NUL characters here, because PostgreSQL cannot hold them; the
JSON text in `body` keeps them, escaped.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from pydantic_core import from_json

from interlock.canonical import digest
from interlock.domain.action import Action
from interlock.domain.audit import AuditEntry
from interlock.domain.case import Arm, Case
from interlock.domain.contract import Severity
from interlock.domain.fact import Fact, FactKind
from interlock.domain.ids import CaseId
from interlock.domain.review import Decision, EvidencePackage, ReviewState, ReviewTask
from interlock.storage.codec import ACTION, CASE, DECISION, EVIDENCE, TASK
from interlock.storage.database import Row, json_text, moment_of, moment_text

URGENCY: Final = MappingProxyType(
    {Severity.CRITICAL: 0, Severity.HIGH: 1, Severity.MEDIUM: 2, Severity.LOW: 3}
)


def clean(text: str) -> str:
    """The text without NUL characters; each becomes the replacement character."""
    return text.replace("\x00", "\ufffd") if "\x00" in text else text


def stored_key(case: Case) -> str:
    """The business key a case is found and told apart by. A probe's can never be a real case's,
    although it looks like one to whoever reads the probe."""
    if case.arm is Arm.PROBE:
        return clean(f"{case.key}~{digest(case.id)[:16]}")
    return clean(case.key)


def case_row(case: Case, *, version: int, entries: int, head: str) -> Row:
    """The row of a case at a version, with the length and last hash of its audit chain."""
    amount, source, exception = case.amount, case.source, case.exception
    return {
        "id": case.id,
        "workflow": case.workflow,
        "fingerprint": case.fingerprint,
        "key": stored_key(case),
        "title": clean(case.title),
        "tenant": clean(case.tenant),
        "segment": clean(case.segment),
        "arm": case.arm,
        "stage": case.stage,
        "release": clean(case.release),
        "state": case.state,
        "waits_for": case.waits_for,
        "wake_at": _moment(case.wake_at),
        "phase": case.phase,
        "step": case.step,
        "exception_type": exception.type if exception else None,
        "amount_micros": amount.micros if amount else None,
        "currency": amount.currency if amount else None,
        "outcome": case.outcome,
        "handling": case.handling,
        "document": source.document if source else None,
        "paused_by": case.paused_by.pause if case.paused_by else None,
        "opened_at": moment_text(case.opened_at),
        "updated_at": moment_text(case.updated_at),
        "closed_at": _moment(case.closed_at),
        "version": version,
        "entries": entries,
        "head": head,
        "body": CASE.encode(replace(case, version=version)),
    }


def entry_row(entry: AuditEntry) -> Row:
    """The row of a sealed audit entry."""
    return {
        "case_id": entry.case_id,
        "seq": entry.seq,
        "at": moment_text(entry.at),
        "actor": entry.actor,
        "kind": entry.kind,
        "body": json_text(entry.body),
        "commitment": entry.commitment,
        "previous": entry.previous,
        "hash": entry.hash,
        "payload": entry.payload,
        "salt": entry.salt,
    }


def fact_row(fact: Fact) -> Row:
    """The row of a fact; the database numbers it."""
    return {
        "case_id": fact.case_id,
        "workflow": fact.workflow,
        "fingerprint": fact.fingerprint,
        "tenant": clean(fact.tenant),
        "segment": clean(fact.segment),
        "arm": fact.arm,
        "stage": fact.stage,
        "release": clean(fact.release),
        "kind": fact.kind,
        "at": moment_text(fact.at),
        "name": clean(fact.name),
        "detail": clean(fact.detail),
        "value": fact.value,
        "amount_micros": fact.amount_micros,
        "currency": fact.currency,
    }


def task_row(task: ReviewTask, *, version: int) -> Row:
    """The row of a review task at a version."""
    return {
        "id": task.id,
        "case_id": task.case_id,
        "workflow": task.workflow,
        "tenant": clean(task.tenant),
        "kind": task.kind,
        "queue": task.queue,
        "severity": task.severity,
        "urgency": URGENCY[task.severity],
        "state": task.state,
        "exception_type": task.exception_type,
        "held_by": task.held_by,
        "assigned_to": task.assigned_to,
        "opened_at": moment_text(task.opened_at),
        "due_at": moment_text(task.due_at),
        "at_risk_at": moment_text(task.at_risk_at),
        "clock_stopped_at": _moment(task.clock_stopped_at),
        "attend_at": _moment(attend_at(task)),
        "version": version,
        "body": TASK.encode(replace(task, version=version)),
    }


def attend_at(task: ReviewTask) -> datetime | None:
    """When a sweep must look at the task: its breach, lease or expiry, the earliest; or never.

    A held decision comes first: nothing else is due on a task before that took effect.
    """
    if not task.is_live:
        return None
    if task.held_decision is not None:
        return task.takes_effect_at
    breach = task.due_at if task.clock_stopped_at is None and task.breached_at is None else None
    lease = task.lease_until if task.state is ReviewState.CLAIMED else None
    return min((at for at in (breach, lease, task.expires_at) if at is not None), default=None)


def action_row(action: Action) -> Row:
    """The row of an action."""
    amount = action.amount
    return {
        "id": action.id,
        "case_id": action.case_id,
        "step": action.step,
        "name": action.name,
        "digest": action.digest,
        "state": action.state,
        "attempt": action.attempt,
        "amount_micros": amount.micros if amount else None,
        "currency": amount.currency if amount else None,
        "hold_until": _moment(action.hold_until),
        "intended_at": _moment(action.intended_at),
        "finished_at": _moment(action.finished_at),
        "body": ACTION.encode(action),
    }


def evidence_row(package: EvidencePackage) -> Row:
    """The row of a frozen evidence package."""
    return {
        "task_id": package.task_id,
        "case_id": package.case_id,
        "digest": package.digest,
        "made_at": moment_text(package.made_at),
        "body": EVIDENCE.encode(package),
    }


def decision_row(decision: Decision) -> Row:
    """The row of a decision; the database numbers it."""
    return {
        "task_id": decision.task_id,
        "case_id": decision.case_id,
        "verb": decision.verb,
        "decided_by": decision.by,
        "decided_at": moment_text(decision.at),
        "body": DECISION.encode(decision),
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else moment_text(at)


def fact_from(row: Any) -> Fact:
    """The fact a stored row stands for."""
    return Fact(
        case_id=row.case_id,
        workflow=row.workflow,
        fingerprint=row.fingerprint,
        tenant=row.tenant,
        segment=row.segment,
        arm=row.arm,
        stage=row.stage,
        release=row.release,
        kind=FactKind(row.kind),
        at=moment_of(row.at),
        name=row.name,
        detail=row.detail,
        value=row.value,
        amount_micros=row.amount_micros,
        currency=row.currency,
    )


def entry_from(row: Any, case_id: CaseId | None = None) -> AuditEntry:
    """The audit entry a stored row stands for; its payload is the event's JSON text.

    case_id: of a row that does not say it, as those of the house log do not.
    """
    return AuditEntry(
        case_id=case_id or row.case_id,
        seq=row.seq,
        at=moment_of(row.at),
        actor=row.actor,
        kind=row.kind,
        body=from_json(row.body),
        commitment=row.commitment,
        previous=row.previous,
        hash=row.hash,
        payload=row.payload,
        salt=row.salt,
    )
