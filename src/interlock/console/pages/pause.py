"""The pause form: anybody who may stop AI does it here, with a reason that all affected see.

One rule: stopping is easy and at once; going on needs the right to resume, and a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from interlock.console.guard import Form, text
from interlock.console.refusals import FormUnfit
from interlock.console.shell import page
from interlock.console.views.pauses import key_of, scope_in_words
from interlock.console.words import counted, sentence_of
from interlock.domain.pause import PauseScope, ScopeKind
from interlock.domain.people import Right
from interlock.errors import InterlockError
from interlock.runtime.commands.pausing import (
    PauseRefused,
    affected,
    may_set,
    pause,
    pauses,
    resume,
    scopes,
)
from interlock.web.boundary import Caller, needs
from interlock.web.problems import status_of

router = APIRouter()

Reader = Annotated[Caller, Depends(needs(Right.SEE))]
Pauser = Annotated[Caller, Depends(needs(Right.PAUSE))]
Resumer = Annotated[Caller, Depends(needs(Right.RESUME))]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeShown:
    """One thing that can be stopped. off: why the reader may not, empty when they may."""

    key: str
    label: str
    says: str
    off: str
    is_chosen: bool


@router.get("/pause")
def show_pause(request: Request, caller: Reader) -> Response:
    """What can be stopped, and what is."""
    return _page(request, caller, chosen=request.query_params.get("scope", ""))


@router.post("/pause")
def set_pause(request: Request, form: Form, caller: Pauser) -> Response:
    """Stops it, from the next durable point of every case on."""
    key, reason = text(form, "scope"), text(form, "reason")
    scope = _scope(caller, key, also=text(form, "also_actions") == "yes")
    try:
        pause(caller.context, scope, caller.id, reason)
    except PauseRefused as refused:
        return _page(request, caller, chosen=key, refused=refused, typed=reason)
    return RedirectResponse("/pause", HTTPStatus.SEE_OTHER)


@router.post("/pause/resume")
def lift_pause(request: Request, form: Form, caller: Resumer) -> Response:
    """Lets it go on."""
    key, reason = text(form, "scope"), text(form, "reason")
    scope = next((each.scope for each in pauses(caller.context) if key_of(each.scope) == key), None)
    if scope is None:
        raise FormUnfit("scope", key[:80])
    try:
        resume(caller.context, scope, caller.id, reason)
    except PauseRefused as refused:
        return _page(request, caller, refused=refused, typed=reason)
    return RedirectResponse("/pause", HTTPStatus.SEE_OTHER)


def _page(
    request: Request,
    caller: Caller,
    *,
    chosen: str = "",
    refused: InterlockError | None = None,
    typed: str = "",
) -> Response:
    view: dict[str, Any] = {
        "scopes": _shown(caller, chosen),
        "refused": f"{sentence_of(str(getattr(refused, 'reason', refused)))}." if refused else "",
        "typed": typed,
        "resumable": {
            key_of(each.scope): may_set(caller.context, each.scope, caller.id, Right.RESUME).allowed
            for each in pauses(caller.context)
        },
        "status": status_of(refused) if refused else HTTPStatus.OK,
    }
    return page(request, "pause.html", **view)


def _shown(caller: Caller, chosen: str) -> tuple[ScopeShown, ...]:
    context = caller.context
    contracts = {str(each.contract.workflow): each.contract for each in context.workflows}
    found: list[ScopeShown] = []
    for scope in scopes(context):
        if scope.workflow and not caller.may(Right.SEE, workflow=scope.workflow):
            continue
        may = may_set(context, scope, caller.id, Right.PAUSE)
        key = key_of(scope)
        found.append(
            ScopeShown(
                key=key,
                label=scope_in_words(scope, contracts),
                says=_says(scope, affected(context, scope)),
                off="" if may.allowed else may.reason,
                is_chosen=key == chosen or (not chosen and not found),
            )
        )
    return tuple(found)


def _says(scope: PauseScope, cases: int) -> str:
    if scope.kind is ScopeKind.ACTION:
        return f"{counted(cases, 'case')} would wait before it, whoever decided."
    return f"{counted(cases, 'case')} in AI hands would stop at a safe point. People go on."


def _scope(caller: Caller, key: str, *, also: bool) -> PauseScope:
    """The scope a form names. Raises: FormUnfit."""
    for scope in scopes(caller.context):
        if key_of(scope) == key:
            return PauseScope(
                kind=scope.kind, workflow=scope.workflow, name=scope.name, also_actions=also
            )
    raise FormUnfit("scope", key[:80])
