"""Cases: open, find, look at, and what people do with a whole case."""

from __future__ import annotations

from datetime import UTC
from typing import Annotated, Final

from fastapi import APIRouter, Depends, File, Form, Query, Request, Response, UploadFile

from interlock.api import opening, paging
from interlock.api.etags import case_tag, is_known
from interlock.api.idempotent import IdempotentRoute
from interlock.api.shapes.cases import (
    ActionShape,
    CaseAudit,
    CaseFilters,
    CaseIn,
    CaseShape,
    CasesIn,
    CommentIn,
    DecisionShape,
    FaultShape,
    ListedCase,
    NoteIn,
    OpenedItem,
    OpenedMany,
    OpenedShape,
    ReasonIn,
    ToldShape,
    WholeCase,
    action_shape,
    case_shape,
    decision_shape,
    entry_shape,
    listed_case,
    opened_shape,
    told_shape,
    whole_case,
)
from interlock.api.shapes.plain import (
    NAME,
    CaseId,
    NameInPath,
    PageShape,
)
from interlock.domain.people import Right
from interlock.errors import InterlockError
from interlock.papers.timeline import decided_in, timeline, until_answered, worth_telling
from interlock.runtime import commands
from interlock.storage import CaseUnknown, DocumentUnknown
from interlock.storage.case_search import CaseSearch
from interlock.storage.reading import END
from interlock.web.boundary import Caller, needs
from interlock.web.keeping import found_for
from interlock.web.problems import problem_of

router = APIRouter(prefix="/cases", tags=["cases"], route_class=IdempotentRoute)

Seeing = Annotated[Caller, Depends(needs(Right.SEE))]
SeeingAll = Annotated[Caller, Depends(needs(Right.SEE_PROTECTED))]
Operating = Annotated[Caller, Depends(needs(Right.OPERATE))]
MOST_FILES: Final = 50


@router.post("", status_code=201)
def open_case(wanted: CaseIn, caller: Seeing) -> list[OpenedShape]:
    """Open a case from fields, or all of a document. The same input again is the same case."""
    return [opened_shape(each) for each in opening.open_one(caller, wanted)]


@router.post("/batch")
def open_cases(wanted: CasesIn, caller: Seeing) -> OpenedMany:
    """Open many cases; each is answered for itself, and none keeps another out."""
    return OpenedMany(items=[_opened(caller, each) for each in wanted.cases])


@router.post("/upload", status_code=201)
def upload_documents(
    caller: Seeing,
    workflow: Annotated[str, Form(pattern=NAME, max_length=200)],
    files: Annotated[list[UploadFile], File(description="The documents, as they are.")],
) -> list[OpenedShape]:
    """Open the cases of documents sent as files."""
    sent = [(each.filename or "document", each.file.read()) for each in files[:MOST_FILES]]
    return [opened_shape(each) for each in opening.open_documents(caller, workflow, sent)]


@router.get("")
def list_cases(
    request: Request, response: Response, caller: Seeing, wanted: Annotated[CaseFilters, Query()]
) -> PageShape[ListedCase]:
    """The cases you may see, the newest first."""
    search = CaseSearch(
        text=wanted.q,
        workflows=_workflows(caller, wanted.workflow),
        tenants=caller.visitor.tenants,
        states=(wanted.state,) if wanted.state else (),
        waits_for=wanted.waits_for,
        exception_type=wanted.exception_type,
        step=wanted.step,
        outcome=wanted.outcome,
        handling=wanted.handling,
        before=paging.moment_and_id(wanted.after) or (END, ""),
        limit=wanted.limit + 1,
    )
    found = caller.store.search_cases(search)
    page, following = paging.cut(found, wanted.limit, lambda c: paging.position(c.opened_at, c.id))
    paging.link_next(request, response, following)
    now = caller.services.clock.now()
    shown = found_for(caller.context.directory, page, search, caller.id, now)
    return PageShape(items=[listed_case(each) for each in shown], next=following)


@router.get("/{case_id}", response_model=WholeCase)
def show_case(
    case_id: CaseId, request: Request, response: Response, caller: Seeing
) -> WholeCase | Response:
    """A case with what is in it; protected values only with the right to see them."""
    case = caller.case(case_id)
    seen = caller.seen(case)
    known = is_known(request, case_tag(seen), response)
    return known or whole_case(seen, caller.veil(case), caller.kept_back(case))


