"""What a reviewer does with a task beside deciding it: take it, give it back, pass it on, answer.

One rule: each form is one command, and the command judges.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Final
from urllib.parse import parse_qsl, quote

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import JSONResponse, RedirectResponse, Response

from interlock.console.desk import Said, desk_page
from interlock.console.guard import Form, text
from interlock.console.views.queue_filter import QueueFilter
from interlock.console.views.task import Typed
from interlock.console.words import sentence_of
from interlock.domain.people import Right
from interlock.domain.review import ReviewTask
from interlock.errors import InterlockError
from interlock.papers.documents import page_image
from interlock.runtime.commands.comments import comment_case
from interlock.runtime.commands.handover import hand_back_task, reassign_task, takeover_task
from interlock.runtime.commands.questions import answer_question
from interlock.runtime.commands.review import claim_task, release_task, undo_decision
from interlock.storage import DocumentUnknown
from interlock.web.boundary import Caller, needs
from interlock.web.problems import status_of

router = APIRouter()

Reader = Annotated[Caller, Depends(needs(Right.SEE))]
A_DAY: Final = "private, max-age=86400"  # a page of a document never changes


@router.post("/work/claim")
def claim(request: Request, form: Form, caller: Reader) -> Response:
    """Takes the task. A script that opens a panel gets the new version instead of a page."""
    task = caller.task(text(form, "task"))
    try:
        answered = claim_task(caller.context, task.id, caller.id)
    except InterlockError as refused:
        if _is_script(request):
            return JSONResponse({"reason": _reason(refused)}, status_of(refused))
        return _refused(request, form, caller, task, refused)
    if _is_script(request):
        return JSONResponse({"version": answered.task.version})
    return _to(form, task.id, "taken")


@router.post("/work/release")
def release(request: Request, form: Form, caller: Reader) -> Response:
    """Gives the task back to its queue."""
    task = caller.task(text(form, "task"))
    try:
        release_task(caller.context, task.id, caller.id)
    except InterlockError as refused:
        return _refused(request, form, caller, task, refused)
    return _to(form, "", "given_back")


@router.post("/work/takeover")
def takeover(request: Request, form: Form, caller: Reader) -> Response:
    """Takes the task out of somebody's hands."""
    task = caller.task(text(form, "task"))
    try:
        takeover_task(caller.context, task.id, caller.id, note=text(form, "note"))
    except InterlockError as refused:
        return _refused(request, form, caller, task, refused)
    return _to(form, task.id, "taken_over")


@router.post("/work/hand-back")
def hand_back(request: Request, form: Form, caller: Reader) -> Response:
    """Gives a task that was taken over back to whom it was taken from."""
    task = caller.task(text(form, "task"))
    try:
        hand_back_task(caller.context, task.id, caller.id, note=text(form, "note"))
    except InterlockError as refused:
        return _refused(request, form, caller, task, refused)
    return _to(form, "", "handed_back")


@router.post("/work/reassign")
def reassign(request: Request, form: Form, caller: Reader) -> Response:
    """Keeps the task for a colleague."""
    task, to = caller.task(text(form, "task")), text(form, "to")
    try:
        reassign_task(caller.context, task.id, to, caller.id, note=text(form, "note"))
    except InterlockError as refused:
        return _refused(request, form, caller, task, refused)
    return _to(form, "", "passed_on")


@router.post("/work/undo")
def undo(request: Request, form: Form, caller: Reader) -> Response:
    """Takes a held decision back."""
    task = caller.task(text(form, "task"))
    try:
        undo_decision(caller.context, task.id, caller.id)
    except InterlockError as refused:
        said = Said(text=f"Not taken back: {_reason(refused)}.", state="warn", icon="warn")
        wanted, status = _narrowed(form), status_of(refused)
        again = caller.task(task.id)
        return desk_page(request, caller, wanted, task=again, said=said, status=status)
    return _to(form, task.id, "undone")


@router.post("/work/answer")
def answer(request: Request, form: Form, caller: Reader) -> Response:
    """Records an answer that came another way, in the reader's name."""
    task = caller.task(text(form, "task"), Right.DECIDE)
    try:
        answer_question(caller.context, task.id, caller.id, text(form, "text"))
    except InterlockError as refused:
        return _refused(request, form, caller, task, refused)
    return _to(form, task.id, "answered")


@router.post("/work/comment")
def comment(request: Request, form: Form, caller: Reader) -> Response:
    """Adds a comment to the task's case."""
    task = caller.task(text(form, "task"))
    try:
        comment_case(caller.context, task.case_id, caller.id, text(form, "text"))
    except InterlockError as refused:
        return _refused(request, form, caller, task, refused)
    return _to(form, task.id, "commented")


@router.get("/work/document")
def document(caller: Reader, task: str, page: int = 0, download: int = 0) -> Response:
    """A page of the task's document as a picture, or the whole file to keep.

    Raises: TaskUnknown, DocumentUnknown, PageUnreadable.
    """
    found = caller.task(task, Right.SEE_PROTECTED)
    [case] = caller.store.load([found.case_id])
    if case.source is None:
        raise DocumentUnknown(task)
    row = caller.store.document(case.source.document)
    if page and not download:
        picture = page_image(row.content, page)
        return Response(picture, media_type="image/png", headers={"cache-control": A_DAY})
    name = quote(case.source.name, safe="")
    kept = {"content-disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(row.content, media_type="application/octet-stream", headers=kept)


def _is_script(request: Request) -> bool:
    return request.headers.get("accept", "") == "application/json"


def _reason(refused: InterlockError) -> str:
    return sentence_of(str(getattr(refused, "reason", refused)))


def _to(form: FormData, task_id: str, said: str) -> Response:
    """Back to the desk as it was narrowed, at this task or at none."""
    wanted = _narrowed(form)
    where = wanted.link(task=task_id, said=said) if task_id else wanted.link(said=said)
    return RedirectResponse(where, HTTPStatus.SEE_OTHER)


def _refused(
    request: Request, form: FormData, caller: Caller, task: ReviewTask, refused: InterlockError
) -> Response:
    """The task as it is now, and why nothing was recorded."""
    wanted = _narrowed(form)
    typed = Typed(refused=f"{_reason(refused)}.", changed=refused.code == "task_moved")
    again = caller.task(task.id)
    return desk_page(request, caller, wanted, task=again, typed=typed, status=status_of(refused))


def _narrowed(form: FormData) -> QueueFilter:
    """How the desk was narrowed when the form was sent."""
    return QueueFilter.parse(dict(parse_qsl(text(form, "back"))))
