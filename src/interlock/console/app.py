"""The console as part of the web application: its pages, its files, its error pages.

One rule: every page module is named here; none is found by looking.
"""

from __future__ import annotations

from typing import Final

from fastapi import FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from interlock.console.pages import (
    alarm,
    answer,
    audit,
    bulk,
    case,
    cases,
    contract,
    decide,
    errors,
    events,
    home,
    live,
    map,
    pause,
    people,
    release,
    release_live,
    sign_in,
    task,
    training,
    value,
    work,
)

PAGES: Final = (
    work,
    task,
    decide,
    bulk,
    sign_in,
    answer,
    training,
    pause,
    alarm,
    events,
    errors,
    home,
    live,
    map,
    cases,
    case,
    contract,
    audit,
    people,
    release,
    release_live,
    value,
)
ASK_AGAIN: Final = "no-cache"  # the parts a script imports: a new release is never half old
A_YEAR: Final = "public, max-age=31536000, immutable"  # the address changes with the content


def attach(app: FastAPI) -> None:
    """Adds the console to the application: pages, static files, and errors as pages."""
    app.mount("/static", _Files(packages=[("interlock.console", "static")]), name="static")
    for module in PAGES:
        app.include_router(module.router, include_in_schema=False)
    app.state.error_page = errors.error_page


class _Files(StaticFiles):
    """The stylesheets and scripts, kept by the browser as long as their address stays."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file. Raises: HTTPException 404."""
        answer = await super().get_response(path, scope)
        has_version = b"v=" in scope.get("query_string", b"")
        answer.headers["cache-control"] = A_YEAR if has_version else ASK_AGAIN
        return answer
