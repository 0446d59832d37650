"""The release board as it becomes: its pieces, sent when the release, a verdict or a pause changed.

One rule: the decision form is never swapped under the hand; what changed is said beside it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from time import monotonic
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from sse_starlette import EventSourceResponse, JSONServerSentEvent, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from interlock.console.pages.workflow import contract_of
from interlock.console.shell import part
from interlock.console.views.release import board_of, which
from interlock.console.views.scope import scope_of
from interlock.console.views.workflow import head_now
from interlock.domain.contract import WorkflowContract
from interlock.domain.people import Right
from interlock.web.boundary import Caller, needs
from interlock.web.streams import AGAIN_AFTER_MS, LONGEST_STREAM_SECONDS, SEND_SECONDS

router = APIRouter()

Reader = Annotated[Caller, Depends(needs(Right.SEE))]
# No log tells of a verdict, so the board looks; the gate itself looks every fifteen seconds.
LOOK_SECONDS: Final = 2.0
PIECES: Final = {
    "board-verdict": "release_verdict.html",
    "board-gate": "release_gate.html",
    "board-conditions": "release_conditions.html",
    "board-triggers": "release_triggers.html",
    "board-segments": "release_segments.html",
    "board-budget": "release_budget.html",
    "board-agreement": "release_agreement.html",
    "board-history": "release_history.html",
    "board-news": "release_news.html",
    "pause-banner": "pause_banner.html",
}


@router.get("/events/release/{workflow}")
def release_events(request: Request, caller: Reader, workflow: str) -> EventSourceResponse:
    """The changes of one board. Raises: HTTPException 404."""
    contract = contract_of(scope_of(caller.context, caller.visitor), workflow)
    if caller.visitor.tenants is not None:
        raise HTTPException(404)
    asked = request.query_params
    live = _Live(
        request=request,
        caller=caller,
        contract=contract,
        wanted=asked.get("release", ""),
        segment=asked.get("segment", ""),
        seen=asked.get("seen", ""),
    )
    return EventSourceResponse(live.events(), send_timeout=SEND_SECONDS, ping=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Live:
    """One open board. seen: how the release stood when its page was made."""

    request: Request
    caller: Caller
    contract: WorkflowContract
    wanted: str
    segment: str
    seen: str

    async def events(self) -> AsyncIterator[ServerSentEvent]:
        """The time each look, and every piece when something is another than before."""
        yield ServerSentEvent(retry=AGAIN_AFTER_MS, comment="listening")
        ends, before = monotonic() + LONGEST_STREAM_SECONDS, await run_in_threadpool(self._mark)
        if self.seen and self.seen != before[0]:
            before = ("", ())  # it changed between the page and its stream
        while monotonic() < ends:
            mark = await run_in_threadpool(self._mark)
            if mark != before:
                before = mark
                for event in await run_in_threadpool(lambda: list(self._pieces())):
                    yield event
            yield ServerSentEvent(event="time", data=self._now())
            await asyncio.sleep(LOOK_SECONDS)

    def _now(self) -> str:
        return str(self.caller.context.clock.now().isoformat(timespec="seconds"))

    def _mark(self) -> tuple[str, Any]:
        """What a board is drawn from, as far as it can change without a look at the cases."""
        store = self.caller.store
        releases = store.releases(self.contract.workflow)
        release = which(releases, self.wanted)
        if release is None:
            return "", ()
        verdicts = store.verdicts(release.id, 1)
        latest = verdicts[0] if verdicts else None
        decision = str(latest.decision) if latest else ""
        paused = tuple(each.id for each in store.pauses_in_force())
        versions = tuple((each.id, each.version) for each in releases)
        number = latest.id if latest else None
        return seen_of(release.version, decision), (versions, number, paused)

    def _pieces(self) -> Iterator[ServerSentEvent]:
        caller = self.caller
        release = which(caller.store.releases(self.contract.workflow), self.wanted)
        if release is None:
            return
        board = board_of(caller, self.contract, release, self.segment)
        view = {
            "board": board,
            "head": head_now(caller.context, self.contract),
            "is_news": bool(self.seen) and self.seen != self._mark()[0],
        }
        for place, template in PIECES.items():
            html = part(self.request, template, **view).strip()
            yield JSONServerSentEvent({"id": place, "html": html}, event="fragment")


def seen_of(version: int, decision: str) -> str:
    """What the decision form of a board rests on, as one word."""
    return f"{version}-{decision}"
