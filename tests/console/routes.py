"""Every route of the console and the right it asks for; a new one must be listed here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from interlock.console.app import PAGES
from interlock.domain.people import Right
from interlock.web.boundary import looking, right_asked, signed_in

R = Right
OWN = "own"  # for whoever is signed in: their own things, and what may be theirs to see
OPEN = "open"  # for anybody
# What is done with one task or case is for the one rule to judge, so the page asks only to see.
WANTED: dict[tuple[str, str], Right | str] = {
    ("GET", "/"): OWN,
    ("GET", "/workflows/{workflow}"): OWN,
    ("GET", "/workflows/{workflow}/contract"): R.SEE,
    ("GET", "/workflows/{workflow}/release"): R.SEE,
    ("GET", "/workflows/{workflow}/release/history"): R.SEE,
    ("GET", "/workflows/{workflow}/release/verdicts/{number}"): R.SEE,
    ("POST", "/workflows/{workflow}/release/ask"): R.SEE,
    ("POST", "/workflows/{workflow}/release/do"): R.SEE,
    ("POST", "/workflows/{workflow}/release/propose"): R.OPERATE,
    ("GET", "/events/release/{workflow}"): R.SEE,
    ("GET", "/workflows/{workflow}/value"): R.SEE,
    ("GET", "/work"): R.SEE,
    ("POST", "/work/next"): R.DECIDE,
    ("POST", "/work/views"): OWN,
    ("POST", "/work/views/forget"): OWN,
    ("POST", "/work/claim"): R.SEE,
    ("POST", "/work/release"): R.SEE,
    ("POST", "/work/takeover"): R.SEE,
    ("POST", "/work/hand-back"): R.SEE,
    ("POST", "/work/reassign"): R.SEE,
    ("POST", "/work/undo"): R.SEE,
    ("POST", "/work/answer"): R.SEE,
    ("POST", "/work/comment"): R.SEE,
    ("GET", "/work/document"): R.SEE,
    ("POST", "/work/decide"): R.SEE,
    ("POST", "/work/own-answer"): R.SEE,
    ("GET", "/work/bulk"): R.DECIDE,
    ("POST", "/work/bulk"): R.DECIDE,
    ("GET", "/events/work"): R.SEE,
    ("GET", "/events/home"): OWN,
    ("GET", "/events/map/{workflow}"): OWN,
    ("GET", "/training/{queue}"): R.DECIDE,
    ("POST", "/training/{queue}"): R.DECIDE,
    ("GET", "/pause"): R.SEE,
    ("POST", "/pause"): R.PAUSE,
    ("POST", "/pause/resume"): R.RESUME,
    ("GET", "/alarms/{number}"): R.SEE,
    ("POST", "/alarms/{number}/take"): R.PAUSE,
    ("POST", "/alarms/{number}/decide"): R.PAUSE,
    ("GET", "/events/alarm/{number}"): R.SEE,
    ("GET", "/cases"): R.SEE,
    ("GET", "/cases/{case_id}"): R.SEE,
    ("GET", "/cases/{case_id}/file"): R.SEE,
    ("GET", "/cases/{case_id}/document"): R.SEE,
    ("GET", "/cases/{case_id}/document/{number}"): R.SEE,
    ("POST", "/cases/views"): R.SEE,
    ("POST", "/cases/views/forget"): R.SEE,
    ("POST", "/cases/{case_id}/comment"): R.SEE,
    ("POST", "/cases/{case_id}/protect"): R.OPERATE,
    ("POST", "/cases/{case_id}/cancel"): R.OPERATE,
    ("POST", "/cases/{case_id}/reopen"): R.OPERATE,
    ("GET", "/audit"): R.AUDIT,
    ("GET", "/audit/verify"): R.AUDIT,
    ("GET", "/people"): OWN,
    ("POST", "/people"): R.ADMINISTER,
    ("GET", "/people/{person}"): OWN,
    ("POST", "/people/{person}/absence"): OWN,
    ("POST", "/people/{person}/absence/end"): OWN,
    ("POST", "/people/{person}/grant"): R.ADMINISTER,
    ("POST", "/people/{person}/revoke"): R.ADMINISTER,
    ("POST", "/people/{person}/active"): R.ADMINISTER,
    ("POST", "/people/{person}/link"): R.ADMINISTER,
    ("GET", "/tokens"): OWN,
    ("POST", "/tokens"): OWN,
    ("POST", "/tokens/revoke"): OWN,
    ("GET", "/help"): OPEN,
    ("POST", "/appearance"): OPEN,
    ("GET", "/sign-in"): OPEN,
    ("POST", "/sign-in"): OPEN,
    ("GET", "/sign-in/link/{token}"): OPEN,
    ("POST", "/sign-in/link/{token}"): OPEN,
    ("GET", "/sign-in/elsewhere"): OPEN,
    ("GET", "/sign-in/elsewhere/back"): OPEN,
    ("POST", "/sign-out"): OPEN,
    ("GET", "/answer/{token}"): OPEN,
    ("POST", "/answer/{token}"): OPEN,
}
STREAMS = [each for each in WANTED if each[1].startswith("/events/")]

# What each form sends; made-up names, so that a call that is let in changes nothing.
FORMS: dict[str, dict[str, str]] = {
    "/work/bulk": {"t": "task_0", "verb": "approve"},
    "/work/decide": {"decision": "approve", "confirm": "approve", "version": "0", "evidence": ""},
    "/work/comment": {"text": "look again"},
    "/work/reassign": {"to": "ben"},
    "/work/answer": {"text": "this one"},
    "/pause": {"kind": "step", "workflow": "claims", "name": "no_such_step", "reason": "a drill"},
    "/pause/resume": {"kind": "step", "workflow": "claims", "name": "none", "reason": "over"},
    "/alarms/{number}/decide": {"decision": "stay_off", "reason": "a drill"},
    "/cases/{case_id}/comment": {"text": "look again"},
    "/cases/{case_id}/protect": {
        "name": "one",
        "owner": "nobody",
        "why": "a drill",
        "severity": "low",
        "expires": "2031-12-31",
    },
    "/cases/{case_id}/cancel": {"why": "a drill"},
    "/cases/{case_id}/reopen": {"why": "it was wrong"},
    "/people": {"id": "!", "name": "", "email": "no address"},
    "/people/{person}/absence": {"first": "2020-01-01", "last": "2019-01-01"},
    "/people/{person}/grant": {"role": "viewer", "workflow": "claims"},
    "/people/{person}/revoke": {"role": "viewer", "workflow": "claims"},
    "/people/{person}/active": {"active": "yes"},
    "/tokens": {"name": "mine", "scopes": "no_such_scope"},
    "/tokens/revoke": {"token": "tok_0"},
}


def declared() -> dict[tuple[str, str], Right | str]:
    """What each page says it asks for, as the pages themselves have it."""
    return {
        (method, route.path): _asked(route)
        for module in PAGES
        for route in module.router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }


def address(path: str, **names: str) -> str:
    """The address of a page, with names put in; what is not named is made up."""
    made_up = {
        "case_id": "case_0",
        "workflow": "claims",
        "queue": "clerks",
        "person": "nobody_0",
        "token": "none",
        "number": "1",
    }
    return path.format(**(made_up | names))


def _asked(route: APIRoute) -> Right | str:
    asked: Right | str = OPEN
    for call in _calls(route.dependant):
        right = right_asked(call)
        if right is not None:
            return right
        if call in (signed_in, looking):
            asked = OWN
    return asked


def _calls(dependant: Dependant) -> Iterator[Any]:
    for each in dependant.dependencies:
        yield each.call
        yield from _calls(each)
