"""Decisions: one, many, and taking one back.

Its one rule: a decision says which version of the task and which evidence it is based on.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Response

from interlock.api.etags import IfMatch, PreconditionNeeded, VersionChanged, task_tag
from interlock.api.idempotent import IdempotentRoute
from interlock.api.routes.reviews import done
from interlock.api.shapes.plain import TaskId
from interlock.api.shapes.reviews import AnsweredShape, BulkIn, BulkItem, BulkShape, DecisionIn
from interlock.domain.people import Right
from interlock.domain.review import ReviewTask
from interlock.errors import InterlockError
from interlock.runtime import commands
from interlock.runtime.commands import DecisionRefused, TaskMoved
from interlock.web.boundary import Caller, needs

router = APIRouter(prefix="/reviews", tags=["decisions"], route_class=IdempotentRoute)

Deciding = Annotated[Caller, Depends(needs(Right.DECIDE))]
VIA: Final = "api"


class TaskMovedOn(TaskMoved):
    """Somebody else was quicker; `changed` says what the task is now."""

    def __init__(self, task_id: str, changed: dict[str, Any]) -> None:
        super().__init__(task_id)
        self.args = (task_id, changed)
        self.changed = changed


@router.post("/bulk")
def decide_reviews(wanted: BulkIn, caller: Deciding) -> BulkShape:
    """One decision for many tasks, each checked and recorded for itself. It cannot edit."""
    visible: list[str] = []
    refused: dict[str, BulkItem] = {}
    for name in wanted.tasks:
        try:
            visible.append(caller.task(name).id)
        except InterlockError as problem:
            reason = str(problem)
            refused[name] = BulkItem(task_id=name, is_done=False, code=problem.code, reason=reason)
    results = (
        commands.decide_many(
            caller.context,
            visible,
            caller.id,
            wanted.verb,
            reason_code=wanted.reason_code,
            note=wanted.note,
            via=VIA,
            hold=wanted.hold,
        )
        if visible
        else []
    )
    decided = {
        each.task: BulkItem(
            task_id=each.task,
            is_done=each.answered is not None,
            code=each.code,
            reason=each.reason,
        )
        for each in results
    }
    return BulkShape(items=[refused.get(name) or decided[name] for name in wanted.tasks])


@router.post("/{task_id}/decisions", status_code=201)
def decide_review(
    task_id: TaskId,
    wanted: DecisionIn,
    response: Response,
    caller: Deciding,
    if_match: IfMatch = None,
) -> AnsweredShape:
    """Your decision on record; the case goes on from here, or when the time to undo is over.

    409: somebody else was quicker. 412: the task or its evidence changed since you saw it. 428:
    no If-Match was sent. In every one of these nothing was recorded.
    """
    task = caller.task(task_id)
    _check_seen(caller, task, if_match)
    try:
        answered = commands.decide_task(
            caller.context,
            task.id,
            caller.id,
            wanted.verb,
            reason_code=wanted.reason_code,
            note=wanted.note,
            changes=wanted.changes,
            supplied=wanted.supplied,
            seen_evidence=task.evidence_digest,
            via=VIA,
            hold=wanted.hold,
        )
    except TaskMoved:
        raise TaskMovedOn(task.id, _changed(caller, caller.task(task_id))) from None
    except DecisionRefused:
        # Refused for what somebody did since the check above: then that is what to say.
        _check_seen(caller, caller.task(task_id), if_match)
        raise
    return done(caller, answered, response)


@router.post("/{task_id}/undo")
def undo_decision(task_id: TaskId, response: Response, caller: Deciding) -> AnsweredShape:
    """Your own decision taken back, while it has not taken effect."""
    task = caller.task(task_id)
    return done(caller, commands.undo_decision(caller.context, task.id, caller.id), response)


def _check_seen(caller: Caller, task: ReviewTask, if_match: str | None) -> None:
    if if_match is None:
        raise PreconditionNeeded
    seen = {each.strip() for each in if_match.split(",")}
    if task_tag(task) in seen:
        return
    if not task.is_live or task.held_decision is not None:
        raise TaskMovedOn(task.id, _changed(caller, task))
    raise VersionChanged(task.id, _told(task))


def _changed(caller: Caller, task: ReviewTask) -> dict[str, Any]:
    decisions = caller.store.decisions(task.case_id)
    made = next((each for each in reversed(decisions) if each.task_id == task.id), None)
    told = _told(task)
    if made is not None:
        told["changed"] |= {"decided_by": made.by, "decided_at": _iso(made.at)}
    return told


def _told(task: ReviewTask) -> dict[str, Any]:
    """What the task is now, for whoever saw it before."""
    held = task.held_decision
    decided = {"decided_by": held.by, "decided_at": _iso(held.at)} if held else {}
    changed = {"state": task.state, "held_by": task.held_by, "etag": task_tag(task), **decided}
    return {"changed": changed}


def _iso(at: Any) -> str:
    return str(at.isoformat())
