"""What a new version moves from people to the machine, in words a person can sign.

Its one rule: what cannot be compared counts as widening. With no version running, everything the
AI may do is new.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final, Protocol

from interlock.domain.contract import StepMode, WorkflowContract
from interlock.release.delta import autonomy_delta
from interlock.release.past_cases import past_cases
from interlock.release.versions import runs_same_code
from interlock.runtime.context import Context

LAST_MONTH: Final = timedelta(days=31)


class Widening(Protocol):
    """Says what `new` moves to the machine against `old`, the version in force, if any."""

    def __call__(
        self, context: Context, old: WorkflowContract | None, new: WorkflowContract, /
    ) -> tuple[str, ...]: ...


def widens(
    context: Context, old: WorkflowContract | None, new: WorkflowContract
) -> tuple[str, ...]:
    """The widening of a version against the one in force, weighed by the last month's cases."""
    if old is None:
        return first_of_all(new)
    if old.fingerprint == new.fingerprint:
        return ()
    before, after = context.workflows.of(old.fingerprint), context.workflows.of(new.fingerprint)
    cases = past_cases(context.store, old, since=context.clock.now() - LAST_MONTH)
    same_code = runs_same_code(before.loaded, after.loaded)
    return autonomy_delta(old, new, cases, same_code=same_code).widens


def first_of_all(new: WorkflowContract) -> tuple[str, ...]:
    """What a first release hands to the machine: each step in which AI may act by itself."""
    return tuple(
        f"{each.step_name}: the AI may act, where people did"
        for each in new.steps
        if each.mode is StepMode.AGENTIC and each.step_name not in new.never_automate
    )
