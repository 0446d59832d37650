"""What is live on the pages of totals: the operations home and the map of a workflow.

One rule: such a page shows counts, not moments; so a burst of changes is one new drawing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from interlock.console.pages.workflow import contract_of
from interlock.console.shell import fragment, services_of
from interlock.console.views.home import home_of
from interlock.console.views.map import checks_of, map_of
from interlock.console.views.scope import scope_of
from interlock.console.views.workflow import head_now
from interlock.identity import Visitor
from interlock.web.boundary import Caller, looking
from interlock.web.changes import HOUSE, REFRESH, Change
from interlock.web.streams import stream_changes

router = APIRouter()

Looking = Annotated[Caller, Depends(looking)]

GATHER_SECONDS: Final = 1.0  # a drawing of the home reads the store about ten times
SHELL: Final = {"pause-banner": "pause_banner.html", "nav-work": "nav_count.html"}
HOME: Final = {
    "home-head": "home_head.html",
    "alerts": "home_alerts.html",
    "workflows": "home_workflows.html",
    "queues": "home_queues.html",
    **SHELL,
}
MAP: Final = {"flow": "map_flow.html", **SHELL}


@router.get("/events/home")
def home_events(request: Request, caller: Looking) -> EventSourceResponse:
    """The operations home as it becomes, piece by piece."""
    context, visitor = caller.context, caller.visitor

    def drawn() -> dict[str, Any]:
        return {"home": home_of(context, visitor)}

    return _live(request, visitor, HOME, drawn, lambda _: True)


@router.get("/events/map/{workflow}")
def map_events(request: Request, caller: Looking, workflow: str) -> EventSourceResponse:
    """The map as it becomes. Raises: HTTPException 404."""
    context, visitor = caller.context, caller.visitor
    contract_of(scope_of(context, visitor), workflow)

    def drawn() -> dict[str, Any]:
        scope = scope_of(context, visitor)
        contract = contract_of(scope, workflow)
        return {
            "head": head_now(context, contract),
            "map": map_of(context, scope, contract),
            "map_checks": checks_of(contract),
        }

    def is_here(change: Change) -> bool:
        return change.workflow == workflow or change.kind in (HOUSE, REFRESH)

    return _live(request, visitor, MAP, drawn, is_here)


def _live(
    request: Request,
    visitor: Visitor,
    places: Mapping[str, str],
    drawn: Callable[[], dict[str, Any]],
    wants: Callable[[Change], bool],
) -> EventSourceResponse:
    def pieces(_: Change) -> Iterator[ServerSentEvent]:
        now = services_of(request).clock.now()
        yield ServerSentEvent(event="time", data=now.isoformat(timespec="seconds"))
        view = drawn()
        for place, template in places.items():
            yield fragment(request, place, template, **view)

    return stream_changes(request, visitor, pieces, wants=wants, gather_seconds=GATHER_SECONDS)
