"""The operations home."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from interlock.console.shell import page
from interlock.console.views.home import home_of
from interlock.web.boundary import Caller, looking

router = APIRouter()

Looking = Annotated[Caller, Depends(looking)]


@router.get("/")
def home(request: Request, caller: Looking) -> HTMLResponse:
    """What needs a look, every workflow, every queue."""
    view = home_of(caller.context, caller.visitor)
    return page(request, "home.html", section="ops", events="/events/home", home=view)
