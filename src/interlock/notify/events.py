"""What other systems are told: the body of each webhook.

Its one rule is that of all notices: ids and business words only, never a protected field.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from interlock.domain.alarm import AlarmReview
from interlock.domain.audit import AuditEntry
from interlock.domain.case import Case
from interlock.domain.contract import WorkflowContract
from interlock.domain.notice import NoticeKind
from interlock.domain.review import ReviewTask
from interlock.notify.wording import key_of
from interlock.release.waiting import Waiting


def case_event(
    kind: NoticeKind, contract: WorkflowContract | None, case: Case, at: datetime
) -> dict[str, Any]:
    """An event about a case."""
    return _event(kind, at, _case(contract, case))


def task_event(
    kind: NoticeKind,
    contract: WorkflowContract | None,
    case: Case,
    task: ReviewTask,
    at: datetime,
    **more: Any,
) -> dict[str, Any]:
    """An event about a review task of a case."""
    about = {
        "task_id": task.id,
        "task_kind": task.kind,
        "queue": task.queue,
        "severity": task.severity,
        "exception_type": task.exception_type,
        "due_at": task.due_at.astimezone(UTC).isoformat(),
    }
    return _event(kind, at, {**_case(contract, case), **about, **more})


def pause_event(kind: NoticeKind, entry: AuditEntry) -> dict[str, Any]:
    """An event about the kill switch."""
    wanted = ("pause", "scope", "workflow", "name", "also_actions", "reason")
    by = entry.actor.removeprefix("person:")
    return _event(kind, entry.at, {**{name: entry.body.get(name) for name in wanted}, "by": by})


def alarm_event(kind: NoticeKind, entry: AuditEntry) -> dict[str, Any]:
    """An event about an alarm: what the house log has of it."""
    return _event(kind, entry.at, {**entry.body, "by": entry.actor.removeprefix("person:")})


def alarm_late_event(kind: NoticeKind, alarm: AlarmReview) -> dict[str, Any]:
    """An event about an alarm that nobody decided in time."""
    about = {
        "alarm": alarm.id,
        "workflow": alarm.workflow,
        "words": alarm.reading.words,
        "queue": alarm.queue,
        "due_at": alarm.due_at.astimezone(UTC).isoformat(),
        "held_by": alarm.held_by,
    }
    return _event(kind, alarm.due_at, about)


def signature_event(kind: NoticeKind, wanted: Waiting) -> dict[str, Any]:
    """An event about a signature that is waited for."""
    release = wanted.release
    data = {
        "release": release.id,
        "workflow": release.workflow,
        "fingerprint": release.fingerprint,
        "about": wanted.about,
        "segment": wanted.segment,
        "to": wanted.to,
        "verdict": wanted.verdict,
    }
    return _event(kind, wanted.since, data)


def house_event(kind: NoticeKind, entry: AuditEntry) -> dict[str, Any]:
    """An event about what the house log says of a release. Reasons are people's own words about
    the workflow, and go with it, as those of a pause do."""
    wanted = ("release", "workflow", "segment", "stage_before", "stage_after", "reason", "pace")
    by = entry.actor.removeprefix("person:")
    data = {name: entry.body[name] for name in wanted if name in entry.body}
    return _event(kind, entry.at, {**data, "by": by})


def _case(contract: WorkflowContract | None, case: Case) -> dict[str, Any]:
    return {
        "case_id": case.id,
        "workflow": case.workflow,
        "tenant": case.tenant if _may_name_tenant(contract) else None,
        "key": key_of(contract, case) or None,
        "state": case.state,
        "outcome": case.outcome,
        "handling": case.handling,
    }


def _may_name_tenant(contract: WorkflowContract | None) -> bool:
    return contract is not None and contract.case.tenant not in contract.case.protected


def _event(kind: NoticeKind, at: datetime, data: Mapping[str, Any]) -> dict[str, Any]:
    name = kind.replace("_", ".", 1)  # as in review.decided
    return {"type": name, "timestamp": at.astimezone(UTC).isoformat(), "data": dict(data)}
