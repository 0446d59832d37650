"""What is live: pieces of the desk, sent when something changes, as the reader may see them.

One rule: nothing moves under the hand. New work comes behind a button; a row changes in its place;
what is on the reader's own task is said beside it, never swapped under it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from interlock.console import words
from interlock.console.desk import queue_part
from interlock.console.shell import fragment
from interlock.console.views.alarm_line import alarms_for_desk
from interlock.console.views.queue import row_of
from interlock.console.views.queue_filter import QueueFilter
from interlock.domain.fact import FactKind
from interlock.domain.ids import CaseId
from interlock.domain.people import Right
from interlock.domain.review import ReviewState, ReviewTask
from interlock.domain.rules.outlook import name_of
from interlock.storage import TaskQuery
from interlock.web.boundary import Caller, needs
from interlock.web.changes import HOUSE, REFRESH, Change
from interlock.web.streams import stream_changes

router = APIRouter()

Reader = Annotated[Caller, Depends(needs(Right.SEE))]
NEW_WORK: Final = "New tasks. Show them"
OTHER: Final = "The queue changed. Show it"
OPENING: Final = frozenset({FactKind.REVIEW_OPENED})
MOVING: Final = frozenset(
    {
        FactKind.REVIEW_CLAIMED,
        FactKind.REVIEW_RELEASED,
        FactKind.REVIEW_DECIDED,
        FactKind.REVIEW_BREACHED,
        FactKind.QUESTION_ASKED,
        FactKind.QUESTION_ANSWERED,
        FactKind.CASE_CLOSED,
    }
)
LATEST: Final = 3  # tasks of a case that may stand in a queue on somebody's screen


@router.get("/events/work")
def work_events(request: Request, caller: Reader) -> EventSourceResponse:
    """The changes of the desk, as pieces of its page."""
    desk = _Desk(
        request=request,
        caller=caller,
        wanted=QueueFilter.parse(request.query_params),
        chosen=request.query_params.get("task", ""),
    )
    return stream_changes(request, caller.visitor, desk.pieces, wants=_matters)


def _matters(change: Change) -> bool:
    return change.kind in OPENING | MOVING or change.kind in (HOUSE, REFRESH)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """One open desk: whose, narrowed how, at which task."""

    request: Request
    caller: Caller
    wanted: QueueFilter
    chosen: str

    def pieces(self, change: Change) -> Iterator[ServerSentEvent]:
        """The events of one change."""
        yield ServerSentEvent(event="time", data=self._now().isoformat(timespec="seconds"))
        if change.kind == HOUSE:
            yield self._piece("pause-banner", "pause_banner.html")
            yield self._alarms()
            return
        yield self._piece("nav-work", "nav_count.html")
        queue = self._queue()
        yield self._piece("queue-views", "work_views.html", **queue)
        yield self._piece("queue-count", "work_count.html", **queue)
        if change.kind == REFRESH:
            yield self._list(OTHER)
        elif change.kind in OPENING:
            yield self._list(NEW_WORK)
        else:
            yield from self._moved(change)

    def _alarms(self) -> ServerSentEvent:
        level = 3 if self.chosen else 2
        found = alarms_for_desk(self.caller)
        return self._piece("desk-alarms", "work_alarms.html", alarms=found, level_of_groups=level)

    def _moved(self, change: Change) -> Iterator[ServerSentEvent]:
        for task in self._tasks(change.case_id):
            row = self._row(task)
            if row is not None:
                yield row
            if task.id == self.chosen:
                yield self._news(task)
        if change.kind == FactKind.REVIEW_DECIDED:
            yield self._piece("held", "work_held.html", **self._queue())

    def _tasks(self, case_id: str) -> list[ReviewTask]:
        query = TaskQuery(case_id=CaseId(case_id), states=tuple(ReviewState), limit=50)
        tasks = sorted(self.caller.store.tasks(query), key=lambda each: each.opened_at)
        return tasks[-LATEST:]

    def _row(self, task: ReviewTask) -> ServerSentEvent | None:
        found = self.caller.store.load([task.case_id])
        contract = self.caller.contract_of(found[0]) if found else None
        if contract is None:
            return None
        row = row_of(contract, found[0], task, self._now(), self.caller.visitor)
        shown: dict[str, Any] = {"r": row, "filter": self.wanted, "current": self.chosen}
        return self._piece(f"row-{task.id}", "work_row.html", **shown)

    def _news(self, task: ReviewTask) -> ServerSentEvent:
        """What happened to the task on the screen, beside it."""
        [case] = self.caller.store.load([task.case_id])
        contract = self.caller.contract_of(case)
        holder = task.held_by or ""
        text = ""
        if not task.is_live:
            text = f"{words.ENDED[task.state]} meanwhile. There is nothing left to decide here."
        elif holder and holder != self.caller.id:
            name = name_of(contract, holder) if contract else holder
            text = f"{name} has taken this meanwhile."
        elif task.questions and task.clock_stopped_at is None and task.questions[-1].answer:
            text = "The answer to the question has come."
        return self._piece("task-news", "task_news.html", text=text, again=self._here())

    def _list(self, pill: str) -> ServerSentEvent:
        return self._piece("q-list", "work_list.html", pill=pill, **self._queue())

    def _queue(self) -> dict[str, Any]:
        return queue_part(self.caller, self.wanted, current=self.chosen)

    def _here(self) -> str:
        return self.wanted.link(task=self.chosen)

    def _now(self) -> Any:
        return self.caller.services.clock.now()

    def _piece(self, place: str, template: str, *, pill: str = "", **view: Any) -> ServerSentEvent:
        return fragment(self.request, place, template, pill=pill, **view)
