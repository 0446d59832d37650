"""The page of an alarm: what left its band, the cases to look at, and what follows from it.

One rule: a decision takes two steps, the second of which says what it would do; letting AI go on
is based on what was looked at, keeping it off on nothing but the word of whoever says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Request
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.responses import RedirectResponse, Response

from interlock.console.guard import Form, text
from interlock.console.refusals import FormUnfit
from interlock.console.shell import fragment, page, services_of
from interlock.console.views.alarm import DONE, alarm_shown, effects_of
from interlock.console.words import sentence_of
from interlock.domain.alarm import AlarmDecision, AlarmReview
from interlock.domain.people import Right
from interlock.errors import InterlockError
from interlock.runtime.commands import alarms
from interlock.runtime.commands.alarms import AlarmRefused
from interlock.storage import AlarmOvertaken
from interlock.web.alarms import alarm_for
from interlock.web.boundary import Caller, needs
from interlock.web.changes import HOUSE, REFRESH, Change
from interlock.web.problems import status_of
from interlock.web.streams import stream_changes

router = APIRouter()

Reader = Annotated[Caller, Depends(needs(Right.SEE))]
Pauser = Annotated[Caller, Depends(needs(Right.PAUSE))]
Number = Annotated[int, Path(ge=1, lt=2**63)]
OVERTAKEN: Final = "It changed since you saw it. Look at it again, then decide."
LIVE: Final = {"alarm-state": "alarm_state.html", "alarm-news": "alarm_news.html"}
ABOUT: Final = ("alarm_", "pause")  # how the news begin that may change what is shown


@router.get("/alarms/{number}")
def show_alarm(request: Request, caller: Reader, number: Number) -> Response:
    """What there is to look at; with a decision chosen, what it would do."""
    alarm = alarm_for(caller, number)
    return _page(request, caller, alarm, chosen=_chosen(request.query_params.get("decide", "")))


@router.post("/alarms/{number}/take")
def take_alarm(caller: Pauser, number: Number) -> Response:
    """Says that the reader looks at it."""
    alarm = alarm_for(caller, number, Right.PAUSE)
    alarms.take(caller.context, alarm.id, caller.id)
    return RedirectResponse(f"/alarms/{number}", HTTPStatus.SEE_OTHER)


@router.post("/alarms/{number}/decide")
def decide_alarm(request: Request, form: Form, caller: Pauser, number: Number) -> Response:
    """Decides it, by the command that every way to it uses."""
    alarm, chosen = alarm_for(caller, number, Right.PAUSE), _chosen(text(form, "decision"))
    if chosen is None:
        raise FormUnfit("decision", text(form, "decision")[:80])
    reason, version = text(form, "reason"), text(form, "version")
    try:
        if chosen is AlarmDecision.GO_ON and alarm.is_open and version != str(alarm.version):
            raise AlarmOvertaken(alarm.id)
        alarms.decide(caller.context, alarm.id, caller.id, chosen, reason, version=alarm.version)
    except (AlarmRefused, AlarmOvertaken) as refused:
        now = alarm_for(caller, number)
        return _page(request, caller, now, chosen=chosen, refused=refused, typed=reason)
    return RedirectResponse(f"/alarms/{number}", HTTPStatus.SEE_OTHER)


@router.get("/events/alarm/{number}")
def alarm_events(request: Request, caller: Reader, number: Number) -> EventSourceResponse:
    """What happens to one alarm. The form is never swapped under the hand; what changed is said
    beside it."""
    seen = alarm_for(caller, number)
    version = request.query_params.get("seen", str(seen.version))

    def pieces(_: Change) -> Iterator[ServerSentEvent]:
        now = services_of(request).clock.now()
        yield ServerSentEvent(event="time", data=now.isoformat(timespec="seconds"))
        alarm = alarm_for(caller, number)
        view: dict[str, Any] = {
            "a": alarm_shown(caller, alarm),
            "news": str(alarm.version) != version,
        }
        for place, template in LIVE.items():
            yield fragment(request, place, template, **view)
        yield fragment(request, "pause-banner", "pause_banner.html")

    def matters(change: Change) -> bool:
        is_about = change.kind == HOUSE and change.name.startswith(ABOUT)
        return is_about or change.kind == REFRESH

    return stream_changes(request, caller.visitor, pieces, wants=matters)


def _page(
    request: Request,
    caller: Caller,
    alarm: AlarmReview,
    *,
    chosen: AlarmDecision | None,
    refused: InterlockError | None = None,
    typed: str = "",
) -> Response:
    shown = alarm_shown(caller, alarm)
    offered = next((each for each in shown.choices if each.key == chosen and not each.off), None)
    view: dict[str, Any] = {
        "a": shown,
        "news": False,
        "chosen": offered,
        "effects": effects_of(caller.context, alarm, chosen) if offered and chosen else (),
        "refused": _said(refused),
        "typed": typed,
        "done_words": DONE,
        "status": status_of(refused) if refused else HTTPStatus.OK,
    }
    events = f"/events/alarm/{alarm.id}?seen={alarm.version}"
    return page(request, "alarm.html", section="ops", events=events, **view)


def _said(refused: InterlockError | None) -> str:
    if refused is None:
        return ""
    if isinstance(refused, AlarmOvertaken):
        return OVERTAKEN
    return f"{sentence_of(str(getattr(refused, 'reason', refused)))}."


def _chosen(key: str) -> AlarmDecision | None:
    return next((each for each in AlarmDecision if each == key), None)
