"""A request that is sent twice is done once: POST with an `Idempotency-Key`.

Its one rule: the key, the visitor with their rights, and the whole request must be the same; then
the first answer is given again, and else nothing is done.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from hashlib import sha256
from typing import Any, Final

from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from interlock.bootstrap import Services
from interlock.canonical import digest
from interlock.errors import InterlockError
from interlock.identity import Visitor
from interlock.storage import KeptAnswer, KeyState
from interlock.web.problems import answer, problem, problem_of
from interlock.web.visitor import visitor_if_any

HEADER: Final = "idempotency-key"
REPLAYED: Final = "idempotency-replayed"
LONGEST_KEY: Final = 255
KEPT_HEADERS: Final = ("content-type", "etag", "location")
BROKE: Final = 500
RETRY_SECONDS: Final = "1"

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class IdempotentRoute(APIRoute):
    """A route of the API; it looks at the key before anything else is done."""

    def get_route_handler(self) -> Handler:
        """The handler that FastAPI made, done once a key."""
        handle = super().get_route_handler()

        async def once(request: Request) -> Response:
            key = request.headers.get(HEADER)
            if request.method != "POST" or key is None:
                return await handle(request)
            visitor = await run_in_threadpool(visitor_if_any, request)
            if visitor is None:
                return await handle(request)  # it will be refused
            return await _once(request, key, visitor, handle)

        return once


async def _once(request: Request, key: str, visitor: Visitor, handle: Handler) -> Response:
    if not 0 < len(key) <= LONGEST_KEY or not key.isprintable() or not key.isascii():
        detail = f"an Idempotency-Key has 1 to {LONGEST_KEY} plain letters; nothing was done"
        return answer(request, problem(422, "idempotency_key_invalid", detail))
    services: Services = request.app.state.services
    store, asked = services.store, await _digest(request, visitor)
    found = await run_in_threadpool(
        store.begin_answer, visitor.id, key, asked, services.clock.now()
    )
    if found.state is not KeyState.MINE:
        return _known(request, found)
    try:
        response = await _handled(request, handle)
    except BaseException:
        await run_in_threadpool(store.forget_answer, visitor.id, key, asked)
        raise
    if response.status_code >= BROKE:
        await run_in_threadpool(store.forget_answer, visitor.id, key, asked)
        return response
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}

    def keep() -> None:
        store.keep_answer(
            visitor.id,
            key,
            asked,
            status=response.status_code,
            headers=headers,
            body=bytes(response.body),
        )

    await run_in_threadpool(keep)
    return response


async def _handled(request: Request, handle: Handler) -> Response:
    """The answer, refusals too: they are what the same request is to be told again."""
    try:
        return await handle(request)
    except InterlockError as refused:
        return answer(request, problem_of(refused))


def _known(request: Request, found: KeptAnswer) -> Response:
    if found.state is KeyState.ANSWERED:
        headers = {**found.headers, REPLAYED: "true"}
        return Response(found.body, found.status, headers)
    if found.state is KeyState.RUNNING:
        detail = "the same request is being done just now; ask again in a moment"
        refusal = answer(request, problem(409, "idempotency_in_progress", detail))
        refusal.headers["retry-after"] = RETRY_SECONDS
        return refusal
    detail = (
        "this Idempotency-Key was used for another request or with other rights; nothing was "
        "done; take a new key for a new request"
    )
    return answer(request, problem(409, "idempotency_key_reused", detail))


async def _digest(request: Request, visitor: Visitor) -> str:
    """What the request asks, and with which rights."""
    body = sha256(await request.body()).hexdigest()
    grants = sorted(repr(grant) for grant in visitor.account.grants)
    scopes = None if visitor.scopes is None else sorted(visitor.scopes)
    asked = [request.url.path, request.url.query, request.headers.get("if-match", ""), body]
    return digest([*asked, request.headers.get("content-type", ""), grants, scopes])
