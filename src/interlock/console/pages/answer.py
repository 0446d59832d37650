"""The page on which an outside party answers a question, without an account.

One rule: opening the page changes nothing and uses nothing up; only the form records, once.
"""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.responses import Response

from interlock.console.guard import Form, text
from interlock.console.shell import page, services_of
from interlock.console.words import sentence_of
from interlock.domain.rules.lens import BLIND, lens_of
from interlock.papers.veil import Veil
from interlock.runtime.commands.questions import LinkOver, answer_by_link, question_behind
from interlock.runtime.commands.task_record import DecisionRefused, TaskMoved
from interlock.web.visitor import AnyVisitor

router = APIRouter()

NOT_FOUND = HTTPStatus.NOT_FOUND


@router.get("/answer/{token}")
def show_question(request: Request, token: str, _: AnyVisitor) -> Response:
    """The question, and a form for the answer."""
    return _question(request, token)


@router.post("/answer/{token}")
def record_answer(request: Request, token: str, form: Form, _: AnyVisitor) -> Response:
    """The answer on record, and the link used up."""
    said = text(form, "text")
    try:
        answer_by_link(services_of(request).context, token, said)
    except LinkOver:
        return page(request, "answer_over.html", status=NOT_FOUND, visitor=None, nav=())
    except (DecisionRefused, TaskMoved) as refused:
        reason = sentence_of(str(getattr(refused, "reason", refused)))
        return _question(request, token, problem=f"{reason}.", typed=said)
    return page(request, "answer_done.html", visitor=None, nav=())


def _question(request: Request, token: str, *, problem: str = "", typed: str = "") -> Response:
    context = services_of(request).context
    try:
        asked = question_behind(context, token)
    except LinkOver:
        return page(request, "answer_over.html", status=NOT_FOUND, visitor=None, nav=())
    account = context.store.account(asked.question.by)
    [case] = context.store.load([asked.task.case_id])
    known = context.workflows.knows(case.fingerprint)
    lens = lens_of(context.workflows.of(case.fingerprint).contract) if known else BLIND
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    return page(
        request,
        "answer.html",
        status=status,
        visitor=None,
        nav=(),
        asked=asked,
        question=Veil(lens.closed(), case).text(asked.question.text),
        by=account.name if account else "",
        problem=problem,
        typed=typed,
    )
