"""Alarms: a number left its band, the AI is off, and people say what follows.

Its one rule: letting it go on says what it was based on; keeping it off never waits.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from interlock.api import paging
from interlock.api.etags import IfMatch, PreconditionNeeded, alarm_tag
from interlock.api.idempotent import IdempotentRoute
from interlock.api.shapes.alarms import (
    AlarmNumber,
    AlarmPictureShape,
    AlarmShape,
    AlarmsWanted,
    DecideAlarmIn,
    DecidedShape,
    alarm_shape,
    decided_shape,
    picture_shape,
)
from interlock.api.shapes.plain import PageShape
from interlock.domain.alarm import AlarmDecision, AlarmReview
from interlock.domain.people import Right
from interlock.runtime.commands import alarms
from interlock.storage import AlarmOvertaken
from interlock.web.alarms import alarm_for, alarms_for, unlike_for
from interlock.web.boundary import Caller, needs

router = APIRouter(prefix="/alarms", tags=["alarms"], route_class=IdempotentRoute)

Seeing = Annotated[Caller, Depends(needs(Right.SEE))]
Pausing = Annotated[Caller, Depends(needs(Right.PAUSE))]


@router.get("")
def list_alarms(
    request: Request, response: Response, caller: Seeing, wanted: Annotated[AlarmsWanted, Query()]
) -> PageShape[AlarmShape]:
    """The alarms of the workflows you may see, the newest first."""
    found = alarms_for(
        caller,
        wanted.workflow,
        states=(wanted.state,) if wanted.state else (),
        before=paging.number(wanted.after),
        limit=wanted.limit + 1,
    )
    page, following = paging.cut(found, wanted.limit, lambda each: str(each.id))
    paging.link_next(request, response, following)
    now = caller.services.clock.now()
    return PageShape(items=[alarm_shape(each, now) for each in page], next=following)


@router.get("/{number}")
def show_alarm(number: AlarmNumber, response: Response, caller: Seeing) -> AlarmPictureShape:
    """One alarm with its readings, what it paused and the cases that stand out. Its ETag is what
    letting it go on is based on."""
    alarm = alarm_for(caller, number)
    response.headers["etag"] = alarm_tag(alarm)
    response.headers["cache-control"] = "private, no-cache"
    return _pictured(caller, alarm)


@router.post("/{number}/take")
def take_alarm(number: AlarmNumber, response: Response, caller: Pausing) -> AlarmShape:
    """Say that you look at it; everybody sees that, and nobody is kept out."""
    alarm = alarm_for(caller, number, Right.PAUSE)
    return _told(caller, alarms.take(caller.context, alarm.id, caller.id), response)


@router.post("/{number}/decide")
def decide_alarm(
    number: AlarmNumber,
    wanted: DecideAlarmIn,
    response: Response,
    caller: Pausing,
    if_match: IfMatch = None,
) -> DecidedShape:
    """Let what it paused go on, or keep it off. Only a person can, never a program."""
    alarm = alarm_for(caller, number, Right.PAUSE)
    if if_match is None and alarm.is_open and wanted.decision is AlarmDecision.GO_ON:
        raise PreconditionNeeded
    if if_match is not None and alarm_tag(alarm) not in _tags(if_match):
        raise AlarmOvertaken(alarm.id)
    done = alarms.decide(
        caller.context,
        alarm.id,
        caller.id,
        wanted.decision,
        wanted.reason,
        version=alarm.version,
    )
    response.headers["etag"] = alarm_tag(done.alarm)
    return decided_shape(done, caller.services.clock.now())


def _pictured(caller: Caller, alarm: AlarmReview) -> AlarmPictureShape:
    context = caller.context
    may = [
        each
        for each in AlarmDecision
        if caller.may(Right.PAUSE, workflow=alarm.workflow)
        and alarms.may_decide(context, alarm, caller.id, each).allowed
    ]
    now = caller.services.clock.now()
    picture = alarms.picture(context, alarm)
    return picture_shape(alarm, picture, unlike_for(caller, picture.unlike), may, now)


def _told(caller: Caller, alarm: AlarmReview, response: Response) -> AlarmShape:
    response.headers["etag"] = alarm_tag(alarm)
    return alarm_shape(alarm, caller.services.clock.now())


def _tags(if_match: str) -> set[str]:
    return {each.strip() for each in if_match.split(",")}
