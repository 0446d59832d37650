"""Pages of a list: where the next one begins, as a text that callers hand back unread.

Its one rule: a position says where, never what may be seen; every page asks for the rights anew.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, TypeVar

from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import Response

from interlock.errors import InterlockError

T = TypeVar("T")

MOMENT_AND_ID: Final = 2


class PositionUnknown(InterlockError):
    """A position that no page of ours ended with."""

    code = "position_unknown"

    def __str__(self) -> str:
        return "`after` is no position of this list; begin without it, and go on with its `next`"


def moment_and_id(text: str | None) -> tuple[datetime, str] | None:
    """The (time, id) a position stands for. Raises: PositionUnknown."""
    if text is None:
        return None
    try:
        at, last = json.loads(base64.urlsafe_b64decode(text.encode("ascii")))
        moment = datetime.fromisoformat(at)
    except (ValueError, TypeError, binascii.Error):
        raise PositionUnknown from None
    if not isinstance(last, str) or not last.isascii() or "\0" in last or moment.tzinfo is None:
        raise PositionUnknown
    return moment, last


def number(text: str | None) -> int | None:
    """The place in a log a position stands for. Raises: PositionUnknown."""
    if text is None:
        return None
    if not text.isascii() or not text.isdecimal() or int(text[:19]) >= 2**31:
        raise PositionUnknown
    return int(text)


def position(at: datetime, last: str) -> str:
    """The position after the thing of this time and id."""
    plain = json.dumps([at.isoformat(), last], separators=(",", ":"))
    return base64.urlsafe_b64encode(plain.encode()).decode()


def cut(found: Sequence[T], limit: int, after: Callable[[T], str]) -> tuple[list[T], str | None]:
    """The page and its `next`, of a list that was read one longer than the page."""
    page = list(found[:limit])
    return page, after(page[-1]) if len(found) > limit else None


def link_next(request: Request, response: Response, following: str | None) -> None:
    """Says in the `Link` header where the next page is (RFC 8288)."""
    if following is not None:
        there = URL(str(request.url)).include_query_params(after=following)
        response.headers["link"] = f'<{there.path}?{there.query}>; rel="next"'
