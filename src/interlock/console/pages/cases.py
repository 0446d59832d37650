"""Searching cases, and the filters somebody keeps of them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Final
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from interlock.console.guard import Form, text
from interlock.console.shell import page
from interlock.console.views.cases import FILTERS, cases_of
from interlock.domain.people import Right
from interlock.storage.views import OF_CASES
from interlock.web.boundary import Caller, needs

router = APIRouter()


Seeing = Annotated[Caller, Depends(needs(Right.SEE))]
LONGEST_NAME: Final = 60  # letters of a kept filter's name


@router.get("/cases")
def cases(request: Request, caller: Seeing) -> HTMLResponse:
    """The cases that fit, the newest first, a page at a time."""
    view = cases_of(caller.context, caller.visitor, request.query_params)
    saved = [each for each in caller.store.saved_views(caller.id) if each.is_of_cases]
    return page(request, "cases.html", section="cases", cases=view, saved=saved)


@router.post("/cases/views")
def keep_view(form: Form, caller: Seeing) -> Response:
    """Keeps the filter under a name, for this reader alone; another of that name is replaced."""
    given = {name: value for name, value in parse_qsl(text(form, "query")) if name in FILTERS}
    query = f"{OF_CASES}{urlencode(given)}"
    name = " ".join(text(form, "name").split())[:LONGEST_NAME]
    if name and given:
        caller.store.keep_view(caller.id, name, query, caller.services.clock.now())
    return RedirectResponse(query, HTTPStatus.SEE_OTHER)


@router.post("/cases/views/forget")
def forget_view(form: Form, caller: Seeing) -> Response:
    """Forgets a kept filter."""
    caller.store.forget_view(caller.id, text(form, "id"))
    return RedirectResponse("/cases", HTTPStatus.SEE_OTHER)
