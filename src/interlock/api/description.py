"""The API's own description (OpenAPI 3.1): every answer it may give, refusals too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from interlock.web.problems import MEDIA_TYPE

PREFIX: Final = "/api/v1"
METHODS: Final = ("get", "post", "put", "patch", "delete")
ANYBODY: Final = frozenset({"/healthz", "/readyz", "/version", f"{PREFIX}/openapi.json"})
SUMMARY: Final = "Durable business workflows: software proposes, people decide."
TAGS: Final = (
    ("cases", "One piece of work each: open, find, look at, stop."),
    ("reviews", "What needs a person: queues, tasks, who holds them."),
    ("decisions", "What people decide, one record each, undoable for a stated time."),
    ("contracts", "What was agreed."),
    ("releases", "Versions on their way to autonomy: gates, verdicts, promotion, rollback."),
    ("audit", "The record, and the proof that nobody changed it."),
    ("pauses", "The kill switch: a person can always stop it."),
    ("alarms", "A number left its band: what was seen, and what follows."),
    ("people", "Accounts, roles, and who is away."),
    ("me", "Your own rights, tokens and training."),
    ("events", "What changed, as it happens."),
    ("health", "For load balancers and monitoring."),
)
REFUSALS: Final = {
    "400": "The request cannot be read.",
    "401": "Nobody is signed in, or the token is not valid.",
    "403": "You may not do this here.",
    "404": "There is no such thing, or it is not yours to see.",
    "409": "Things are not as you think; nothing was recorded.",
    "412": "It changed since you saw it; nothing was recorded.",
    "413": "The request is too large.",
    "421": "The service is not called that.",
    "422": "The request does not fit; nothing was recorded.",
    "428": "A decision must say what it is based on.",
    "429": "Too many requests; see Retry-After.",
    "500": "Something broke here.",
    "503": "The service is not ready.",
}
KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Sent again within 24 hours with the same request, it is answered, not done.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    "example": "6f1c9a52-import-2026-11-21-0001",
}


def describe_with(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """The function that gives the application's description; it is made once."""

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    return described


def _described(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title="Interlock",
        version="1",
        summary=SUMMARY,
        routes=app.routes,
        tags=[{"name": name, "description": says} for name, says in TAGS],
    )
    parts = document.setdefault("components", {})
    parts.setdefault("schemas", {})["Problem"] = _PROBLEM
    parts["responses"] = {
        status: {
            "description": says,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, says in REFUSALS.items()
    }
    parts["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer"},
        "session": {"type": "apiKey", "in": "cookie", "name": "interlock_session"},
    }
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                _complete(path, method, methods[method])
    return document


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    """Adds what every route does: its refusals, who may ask, and the idempotency key."""
    answers = operation["responses"]
    for status in REFUSALS:
        if status == "422" or status not in answers:
            answers[status] = {"$ref": f"#/components/responses/{status}"}
    if path not in ANYBODY:
        operation["security"] = [{"token": []}, {"session": []}]
    if method == "post":
        operation.setdefault("parameters", []).append(KEY)


_PROBLEM: Final = {
    "type": "object",
    "title": "Problem",
    "description": "A refusal (RFC 9457). `code` and `type` are stable; `detail` is for people.",
    "required": ["type", "title", "status", "detail", "code", "instance"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "instance": {"type": "string", "format": "uri-reference"},
        "rule": {"type": "string", "description": "The rule that refused it."},
        "reason": {"type": "string"},
        "problems": {"type": "array", "items": {}},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"at": {"type": "string"}, "says": {"type": "string"}},
            },
        },
        "changed": {"type": "object", "description": "What the task is now."},
    },
    "examples": [
        {
            "type": "/problems/decision_refused",
            "title": "Decision refused",
            "status": 403,
            "detail": "cannot approve task_3f0c: you are not a member of queue ap_lead; "
            "nothing was recorded",
            "code": "decision_refused",
            "instance": "/requests/5f1d0c2b9e8a7f60",
            "rule": "queue",
            "reason": "you are not a member of queue ap_lead",
        }
    ],
}
