"""What a case waits for, in the words of a closing table or a list."""

from __future__ import annotations

from datetime import datetime

from interlock.domain.case import Case, WaitsFor
from interlock.domain.one_line import spaced
from interlock.domain.review import ReviewKind, ReviewTask
from interlock.papers.words import KINDS, WAITS, clock


def reason_of(case: Case, task: ReviewTask | None) -> str:
    """Why the case waits, as one word or two: an exception's name, or what is asked for."""
    if case.waits_for in (WaitsFor.REVIEW, WaitsFor.ANSWER) and task is not None:
        reason = KINDS[task.kind]
        if task.kind is ReviewKind.EXCEPTION and task.exception_type:
            reason = spaced(task.exception_type)
        return f"answer about {reason}" if case.waits_for is WaitsFor.ANSWER else reason
    return {
        WaitsFor.HOLD: "hold",
        WaitsFor.BUDGET: "budget",
        WaitsFor.RETRY: "next try",
        WaitsFor.ANSWER: "answer",
        WaitsFor.PAUSE: "pause",
    }.get(case.waits_for or WaitsFor.REVIEW, "decision")


def state_in_words(case: Case, now: datetime) -> str:
    """Where a case is, in one line."""
    if case.outcome is not None:
        return f"{case.outcome}, {case.handling}"
    if case.waits_for is None:
        return "on its way"
    until = f" until {clock(case.wake_at, now)}" if case.wake_at else ""
    about = f": {spaced(case.exception.type)}" if case.exception else ""
    return f"waits for {WAITS[case.waits_for]}{until}{about}"
