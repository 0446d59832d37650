"""Which names this process answers to. A foreign name means a browser was led here by a trick
(DNS rebinding), so nothing is looked at before the name is right."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from interlock.web.problems import answer, problem


class KnownHosts:
    """Refuses requests to any other name. `names`: in small letters, without a port."""

    def __init__(self, app: ASGIApp, names: frozenset[str]) -> None:
        self._app, self._names = app, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one request."""
        if scope["type"] == "http" and _name(Headers(scope=scope)) not in self._names:
            found = problem(
                421,
                "host_unknown",
                "this service is not called that; use its own address, or name it in "
                "INTERLOCK_PUBLIC_URL or INTERLOCK_TRUSTED_HOSTS",
            )
            await answer(Request(scope), found)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _name(headers: Headers) -> str:
    try:
        return (urlsplit(f"//{headers.get('host', '')}").hostname or "").lower()
    except ValueError:  # brackets that hold no address
        return ""