@router.get("/{case_id}/timeline")
def case_timeline(case_id: CaseId, caller: Seeing) -> list[ToldShape]:
    """What happened to a case, in words, in order."""
    case = caller.case(case_id)
    entries = caller.store.entries(case.id)
    now = caller.services.clock.now()
    lens, kept, veil = caller.lens(case), caller.kept_back(case), caller.veil(case)
    told = timeline(entries, now=now, lens=lens, zone=UTC, kept=kept)
    return [told_shape(each, veil) for each in worth_telling(told)]


@router.get("/{case_id}/actions")
def case_actions(case_id: CaseId, caller: Seeing) -> list[ActionShape]:
    """The side effects of a case, planned and done."""
    case = caller.case(case_id)
    veil, kept = caller.veil(case), caller.kept_back(case)
    done = () if kept.answers else caller.store.actions(case_id=case.id)
    return [action_shape(each, veil, kept) for each in done]


@router.get("/{case_id}/decisions")
def case_decisions(case_id: CaseId, caller: Seeing) -> list[DecisionShape]:
    """What people decided about a case, in order; without answers you are to give anew."""
    case = caller.case(case_id)
    veil, kept = caller.veil(case), caller.kept_back(case)
    found = caller.store.decisions(case.id)
    if kept.answers:
        told = decided_in(until_answered(caller.store.entries(case.id), kept))
        found = [each for each in found if each.task_id in told]
    return [decision_shape(each, veil) for each in found]


@router.get(
    "/{case_id}/documents/{digest}",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}, "description": "The bytes."}},
)
def case_document(case_id: CaseId, digest: NameInPath, caller: SeeingAll) -> Response:
    """The raw input a case came from, as it arrived; only to be kept, never shown by a browser."""
    case = caller.case(case_id, Right.SEE_PROTECTED)
    if case.source is None or case.source.document != digest:
        raise DocumentUnknown(digest)
    kept = caller.store.document(digest)
    headers = {
        "content-disposition": f'attachment; filename="{digest[:16]}"',
        "content-security-policy": "sandbox; default-src 'none'",
    }
    return Response(kept.content, media_type="application/octet-stream", headers=headers)


@router.get("/{case_id}/audit")
def case_audit(case_id: CaseId, caller: Seeing) -> CaseAudit:
    """A case's log with its seals, and whether it is as it was written."""
    case = caller.case(case_id)
    chain, veil, kept = caller.store.chain(case.id), caller.veil(case), caller.kept_back(case)
    if chain is None:
        raise CaseUnknown(case_id)
    faults = caller.store.record_faults([chain])
    return CaseAudit(
        is_whole=not faults,
        faults=[FaultShape(case_id=f.case_id, seq=f.seq, what=f.what) for f in faults],
        entries=[entry_shape(each, veil, kept) for each in until_answered(chain.entries, kept)],
    )


@router.post("/{case_id}/cancel")
def cancel_case(case_id: CaseId, wanted: NoteIn, caller: Operating) -> CaseShape:
    """Stop a case: what was done is undone in reverse, then it closes as cancelled."""
    case = caller.case(case_id, Right.OPERATE)
    commands.cancel_case(caller.context, case.id, caller.id, note=wanted.note)
    return case_shape(caller.case(case_id))


@router.post("/{case_id}/reopen")
def reopen_case(case_id: CaseId, wanted: ReasonIn, caller: Operating) -> CaseShape:
    """Open a closed case again because its outcome was wrong; it counts as wrong from then on."""
    case = caller.case(case_id, Right.OPERATE)
    commands.reopen_case(caller.context, case.id, caller.id, reason=wanted.reason)
    return case_shape(caller.case(case_id))


@router.post("/{case_id}/comments", status_code=201)
def comment_on_case(case_id: CaseId, wanted: CommentIn, caller: Seeing) -> CaseShape:
    """Say something about a case; it goes on record and decides nothing."""
    case = caller.case(case_id)
    commands.comment_case(caller.context, case.id, caller.id, wanted.text)
    return case_shape(caller.case(case_id))


def _opened(caller: Caller, wanted: CaseIn) -> OpenedItem:
    try:
        return OpenedItem(opened=[opened_shape(each) for each in opening.open_one(caller, wanted)])
    except InterlockError as refused:
        found = problem_of(refused)
        told = {"status": found.status, "code": found.code, "detail": found.detail}
        return OpenedItem(problem=told)


def _workflows(caller: Caller, named: str | None) -> frozenset[str] | None:
    """The workflows to look in: those the caller may see, narrowed to the one that is named."""
    seen = caller.visitor.workflows
    if named is None:
        return seen
    return frozenset({named}) if seen is None or named in seen else frozenset()
