"""The operations home."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from interlock.console.shell import page, services_of
from interlock.console.views.home import home_of
from interlock.web.visitor import TheVisitor

router = APIRouter()


@router.get("/")
def home(request: Request, visitor: TheVisitor) -> HTMLResponse:
    """What needs a look, every workflow, every queue."""
    view = home_of(services_of(request).context, visitor)
    return page(request, "home.html", section="ops", events="/events/home", home=view)
