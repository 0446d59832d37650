"""Searching cases."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from interlock.console.shell import page
from interlock.console.views.cases import cases_of
from interlock.domain.people import Right
from interlock.web.boundary import Caller, needs

router = APIRouter()


@router.get("/cases")
def cases(request: Request, caller: Annotated[Caller, Depends(needs(Right.SEE))]) -> HTMLResponse:
    """The cases that fit, the newest first, a page at a time."""
    view = cases_of(caller.context, caller.visitor, request.query_params)
    return page(request, "cases.html", section="cases", cases=view)
