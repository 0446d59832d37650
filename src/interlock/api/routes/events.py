"""What changed, as a stream of server-sent events."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Header, Query, Request
from sse_starlette import EventSourceResponse

from interlock.domain.people import Right
from interlock.web.boundary import Caller, needs
from interlock.web.streams import stream_changes

router = APIRouter(prefix="/events", tags=["events"])

Seeing = Annotated[Caller, Depends(needs(Right.SEE))]
LONGEST: Final = 80  # letters of a position


@router.get(
    "",
    response_class=EventSourceResponse,
    responses={
        200: {
            "description": (
                "A stream of events named after what happened (case_opened, review_decided, …); "
                "`refresh` means: more happened than can be told, load anew; `house` is a pause "
                "or a change of people. It ends after five minutes; connect again, and the "
                "browser's own Last-Event-ID goes on where it was. An event may come twice."
            ),
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        }
    },
)
async def events(
    request: Request,
    caller: Seeing,
    since: Annotated[str | None, Query(max_length=LONGEST)] = None,  # noqa: ARG001
    last_event_id: Annotated[str | None, Header(max_length=LONGEST)] = None,  # noqa: ARG001
) -> EventSourceResponse:
    """The changes you may see, as they happen; ids and names only."""
    return stream_changes(request, caller.visitor)
