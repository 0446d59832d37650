"""The session cookie: unreadable for scripts, sent to this host alone, never over a bare network.

Its one rule: it is `Secure` unless the visitor is on this very machine.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from interlock.web.settings import LOOPBACK

PLAIN_NAME: Final = "interlock_session"
SECURE_NAME: Final = "__Host-interlock_session"  # the browser itself holds it to this host


def session_secret(request: Request) -> str | None:
    """What the visitor's session cookie holds; None without one."""
    return request.cookies.get(cookie_name(request))


def set_session_cookie(
    request: Request, response: Response, secret: str, *, expires_at: datetime | None = None
) -> None:
    """Puts the session's secret into the answer. expires_at: aware; None: with the browser."""
    response.set_cookie(
        cookie_name(request),
        secret,
        expires=expires_at,
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )


def clear_session_cookie(request: Request, response: Response) -> None:
    """Makes the browser forget the session."""
    response.delete_cookie(
        cookie_name(request), path="/", secure=is_secure(request), httponly=True, samesite="lax"
    )


def cookie_name(request: Request) -> str:
    """What the cookie is called on this connection."""
    return SECURE_NAME if is_secure(request) else PLAIN_NAME


def is_secure(request: Request) -> bool:
    """Whether cookies must be `Secure`: everywhere but on plain HTTP to this machine."""
    return request.url.scheme == "https" or request.url.hostname not in LOOPBACK
