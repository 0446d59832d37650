"""What a gate judges by: counts of an era's facts, and what is known of the other conditions.

Its one rule: what was not counted is said to be missing, with the reason; it is never a zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Protocol, TypeAlias

from interlock.domain.case import Arm
from interlock.domain.contract import Stage, WorkflowContract
from interlock.domain.gate import Count, Finding, GateEvidence
from interlock.domain.release import Release
from interlock.domain.rollout import Precondition
from interlock.domain.rules.gate_stages import ALONE, BUDGET_SPENT, CASES
from interlock.domain.rules.release_moves import eras_of
from interlock.domain.rules.tallying import BUSINESS, Terms
from interlock.release.budget import budget_state
from interlock.release.changing import contract_of
from interlock.release.conditions import conditions_of
from interlock.release.protected.standing import protected_standing
from interlock.runtime.context import Context
from interlock.storage import Store
from interlock.storage.verdicts import Comparisons, EraCounts, EraScope, QueueLateness

Supplied: TypeAlias = Mapping[Precondition, tuple[Finding, str]]
NOTHING_YET: Final[Supplied] = MappingProxyType(
    {
        Precondition.BASELINE: (Finding.NOT_YET, "no measured baseline is on record"),
        Precondition.READINESS: (Finding.NOT_YET, "no readiness level is on record"),
        Precondition.ADOPTION: (Finding.NOT_YET, "no adoption milestone is on record"),
    }
)


class ProtectedResult(Protocol):
    """What a run of the protected cases found: the critical ones that fail and those of them that
    are regressions, by name; whether any was played and no critical one fails; and why it is not
    of the cases in force, if it is not."""

    @property
    def failing_critical(self) -> tuple[str, ...]: ...
    @property
    def regressions(self) -> tuple[str, ...]: ...
    @property
    def is_pass(self) -> bool: ...
    @property
    def stale(self) -> str: ...


class LatestResult(Protocol):
    """What the newest run of a release's protected cases found, or None when there was none."""

    def __call__(self, context: Context, release: Release, /) -> ProtectedResult | None: ...


def collect(
    context: Context,
    release: Release,
    segment: str,
    now: datetime,
    *,
    latest: LatestResult = protected_standing,
    supplied: Supplied = NOTHING_YET,
) -> GateEvidence:
    """The evidence on a release in one segment, as of now; segment empty: on all its cases.

    supplied: what other parts found of the baseline, readiness and adoption.
    Raises: WorkflowUnknown when this process has not loaded the release's contract.
    """
    contract = context.workflows.of(release.fingerprint).contract
    stand, store = release.stand_of(segment), context.store
    scope = scope_of(release, segment, now)
    protected = latest(context, release)
    counts, last_id, last_at = _counted(store, contract, scope, stand.stage)
    counts["critical_regressions"] = _regressions(protected)
    budget = budget_state(store, contract, scope, stand.stage)
    if budget is not None:
        counts[BUDGET_SPENT] = Count(hits=int(budget.is_spent))
    return GateEvidence(
        release=release.id,
        era=stand.era,
        workflow=release.workflow,
        fingerprint=release.fingerprint,
        segment=segment,
        stage=stand.stage,
        since=stand.since,
        at=now,
        counts=counts,
        conditions={
            **supplied,
            **conditions_of(context, contract, release, stand, now, budget),
            Precondition.PROTECTED_CASES: _protected(protected),
        },
        fact_until=last_id,
        newest_fact_at=last_at,
        looks=store.looks_made(stand.era, segment),
    )


def scope_of(release: Release, segment: str, now: datetime) -> EraScope:
    """Which cases are the evidence on a release in one segment; segment empty: on all of it."""
    stand = release.stand_of(segment)
    return EraScope(
        workflow=release.workflow,
        era=stand.era,
        since=stand.since,
        until=now,
        arms=BUSINESS,
        segment=segment or None,
    )


def judged_at(stage: Stage) -> frozenset[Arm]:
    """Whose cases are the evidence at a stage: in canary, those the machine decides alone."""
    return frozenset({Arm.CANARY}) if stage is Stage.CANARY else BUSINESS


