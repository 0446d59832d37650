"""Contracts: what was agreed, and whether it can run."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from interlock.api.etags import SEAL_LETTERS, is_known
from interlock.api.idempotent import IdempotentRoute
from interlock.api.shapes.contracts import (
    CheckShape,
    ContractListed,
    ContractShape,
    check_shape,
    contract_shape,
    listed_contract,
)
from interlock.api.shapes.plain import NameInPath
from interlock.contracts import check_contract
from interlock.domain.people import Right
from interlock.runtime.workflow import Workflow, WorkflowUnknown
from interlock.web.boundary import Caller, needs

router = APIRouter(prefix="/contracts", tags=["contracts"], route_class=IdempotentRoute)

Seeing = Annotated[Caller, Depends(needs(Right.SEE))]
Signing = Annotated[Caller, Depends(needs(Right.SIGN))]


@router.get("")
def list_contracts(caller: Seeing) -> list[ContractListed]:
    """The contracts in force here that you may see."""
    return [
        listed_contract(each.contract)
        for each in caller.services.workflows
        if caller.may(Right.SEE, workflow=each.contract.workflow)
    ]


@router.get("/{workflow}", response_model=ContractShape)
def show_contract(
    workflow: NameInPath, request: Request, response: Response, caller: Seeing
) -> ContractShape | Response:
    """One contract: its steps, approval tiers, queues and exception routes, and its text."""
    found = _found(caller, workflow, Right.SEE)
    tag = f'"{found.contract.fingerprint[:SEAL_LETTERS]}"'
    known = is_known(request, tag, response)
    return known or contract_shape(found.contract, found.loaded.source)


@router.get("/{workflow}/check")
def check(workflow: NameInPath, caller: Signing) -> CheckShape:
    """What is wrong with the contract's folder as it is now, all of it; for those who answer
    for it, since the folder's code is loaded to look at it."""
    found = _found(caller, workflow, Right.SIGN)
    return check_shape(check_contract(found.loaded.folder))


def _found(caller: Caller, workflow: str, right: Right) -> Workflow:
    seen = caller.visitor.workflows
    if seen is not None and workflow not in seen:
        raise WorkflowUnknown(workflow, tuple(sorted(seen)))
    caller.need(right, workflow=workflow)
    return caller.services.workflows.named(workflow)
