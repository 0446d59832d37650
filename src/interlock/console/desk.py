"""The desk as a page: the queue beside the task, whatever brought the reader here.

One rule: every way to the desk, also a refused form, ends in this one page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse

from interlock.console import words
from interlock.console.shell import page
from interlock.console.views.alarm_line import alarms_for_desk
from interlock.console.views.held import held_decisions
from interlock.console.views.queue import QueueView, queue_view
from interlock.console.views.queue_filter import QueueFilter
from interlock.console.views.release_alerts import signatures_for
from interlock.console.views.scope import scope_of
from interlock.console.views.task import NOTHING_TYPED, TaskView, Typed, task_view
from interlock.domain.review import Decision, ReviewKind, ReviewTask
from interlock.runtime.commands.comments import Comment, comments
from interlock.web.boundary import Caller

EVENTS: Final = "/events/work"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the desk says of what was just done. state: ok, info, warn or bad."""

    text: str
    state: str = "ok"
    icon: str = "check"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLink:
    """Where the other side can answer, shown once."""

    party: str
    url: str


SAID: Final = MappingProxyType(
    {
        "taken": Said(text="It is yours for now: nobody else starts on it."),
        "given_back": Said(text="You gave it back. It waits in its queue again."),
        "taken_over": Said(text="You hold it now, with all they had."),
        "handed_back": Said(text="You handed it back."),
        "passed_on": Said(text="Passed on. It is kept for them until it is at risk."),
        "answered": Said(text="The answer is on record, and the clock runs again."),
        "commented": Said(text="Your comment is on the case."),
        "undone": Said(text="Taken back. Nothing came of your decision; you hold the task."),
        "own": Said(text="Your own answer is on record. Below is what the AI said."),
        "kept": Said(text="This filter is kept."),
        "none_left": Said(
            text="Nothing is left that you could take now.", state="info", icon="info"
        ),
    }
)


def desk_page(
    request: Request,
    caller: Caller,
    wanted: QueueFilter,
    *,
    task: ReviewTask | None = None,
    typed: Typed = NOTHING_TYPED,
    said: Said | None = None,
    link: AskedLink | None = None,
    status: int = 200,
) -> HTMLResponse:
    """The desk with this queue, and with this task when one is chosen."""
    shown = task_view(caller, task, typed) if task is not None else None
    tail = wanted.query(**({"task": task.id} if task else {}))
    return page(
        request,
        "work.html",
        section="work",
        status=status,
        events=f"{EVENTS}?{tail}" if tail else EVENTS,
        t=shown,
        said=said,
        asked_link=link,
        comments=_comments(caller, shown),
        decided=_decided(caller, shown),
        alarms=alarms_for_desk(caller),
        done_words=words.DONE,
        to_sign=signatures_for(caller, scope_of(caller.context, caller.visitor)),
        **queue_part(caller, wanted, current=task.id if task else ""),
    )


def queue_part(caller: Caller, wanted: QueueFilter, *, current: str) -> dict[str, Any]:
    """What the queue of the desk needs, on the page and in its fragments."""
    now = caller.services.clock.now()
    queue = queue_view(caller.context, caller.visitor, wanted, now)
    contracts = {each.contract.workflow: each.contract.title for each in caller.context.workflows}
    return {
        "queue": queue,
        "filter": wanted,
        "current": current,
        "level_of_groups": 3 if current else 2,
        "held": held_decisions(caller.context, caller.id, now),
        "queue_names": _names(str(place.queue) for place in _shown(queue, wanted)),
        "workflows": tuple(
            (str(place), contracts.get(place, str(place)))
            for place in dict.fromkeys(each.workflow for each in queue.places.team)
        ),
        "kinds": tuple((str(kind), words.KINDS[kind]) for kind in ReviewKind if kind in SHOWN),
        "saved": [v for v in caller.store.saved_views(caller.id) if not v.is_of_cases],
        "saved_problem": "",
    }


SHOWN: Final = tuple(kind for kind in ReviewKind if kind is not ReviewKind.PROBE)


def _shown(queue: QueueView, wanted: QueueFilter) -> Iterable[Any]:
    return queue.places.mine if wanted.view == "mine" else queue.places.team


def _names(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(dict.fromkeys(found)))


def _comments(caller: Caller, shown: TaskView | None) -> list[Comment]:
    return comments(caller.context, shown.case.id) if shown and not shown.hidden else []


def _decided(caller: Caller, shown: TaskView | None) -> Decision | None:
    """What was decided of a task that is over."""
    if shown is None or shown.task.is_live:
        return None
    if shown.task.id in caller.kept_back(shown.case).answers:
        return None
    decisions = caller.store.decisions(shown.case.id)
    return next((each for each in decisions if each.task_id == shown.task.id), None)
