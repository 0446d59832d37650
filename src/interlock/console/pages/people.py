"""People and queues, one person, and one's own API tokens."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException

from interlock import identity
from interlock.console.shell import page
from interlock.console.views.people import may_see, people_of, person_page
from interlock.console.views.tokens import tokens_of
from interlock.domain.money import Money
from interlock.domain.people import Account, Grant, Right, Role
from interlock.runtime.commands.absence import end_absence, set_absence
from interlock.web.boundary import Caller, RightMissing, looking, needs, signed_in

router = APIRouter()


def in_person(caller: Annotated[Caller, Depends(signed_in)]) -> Caller:
    """The caller, when it is the account itself and no token of it: a token must not make tokens
    or change what its scopes do not name. Raises: RightMissing."""
    if caller.visitor.scopes is not None:
        raise RightMissing(Right.ADMINISTER, "this is done by the person, not with a token")
    return caller


Signed = Annotated[Caller, Depends(looking)]
InPerson = Annotated[Caller, Depends(in_person)]
Administering = Annotated[Caller, Depends(needs(Right.ADMINISTER))]
Short = Annotated[str, Form(max_length=200)]
SEE_OTHER: Final = 303
Day = Annotated[date, Form()]
NOBODY: Final = "there is no such person here"


@router.get("/people")
def people(request: Request, caller: Signed) -> HTMLResponse:
    """Queues with their people, and accounts with their roles."""
    return page(request, "people.html", section="people", people=people_of(caller))


@router.post("/people")
def add(
    caller: Administering,
    account: Short,
    name: Short = "",
    email: Short = "",
    kind: Short = "person",
) -> RedirectResponse:
    """Adds an account, without any role."""
    made = identity.add_account(
        caller.context, account.strip(), caller.id, name=name, email=email, is_agent=kind == "agent"
    )
    return _to(made.id)


@router.get("/people/{person}")
def person(request: Request, caller: Signed, person: str) -> HTMLResponse:
    """One person: roles, absences, and what may be changed."""
    view = person_page(caller, _account(caller, person))
    return page(request, "people_person.html", section="people", person=view, link="")


@router.post("/people/{person}/absence")
def absence(
    caller: InPerson, person: str, first: Day, last: Day, deputy: Short = ""
) -> RedirectResponse:
    """Says that somebody is away, from the first day to the last, both included."""
    begins = _midnight(first)
    now = caller.context.clock.now()
    since = max(begins, now) if begins.date() == now.astimezone().date() else begins
    until = _midnight(last + timedelta(days=1))
    set_absence(caller.context, person, since, until, deputy or None, caller.id)
    return _to(person)


@router.post("/people/{person}/absence/end")
def back(caller: InPerson, person: str) -> RedirectResponse:
    """Ends somebody's absences; they are back."""
    end_absence(caller.context, person, caller.id)
    return _to(person)


@router.post("/people/{person}/grant")
def grant(
    caller: Administering,
    person: str,
    *,
    role: Annotated[Role, Form()],
    workflow: Short = "",
    queue: Short = "",
    tenant: Short = "",
    up_to: Short = "",
) -> RedirectResponse:
    """Gives a role, in one place or everywhere."""
    limit = Money.parse(up_to.strip()) if up_to.strip() else None
    given = Grant(
        role=role,
        workflow=workflow or None,
        queue=queue or None,
        tenant=tenant.strip() or None,
        up_to=limit,
    )
    identity.grant_role(caller.context, person, given, caller.id)
    return _to(person)


@router.post("/people/{person}/revoke")
def revoke(
    caller: Administering,
    person: str,
    role: Annotated[Role, Form()],
    workflow: Short = "",
    queue: Short = "",
    tenant: Short = "",
) -> RedirectResponse:
    """Takes a role away in exactly this place."""
    held = Grant(role=role, workflow=workflow or None, queue=queue or None, tenant=tenant or None)
    identity.revoke_role(caller.context, person, held, caller.id)
    return _to(person)


@router.post("/people/{person}/active")
def switch(caller: Administering, person: str, active: Short) -> RedirectResponse:
    """Switches an account on or off."""
    identity.change_account(caller.context, person, caller.id, active=active == "yes")
    return _to(person)


@router.post("/people/{person}/link")
def link(request: Request, caller: Administering, person: str) -> HTMLResponse:
    """Makes a one-time sign-in link and shows it this once."""
    found = _account(caller, person)
    made = identity.make_link(caller.context, found.id, caller.id)
    address = f"{request.url.scheme}://{request.url.netloc}{made.path}"
    view = person_page(caller, found)
    return page(request, "people_person.html", section="people", person=view, link=address)


@router.get("/tokens")
def tokens(request: Request, caller: InPerson) -> HTMLResponse:
    """One's own API tokens."""
    return page(request, "people_tokens.html", section="people", tokens=tokens_of(caller))


@router.post("/tokens")
def new_token(
    request: Request,
    caller: InPerson,
    name: Short,
    scopes: Annotated[list[str] | None, Form()] = None,
    days: Annotated[int, Form(ge=0, le=3650)] = 90,
) -> HTMLResponse:
    """Makes a token and shows it this once."""
    now = caller.context.clock.now()
    row, secret = identity.new_token(
        caller.context,
        caller.id,
        name,
        scopes or [],
        caller.id,
        expires_at=now + timedelta(days=days) if days else None,
    )
    view = tokens_of(caller, secret, row.name)
    return page(request, "people_tokens.html", section="people", tokens=view)


@router.post("/tokens/revoke")
def revoke_token(caller: InPerson, token: Short) -> RedirectResponse:
    """Ends one of the caller's own tokens."""
    identity.revoke_token(caller.context, token, caller.id)
    return RedirectResponse("/tokens", SEE_OTHER)


def _account(caller: Caller, person: str) -> Account:
    """The account, when the caller may see it. Raises: HTTPException 404."""
    found = caller.store.account(person) if may_see(caller, person) else None
    if found is None:
        raise HTTPException(404, NOBODY)
    return found


def _midnight(day: date) -> datetime:
    """When the local day begins."""
    return datetime.combine(day, time()).astimezone()


def _to(person: str) -> RedirectResponse:
    return RedirectResponse(f"/people/{person}", SEE_OTHER)
