"""What a new version moves from people to the machine, in words a person can sign.

Its one rule: what cannot be compared counts as widening. With no version running, everything the
AI may do is new.
"""

from __future__ import annotations

from typing import Protocol

from interlock.domain.contract import StepMode, WorkflowContract
from interlock.runtime.context import Context


class Widening(Protocol):
    """Says what `new` moves to the machine against `old`, the version in force, if any."""

    def __call__(
        self, context: Context, old: WorkflowContract | None, new: WorkflowContract, /
    ) -> tuple[str, ...]: ...


def widens(
    context: Context,  # noqa: ARG001  (whoever counts past cases needs it)
    old: WorkflowContract | None,
    new: WorkflowContract,
) -> tuple[str, ...]:
    """The widening of a version, when nobody compares it with the record."""
    if old is None:
        return first_of_all(new)
    if old.fingerprint == new.fingerprint:
        return ()
    return ("the contract or its code changed, and nobody compared what that moves",)


def first_of_all(new: WorkflowContract) -> tuple[str, ...]:
    """What a first release hands to the machine: each step in which AI may act by itself."""
    return tuple(
        f"{each.step_name}: the AI may act, where people did"
        for each in new.steps
        if each.mode is StepMode.AGENTIC and each.step_name not in new.never_automate
    )
