"""The web application: one for the API and the console, with all that both rely on.

Its one rule: what every request must pass stands here, so that no route can forget it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from interlock.bootstrap import Services
from interlock.web.changes import Feed
from interlock.web.csrf import check_csrf
from interlock.web.envelope import Envelope
from interlock.web.hosts import KnownHosts
from interlock.web.limits import RateLimit, SizeLimit
from interlock.web.measures import Measures
from interlock.web.problems import handle_problems
from interlock.web.settings import WebSettings, load_web_settings


def new_app(services: Services, settings: WebSettings | None = None) -> FastAPI:
    """An application without routes; `api.attach` and `console.attach` give it theirs.

    `app.state` holds `services`, `web` (its settings), `feed`, `rate_limit`, `measures`, and
    `error_page`, which the console sets to answer people with a page: (request, Problem) ->
    Response.
    """
    web = settings or load_web_settings()
    app = FastAPI(
        title="Interlock",
        docs_url=None,  # their pages load scripts from elsewhere
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(check_csrf)],
        lifespan=_lifespan,
    )
    app.state.services = services
    app.state.web = web
    app.state.feed = Feed(services.store)
    app.state.rate_limit = RateLimit(web.rate_limit)
    app.state.measures = Measures()
    app.state.error_page = None
    handle_problems(app)
    # The last one added stands outermost.
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=web.max_body_bytes)
    app.add_middleware(SizeLimit, max_bytes=web.max_body_bytes)
    app.add_middleware(KnownHosts, names=web.names)
    app.add_middleware(Envelope)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    await app.state.feed.close()
