"""What people did to a case, in sentences: decisions, questions, handing over, comments.

One rule: a person is named, and what they wrote stands in quotation marks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, Protocol

from interlock.domain.desk_event import (
    CaseCommented,
    CaseReopened,
    HeldReviewRefused,
    ReviewAssigned,
    ReviewHandedBack,
    ReviewHeld,
    ReviewTakenOver,
    ReviewUndone,
)
from interlock.domain.event import (
    CaseCancelled,
    OwnAnswerGiven,
    QuestionAnswered,
    QuestionAsked,
    ReviewBreached,
    ReviewClaimed,
    ReviewDecided,
    ReviewEscalated,
    ReviewExpired,
    ReviewReleased,
)
from interlock.domain.one_line import spaced
from interlock.domain.review import Verb

DECIDED: Final = MappingProxyType(
    {Verb.APPROVE: "approved", Verb.EDIT: "edited", Verb.REJECT: "rejected"}
)


class Sayer(Protocol):
    """How people are called, and how much of a value may be shown."""

    def who(self, person: str | None) -> str: ...
    def brief(self, value: Any, width: int = 72) -> str: ...


def _decision(t: Sayer, event: ReviewDecided) -> str:
    decision = event.decision
    verb = DECIDED.get(decision.verb, str(decision.verb))
    parts = [f"{t.who(decision.by)} {verb}"]
    if decision.reason_code:
        parts.append(f"reason: {spaced(decision.reason_code)}")
    if decision.note:
        parts.append(f"“{decision.note}”")
    if isinstance(decision.value, Mapping):
        parts.append(f"now {t.brief(decision.value)}")
    return f"{', '.join(parts)} ({event.task.question})"


def _escalated(t: Sayer, event: ReviewEscalated) -> str:
    if event.by:
        return f"{t.who(event.by)} passed it on{_quoted(event.note)}"
    return f"late in {event.task.queue}"


def _breached(_: Sayer, event: ReviewBreached) -> str:
    return f"late, and {event.task.queue} is the end of the chain; it stays there undecided"


def _expired(_: Sayer, _event: ReviewExpired) -> str:
    return "the request ran out undecided; silence is never a yes"


def _claimed(t: Sayer, event: ReviewClaimed) -> str:
    return f"{t.who(event.by)} holds the task"


def _released(t: Sayer, event: ReviewReleased) -> str:
    return f"{t.who(event.by)} gave the task back" if event.by else "the hold on the task ran out"


def _asked(t: Sayer, event: QuestionAsked) -> str:
    return f"{t.who(event.by)} asked: “{event.text}”; the clock stands still"


def _answered(t: Sayer, event: QuestionAnswered) -> str:
    return f"{t.who(event.by)} answered: “{event.text}”; the clock runs again"


def _cancelled(t: Sayer, event: CaseCancelled) -> str:
    return f"{t.who(event.by)} cancelled the case{_quoted(event.note)}"


def _held_decision(t: Sayer, event: ReviewHeld) -> str:
    verb = DECIDED.get(event.decision.verb, str(event.decision.verb))
    return f"{t.who(event.decision.by)} {verb}, and may still take it back ({event.task.question})"


def _taken_back(t: Sayer, event: ReviewUndone) -> str:
    return f"{t.who(event.by)} took the decision back before it took effect"


def _too_late(_: Sayer, event: HeldReviewRefused) -> str:
    return f"the decision did not take effect: {event.reason}; the task is open again"


def _taken_over(t: Sayer, event: ReviewTakenOver) -> str:
    return f"{t.who(event.by)} took the task over{_quoted(event.note)}"


def _handed_back(t: Sayer, event: ReviewHandedBack) -> str:
    return f"{t.who(event.by)} handed the task back{_quoted(event.note)}"


def _assigned(t: Sayer, event: ReviewAssigned) -> str:
    return f"{t.who(event.by)} gave the task to {t.who(event.to)}{_quoted(event.note)}"


def _own_answer(t: Sayer, event: OwnAnswerGiven) -> str:
    said = f": {t.brief(event.value)}" if event.value is not None else _quoted(event.text)
    return f"{t.who(event.by)} answered before seeing what the AI suggests{said}"


def _commented(t: Sayer, event: CaseCommented) -> str:
    return f"{t.who(event.by)} wrote: “{event.text}”"


def _reopened(t: Sayer, event: CaseReopened) -> str:
    return f"{t.who(event.by)} opened the closed case again{_quoted(event.reason)}"


def _quoted(note: str) -> str:
    return f": “{note}”" if note else ""


REVIEW_HEADLINES: Final[Mapping[type[Any], Callable[[Any, Any], str]]] = MappingProxyType(
    {
        ReviewDecided: _decision,
        ReviewHeld: _held_decision,
        ReviewUndone: _taken_back,
        HeldReviewRefused: _too_late,
        ReviewTakenOver: _taken_over,
        ReviewHandedBack: _handed_back,
        ReviewAssigned: _assigned,
        ReviewEscalated: _escalated,
        ReviewBreached: _breached,
        ReviewExpired: _expired,
        ReviewClaimed: _claimed,
        ReviewReleased: _released,
        OwnAnswerGiven: _own_answer,
        QuestionAsked: _asked,
        QuestionAnswered: _answered,
        CaseCancelled: _cancelled,
        CaseCommented: _commented,
        CaseReopened: _reopened,
    }
)
