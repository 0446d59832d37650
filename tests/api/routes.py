"""Every route of the API, the right it asks for, and how to call it; new routes must be listed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from interlock.api.app import ROUTERS
from interlock.api.description import PREFIX
from interlock.api.routes import health
from interlock.domain.people import Right
from interlock.web.boundary import right_asked, signed_in

R = Right
OWN = "own"  # for whoever is signed in: their own things
OPEN = "open"  # for anybody
MONITORING = "monitoring"  # for this machine, or whoever may see

WANTED: dict[tuple[str, str], Right | str] = {
    ("POST", "/cases"): R.SEE,
    ("POST", "/cases/batch"): R.SEE,
    ("POST", "/cases/upload"): R.SEE,
    ("GET", "/cases"): R.SEE,
    ("GET", "/cases/{case_id}"): R.SEE,
    ("GET", "/cases/{case_id}/timeline"): R.SEE,
    ("GET", "/cases/{case_id}/actions"): R.SEE,
    ("GET", "/cases/{case_id}/decisions"): R.SEE,
    ("GET", "/cases/{case_id}/documents/{digest}"): R.SEE_PROTECTED,
    ("GET", "/cases/{case_id}/audit"): R.SEE,
    ("POST", "/cases/{case_id}/cancel"): R.OPERATE,
    ("POST", "/cases/{case_id}/reopen"): R.OPERATE,
    ("POST", "/cases/{case_id}/comments"): R.SEE,
    ("POST", "/cases/{case_id}/protect"): R.OPERATE,
    ("GET", "/workflows/{workflow}/protected"): R.SEE,
    ("POST", "/protected/{protected_id}/retire"): R.OPERATE,
    ("GET", "/queues"): R.SEE,
    ("GET", "/reviews"): R.SEE,
    ("POST", "/reviews/next"): R.DECIDE,
    ("POST", "/reviews/bulk"): R.DECIDE,
    ("GET", "/reviews/{task_id}"): R.SEE,
    ("POST", "/reviews/{task_id}/claim"): R.DECIDE,
    ("POST", "/reviews/{task_id}/release"): R.DECIDE,
    ("POST", "/reviews/{task_id}/takeover"): R.SEE,
    ("POST", "/reviews/{task_id}/hand-back"): R.SEE,
    ("POST", "/reviews/{task_id}/reassign"): R.SEE,
    ("POST", "/reviews/{task_id}/escalate"): R.DECIDE,
    ("POST", "/reviews/{task_id}/questions"): R.DECIDE,
    ("POST", "/reviews/{task_id}/answers"): R.DECIDE,
    ("POST", "/reviews/{task_id}/decisions"): R.DECIDE,
    ("POST", "/reviews/{task_id}/undo"): R.DECIDE,
    ("GET", "/contracts"): R.SEE,
    ("GET", "/contracts/{workflow}"): R.SEE,
    ("GET", "/contracts/{workflow}/check"): R.SIGN,
    ("GET", "/releases"): R.SEE,
    ("POST", "/releases"): R.OPERATE,
    ("GET", "/releases/{release_id}"): R.SEE,
    ("GET", "/releases/{release_id}/history"): R.SEE,
    ("GET", "/releases/{release_id}/gate"): R.SEE,
    ("GET", "/releases/{release_id}/agreement"): R.SEE,
    ("GET", "/releases/{release_id}/foresight"): R.SEE,
    ("GET", "/releases/{release_id}/verdicts"): R.SEE,
    ("GET", "/releases/{release_id}/verdicts/{number}"): R.SEE,
    ("GET", "/releases/{release_id}/verdicts/{number}/replay"): R.SEE,
    ("POST", "/releases/{release_id}/sign"): R.SIGN,
    ("POST", "/releases/{release_id}/start"): R.SIGN,
    ("POST", "/releases/{release_id}/promote"): R.SIGN,
    ("POST", "/releases/{release_id}/hold"): R.PAUSE,
    ("POST", "/releases/{release_id}/hold/end"): R.RESUME,
    ("POST", "/releases/{release_id}/rollback"): R.PAUSE,
    ("POST", "/releases/{release_id}/stand-down"): R.PAUSE,
    ("POST", "/releases/{release_id}/withdraw"): R.SEE,
    ("GET", "/audit/house"): R.AUDIT,
    ("GET", "/audit/verify"): R.AUDIT,
    ("GET", "/pauses"): R.SEE,
    ("POST", "/pauses"): R.PAUSE,
    ("POST", "/pauses/clear"): R.RESUME,
    ("POST", "/pauses/affected"): R.PAUSE,
    ("GET", "/alarms"): R.SEE,
    ("GET", "/alarms/{number}"): R.SEE,
    ("POST", "/alarms/{number}/take"): R.PAUSE,
    ("POST", "/alarms/{number}/decide"): R.PAUSE,
    ("GET", "/me"): OWN,
    ("GET", "/me/tokens"): OWN,
    ("POST", "/me/tokens"): OWN,
    ("POST", "/me/tokens/{token_id}/revoke"): OWN,
    ("GET", "/me/training/{queue}"): R.DECIDE,
    ("POST", "/me/training/{queue}"): R.DECIDE,
    ("POST", "/me/training/{queue}/answers"): R.DECIDE,
    ("GET", "/accounts"): R.ADMINISTER,
    ("POST", "/accounts"): R.ADMINISTER,
    ("GET", "/accounts/{account_id}"): R.ADMINISTER,
    ("PATCH", "/accounts/{account_id}"): R.ADMINISTER,
    ("POST", "/accounts/{account_id}/grants"): R.ADMINISTER,
    ("POST", "/accounts/{account_id}/grants/revoke"): R.ADMINISTER,
    ("GET", "/absences"): R.SEE,
    ("POST", "/absences"): R.SEE,
    ("POST", "/absences/end"): R.SEE,
    ("GET", "/events"): R.SEE,
}
OUTSIDE: dict[tuple[str, str], str] = {
    ("GET", "/healthz"): OPEN,
    ("GET", "/readyz"): OPEN,
    ("GET", "/version"): OPEN,
    ("GET", "/metrics"): MONITORING,
}

# What a person with the right sends; every one of these is a request that fits.
BODIES: dict[str, Any] = {
    "/cases": {"workflow": "claims", "fields": {"number": "C-9", "branch": "north", "amount": "1"}},
    "/cases/batch": {"cases": [{"workflow": "nothing", "fields": {}}]},
    "/cases/{case_id}/cancel": {},
    "/cases/{case_id}/reopen": {"reason": "it was wrong"},
    "/cases/{case_id}/comments": {"text": "look again"},
    "/cases/{case_id}/protect": {
        "name": "a_plain_claim",
        "owner": "anna",
        "reason": "it went wrong once",
        "severity": "high",
        "expires": "2031-12-31",
    },
    "/protected/{protected_id}/retire": {"reason": "nobody needs it"},
    "/reviews/next": {},
    "/reviews/bulk": {"tasks": ["task_0"], "verb": "approve", "reason_code": "clear"},
    "/reviews/{task_id}/takeover": {},
    "/reviews/{task_id}/hand-back": {},
    "/reviews/{task_id}/reassign": {"to": "ben"},
    "/reviews/{task_id}/escalate": {},
    "/reviews/{task_id}/questions": {"text": "which one?"},
    "/reviews/{task_id}/answers": {"text": "this one"},
    "/reviews/{task_id}/decisions": {"verb": "reject", "reason_code": "clear"},
    "/releases": {"workflow": "claims", "reason": "it reads more"},
    "/releases/{release_id}/sign": {"reason": "agreed"},
    "/releases/{release_id}/start": {"stage": "shadow", "reason": "agreed"},
    "/releases/{release_id}/promote": {"reason": "all lines pass"},
    "/releases/{release_id}/hold": {"reason": "wait for the audit"},
    "/releases/{release_id}/hold/end": {"reason": "the audit is over"},
    "/releases/{release_id}/rollback": {"reason": "it looks wrong"},
    "/releases/{release_id}/stand-down": {"segment": "travel", "reason": "it looks wrong"},
    "/releases/{release_id}/withdraw": {"reason": "another comes"},
    "/pauses": {"kind": "workflow", "workflow": "claims", "reason": "a drill"},
    "/pauses/clear": {"kind": "workflow", "workflow": "claims", "reason": "the drill is over"},
    "/pauses/affected": {"kind": "everything"},
    "/alarms/{number}/decide": {"decision": "stay_off", "reason": "it looks wrong"},
    "/me/tokens": {"name": "mine", "scopes": ["see"]},
    "/me/training/{queue}/answers": {"place": 0, "verb": "approve"},
    "/accounts": {"id": "nobody", "email": "not a mail address"},
    "/accounts/{account_id}": {"name": "Vera"},
    "/accounts/{account_id}/grants": {"role": "viewer", "workflow": "claims"},
    "/accounts/{account_id}/grants/revoke": {"role": "viewer", "workflow": "claims"},
    "/absences": {
        "person": "anna",
        "since": "2026-03-03T00:00:00Z",
        "until": "2026-03-04T00:00:00Z",
    },
    "/absences/end": {"person": "anna"},
}


def declared() -> dict[tuple[str, str], Right | str]:
    """What each route says it asks for, as the routes themselves have it."""
    return {
        (method, route.path): _asked(route)
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }


def outside() -> set[tuple[str, str]]:
    """The routes for monitoring."""
    return {
        (method, route.path)
        for route in health.router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }


def address(path: str, **names: str) -> str:
    """The whole address of a route, with names put in; what is not named is made up."""
    made_up = {
        "case_id": "case_0",
        "task_id": "task_0",
        "digest": "0" * 64,
        "workflow": "claims",
        "queue": "clerks",
        "token_id": "tok_0",
        "protected_id": "prt_0",
        "account_id": "vera",
        "release_id": "rel_0",
        "number": "1",
    }
    return PREFIX + path.format(**(made_up | names))


def _asked(route: APIRoute) -> Right | str:
    for call in _calls(route.dependant):
        if call is signed_in:
            return OWN
        right = right_asked(call)
        if right is not None:
            return right
    return OPEN


def _calls(dependant: Dependant) -> Iterator[Any]:
    for each in dependant.dependencies:
        yield each.call
        yield from _calls(each)
