"""Review tasks: find the next one, hold it, hand it on, ask about it."""

from __future__ import annotations

import heapq
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from interlock.api import paging
from interlock.api.etags import is_known, task_tag
from interlock.api.idempotent import IdempotentRoute
from interlock.api.shapes.cases import case_shape
from interlock.api.shapes.plain import (
    Name,
    PageShape,
    TaskId,
)
from interlock.api.shapes.reviews import (
    AnsweredShape,
    HandOverIn,
    NextIn,
    QueueShape,
    ReassignIn,
    ReviewFilters,
    ReviewShape,
    TextIn,
    WholeReview,
    review_shape,
    whole_review,
)
from interlock.domain.ids import CaseId
from interlock.domain.people import Right
from interlock.domain.rules.shown import shown_case, shown_package
from interlock.runtime import commands
from interlock.runtime.commands import Answered
from interlock.storage import TaskQuery
from interlock.storage.task_places import place_from, place_of
from interlock.storage.values import LIVE
from interlock.web.boundary import Caller, needs

router = APIRouter(prefix="/reviews", tags=["reviews"], route_class=IdempotentRoute)
queues = APIRouter(prefix="/queues", tags=["reviews"], route_class=IdempotentRoute)

Seeing = Annotated[Caller, Depends(needs(Right.SEE))]
Deciding = Annotated[Caller, Depends(needs(Right.DECIDE))]


@queues.get("")
def list_queues(
    caller: Seeing, workflow: Annotated[Name | None, Query()] = None
) -> list[QueueShape]:
    """The queues that have open work you may see, and how late they are."""
    now = caller.services.clock.now()
    return [
        QueueShape(
            workflow=each.workflow,
            queue=each.queue,
            open=each.open,
            at_risk=each.at_risk,
            late=each.late,
            asked=each.asked,
        )
        for each in caller.store.queue_loads(now=now, tenants=caller.visitor.tenants)
        if caller.may(Right.SEE, workflow=each.workflow) and workflow in (None, each.workflow)
    ]


@router.get("")
def list_reviews(
    request: Request, response: Response, caller: Seeing, wanted: Annotated[ReviewFilters, Query()]
) -> PageShape[ReviewShape]:
    """The review tasks you may see, the most urgent first; without `state` those still open."""
    place_from(wanted.after)  # refused here, even when there is no workflow to look in
    seen = caller.visitor.workflows
    named = [wanted.workflow] if wanted.workflow else [None] if seen is None else sorted(seen)
    pages = [
        caller.store.tasks(_query(caller, wanted, one))
        for one in named
        if one is None or seen is None or one in seen
    ]
    found = list(heapq.merge(*pages, key=lambda task: place_from(place_of(task))))
    page, following = paging.cut(found, wanted.limit, place_of)
    paging.link_next(request, response, following)
    return PageShape(items=[review_shape(each) for each in page], next=following)


@router.post("/next", response_model=AnsweredShape, responses={204: {"description": "None."}})
def next_review(wanted: NextIn, response: Response, caller: Deciding) -> AnsweredShape | Response:
    """The most urgent task you may work on, now in your hands; 204 when there is none."""
    answered = commands.next_task(caller.context, caller.id, wanted.queue)
    return Response(status_code=204) if answered is None else done(caller, answered, response)


@router.get("/{task_id}", response_model=WholeReview)
def show_review(
    task_id: TaskId, request: Request, response: Response, caller: Seeing
) -> WholeReview | Response:
    """A task with its evidence as shown to you. Its ETag is what a decision must send back."""
    task = caller.task(task_id)
    known = is_known(request, task_tag(task), response)
    if known is not None:
        return known
    case = caller.case(task.case_id)
    shown = shown_package(task, caller.store.evidence(task.id), caller.id)
    return whole_review(task, caller.seen(case), shown, caller.veil(case), caller.id)


