"""Signing in and out: by password, by a one-time link, or at another house.

One rule: a GET never signs anybody in. A link is opened by mail scanners before people see it, so
its page only shows a button, and the button posts.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from interlock import identity
from interlock.console.guard import Form, local_path, text
from interlock.console.shell import page, services_of
from interlock.console.words import sentence_of
from interlock.errors import InterlockError
from interlock.identity import LinkRefused, OidcRefused, SignInRefused, SignInTooSoon
from interlock.web.cookies import (
    clear_session_cookie,
    is_secure,
    session_secret,
    set_session_cookie,
)
from interlock.web.visitor import AnyVisitor

router = APIRouter()

ROUND_TRIP: Final = "interlock_elsewhere"  # the cookie of a sign-in at another house
ROUND_TRIP_SECONDS: Final = 600
BACK: Final = "/sign-in/elsewhere/back"


@router.get("/sign-in")
def sign_in(request: Request, visitor: AnyVisitor) -> Response:
    """The sign-in page; whoever is signed in already goes on."""
    there = local_path(request.query_params.get("next", ""))
    if visitor is not None:
        return RedirectResponse(there, HTTPStatus.SEE_OTHER)
    return _page(request, there)


@router.post("/sign-in")
def sign_in_with_password(request: Request, form: Form) -> Response:
    """Signs in with a name and a password, or says once more that they do not fit."""
    name, there = text(form, "name", most=200), local_path(text(form, "next"))
    password = form.get("password", "")
    try:
        _, secret = identity.sign_in_with_password(
            services_of(request).context,
            name,
            password if isinstance(password, str) else "",
            _address(request),
        )
    except (SignInRefused, SignInTooSoon) as refused:
        return _page(request, there, refused, name=name)
    return _come_in(request, secret, there)


@router.get("/sign-in/link/{token}")
def show_link(request: Request, token: str) -> Response:
    """The page of a one-time link. It looks nothing up and changes nothing."""
    del token  # what it is worth, only the button asks
    return page(request, "sign_in_link.html")


@router.post("/sign-in/link/{token}")
def sign_in_with_link(request: Request, token: str) -> Response:
    """Signs in with a one-time link, and uses it up."""
    try:
        _, secret = identity.sign_in_with_link(
            services_of(request).context, token, _address(request)
        )
    except LinkRefused as refused:
        return _page(request, "/", refused)
    return _come_in(request, secret, "/")


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    """Ends the session."""
    identity.sign_out(services_of(request).context, session_secret(request) or "")
    request.state.visitor = None
    answer = page(request, "signed_out.html", visitor=None, nav=())
    clear_session_cookie(request, answer)
    return answer


@router.get("/sign-in/elsewhere")
def begin_elsewhere(request: Request) -> Response:
    """To the other house, when the settings name one."""
    services = services_of(request)
    try:
        provider = identity.oidc_provider(services.settings)
        if provider is None:
            return RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
        start = identity.begin_oidc(services.context, provider, _back(request))
    except OidcRefused as refused:
        return _page(request, "/", refused)
    answer = RedirectResponse(start.url, HTTPStatus.SEE_OTHER)
    answer.set_cookie(
        ROUND_TRIP,
        start.kept,
        max_age=ROUND_TRIP_SECONDS,
        httponly=True,
        secure=is_secure(request),
        samesite="lax",
    )
    return answer


@router.get(BACK)
def back_from_elsewhere(request: Request, state: str = "", code: str = "") -> Response:
    """Signs in whoever the other house says it is."""
    services = services_of(request)
    try:
        provider = identity.oidc_provider(services.settings)
        if provider is None:
            return RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
        _, secret = identity.finish_oidc(
            services.context,
            provider,
            kept=request.cookies.get(ROUND_TRIP, ""),
            state=state,
            code=code,
            address=_address(request),
        )
    except OidcRefused as refused:
        return _page(request, "/", refused)
    answer = _come_in(request, secret, "/")
    answer.delete_cookie(ROUND_TRIP)
    return answer


def _page(
    request: Request, there: str, refused: InterlockError | None = None, *, name: str = ""
) -> Response:
    provider = identity.oidc_provider(services_of(request).settings)
    view: dict[str, Any] = {
        "next": there,
        "elsewhere": provider.name if provider else "",
        "name": name,
        "refused": sentence_of(str(refused)) if refused else "",
    }
    status = 200
    headers: dict[str, str] = {}
    if refused is not None:
        status = HTTPStatus.UNAUTHORIZED
    if isinstance(refused, SignInTooSoon):
        status = HTTPStatus.TOO_MANY_REQUESTS
        headers = {"retry-after": str(refused.seconds)}
    return page(request, "sign_in.html", status=status, headers=headers, **view)


def _come_in(request: Request, secret: str, there: str) -> Response:
    answer = RedirectResponse(there, HTTPStatus.SEE_OTHER)
    set_session_cookie(request, answer, secret)
    return answer


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _back(request: Request) -> str:
    public = request.app.state.web.public_url or str(request.base_url).rstrip("/")
    return f"{public}{BACK}"
