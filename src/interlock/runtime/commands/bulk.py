"""Many decisions at once: each a record of its own, through the one door.

Its one rule: one that is refused changes nothing for the others, and an edit is never one of many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from interlock.domain.review import Verb
from interlock.errors import InterlockError
from interlock.runtime.commands.review import decide_task
from interlock.runtime.commands.task_record import Answered
from interlock.runtime.context import Context

MOST: Final = 200  # tasks in one go; who decides more has not looked at them
TOGETHER: Final = (Verb.APPROVE, Verb.REJECT)


class BulkRefused(InterlockError):
    """These decisions are not made many at a time."""

    code = "bulk_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.reason}; nothing was recorded; decide them one by one"


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkResult:
    """What became of one of many: decided, or refused with the code and the words of why."""

    task: str  # as it was named
    answered: Answered | None = None
    code: str = ""
    reason: str = ""

    @property
    def is_decided(self) -> bool:
        return self.answered is not None


def decide_many(
    context: Context,
    tasks: Sequence[str],
    by: str,
    verb: Verb,
    *,
    reason_code: str = "",
    note: str = "",
    via: str = "cli",
    hold: bool = False,
) -> list[BulkResult]:
    """What became of each task, in order; a task named twice is decided once.

    Raises: BulkRefused for any verb but approve and reject, and for more than MOST tasks.
    """
    if verb not in TOGETHER:
        raise BulkRefused(f"{verb} says something of one task alone")
    if len(tasks) > MOST:
        raise BulkRefused(f"these are {len(tasks)} tasks, and {MOST} is the most at once")
    return [
        _one(context, task, by, verb, reason_code=reason_code, note=note, via=via, hold=hold)
        for task in dict.fromkeys(tasks)
    ]


def _one(
    context: Context,
    task: str,
    by: str,
    verb: Verb,
    *,
    reason_code: str,
    note: str,
    via: str,
    hold: bool,
) -> BulkResult:
    try:
        answered = decide_task(
            context, task, by, verb, reason_code=reason_code, note=note, via=via, hold=hold
        )
    except InterlockError as refused:
        reason = str(getattr(refused, "reason", refused))
        return BulkResult(task=task, code=refused.code, reason=reason)
    return BulkResult(task=task, answered=answered)
