"""Is it alive, is it ready, and how does it fare: for load balancers and monitoring.

Its one rule: what anybody may ask tells nothing of the business and nothing of the machine.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Final

from fastapi import APIRouter, Depends, Request, Response

from interlock.api.shapes.plain import Shape
from interlock.bootstrap import Services
from interlock.domain.people import Right
from interlock.errors import InterlockError
from interlock.identity import Visitor
from interlock.storage import Store
from interlock.web.boundary import RightMissing
from interlock.web.measures import MEDIA_TYPE, Measures
from interlock.web.settings import LOOPBACK
from interlock.web.visitor import AnyVisitor, SignInNeeded

router = APIRouter(tags=["health"])

FORWARDED: Final = ("x-forwarded-for", "forwarded")


class Alive(Shape):
    """The process answers."""

    is_alive: bool = True


class Ready(Shape):
    """Work can be taken in and will be done."""

    is_ready: bool = True


class Version(Shape):
    """Which version this is."""

    version: str


class NotReady(InterlockError):
    """Something this process cannot work without is missing."""

    code = "not_ready"

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what

    def __str__(self) -> str:
        return f"not ready: {self.what}; see `interlock doctor` on the machine it runs on"


@router.get("/healthz")
def healthz() -> Alive:
    """The process answers; nothing else is looked at."""
    return Alive()


@router.get("/readyz")
def readyz(request: Request) -> Ready:
    """The database is there and current, and a worker lives. 503 when not, with what is missing."""
    services: Services = request.app.state.services
    missing = _missing(services.store)
    if missing:
        raise NotReady(missing)
    return Ready()


@router.get("/version")
def which_version() -> Version:
    """Which version this is."""
    try:
        return Version(version=version("interlock"))
    except PackageNotFoundError:
        return Version(version="not installed")


def _monitoring(request: Request, visitor: AnyVisitor) -> Visitor | None:
    """Lets in this machine itself, and whoever may see. Raises: SignInNeeded, RightMissing."""
    here = request.client is not None and request.client.host in LOOPBACK
    if here and not any(name in request.headers for name in FORWARDED):
        return visitor
    if visitor is None:
        raise SignInNeeded
    permission = visitor.may(Right.SEE)
    if not permission.allowed:
        raise RightMissing(Right.SEE, permission.reason)
    return visitor


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}, "description": "In Prometheus's format."}},
    dependencies=[Depends(_monitoring)],
)
def metrics(request: Request) -> Response:
    """Numbers of this process and of the queues, for this machine or for whoever may see."""
    measures: Measures = request.app.state.measures
    return Response(measures.text(), media_type=MEDIA_TYPE)


def _missing(store: Store) -> str:
    """What is missing, in words that tell nothing of the machine; empty when nothing is."""
    try:
        store.require_current_schema()
        living = any(each.is_alive for each in store.workers())
    except InterlockError as problem:
        return problem.code.replace("_", " ")
    return "" if living else "no worker lives"
