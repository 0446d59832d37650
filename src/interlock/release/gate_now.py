"""How a release stands at its gate at this moment: judged, shown, and not recorded."""

from __future__ import annotations

from dataclasses import dataclass

from interlock.domain.gate import GateVerdict
from interlock.domain.release import Release
from interlock.domain.rules.error_budget import BudgetState
from interlock.domain.rules.gate import judge
from interlock.errors import InterlockError
from interlock.release.budget import budget_state
from interlock.release.evidence import (
    NOTHING_YET,
    LatestResult,
    Supplied,
    collect,
    scope_of,
)
from interlock.release.protected.standing import protected_standing
from interlock.runtime.context import Context
from interlock.storage import Store


class NoGate(InterlockError):
    """A workflow's contract draws no lines to judge a release by."""

    code = "no_gate"

    def __init__(self, workflow: str) -> None:
        super().__init__(workflow)
        self.workflow = workflow

    def __str__(self) -> str:
        return (
            f"the contract of {self.workflow} has no workflow_release_gate; "
            "write one, or let people decide every case"
        )


class NoReleaseRunning(InterlockError):
    """No release of the workflow is running, so there is nothing to judge."""

    code = "no_release_running"

    def __init__(self, workflow: str) -> None:
        super().__init__(workflow)
        self.workflow = workflow

    def __str__(self) -> str:
        return f"no release of {self.workflow} is running; propose and start one first"


@dataclass(frozen=True, slots=True, kw_only=True)
class GateNow:
    """The verdict as of now, on nobody's record, and where the error budget stands."""

    verdict: GateVerdict
    budget: BudgetState | None


def look(
    context: Context,
    release: Release,
    segment: str = "",
    *,
    latest: LatestResult = protected_standing,
    supplied: Supplied = NOTHING_YET,
) -> GateNow:
    """How a release stands now, in one segment or all. Raises: NoGate, WorkflowUnknown."""
    contract, now = context.workflows.of(release.fingerprint).contract, context.clock.now()
    if contract.gate is None:
        raise NoGate(release.workflow)
    evidence = collect(context, release, segment, now, latest=latest, supplied=supplied)
    return GateNow(
        verdict=judge(evidence, contract.gate, contract.rollout),
        budget=budget_state(
            context.store, contract, scope_of(release, segment, now), evidence.stage
        ),
    )


def running(reading: Store, workflow: str) -> Release:
    """The workflow's running release. Raises: NoReleaseRunning."""
    found = reading.running_release(workflow)
    if found is None:
        raise NoReleaseRunning(workflow)
    return found
