"""How a release stands at its gate at this moment: judged, shown, and not recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

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
    judged_at,
    scope_of,
    terms_of,
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


@dataclass(frozen=True, slots=True, kw_only=True)
class TallyChecked:
    """One part of a release: its tally held against every fact. faults None: no tally serves now,
    as before its first sweep, and a look counts every fact by itself."""

    era: str
    segment: str
    faults: tuple[str, ...] | None


def check_tallies(
    context: Context, release: Release, segments: Sequence[str]
) -> tuple[TallyChecked, ...]:
    """Whether what is kept of an era's counts is what its facts come to. Raises: WorkflowUnknown.

    segments: those that are judged; the empty one is all of the release.
    """
    contract, now = context.workflows.of(release.fingerprint).contract, context.clock.now()
    checked = []
    for segment in segments:
        stand, scope = release.stand_of(segment), scope_of(release, segment, now)
        terms = terms_of(contract, stand.stage)
        of_cases = replace(scope, arms=judged_at(stand.stage))
        faults = context.store.tally_faults(of_cases, terms.ai_steps)
        found = None if faults is None else tuple(faults)
        checked.append(TallyChecked(era=stand.era, segment=segment, faults=found))
    return tuple(checked)


def running(reading: Store, workflow: str) -> Release:
    """The workflow's running release. Raises: NoReleaseRunning."""
    found = reading.running_release(workflow)
    if found is None:
        raise NoReleaseRunning(workflow)
    return found