@router.post("/{task_id}/claim")
def claim_review(task_id: TaskId, response: Response, caller: Deciding) -> AnsweredShape:
    """The task, held by you for the length of the queue's lease."""
    task = caller.task(task_id)
    return done(caller, commands.claim_task(caller.context, task.id, caller.id), response)


@router.post("/{task_id}/release")
def release_review(task_id: TaskId, response: Response, caller: Deciding) -> AnsweredShape:
    """The task, back in its queue."""
    task = caller.task(task_id)
    return done(caller, commands.release_task(caller.context, task.id, caller.id), response)


@router.post("/{task_id}/takeover")
def take_review_over(
    task_id: TaskId, wanted: HandOverIn, response: Response, caller: Seeing
) -> AnsweredShape:
    """The task in your hands instead of its holder's, with all that was written so far."""
    task = caller.task(task_id)
    answered = commands.takeover_task(caller.context, task.id, caller.id, note=wanted.note)
    return done(caller, answered, response)


@router.post("/{task_id}/hand-back")
def hand_review_back(
    task_id: TaskId, wanted: HandOverIn, response: Response, caller: Seeing
) -> AnsweredShape:
    """The task back in its queue, kept for whom it was taken from."""
    task = caller.task(task_id)
    answered = commands.hand_back_task(caller.context, task.id, caller.id, note=wanted.note)
    return done(caller, answered, response)


@router.post("/{task_id}/reassign")
def reassign_review(
    task_id: TaskId, wanted: ReassignIn, response: Response, caller: Seeing
) -> AnsweredShape:
    """The task in its queue, kept for one person until it is at risk.

    For its holder, and for whoever may steer the work.
    """
    task = caller.task(task_id)
    answered = commands.reassign_task(
        caller.context, task.id, wanted.to, caller.id, note=wanted.note
    )
    return done(caller, answered, response)


@router.post("/{task_id}/escalate")
def escalate_review(
    task_id: TaskId, wanted: HandOverIn, response: Response, caller: Deciding
) -> AnsweredShape:
    """The same question, put to the next queue of the chain."""
    task = caller.task(task_id)
    answered = commands.escalate_task(caller.context, task.id, caller.id, note=wanted.note)
    return done(caller, answered, response)


@router.post("/{task_id}/questions", status_code=201)
def ask_about_review(
    task_id: TaskId, wanted: TextIn, response: Response, caller: Deciding
) -> AnsweredShape:
    """A question on record; the clock stands still until its answer."""
    task = caller.task(task_id)
    return done(
        caller, commands.ask_question(caller.context, task.id, caller.id, wanted.text), response
    )


@router.post("/{task_id}/answers", status_code=201)
def answer_about_review(
    task_id: TaskId, wanted: TextIn, response: Response, caller: Deciding
) -> AnsweredShape:
    """The answer to the open question on record; the clock runs again."""
    task = caller.task(task_id)
    return done(
        caller, commands.answer_question(caller.context, task.id, caller.id, wanted.text), response
    )


def done(caller: Caller, answered: Answered, response: Response) -> AnsweredShape:
    """What a command did, with the task's tag to go on with."""
    response.headers["etag"] = task_tag(answered.task)
    return AnsweredShape(
        review=review_shape(answered.task), case=case_shape(shown_case(caller.seen(answered.case)))
    )


def _query(caller: Caller, wanted: ReviewFilters, workflow: str | None) -> TaskQuery:
    return TaskQuery(
        workflow=workflow,
        queues=(wanted.queue,) if wanted.queue else (),
        states=(wanted.state,) if wanted.state else LIVE,
        kind=wanted.kind,
        severity=wanted.severity,
        exception_type=wanted.exception_type,
        held_by=wanted.held_by,
        case_id=CaseId(wanted.case_id) if wanted.case_id else None,
        text=wanted.q or None,
        tenants=caller.visitor.tenants,
        after=wanted.after,
        limit=wanted.limit + 1,
    )
