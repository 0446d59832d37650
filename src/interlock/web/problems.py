"""Every refusal as one value, and as an answer: problem details (RFC 9457), or the console's page.

Its one rule: an error says what happened and what to do, and never quotes what was sent or kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from interlock.canonical import canonical
from interlock.errors import InterlockError

MEDIA_TYPE: Final = "application/problem+json"
TYPES: Final = "/problems/"  # a problem's type is this and its code, on every installation
API: Final = "/api/"
NO_DETAIL: Final = "the request was refused; see the title"
DEEPEST: Final = 12  # parts of a place; what lies deeper is made up by whoever sent it
MOST_TOLD: Final = 20  # mistakes of one request
FACTS: Final = ("rule", "reason", "problems")  # attributes of errors that are told apart

_STATUS: Final = MappingProxyType(
    {
        "sign_in_needed": 401,
        "sign_in_refused": 401,
        "token_refused": 401,
        "session_over": 401,
        "right_missing": 403,
        "foreign_request": 403,
        "not_admin": 403,
        "sign_in_link_refused": 403,
        "pause_unknown": 404,
        "protected_unknown": 404,
        "edit_refused": 422,
        "case_unfit": 422,
        "account_refused": 422,
        "password_refused": 422,
        "scope_refused": 422,
        "request_invalid": 422,
        "place_wrong": 422,
        "position_unknown": 422,
        "money_invalid": 422,
        "evidence_changed": 412,
        "task_version_changed": 412,
        "release_version_changed": 412,
        "alarm_version_changed": 412,
        "precondition_needed": 428,
        "rate_exceeded": 429,
        "sign_in_too_soon": 429,
        "database_unreachable": 503,
        "schema_outdated": 503,
        "engine_missing": 503,
        "not_ready": 503,
    }
)
# A refused decision is one of three things, told apart by the rule that refused it.
_BY_RULE: Final = MappingProxyType(
    {
        **dict.fromkeys(("state", "lease", "expired", "answer", "undo", "held", "pause"), 409),
        **dict.fromkeys(("verb", "evidence", "reason", "question", "chain", "value"), 422),
        # A release that is not there yet, or not ripe.
        **dict.fromkeys(("gate", "known", "verdict", "cases", "version", "segment"), 409),
    }
)
_SIGN_IN: Final = MappingProxyType({"www-authenticate": "Bearer"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One refusal. `code` is stable; `detail` is for people; `more` are further facts."""

    status: int
    code: str
    detail: str
    title: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)


ErrorPage = Callable[[Request, Problem], Response]


def problem(status: int, code: str, detail: str, **more: Any) -> Problem:
    """A refusal that no exception stands for."""
    return Problem(status=status, code=code, detail=detail, title=_title(code), more=more)


def crashed() -> Problem:
    """What is said when something broke that nobody foresaw."""
    return problem(
        500,
        "internal_error",
        "something broke here, not in what was asked; whether it took effect is unknown until "
        "looked at; tell the operator the reference",
    )


def answer(request: Request, found: Problem) -> Response:
    """The refusal as an answer: the console's page where a person looks, else problem details."""
    page: ErrorPage | None = getattr(request.app.state, "error_page", None)
    if page is not None and wants_page(request):
        return page(request, found)
    body = {
        "type": f"{TYPES}{found.code}",
        "title": found.title,
        "status": found.status,
        "detail": found.detail,
        "code": found.code,
        "instance": f"/requests/{getattr(request.state, 'request_id', 'none')}",
        **found.more,
    }
    headers = dict(found.headers)
    return JSONResponse(body, found.status, headers=headers, media_type=MEDIA_TYPE)


def wants_page(request: Request) -> bool:
    """Whether a browser asks for something to look at."""
    accepted = request.headers.get("accept", "")
    return not request.url.path.startswith(API) and "text/html" in accepted


def problem_of(error: InterlockError) -> Problem:
    """The refusal that one of our own errors is."""
    more = {name: getattr(error, name) for name in FACTS if getattr(error, name, None)}
    status = status_of(error)
    headers: dict[str, str] = {}
    if status == HTTPStatus.UNAUTHORIZED:
        headers = dict(_SIGN_IN)
    seconds = getattr(error, "seconds", None)
    if isinstance(seconds, int):
        headers["retry-after"] = str(seconds)
    return Problem(
        status=status,
        code=error.code,
        title=_title(error.code),
        detail=str(error),
        headers=headers,
        more=more | getattr(error, "changed", {}),
    )


def status_of(error: InterlockError) -> int:
    """The HTTP status of an error: by its code, then by the rule it names, then by its kind."""
    if error.code in _STATUS:
        return _STATUS[error.code]
    if error.code.endswith("_unknown"):
        return 404
    rule = getattr(error, "rule", None)
    if rule is not None:
        return _BY_RULE.get(str(rule), 403)
    if error.code.endswith("_invalid"):
        return 422
    return 409  # what a command refuses as things stand


def handle_problems(app: FastAPI) -> None:
    """Makes every error of the application an answer of this kind."""
    app.add_exception_handler(InterlockError, _of_ours)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_exception_handler(HTTPException, _of_http)


async def _of_ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, InterlockError)
    return answer(request, problem_of(error))


async def _of_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return answer(request, invalid(error.errors()))


async def _of_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = _CODES.get(error.status_code) or _code(HTTPStatus(error.status_code).phrase)
    found = problem(error.status_code, code, _WORDS.get(error.status_code, NO_DETAIL))
    kept = Problem(
        status=found.status,
        code=code,
        title=found.title,
        detail=found.detail,
        headers=dict(error.headers or {}),
    )
    return answer(request, kept)


_CODES: Final = MappingProxyType({413: "body_too_large"})
_WORDS: Final = MappingProxyType(
    {
        400: "the request cannot be read; send it as the API's description says",
        404: "there is nothing at this address; see /api/v1/openapi.json for what there is",
        405: "this address does not take that method; see the Allow header",
        413: "the request is too large; send less at once",
    }
)


def invalid(errors: Sequence[Mapping[str, Any]]) -> Problem:
    """A request that does not fit. What was sent is not quoted: it may be protected."""
    found = [
        {"at": ".".join(_place(part) for part in each["loc"][:DEEPEST]), "says": _says(each)}
        for each in errors[:MOST_TOLD]
    ]
    places = ", ".join(dict.fromkeys(each["at"] for each in found))
    detail = f"the request does not fit at {places}; nothing was done; correct it and send it again"
    return problem(422, "request_invalid", detail, errors=found)


def _place(part: Any) -> str:
    """A part of a place; what the caller named itself may hold anything, so it is made plain."""
    return canonical(part).decode().strip('"') if isinstance(part, int) else _plain(str(part))


def _says(error: Mapping[str, Any]) -> str:
    return _plain(str(error.get("msg", "it does not fit")))


def _plain(text: str) -> str:
    return text.encode("utf-8", "replace").decode()[:200]


def _code(phrase: str) -> str:
    return phrase.lower().replace(" ", "_").replace("-", "_").replace("'", "")


def _title(code: str) -> str:
    words = code.replace("_", " ")
    return f"{words[:1].upper()}{words[1:]}"
