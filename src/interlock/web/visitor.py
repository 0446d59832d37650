"""Who is asking. One function finds it out for every page and every call.

Its one rule: a request that names a token is judged by the token alone, never by its cookie.
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends
from starlette.requests import Request

from interlock import identity
from interlock.bootstrap import Services
from interlock.errors import InterlockError
from interlock.identity import Visitor
from interlock.web.cookies import session_secret
from interlock.web.limits import RateLimit

BEARER: Final = "bearer"
MOST_LETTERS: Final = 200  # of a token or a session's secret; ours are shorter


class SignInNeeded(InterlockError):
    """Nobody is signed in, and this is not for everybody."""

    code = "sign_in_needed"

    def __str__(self) -> str:
        return "this is for people who are signed in; sign in, or send a token that is valid"


def visitor(request: Request) -> Visitor:
    """Who is asking. Raises: SignInNeeded, RateExceeded."""
    found = visitor_if_any(request)
    if found is None:
        raise SignInNeeded
    return found


def visitor_if_any(request: Request) -> Visitor | None:
    """Who is asking; None when nobody is signed in. Raises: RateExceeded."""
    known: Visitor | None = getattr(request.state, "visitor", None)
    if known is not None:
        return known
    found = _found(request)
    limit: RateLimit = request.app.state.rate_limit
    if found is None:
        limit.take(f"from {request.client.host if request.client else 'nowhere'}")
        return None
    limit.take(f"as {found.account.id}")
    request.state.visitor = found
    return found


TheVisitor = Annotated[Visitor, Depends(visitor)]
AnyVisitor = Annotated[Visitor | None, Depends(visitor_if_any)]


def _found(request: Request) -> Visitor | None:
    services: Services = request.app.state.services
    header = request.headers.get("authorization")
    if header is not None:
        kind, _, token = header.partition(" ")
        token = token.strip()
        if kind.lower() != BEARER or not 0 < len(token) <= MOST_LETTERS:
            return None
        return identity.authenticate_token(services.context, token)
    secret = session_secret(request)
    if not secret or len(secret) > MOST_LETTERS:
        return None
    return identity.session_of(services.context, secret)
