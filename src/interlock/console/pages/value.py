"""The place of the value page: what it will compare, and that nothing was compared yet."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from interlock.console.pages.workflow import contract_of
from interlock.console.shell import page
from interlock.console.views.scope import scope_of
from interlock.console.views.workflow import head_now
from interlock.domain.people import Right
from interlock.web.boundary import Caller, needs

router = APIRouter()


@router.get("/workflows/{workflow}/value")
def value(
    request: Request, caller: Annotated[Caller, Depends(needs(Right.SEE))], workflow: str
) -> HTMLResponse:
    """What was agreed to be gained; no gain is claimed before it was measured."""
    contract = contract_of(scope_of(caller.context, caller.visitor), workflow)
    return page(
        request,
        "value.html",
        section="ops",
        head=head_now(caller.context, contract),
        contract=contract,
    )
