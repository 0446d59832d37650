"""How much anybody may send, and how often.

Its one rule: what is refused for its size or its rate was not worked on at all.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from math import ceil
from time import monotonic
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from interlock.errors import InterlockError
from interlock.web.problems import answer, problem

MOST_VISITORS: Final = 10_000  # remembered at once; the longest unseen is forgotten first
BURST_SHARE: Final = 0.25  # of a minute's requests may come at once
MINUTE: Final = 60.0  # seconds


class RateExceeded(InterlockError):
    """One visitor asked too often. `seconds`: when the next request will be taken."""

    code = "rate_exceeded"

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds

    def __str__(self) -> str:
        return f"too many requests; nothing was done; try again in {self.seconds} s"


class RateLimit:
    """A token bucket a visitor. May be shared by threads."""

    def __init__(self, a_minute: int, timer: Callable[[], float] = monotonic) -> None:
        """a_minute: requests; 0 for no limit."""
        self._rate, self._size = a_minute / MINUTE, max(1.0, a_minute * BURST_SHARE)
        self._timer, self._lock = timer, threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, who: str) -> None:
        """Counts one request. Raises: RateExceeded."""
        if self._rate == 0:
            return
        with self._lock:
            now = self._timer()
            left, at = self._buckets.get(who, (self._size, now))
            left = min(self._size, left + (now - at) * self._rate)
            spent = left < 1
            self._buckets[who] = (left if spent else left - 1, now)
            self._buckets.move_to_end(who)
            if len(self._buckets) > MOST_VISITORS:
                self._buckets.popitem(last=False)
        if spent:
            raise RateExceeded(ceil((1 - left) / self._rate))


class SizeLimit:
    """Refuses a request that says itself that it is too large, before it is read."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app, self._max = app, max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one request."""
        if scope["type"] == "http":
            length = Headers(scope=scope).get("content-length", "0")
            if not length.isdecimal() or int(length) > self._max:
                found = problem(
                    413,
                    "body_too_large",
                    f"the request has {length[:20]} bytes and at most {self._max:,} are taken; "
                    "send less at once, or raise INTERLOCK_MAX_BODY_MB",
                )
                await answer(Request(scope), found)(scope, receive, send)
                return
        await self._app(scope, receive, send)
