"""The workflow map, and the places of what is not measured yet."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from interlock.console.pages.workflow import contract_of
from interlock.console.shell import page
from interlock.console.views.map import checks_of, map_of
from interlock.console.views.scope import scope_of
from interlock.console.views.workflow import head_now
from interlock.web.boundary import Caller, looking

router = APIRouter()

Looking = Annotated[Caller, Depends(looking)]


@router.get("/workflows/{workflow}")
def workflow_map(request: Request, caller: Looking, workflow: str) -> HTMLResponse:
    """The steps of one workflow in their lanes, with what is at each of them now."""
    context = caller.context
    scope = scope_of(context, caller.visitor)
    contract = contract_of(scope, workflow)
    return page(
        request,
        "map.html",
        section="ops",
        events=f"/events/map/{contract.workflow}",
        head=head_now(context, contract),
        map=map_of(context, scope, contract),
        map_checks=checks_of(contract),
    )
