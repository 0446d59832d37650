"""How long a person thought before a decision: a signal about reviews, never a wall.

Time runs from when the holder took the task. Who decides without having taken it first has no
known time, and unknown is not quick.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from interlock.domain.review import Decision, ReviewTask
from interlock.domain.rules.draft import Draft


def timed(draft: Draft, task: ReviewTask, decision: Decision) -> Decision:
    """The decision with its thinking time, whether that was too quick, and the AI's confidence in
    what was decided. Call it before the case moves on from its proposal."""
    proposal = draft.case.proposal
    seconds = seconds_between(task, decision)
    shortest = draft.contract.quality.thinking_seconds
    return replace(
        decision,
        confidence=proposal.confidence if proposal and task.look is None else None,
        thinking_seconds=seconds,
        too_quick=seconds is not None and seconds < shortest,
    )


def seconds_between(task: ReviewTask, decision: Decision) -> float | None:
    """Seconds from taking the task to deciding it; None when both were one and the same act."""
    if task.claimed_at is None or decision.at <= task.claimed_at:
        return None
    return (decision.at - task.claimed_at) / timedelta(seconds=1)