def terms_of(contract: WorkflowContract, stage: Stage) -> Terms:
    """What an era at this stage is counted by."""
    return Terms(
        ai_steps=frozenset(step.step_name for step in contract.steps if step.is_ai),
        case_arms=frozenset(judged_at(stage)),
    )


def count_up(context: Context, release: Release, now: datetime) -> None:
    """Counts what is new in every era the release had, so that looks find it counted.

    Raises: WorkflowUnknown when its code cannot be had here.
    """
    contract = contract_of(context, release)
    stands = (release.stand, *release.segments.values())
    terms = {each.era: terms_of(contract, each.stage) for each in stands}
    for era in eras_of(release):
        context.store.move_tally(era, terms.get(era), now)


def _counted(
    store: Store, contract: WorkflowContract, scope: EraScope, stage: Stage
) -> tuple[dict[str, Count], int, datetime | None]:
    """The counts by number, and the newest fact they rest on."""
    if stage is Stage.SHADOW:
        compared = store.era_comparisons(scope)
        return _of_shadow(compared), compared.last_id, compared.last_at
    terms = terms_of(contract, stage)
    seen = store.era_counts(replace(scope, arms=judged_at(stage)), terms.ai_steps)
    changed, decided = store.era_proposals_decided(scope)
    counts = _of_cases(seen)
    counts["human_override_rate"] = Count(hits=changed, cases=decided)
    counts["reviewer_queue_sla_breach"] = _late(
        store.era_reviews(scope, _window(contract)), contract.rollout.late_share
    )
    if stage in ALONE and not contract.sample_share:
        unsampled = Count(broken="no quality sample is drawn: set quality.sample in the contract")
        counts["error_rate"] = counts["first_pass_accuracy"] = unsampled
    return counts, seen.last_id, seen.last_at


def _of_cases(seen: EraCounts) -> dict[str, Count]:
    """The shares of section "Numbers and their denominators", counted."""
    return {
        CASES: Count(hits=seen.left_it),
        "exception_rate": Count(
            hits=seen.routed, cases=seen.left_it, under_way=seen.entered - seen.left_it
        ),
        "escalation_rate": Count(hits=seen.with_people, cases=seen.closed),
        "autonomous_resolution_rate": Count(hits=seen.alone, cases=seen.closed),
        "rework_rate": Count(hits=seen.reworked, cases=seen.closed),
        "error_rate": Count(hits=seen.wrong, cases=seen.checked),
        "first_pass_accuracy": Count(hits=seen.checked - seen.not_first_time, cases=seen.checked),
    }


def _of_shadow(seen: Comparisons) -> dict[str, Count]:
    """What watching shows: failures, and where people did otherwise."""
    answered = seen.compared - seen.failed
    return {
        CASES: Count(hits=seen.cases),
        "exception_rate": Count(hits=seen.failed, cases=seen.compared),
        "human_override_rate": Count(hits=seen.different, cases=answered),
    }


def _late(queues: list[QueueLateness], allowed: float) -> Count:
    """Whether more than the allowed share of any queue's questions passed their deadline."""
    breached = [each for each in queues if each.late > allowed * max(each.opened, each.late)]
    return Count(hits=int(bool(breached)))


def _regressions(found: ProtectedResult | None) -> Count:
    """Those known of, or that it is not known; what is known of is not unlearnt."""
    if found is None:
        return Count(broken="the protected cases were not run on this version")
    if found.stale and not found.regressions:
        return Count(broken=found.stale)
    return Count(hits=len(found.regressions))


def _protected(found: ProtectedResult | None) -> tuple[Finding, str]:
    if found is None:
        return Finding.NOT_YET, "the protected cases were not run on this version"
    if found.failing_critical:
        said = f"critical ones fail: {', '.join(found.failing_critical)}"
        return Finding.FAIL, "; ".join(filter(None, (said, found.stale)))
    if found.stale:
        return Finding.NOT_YET, found.stale
    if not found.is_pass:
        return Finding.NOT_YET, "no protected case was played on this version"
    return Finding.PASS, "no critical protected case fails"


def _window(contract: WorkflowContract) -> timedelta:
    gate = contract.gate
    return timedelta(hours=gate.promotion_window_hours if gate else 48)
