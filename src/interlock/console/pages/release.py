"""The place of the release board: what it will say, and that nothing of it is measured yet."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from interlock.console.pages.workflow import contract_of
from interlock.console.shell import page
from interlock.console.views.scope import scope_of
from interlock.console.views.workflow import head_of
from interlock.domain.people import Right
from interlock.web.boundary import Caller, needs

router = APIRouter()


@router.get("/workflows/{workflow}/release")
def release(
    request: Request, caller: Annotated[Caller, Depends(needs(Right.SEE))], workflow: str
) -> HTMLResponse:
    """What the contract asks of a release; no verdict, because nothing was measured."""
    contract = contract_of(scope_of(caller.context, caller.visitor), workflow)
    return page(
        request,
        "release.html",
        section="ops",
        head=head_of(contract, caller.context.stage),
        gate=contract.gate,
        budget=contract.error_budget,
        protected=contract.protected_cases,
    )
