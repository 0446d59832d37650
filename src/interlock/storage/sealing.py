"""Audit entries from transitions.

Its one rule: the public body holds names, states, digests and rules, never what a case contains.
Everything else is in the payload, the event's own JSON text, behind a salted commitment.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC
from functools import cache
from typing import Any, Final

from pydantic_core import to_jsonable_python

from interlock.domain.action import Action
from interlock.domain.audit import AuditEntry, seal
from interlock.domain.case import Case
from interlock.domain.review import Decision, ReviewTask
from interlock.domain.transition import Reservation, Transition
from interlock.storage.codec import EVENT

SALT_BYTES: Final = 16

# What of an event may be read by anybody who may read the log.
_PUBLIC_EVENT_FIELDS: Final = frozenset(
    {
        "step",
        "attempt",
        "timed_out",
        "took_ms",
        "exception_type",
        "action_id",
        "found",
        "budget",
        "free_again_at",
        "task",
    }
)


def salts(count: int) -> list[str]:
    """Random salts, hexadecimal; one read of the system's randomness for all of them."""
    drawn = os.urandom(SALT_BYTES * count).hex()
    width = SALT_BYTES * 2
    return [drawn[at : at + width] for at in range(0, width * count, width)]


def public_bodies(transitions: Sequence[Transition], versions: Sequence[int]) -> list[Any]:
    """The public body of each transition's entry, as plain JSON values."""
    noted = [[note.detail for note in each.notes] for each in transitions]
    details: list[list[Any]] = to_jsonable_python(noted, fallback=_plain)  # all in one call
    return [_body(*each) for each in zip(transitions, details, versions, strict=True)]


def seal_chain(
    transitions: Sequence[Transition],
    bodies: Iterable[Any],
    salted: Iterable[str],
    *,
    length: int,
    head: str,
) -> list[AuditEntry]:
    """The entries of one case's transitions, following a chain of `length` that ends at `head`."""
    entries: list[AuditEntry] = []
    for transition, body, salt in zip(transitions, bodies, salted, strict=True):
        entry = seal(
            case_id=transition.case.id,
            seq=length + len(entries) + 1,
            at=transition.at.astimezone(UTC),
            actor=transition.actor,
            kind=transition.event.kind,
            body=body,
            payload=EVENT.encode(transition.event),
            salt=salt,
            previous=head,
        )
        head = entry.hash
        entries.append(entry)
    return entries


def _body(transition: Transition, details: Sequence[Any], version: int) -> dict[str, Any]:
    body: dict[str, Any] = {
        "step": transition.case.step,
        "case": sealed_case(transition.case, version),
        "event": _event(transition.event),
    }
    if transition.notes:
        noted = zip(transition.notes, details, strict=True)
        body["notes"] = [
            {"what": n.what, "rule": str(n.rule), "detail": plain} for n, plain in noted
        ]
    if transition.tasks:
        body["tasks"] = [sealed_task(task) for task in transition.tasks]
    if transition.evidence:
        body["evidence"] = [{"task": e.task_id, "digest": e.digest} for e in transition.evidence]
    if transition.decision:
        body["decision"] = sealed_decision(transition.decision)
    if transition.actions:
        body["actions"] = [sealed_action(action) for action in transition.actions]
    if transition.reservations:
        body["reservations"] = [_reservation(each) for each in transition.reservations]
    return body


def sealed_case(case: Case, version: int) -> dict[str, Any]:
    """Where a case stands, as its entries say it."""
    parts: dict[str, Any] = {
        "version": version,
        "state": str(case.state),
        "phase": str(case.phase),
        "visit": case.visit,
        "attempt": case.attempt,
    }
    if case.waits_for:
        parts["waits_for"] = str(case.waits_for)
    if case.exception:
        parts["exception"] = case.exception.type
    if case.task:
        parts["task"] = case.task
    if case.outcome:
        parts["outcome"] = str(case.outcome)
    if case.handling:
        parts["handling"] = str(case.handling)
    return parts


def _event(event: Any) -> dict[str, Any]:
    kind: Any = type(event)
    parts = {name: getattr(event, name) for name in _public_fields(kind)}
    raised = getattr(event, "exception", None) or getattr(event, "problem", None)
    if raised is not None:
        parts["exception_type"] = raised.type
    if "free_again_at" in parts:
        parts["free_again_at"] = event.free_again_at.isoformat()
    if "task" in parts:
        parts["task"] = event.task.id if event.task else None
    return parts


@cache
def _public_fields(kind: Any) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind) if each.name in _PUBLIC_EVENT_FIELDS)


def sealed_task(task: ReviewTask) -> dict[str, Any]:
    """A task as the entry says it that opened or moved it."""
    return {
        "id": task.id,
        "kind": str(task.kind),
        "queue": task.queue,
        "severity": str(task.severity),
        "state": str(task.state),
        "due_at": task.due_at.isoformat(),
        "exception_type": task.exception_type,
        "evidence_digest": task.evidence_digest,
    }


def sealed_decision(decision: Decision) -> dict[str, Any]:
    """A decision as its entry says it."""
    return {
        "task": decision.task_id,
        "verb": str(decision.verb),
        "by": decision.by,
        "reason_code": decision.reason_code,
        "evidence_digest": decision.evidence_digest,
        "via": decision.via,
    }


def sealed_action(action: Action) -> dict[str, Any]:
    """An action as the entry says it that changed it."""
    return {
        "id": action.id,
        "name": action.name,
        "digest": action.digest,
        "state": str(action.state),
        "attempt": action.attempt,
        "approved_by": list(action.approved_by),
    }


def _reservation(reservation: Reservation) -> dict[str, Any]:
    return {
        "action": reservation.action_id,
        "budget": reservation.budget,
        "window": reservation.window,
        "units": reservation.units,
    }


def _plain(value: Any) -> Any:
    """Read-only mappings and the like as what they hold; the text of anything else."""
    return dict(value) if isinstance(value, Mapping) else str(value)
