"""The audit page, for those with the right to audit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from starlette.responses import StreamingResponse

from interlock.console.shell import page, part
from interlock.console.views.audit import audit_of, verified_parts
from interlock.domain.people import Right
from interlock.web.boundary import Caller, RightMissing, needs

router = APIRouter()

Auditing = Annotated[Caller, Depends(needs(Right.AUDIT))]
CUT = "<!--RESULT-->"


@router.get("/audit")
def audit(request: Request, caller: Auditing) -> HTMLResponse:
    """The log of all cases and the house log, newest first."""
    view = audit_of(caller.context, caller.visitor, request.query_params)
    may_verify = caller.visitor.tenants is None
    return page(request, "audit.html", section="audit", audit=view, may_verify=may_verify)


@router.get("/audit/verify")
def verify(request: Request, caller: Auditing) -> StreamingResponse:
    """Checks every chain now; the page grows while it goes, so a long check is seen to move."""
    if caller.visitor.tenants is not None:
        raise RightMissing(Right.AUDIT, "the whole log may be checked by who may see all of it")
    whole = bytes(page(request, "audit_verify.html", section="audit").body).decode()
    head, _, tail = whole.partition(CUT)

    def parts() -> Iterator[str]:
        yield head
        for found in verified_parts(caller.store):
            yield part(request, "audit_result.html", found=found)
        yield tail

    return StreamingResponse(parts(), media_type="text/html; charset=utf-8")
