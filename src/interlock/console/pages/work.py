"""The work desk: the queue, the task, and the filters somebody keeps."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Final
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from interlock.console.desk import SAID, Said, desk_page
from interlock.console.guard import Form, text
from interlock.console.shell import THEMES, page
from interlock.console.views.queue_filter import QueueFilter
from interlock.domain.people import Right
from interlock.runtime.commands.handover import next_task
from interlock.web.boundary import Caller, needs, signed_in
from interlock.web.visitor import AnyVisitor

router = APIRouter()

Reader = Annotated[Caller, Depends(needs(Right.SEE))]
Worker = Annotated[Caller, Depends(needs(Right.DECIDE))]
Anybody = Annotated[Caller, Depends(signed_in)]
LONGEST_NAME: Final = 60  # letters of a kept filter's name
A_YEAR: Final = 31_536_000  # seconds


@router.get("/work")
def work(request: Request, caller: Reader) -> Response:
    """The desk."""
    wanted = QueueFilter.parse(request.query_params)
    chosen = request.query_params.get("task", "")
    task = caller.task(chosen) if chosen else None
    return desk_page(
        request,
        caller,
        wanted,
        task=task,
        said=SAID.get(request.query_params.get("said", "")) or _done(request, caller),
    )


@router.post("/work/next")
def take_next(caller: Worker) -> Response:
    """The most urgent task, now in the reader's hands."""
    found = next_task(caller.context, caller.id)
    where = "/work?said=none_left" if found is None else f"/work?task={found.task.id}&said=taken"
    return RedirectResponse(where, HTTPStatus.SEE_OTHER)


@router.post("/work/views")
def keep_view(form: Form, caller: Anybody) -> Response:
    """Keeps the filter under a name."""
    wanted = QueueFilter.parse(dict(parse_qsl(text(form, "query"))))
    name = " ".join(text(form, "name").split())[:LONGEST_NAME]
    if name:
        now = caller.services.clock.now()
        caller.store.keep_view(caller.id, name, wanted.at_start().query(), now)
    return RedirectResponse(wanted.link(said="kept"), HTTPStatus.SEE_OTHER)


@router.post("/work/views/forget")
def forget_view(form: Form, caller: Anybody) -> Response:
    """Forgets a kept filter."""
    caller.store.forget_view(caller.id, text(form, "id"))
    return RedirectResponse("/work", HTTPStatus.SEE_OTHER)


@router.get("/help")
def help_sheet(request: Request, _: AnyVisitor) -> Response:
    """The keys, and how the console looks."""
    return page(request, "help.html")


@router.post("/appearance")
def appearance(form: Form) -> Response:
    """Light, dark, or as the system has it; kept in this browser."""
    theme = text(form, "theme")
    answer = RedirectResponse("/help", HTTPStatus.SEE_OTHER)
    if theme in THEMES:
        answer.set_cookie("theme", theme, max_age=A_YEAR, httponly=True, samesite="lax")
    else:
        answer.delete_cookie("theme")
    return answer


def _done(request: Request, caller: Caller) -> Said | None:
    """What is said of the task that was just decided."""
    done = request.query_params.get("done", "")
    if not done:
        return None
    task = caller.task(done)
    if task.held_decision is not None:
        return Said(text="Recorded. Until it is in force you can take it back with Z.")
    return Said(text="Recorded.")
