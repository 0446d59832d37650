"""The API as part of the web application. Every router is named here; none is found by looking."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from interlock.api.description import PREFIX, describe_with
from interlock.api.gauges import Gauges
from interlock.api.routes import (
    alarms,
    cases,
    contracts,
    deciding,
    events,
    health,
    house,
    people,
    protected,
    releases,
    reviews,
)

ROUTERS: Final[tuple[APIRouter, ...]] = (
    cases.router,
    reviews.queues,
    deciding.router,  # its /bulk stands before a task's own address
    reviews.router,
    contracts.router,
    protected.router,
    releases.router,
    house.audit,
    house.pauses,
    alarms.router,
    people.me,
    people.accounts,
    people.absences,
    events.router,
)


def attach(app: FastAPI) -> None:
    """Adds the API to the application, its description, and the addresses for monitoring."""
    for router in ROUTERS:
        app.include_router(router, prefix=PREFIX)
    app.include_router(health.router)
    app.state.measures.registry.register(Gauges(app.state.services, app.state.feed))
    app.openapi = describe_with(app)  # type: ignore[method-assign]

    async def description(_: Request) -> Response:
        document: dict[str, Any] = app.openapi()
        return JSONResponse(document)

    app.add_route(f"{PREFIX}/openapi.json", description, include_in_schema=False)
