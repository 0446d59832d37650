"""Entity tags: what somebody saw, so that nothing is decided on something else.

Its one rule: a task's tag covers its version and the seal of its evidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import Header
from starlette.requests import Request
from starlette.responses import Response

from interlock.domain.alarm import AlarmReview
from interlock.domain.case import Case
from interlock.domain.release import Release
from interlock.domain.review import ReviewTask
from interlock.errors import InterlockError

SEAL_LETTERS: Final = 16
NOT_MODIFIED: Final = 304
LONGEST: Final = 200

IfMatch = Annotated[
    str | None,
    Header(
        max_length=LONGEST,
        description="The ETag of the task, release or alarm as you saw it; a decision needs it.",
    ),
]


class PreconditionNeeded(InterlockError):
    """A decision came without saying what it is based on."""

    code = "precondition_needed"

    def __str__(self) -> str:
        return (
            "a decision must say what it is based on; nothing was recorded; send the ETag of "
            "what you saw as If-Match"
        )


class VersionChanged(InterlockError):
    """The task is not the one that was looked at."""

    code = "task_version_changed"

    def __init__(self, task_id: str, changed: Mapping[str, Any]) -> None:
        super().__init__(task_id, changed)
        self.task_id, self.changed = task_id, changed

    def __str__(self) -> str:
        return (
            f"review task {self.task_id} changed since you saw it; nothing was recorded; "
            "look at it again"
        )


class ReleaseChanged(InterlockError):
    """The release is not where it was when it was looked at."""

    code = "release_version_changed"

    def __init__(self, release_id: str, state: str, tag: str) -> None:
        super().__init__(release_id, state, tag)
        self.release_id, self.state, self.tag = release_id, state, tag
        self.changed = {"changed": {"state": state, "etag": tag}}

    def __str__(self) -> str:
        return (
            f"release {self.release_id} changed since you saw it; nothing was done; "
            "look at it again"
        )


def task_tag(task: ReviewTask) -> str:
    """The tag of a review task and its evidence."""
    return f'"{task.version}-{task.evidence_digest[:SEAL_LETTERS]}"'


def case_tag(case: Case) -> str:
    """The tag of a case."""
    return f'"{case.version}-{case.fingerprint[:SEAL_LETTERS]}"'


def release_tag(release: Release) -> str:
    """The tag of a release; it changes with everything done to it."""
    return f'"{release.version}-{release.id}"'


def alarm_tag(alarm: AlarmReview) -> str:
    """The tag of an alarm; it changes when it is taken or decided, or breaks again."""
    return f'"{alarm.version}-{alarm.id}"'


def is_known(request: Request, tag: str, response: Response) -> Response | None:
    """An empty answer when the caller has this already; else None, and the tag is in `response`.

    What is shown may depend on who asks, so no shared cache may keep it.
    """
    response.headers["etag"] = tag
    response.headers["cache-control"] = "private, no-cache"
    seen = request.headers.get("if-none-match", "")
    if tag in (each.strip().removeprefix("W/") for each in seen.split(",")):
        headers = {"etag": tag, "cache-control": "private, no-cache"}
        return Response(status_code=NOT_MODIFIED, headers=headers)
    return None
