"""Server-sent events: the changes a visitor may see, as a stream that can be taken up again.

Its one rule: a stream ends after a while, so that whoever lost a right is asked for it anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from time import monotonic
from typing import Final

from sse_starlette import EventSourceResponse, JSONServerSentEvent, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from interlock.bootstrap import Services
from interlock.domain.people import Right
from interlock.identity import Visitor
from interlock.web.boundary import is_within
from interlock.web.changes import HOUSE, REFRESH, Change, Feed
from interlock.web.keeping import is_kept_from

LONGEST_STREAM_SECONDS: Final = 300.0
SEND_SECONDS: Final = 30.0  # a client that takes nothing for so long is gone
AGAIN_AFTER_MS: Final = 2_000  # what a browser waits before it connects again
FOR_ALL: Final = (
    "pause",
    "release_",
    "alarm_",
)  # how the house's news that concern everybody begin

Render = Callable[[Change], Iterable[ServerSentEvent]]


def stream_changes(
    request: Request,
    visitor: Visitor,
    render: Render | None = None,
    *,
    wants: Callable[[Change], bool] | None = None,
    gather_seconds: float = 0.0,
) -> EventSourceResponse:
    """The answer that tells this visitor of every change they may see.

    render: makes the events of one change, in a thread, so it may read the store; without one it
    is the change itself as JSON. wants: narrows further. gather_seconds: many changes within this
    time are told as their last, for a page of totals. A page gives where it began to look
    with `?since=`; a browser that comes back says it by itself (`Last-Event-ID`).
    """
    feed: Feed = request.app.state.feed
    since = request.headers.get("last-event-id") or request.query_params.get("since")
    services: Services = request.app.state.services
    events = _events(
        feed, visitor, render or _as_seen(services, visitor), wants, since, gather_seconds
    )
    return EventSourceResponse(events, send_timeout=SEND_SECONDS, ping=15)


def may_hear(visitor: Visitor, change: Change) -> bool:
    """Whether a change is the visitor's to know of."""
    if change.kind == REFRESH:
        return True
    if change.kind == HOUSE:
        asked = (Right.AUDIT, Right.ADMINISTER)
        return change.name.startswith(FOR_ALL) or any(visitor.may(r).allowed for r in asked)
    return is_within(visitor, change.workflow, change.tenant)


def as_event(change: Change) -> ServerSentEvent:
    """The change itself, as an event named by its kind."""
    told = {
        "case_id": change.case_id,
        "workflow": change.workflow,
        "name": change.name,
        "detail": change.detail,
        "at": change.at.isoformat() if change.at else None,
    }
    data = {name: value for name, value in told.items() if value}
    return JSONServerSentEvent(data, event=change.kind, id=change.position)


async def _events(
    feed: Feed,
    visitor: Visitor,
    render: Render,
    wants: Callable[[Change], bool] | None,
    since: str | None,
    gather_seconds: float,
) -> AsyncIterator[ServerSentEvent]:
    yield ServerSentEvent(retry=AGAIN_AFTER_MS, comment="listening")

    def is_for_them(change: Change) -> bool:
        return may_hear(visitor, change) and (wants is None or wants(change))

    changes = feed.listen(is_for_them, since, gather_seconds=gather_seconds)
    ends = monotonic() + LONGEST_STREAM_SECONDS
    try:
        while (left := ends - monotonic()) > 0:
            change = await asyncio.wait_for(anext(changes), left)
            for event in await run_in_threadpool(_rendered, render, change):
                yield event
    except TimeoutError:
        return
    finally:
        await changes.aclose()


def _as_seen(services: Services, visitor: Visitor) -> Render:
    """The changes themselves, but for those that would tell an answer kept from the visitor."""

    def render(change: Change) -> Iterable[ServerSentEvent]:
        directory, now = services.context.directory, services.clock.now()
        return [] if is_kept_from(directory, change, visitor.id, now) else [as_event(change)]

    return render


def _rendered(render: Render, change: Change) -> list[ServerSentEvent]:
    events = list(render(change))
    for event in events:
        event.id = change.position if event.id is None else event.id
    return events
