"""Protected cases: what is protected, a closed case made one, and one retired."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from interlock.api.shapes.plain import CaseId, NameInPath
from interlock.domain.contract import Severity
from interlock.domain.people import Right
from interlock.domain.protected import KeptCase
from interlock.release.protected import (
    ProtectedUnknown,
    Protection,
    protect_case,
    retire_protected,
)
from interlock.web.boundary import Caller, needs

router = APIRouter(tags=["protected cases"])

Seeing = Annotated[Caller, Depends(needs(Right.SEE))]
Operating = Annotated[Caller, Depends(needs(Right.OPERATE))]


class ProtectIn(BaseModel):
    """Who answers for a protected case, why, how severe it is, and until when."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=80, examples=["late_surcharge"])
    owner: str = Field(max_length=80, examples=["ap_lead"])
    reason: str = Field(max_length=1000, examples=["Surcharges were paid twice in May."])
    severity: Severity
    expires: date


class RetireIn(BaseModel):
    """Why a protected case protects nothing any more."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(max_length=1000, examples=["The supplier is gone."])


class ProtectedShape(BaseModel):
    """One protected case of the desk; what is expected is what was decided in its case."""

    id: str
    workflow: str
    case_id: str
    name: str
    owner: str
    reason: str
    severity: Severity
    expires: date
    made_by: str
    made_at: datetime
    retired_by: str | None
    retired_at: datetime | None
    retired_why: str


@router.post("/cases/{case_id}/protect", status_code=201)
def protect(case_id: CaseId, wanted: ProtectIn, caller: Operating) -> ProtectedShape:
    """Make a closed case a protected case: every later version must come to what was decided."""
    case = caller.case(case_id, Right.OPERATE)
    said = Protection(**wanted.model_dump())
    return _shape(protect_case(caller.context, case.id, caller.id, said))


@router.get("/workflows/{workflow}/protected")
def protected_cases(workflow: NameInPath, caller: Seeing) -> list[ProtectedShape]:
    """The desk's protected cases of a workflow; those in its folder are files, not here."""
    caller.need(Right.SEE, workflow=workflow)
    return [_shape(each) for each in caller.store.protected_cases(workflow)]


@router.post("/protected/{protected_id}/retire")
def retire(protected_id: NameInPath, wanted: RetireIn, caller: Operating) -> ProtectedShape:
    """Retire a protected case of the desk; it stays on record."""
    kept = caller.store.protected_case(protected_id)
    if kept is None:
        raise ProtectedUnknown(protected_id)
    caller.case(kept.case_id, Right.OPERATE)
    return _shape(retire_protected(caller.context, protected_id, caller.id, why=wanted.reason))


def _shape(kept: KeptCase) -> ProtectedShape:
    return ProtectedShape(
        id=kept.id,
        workflow=kept.workflow,
        case_id=kept.case_id,
        name=kept.name,
        owner=kept.owner,
        reason=kept.reason,
        severity=kept.severity,
        expires=kept.expires,
        made_by=kept.made_by,
        made_at=kept.made_at,
        retired_by=kept.retired_by,
        retired_at=kept.retired_at,
        retired_why=kept.retired_why,
    )
