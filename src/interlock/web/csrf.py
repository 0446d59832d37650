"""No other site can make a visitor's browser change anything here.

Two checks, each enough on its own: where the request comes from, as browsers say it, and a token
that only our own pages hold. The token is derived from the session's secret, so nothing is kept.
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import Depends
from starlette.datastructures import UploadFile
from starlette.requests import Request

from interlock.errors import InterlockError
from interlock.web.cookies import session_secret

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
HEADER: Final = "x-csrf-token"
FIELD: Final = "csrf"
OUR_OWN: Final = frozenset({"same-origin", "none"})  # none: typed or bookmarked by the person
PURPOSE: Final = b"interlock csrf token"


class ForeignRequest(InterlockError):
    """A changing request that did not verifiably come from our own pages."""

    code = "foreign_request"

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:
        return f"{self.why}; nothing was recorded; load the page again and repeat it there"


def csrf_token(request: Request) -> str:
    """The token for forms of this visitor; empty while nobody is signed in by cookie."""
    secret = session_secret(request)
    return hmac.new(secret.encode(), PURPOSE, sha256).hexdigest() if secret else ""


async def check_csrf(request: Request) -> None:
    """Nothing, when the request may change something. Raises: ForeignRequest.

    A bearer token is sent by programs on purpose and never by a browser on its own, so it needs
    no further check.
    """
    if request.method in SAFE_METHODS or "authorization" in request.headers:
        return
    _check_source(request)
    wanted = csrf_token(request)
    if wanted and not hmac.compare_digest(wanted.encode(), (await _given(request)).encode()):
        raise ForeignRequest("the form's token is missing or of another session")


CheckCsrf = Annotated[None, Depends(check_csrf)]


def _check_source(request: Request) -> None:
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in OUR_OWN:
        raise ForeignRequest("the request was sent by another site")
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc not in _own_places(request):
        raise ForeignRequest("the request was sent from another origin")


def _own_places(request: Request) -> tuple[str, ...]:
    """Host and port as the browser knows them; a proxy may have put its own into the request."""
    public = urlsplit(request.app.state.web.public_url).netloc
    return tuple(each for each in (request.headers.get("host"), public) if each)


async def _given(request: Request) -> str:
    token = request.headers.get(HEADER)
    if token is not None:
        return token
    field = (await request.form()).get(FIELD, "")
    return "" if isinstance(field, UploadFile) else field
