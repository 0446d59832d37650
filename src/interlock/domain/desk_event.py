"""What happens at the desk between a question and its decision, and what is said about a case.

These are events like those of `event`, which names them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from interlock.domain.ids import PersonId
from interlock.domain.people import CONTRACT_ALONE, Standing
from interlock.domain.review import Decision, ReviewTask


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewHeld:
    """A person decided, and it takes effect once the queue's undo window is over."""

    task: ReviewTask
    decision: Decision
    standing: Standing = CONTRACT_ALONE
    kind: Literal["review_held"] = "review_held"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewUndone:
    """Whoever made a held decision took it back before it took effect."""

    task: ReviewTask
    by: PersonId
    kind: Literal["review_undone"] = "review_undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldReviewRefused:
    """A held decision came to take effect, and the rules no longer let it."""

    task: ReviewTask
    reason: str
    kind: Literal["held_review_refused"] = "held_review_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewTakenOver:
    """Somebody who may steer the work took the task out of another's hands, as it was."""

    task: ReviewTask
    by: PersonId
    note: str = ""
    standing: Standing = CONTRACT_ALONE
    kind: Literal["review_taken_over"] = "review_taken_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewHandedBack:
    """The holder gave it back: to whom it was taken from, else to the queue."""

    task: ReviewTask
    by: PersonId
    note: str = ""
    kind: Literal["review_handed_back"] = "review_handed_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAssigned:
    """The task is kept for a named person until it is at risk.

    standing: of who assigns it; to_standing: of whom it is assigned to.
    """

    task: ReviewTask
    to: PersonId
    by: PersonId
    note: str = ""
    standing: Standing = CONTRACT_ALONE
    to_standing: Standing = CONTRACT_ALONE
    kind: Literal["review_assigned"] = "review_assigned"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCommented:
    """Somebody wrote something about the case; nothing else changes."""

    by: PersonId
    text: str
    kind: Literal["case_commented"] = "case_commented"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReopened:
    """Somebody found that a closed case is wrong; a person is asked what becomes of it."""

    by: PersonId
    reason: str
    kind: Literal["case_reopened"] = "case_reopened"
