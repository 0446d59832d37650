"""What notices say.

Its one rule: ids and business words only. No case field, no proposal and no document is in a
notice; a business key is there only when none of its fields is protected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from interlock.domain.alarm import AlarmReview
from interlock.domain.audit import AuditEntry
from interlock.domain.case import Case
from interlock.domain.contract import WorkflowContract
from interlock.domain.notice import NoticeKind
from interlock.domain.one_line import spaced
from interlock.domain.review import ReviewTask
from interlock.domain.rules.lens import lens_of
from interlock.papers.veil import Veil
from interlock.papers.words import KINDS, counted, short
from interlock.release.waiting import Waiting

Words = Mapping[str, Any]

_LEADS = {
    NoticeKind.AT_RISK: "Soon late",
    NoticeKind.BREACHED: "Late",
    NoticeKind.ESCALATED: "Passed on to you",
    NoticeKind.ASSIGNED: "Kept for you",
}


def key_of(contract: WorkflowContract | None, case: Case) -> str:
    """The case's business key, or nothing when a part of it is protected or unknown to be so."""
    if contract is None or set(contract.case.key) & set(contract.case.protected):
        return ""
    return case.key


def about_task(
    kind: NoticeKind, contract: WorkflowContract, case: Case, task: ReviewTask, public_url: str
) -> Words:
    """Title and text about one review task."""
    what = spaced(task.exception_type) if task.exception_type else KINDS[task.kind]
    name = key_of(contract, case) or short(case.id)
    lines = [
        f"{contract.title}: {what}, case {name}",
        f"Queue {task.queue}, severity {task.severity}",
        f"Due {at_minute(task.due_at)}",
    ]
    if task.held_by:
        lines.append(f"{task.held_by} holds it")
    return _words(f"{_LEADS[kind]}: {what}, {name}", lines, public_url, f"/work?task={task.id}") | {
        "task": task.id,
        "case": case.id,
    }


def about_question(contract: WorkflowContract, case: Case, task: ReviewTask, place: int) -> Words:
    """Title and text of a question to somebody outside; the link is made when it is sent.

    What is protected in the case is left out of what the reviewer wrote.
    """
    name = key_of(contract, case)
    about = f"about {name}" if name else "about your case"
    asked = Veil(lens_of(contract).closed(), case).text(task.questions[place].text)
    return {
        "title": f"A question {about}",
        "text": f"{contract.title} asks {about}:\n\n{asked}",
        "task": task.id,
        "question": place,
        "case": case.id,
    }


def about_late_work(tasks: Sequence[ReviewTask], now: datetime, public_url: str) -> Words:
    """The day's list of what is late, for one person."""
    queues = sorted({task.queue for task in tasks})
    lines = [
        f"{queue}: {counted(len(late), 'task')}, the oldest due {at_minute(late[0].due_at)}"
        for queue in queues
        for late in [[task for task in tasks if task.queue == queue]]
    ]
    title = f"{counted(len(tasks), 'task')} late on {now.astimezone(UTC):%Y-%m-%d}"
    return _words(title, lines, public_url, "/work")


def about_pause(kind: NoticeKind, actor: str, body: Mapping[str, Any], public_url: str) -> Words:
    """Title and text about the kill switch, for everybody who watches a channel."""
    done = "paused" if kind is NoticeKind.PAUSE_SET else "goes on"
    lines = [f"By {actor.removeprefix('person:')}: {body.get('reason', '')}"]
    return _words(f"AI {done}: {scope_of(body)}", lines, public_url, "/pause")


def about_alarm(kind: NoticeKind, title: str, alarm: AlarmReview, public_url: str) -> Words:
    """Title and text about a number that left its band, for whoever is asked what follows."""
    late = kind is NoticeKind.ALARM_LATE
    lines = [
        f"{title}: {alarm.reading.words}",
        "The AI is off. Does it go on, or stay off?",
        f"{'It was due' if late else 'Due'} {at_minute(alarm.due_at)}",
    ]
    if alarm.held_by:
        lines.append(f"{alarm.held_by} looks at it")
    lead = "Late alarm" if late else "Alarm"
    words = _words(f"{lead}: {alarm.subject}, {title}", lines, public_url, f"/alarms/{alarm.id}")
    return words | {"alarm": alarm.id}


def about_signature(wanted: Waiting, title: str, public_url: str) -> Words:
    """Title and text about a signature that is waited for. title: of the workflow."""
    release, part = wanted.release, _part(wanted.segment)
    if wanted.to is not None:
        what = f"{title}{part} may go up to {wanted.to}"
        lines = [f"Its gate says promote (verdict {wanted.verdict}), {at_minute(wanted.since)}"]
    else:
        what = f"{title}: a new version lets AI do more"
        lines = [*release.widens, f"Proposed by {release.proposed_by}, {at_minute(wanted.since)}"]
    lines.append("Nothing happens until somebody signs")
    return _words(f"Waits for a signature: {what}", lines, public_url, _board(release.workflow))


def about_release(kind: NoticeKind, entry: AuditEntry, title: str, public_url: str) -> Words:
    """Title and text about what happened to a release. title: of the workflow."""
    body, part = entry.body, _part(str(entry.body.get("segment") or ""))
    by = entry.actor.removeprefix("person:")
    if kind is NoticeKind.RELEASE_TAKEN_BACK:
        now = f"; new cases begin at {body['stage_after']}" if body.get("stage_after") else ""
        head = f"Taken back: {title}{part}"
        lines = [f"By {by}, {at_minute(entry.at)}{now}", str(body.get("reason", ""))]
    else:
        head = f"Error budget burns too fast: {title}{part}"
        lines = [
            f"{body['long']} times the allowed rate, {body['line']} alerts ({body['pace']})",
            f"Since {at_minute(entry.at)}; when it is spent, people take over",
        ]
    return _words(head, lines, public_url, _board(str(body["workflow"])))


def _part(segment: str) -> str:
    return f", {spaced(segment)}" if segment else ""


def _board(workflow: str) -> str:
    return f"/workflows/{workflow}/release"


def scope_of(body: Mapping[str, Any]) -> str:
    """What a house entry about a pause stops, in words."""
    names = [str(body.get(part) or "") for part in ("workflow", "name")]
    where = ".".join(each for each in names if each)
    return f"{body.get('scope', '')} {where}".strip()


def at_minute(moment: datetime) -> str:
    """A moment to the minute, in UTC: whoever reads a mail may be anywhere."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _words(title: str, lines: Sequence[str], public_url: str, path: str) -> dict[str, Any]:
    link = f"\n\n{public_url}{path}" if public_url else ""
    return {"title": title, "text": "\n".join(lines) + link}
