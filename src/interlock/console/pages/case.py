"""One case: its page, its document, and what people may do with it."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from interlock.console.shell import page
from interlock.console.views.case import case_page
from interlock.domain.case import Case
from interlock.domain.contract import Severity
from interlock.domain.people import Right
from interlock.papers.case_file.case_file_html import case_file_html
from interlock.papers.case_file.case_file_pdf import case_file_pdf
from interlock.papers.documents import document_view, page_image, pages_html
from interlock.release.protected import Protection, protect_case
from interlock.runtime.commands.comments import comment_case
from interlock.runtime.commands.reopening import cancel_case, reopen_case
from interlock.storage import DocumentRow
from interlock.web.boundary import Caller, needs

router = APIRouter()

Seeing = Annotated[Caller, Depends(needs(Right.SEE))]
Operating = Annotated[Caller, Depends(needs(Right.OPERATE))]
Why = Annotated[str, Form(max_length=1000)]
Text = Annotated[str, Form(max_length=2000)]
SEE_OTHER = 303


@router.get("/cases/{case_id}")
def case(request: Request, caller: Seeing, case_id: str) -> HTMLResponse:
    """The whole case; `?all=1` also tells each rule that decided on the way."""
    found = caller.case(case_id)
    view = case_page(caller, found, everything=request.query_params.get("all") == "1")
    return page(request, "case.html", section="cases", case=view)


@router.get("/cases/{case_id}/file")
def case_file(
    caller: Seeing, case_id: str, form: Annotated[str, Query(alias="as")] = "html"
) -> Response:
    """The whole case as one file that opens anywhere, as HTML or, with `?as=pdf`, as PDF."""
    found = caller.case(case_id)
    lens, now, reader = caller.lens(found), caller.context.clock.now(), caller.id
    if form == "pdf":
        content = case_file_pdf(caller.context, found.id, lens=lens, now=now, reader=reader)
        return _download(content, f"{found.id}.pdf", "application/pdf")
    html = case_file_html(caller.context, found.id, lens=lens, now=now, reader=reader)
    return _download(html.encode(), f"{found.id}.html", "text/html; charset=utf-8")


@router.get("/cases/{case_id}/document")
def document(request: Request, caller: Seeing, case_id: str) -> HTMLResponse:
    """The document the case came from, made readable, for who may see what is protected."""
    found, kept = _document(caller, case_id)
    view = document_view(kept.name, kept.content, kept.channel)
    pages = pages_html(view, (), lambda number: f"/cases/{found.id}/document/{number}")
    return page(
        request, "case_document.html", section="cases", case=found, document=view, pages=pages
    )


@router.get("/cases/{case_id}/document/{number}")
def document_page(caller: Seeing, case_id: str, number: int) -> Response:
    """A page of that document as a picture, counted from 1. Raises: PageUnreadable."""
    _, kept = _document(caller, case_id)
    kept_for_a_day = {"cache-control": "private, max-age=86400"}
    return Response(page_image(kept.content, number), 200, kept_for_a_day, "image/png")


@router.post("/cases/{case_id}/comment")
def comment(caller: Seeing, case_id: str, text: Text) -> RedirectResponse:
    """Adds a comment."""
    found = caller.case(case_id)
    place = {"workflow": found.workflow, "tenant": found.tenant}
    if not caller.may(Right.OPERATE, **place):
        caller.need(Right.DECIDE, **place)
    comment_case(caller.context, found.id, caller.id, text)
    return _back(found.id, "#comments")


@router.post("/cases/{case_id}/cancel")
def cancel(caller: Operating, case_id: str, why: Why) -> RedirectResponse:
    """Stops the case."""
    found = caller.case(case_id, Right.OPERATE)
    cancel_case(caller.context, found.id, caller.id, note=why)
    return _back(found.id)


@router.post("/cases/{case_id}/reopen")
def reopen(caller: Operating, case_id: str, why: Why) -> RedirectResponse:
    """Opens a closed case again, as wrong."""
    found = caller.case(case_id, Right.OPERATE)
    reopen_case(caller.context, found.id, caller.id, reason=why)
    return _back(found.id)


@router.post("/cases/{case_id}/protect")
def protect(
    caller: Operating,
    case_id: str,
    *,
    name: Annotated[str, Form(max_length=80)],
    owner: Annotated[str, Form(max_length=80)],
    why: Why,
    severity: Annotated[Severity, Form()],
    expires: Annotated[date, Form()],
) -> RedirectResponse:
    """Makes the closed case a protected case."""
    found = caller.case(case_id, Right.OPERATE)
    said = Protection(
        name="_".join(name.split()), owner=owner, reason=why, severity=severity, expires=expires
    )
    protect_case(caller.context, found.id, caller.id, said)
    return _back(found.id, "#protected")


def _document(caller: Caller, case_id: str) -> tuple[Case, DocumentRow]:
    """The case and its document, for who may see what is protected. Raises: HTTPException 404."""
    found = caller.case(case_id)
    caller.need(Right.SEE_PROTECTED, workflow=found.workflow, tenant=found.tenant)
    if found.source is None:
        raise HTTPException(404, "this case came without a document")
    return found, caller.store.document(found.source.document)


def _download(content: bytes, name: str, kind: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=kind, headers=headers)


def _back(case_id: str, place: str = "") -> RedirectResponse:
    return RedirectResponse(f"/cases/{case_id}{place}", SEE_OTHER)
