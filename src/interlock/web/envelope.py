"""Around every request: a reference, safe headers, one line in the log, and a last net for errors.

Its one rule: neither the log nor an answer to a crash tells anything of what was asked or kept;
the route's own pattern and the reference are enough to find it again.
"""

from __future__ import annotations

import re
import secrets
from time import perf_counter
from typing import Final

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from interlock.observe import log
from interlock.web.problems import answer, crashed

REQUEST_ANSWERED: Final = "request_answered"
REQUEST_CRASHED: Final = "request_crashed"
REQUEST_ID: Final = "x-request-id"
GIVEN_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}\Z")  # a proxy's own reference is kept
CONTENT_POLICY: Final = (
    "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
)
SAFE_HEADERS: Final = (
    ("content-security-policy", CONTENT_POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
    ("cache-control", "no-store"),  # a page of this product holds other people's business
)
HTTPS_ONLY: Final = ("strict-transport-security", "max-age=31536000")  # a year, in seconds


class Envelope:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one request; anything that is none passes through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        reference = _reference(Headers(scope=scope).get(REQUEST_ID, ""))
        scope.setdefault("state", {})["request_id"] = reference
        sealed = _Sealed(scope, send, reference)
        began = perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=reference):
            try:
                await self._app(scope, receive, sealed)
            except Exception as crash:  # noqa: BLE001  (the request edge)
                log().error(REQUEST_CRASHED, route=_route(scope), error=type(crash).__name__)
                if not sealed.status:
                    response = answer(Request(scope), crashed())
                    await response(scope, receive, sealed)
            _tell(scope, sealed.status, perf_counter() - began)


class _Sealed:
    """Sends on, with the safe headers put in where the route set none of its own."""

    def __init__(self, scope: Scope, send: Send, reference: str) -> None:
        self._scope, self._send, self._reference = scope, send, reference
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in SAFE_HEADERS:
                headers.setdefault(name, value)
            if self._scope["scheme"] == "https":
                headers.setdefault(*HTTPS_ONLY)
            headers[REQUEST_ID] = self._reference
        await self._send(message)


def _reference(given: str) -> str:
    return given if GIVEN_ID.match(given) else secrets.token_hex(8)


def _route(scope: Scope) -> str:
    """The pattern of the route: a path itself may hold a key or a one-time link.

    A route knows its own end of the address only; what stands before it is fixed.
    """
    template: str | None = getattr(scope.get("route"), "path", None)
    if template is None:
        return "none"
    parts = scope["path"].split("/")
    return "/".join(parts[: len(parts) - template.count("/")]) + template


def _tell(scope: Scope, status: int, seconds: float) -> None:
    visitor = scope["state"].get("visitor")
    scope["app"].state.measures.answered(scope["method"], _route(scope), status, seconds)
    log().info(
        REQUEST_ANSWERED,
        method=scope["method"],
        route=_route(scope),
        status=status,
        took_ms=round(seconds * 1000, 1),
        visitor=visitor.account.id if visitor is not None else "",
    )
