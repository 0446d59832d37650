"""A workflow's contract and how ready it is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from interlock.console.pages.workflow import contract_of
from interlock.console.shell import page
from interlock.console.views.contract import contract_shown
from interlock.console.views.readiness import readiness_of
from interlock.console.views.scope import scope_of
from interlock.console.views.workflow import head_now
from interlock.domain.people import Right
from interlock.web.boundary import Caller, needs

router = APIRouter()


@router.get("/workflows/{workflow}/contract")
def contract_page(
    request: Request, caller: Annotated[Caller, Depends(needs(Right.SEE))], workflow: str
) -> HTMLResponse:
    """What was agreed, in words, and the level it amounts to."""
    context = caller.context
    scope = scope_of(context, caller.visitor)
    contract = contract_of(scope, workflow)
    folder = context.workflows.of(contract.fingerprint).loaded.folder
    return page(
        request,
        "contract.html",
        section="ops",
        head=head_now(context, contract),
        ready=readiness_of(context, scope, contract, folder),
        contract=contract_shown(context, scope, contract),
        may_count=scope.tenants is None,
    )
