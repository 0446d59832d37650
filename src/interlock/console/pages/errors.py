"""Errors as pages: what was not done comes first, then what to do, then a reference.

One rule: an error page never says more than the problem itself does, and never repeats an action.
"""

from __future__ import annotations

from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from interlock.console.shell import page, services_of
from interlock.console.views.whom_to_ask import whom_to_ask
from interlock.web.csrf import SAFE_METHODS
from interlock.web.problems import Problem
from interlock.web.visitor import visitor_if_any

router = APIRouter()

SERVER_ERROR: Final = 500
_TITLES: Final = MappingProxyType(
    {
        "foreign_request": "This form is no longer valid",
        "rate_exceeded": "Too many requests at once",
        "database_unreachable": "The record cannot be reached",
        "request_invalid": "That form cannot be read",
    }
)


def error_page(request: Request, found: Problem) -> Response:
    """The page for a problem; somebody who is not signed in is asked to sign in first."""
    changing = request.method not in SAFE_METHODS
    reference = getattr(request.state, "request_id", "")
    if found.status == HTTPStatus.UNAUTHORIZED:
        return _sign_in(request, changing=changing)
    kept = {name: value for name, value in found.headers.items() if name != "content-length"}
    shown: dict[str, Any] = {"found": found, "changing": changing, "reference": reference}
    if found.status == HTTPStatus.FORBIDDEN and found.code != "foreign_request":
        visitor = visitor_if_any(request)
        ask = whom_to_ask(services_of(request).context, visitor) if visitor else ()
        return page(request, "no_access.html", status=403, headers=kept, ask=ask, **shown)
    if found.status == HTTPStatus.NOT_FOUND:
        return page(request, "not_found.html", status=404, headers=kept, **shown)
    title = _TITLES.get(found.code, _title(found, changing=changing))
    return page(request, "error.html", status=found.status, headers=kept, title=title, **shown)


def _title(found: Problem, *, changing: bool) -> str:
    if found.status >= SERVER_ERROR:
        return "Something went wrong here"
    return "Nothing was recorded" if changing else "This cannot be shown"


def _sign_in(request: Request, *, changing: bool) -> Response:
    """To the sign-in page, and from there back to where the person was."""
    if changing:
        return page(request, "session_over.html", status=401, back=request.headers.get("referer"))
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    there = "" if path == "/" else f"?next={quote(path, safe='')}"
    return RedirectResponse(f"/sign-in{there}", HTTPStatus.SEE_OTHER)
