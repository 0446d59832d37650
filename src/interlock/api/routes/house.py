"""The house log, the proof that records are whole, and the kill switch."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from interlock.api import paging
from interlock.api.idempotent import IdempotentRoute
from interlock.api.shapes.cases import FaultShape
from interlock.api.shapes.house import (
    AffectedShape,
    HouseEntryShape,
    PauseIn,
    PauseShape,
    ScopeIn,
    VerifiedShape,
    house_entry,
    pause_shape,
    scope_of,
)
from interlock.api.shapes.plain import Paged, PageShape
from interlock.domain.audit import ChainFault
from interlock.domain.people import Right
from interlock.runtime.commands import pausing
from interlock.web.boundary import Caller, RightMissing, needs

audit = APIRouter(prefix="/audit", tags=["audit"], route_class=IdempotentRoute)
pauses = APIRouter(prefix="/pauses", tags=["pauses"], route_class=IdempotentRoute)

Auditing = Annotated[Caller, Depends(needs(Right.AUDIT))]
Seeing = Annotated[Caller, Depends(needs(Right.SEE))]
Pausing = Annotated[Caller, Depends(needs(Right.PAUSE))]
Resuming = Annotated[Caller, Depends(needs(Right.RESUME))]
SHOWN: Final = 50  # faults; one is enough to know


@audit.get("/house")
def house_log(
    request: Request, response: Response, caller: Auditing, wanted: Annotated[Paged, Query()]
) -> PageShape[HouseEntryShape]:
    """What happened outside of cases, the newest first: accounts, roles, pauses, crossings."""
    _for_all_tenants(caller)
    found = caller.store.house_entries(before=paging.number(wanted.after), limit=wanted.limit + 1)
    page, following = paging.cut(found, wanted.limit, lambda each: str(each.seq))
    paging.link_next(request, response, following)
    return PageShape(items=[house_entry(each) for each in page], next=following)


@audit.get("/verify")
def verify(caller: Auditing) -> VerifiedShape:
    """Every seal of every case and of the house, computed anew, and every row beside the log held
    against it. It reads everything."""
    _for_all_tenants(caller)
    cases, entries, faults = 0, 0, list[ChainFault]()
    for chains, found in caller.store.whole_record():
        cases += len(chains)
        entries += sum(len(each.entries) + len(each.unreadable) for each in chains)
        faults += found
    faults += caller.store.house_faults()
    return VerifiedShape(
        is_whole=not faults,
        cases=cases,
        entries=entries + caller.store.house_length(),
        faults=[FaultShape(case_id=f.case_id, seq=f.seq, what=f.what) for f in faults[:SHOWN]],
    )


@pauses.get("")
def list_pauses(caller: Seeing) -> list[PauseShape]:
    """What is stopped now, by whom and why."""
    held = pausing.held(caller.context)
    return [pause_shape(each, held.get(each.id, 0)) for each in pausing.pauses(caller.context)]


@pauses.post("", status_code=201)
def set_pause(wanted: PauseIn, caller: Pausing) -> PauseShape:
    """Stop it, in force when this is answered. Only a person can, never a program."""
    return pause_shape(pausing.pause(caller.context, scope_of(wanted), caller.id, wanted.reason))


@pauses.post("/clear")
def clear_pause(wanted: PauseIn, caller: Resuming) -> PauseShape:
    """Let it go on. Only a person with the right to can, never a program."""
    return pause_shape(pausing.resume(caller.context, scope_of(wanted), caller.id, wanted.reason))


@pauses.post("/affected")
def affected(wanted: ScopeIn, caller: Pausing) -> AffectedShape:
    """How many cases it would stop now; nothing is stopped by asking."""
    return AffectedShape(cases=pausing.affected(caller.context, scope_of(wanted)))


def _for_all_tenants(caller: Caller) -> None:
    """Raises: RightMissing for whoever may see some tenants only."""
    if caller.visitor.tenants is not None:
        raise RightMissing(Right.AUDIT, "this tells of every tenant, and you may see some only")
