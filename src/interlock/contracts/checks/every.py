"""Every check, in the order in which the report would be read aloud."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from interlock.contracts.checks import (
    actions,
    alerts,
    approvals,
    case,
    code,
    conditions,
    exceptions,
    feasibility,
    flow,
    gate,
    money,
    outcome,
    parameters,
    people,
    protected,
    quality,
    queues,
    reviewer_words,
    rollout,
    steps,
    words,
)
from interlock.contracts.draft import Draft
from interlock.contracts.problem import Problem

Check = Callable[[Draft], Iterator[Problem]]

CHECKS: Final[tuple[Check, ...]] = (
    outcome.problems,
    people.problems,
    case.problems,
    steps.problems,
    flow.problems,
    code.problems,
    parameters.problems,
    actions.problems,
    conditions.problems,
    approvals.problems,
    money.problems,
    queues.problems,
    exceptions.problems,
    gate.problems,
    rollout.problems,
    alerts.problems,
    feasibility.problems,
    quality.problems,
    protected.problems,
    words.problems,
    reviewer_words.problems,
)


def all_problems(draft: Draft) -> Iterator[Problem]:
    """What every check says about the draft."""
    for check in CHECKS:
        yield from check(draft)
