"""A task's place in the order of urgency, as an opaque text to go on from.

Its one rule: it names a place, not a task; a task that is gone meanwhile changes nothing.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from pydantic_core import from_json, to_json

from interlock.domain.review import ReviewTask
from interlock.errors import InterlockError
from interlock.storage.rows import URGENCY


class PlaceWrong(InterlockError):
    """The text is no place in the list of tasks."""

    code = "place_wrong"

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return f"{self.text[:40]!r} is no place in the list of tasks; begin with the first page"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """Where a task stands: by deadline, then severity, then id."""

    due_at: datetime
    urgency: int
    id: str


FIRST: Final = Place(due_at=datetime(1, 1, 2, tzinfo=UTC), urgency=-1, id="")


def place_of(task: ReviewTask) -> str:
    """The text that stands for the task's place; give it as `TaskQuery.after`."""
    parts = [task.due_at.astimezone(UTC).isoformat(), URGENCY[task.severity], task.id]
    return urlsafe_b64encode(to_json(parts)).decode().rstrip("=")


def place_from(text: str | None) -> Place:
    """The place a text stands for; before all tasks when there is none. Raises: PlaceWrong."""
    if not text:
        return FIRST
    try:
        padded = text + "=" * (-len(text) % 4)
        due_at, urgency, task_id = from_json(urlsafe_b64decode(padded.encode("ascii")))
        moment = datetime.fromisoformat(due_at)
        if moment.tzinfo is None or not isinstance(urgency, int) or abs(urgency) > len(URGENCY):
            raise ValueError(text)
        return Place(due_at=moment, urgency=urgency, id=str(task_id))
    except (ValueError, TypeError, UnicodeError):
        raise PlaceWrong(text) from None
