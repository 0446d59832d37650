"""Recurring corrections: counted where they belong, and only when they recur."""

from __future__ import annotations

from typing import Any

from interlock.domain.ids import CaseId, PersonId, QueueName, StepName, TaskId, WorkflowId
from interlock.domain.review import ReviewKind, Verb
from interlock.measure.unwritten import unwritten_rules
from interlock.storage.quality import PastDecision
from interlock.testing.builders import MORNING


def a_decision(number: int, verb: Verb, **changes: Any) -> PastDecision:
    values: dict[str, Any] = {
        "task_id": TaskId(f"t{number}"), "case_id": CaseId(f"c{number}"),
        "workflow": WorkflowId("refunds"), "tenant": "", "kind": ReviewKind.PROPOSAL,
        "queue": QueueName("clerks"), "step": StepName("judge"), "exception_type": "",
        "segment": "eu", "amount": None, "confidence": 0.9, "verb": verb,
        "reason_code": "wrong_account", "note": "", "by": PersonId(f"p{number % 2}"), "at": MORNING,
        "thinking_seconds": None, "too_quick": False,
    }  # fmt: skip
    return PastDecision(**{**values, **changes})


def test_a_correction_made_three_times_is_listed_with_its_denominator() -> None:
    """Four decisions there, three the same correction by two people; the newest is the example."""
    past = [a_decision(n, Verb.EDIT) for n in range(3)]
    past.insert(1, a_decision(9, Verb.APPROVE, reason_code=""))

    [rule] = unwritten_rules(past)

    assert (rule.place, rule.segment, rule.times, rule.asked) == ("judge", "eu", 3, 4)
    assert (rule.people, rule.example, rule.share) == (2, "c2", 0.75)


def test_the_same_correction_elsewhere_is_another_one() -> None:
    """Two and two in two segments is not four."""
    past = [a_decision(n, Verb.EDIT, segment="eu" if n < 2 else "us") for n in range(4)]

    assert unwritten_rules(past) == ()


def test_a_refused_approval_is_no_correction() -> None:
    past = [a_decision(n, Verb.REJECT, kind=ReviewKind.APPROVAL) for n in range(5)]

    assert unwritten_rules(past) == ()
