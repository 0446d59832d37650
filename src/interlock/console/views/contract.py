"""The contract in words: owners, steps, limits, systems, tiers, evidence, queues and versions.

One rule: everything shown stands in the contract; only open cases are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from interlock.console import words
from interlock.console.views.exceptions import minutes_in_words, without_marks
from interlock.console.views.release_words import stage_words
from interlock.console.views.scope import Scope, name_of
from interlock.domain.contract import (
    ActionRule,
    ApprovalTier,
    Budget,
    FallbackMode,
    Quorum,
    StepMode,
    WorkflowContract,
    WorkflowStep,
)
from interlock.domain.exceptions import CATCH_ALL
from interlock.domain.ids import Fingerprint
from interlock.domain.release import Release, ReleaseState
from interlock.domain.rules.release_moves import WIDENING, is_signed
from interlock.runtime.context import Context

FALLBACKS: Final = {
    FallbackMode.DETERMINISTIC_PATH: "fixed rules",
    FallbackMode.HUMAN_REVIEW: "a person",
    FallbackMode.PREVIOUS_VERSION: "the version before",
}
OWNERS: Final = (
    ("Business owner", "business", "Answers for the outcome"),
    ("Operations owner", "operations", "Answers for the process"),
    ("Technical owner", "technical", "Answers for the connections"),
    ("Governance owner", "governance", "Answers for policy and risk"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    name: str
    mode: StepMode
    owner: str
    may: str
    limits: str
    otherwise: str
    condition: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionLine:
    name: str
    system: str
    says: str
    undo: str
    limits: str
    approval: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TierLine:
    name: str
    action: str
    condition: str
    who: str
    valid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemLine:
    name: str
    kind: str
    holds: str
    trusted: str
    protected: str
    writes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    name: str
    members: str
    hours: str
    rules: str
    then: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One saved contract of the workflow. `is_loaded`: cases of it can be worked on here.

    release: what became of its release, in words, empty when it has none; unsigned: it moves work
    to the machine, and nobody has signed that yet.
    """

    fingerprint: str
    saved_at: datetime
    open_cases: int
    is_current: bool
    is_loaded: bool
    release: str = ""
    release_id: str = ""
    is_unsigned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractShown:
    """Everything the contract page shows. matrix: per exception, which of `evidence` it needs."""

    owners: tuple[tuple[str, str, str], ...]
    outcome: str
    steps: tuple[StepLine, ...]
    actions: tuple[ActionLine, ...]
    never: tuple[str, ...]
    tiers: tuple[TierLine, ...]
    systems: tuple[SystemLine, ...]
    evidence: tuple[str, ...]
    matrix: tuple[tuple[str, tuple[bool, ...]], ...]
    queues: tuple[QueueRow, ...]
    versions: tuple[Version, ...]
    text: str


def contract_shown(context: Context, scope: Scope, contract: WorkflowContract) -> ContractShown:
    """The contract in words, with its versions."""
    outcome = contract.outcome
    evidence = tuple(
        dict.fromkeys(name for route in contract.exceptions for name in route.reviewer_evidence)
    )
    return ContractShown(
        owners=tuple(
            (role, name_of(contract, getattr(contract.owners, field)), what)
            for role, field, what in OWNERS
        ),
        outcome=f"{outcome.statement}: {words.spaced(outcome.metric)} {outcome.target}",
        steps=tuple(_step(contract, step) for step in contract.steps),
        actions=tuple(_action(contract, rule) for rule in contract.actions.values()),
        never=tuple(words.sentence(name) for name in contract.never_automate),
        tiers=tuple(_tier(contract, tier) for tier in contract.approvals),
        systems=_systems(contract),
        evidence=tuple(words.sentence(name) for name in evidence),
        matrix=tuple(
            (
                "Anything else"
                if route.exception_type == CATCH_ALL
                else words.sentence(route.exception_type),
                tuple(name in route.reviewer_evidence for name in evidence),
            )
            for route in contract.exceptions
        ),
        queues=_queues(contract),
        versions=_versions(context, scope, contract),
        text=context.workflows.of(contract.fingerprint).loaded.source,
    )


def _step(contract: WorkflowContract, step: WorkflowStep) -> StepLine:
    return StepLine(
        name=step.title or words.sentence(step.step_name),
        mode=step.mode,
        owner=name_of(contract, step.owner),
        may=_may(step),
        limits=_limits(step),
        otherwise=_otherwise(step),
        condition=step.when.text if step.when else "",
        evidence=words.listed(tuple(words.spaced(name) for name in step.evidence_required)),
    )


def _may(step: WorkflowStep) -> str:
    does = [words.spaced(name) for name in step.actions]
    verbs = words.listed(tuple(str(verb) for verb in step.task_boundary))
    actions = f"acts: {words.listed(tuple(does))}" if does else ""
    return "; ".join(part for part in (verbs, actions) if part)


def _limits(step: WorkflowStep) -> str:
    limits = step.limits
    parts = [
        f"confidence {round(step.confidence.accept_at * 100)} or more" if step.confidence else "",
        f"{limits.timeout_seconds:g} s" if limits.timeout_seconds else "",
        f"{limits.cost} a case" if limits.cost else "",
        words.counted(limits.model_calls, "model call") if limits.model_calls else "",
        f"answer within {minutes_in_words(step.max_response_minutes)}"
        if step.max_response_minutes
        else "",
    ]
    return ", ".join(part for part in parts if part)


def _otherwise(step: WorkflowStep) -> str:
    if step.fallback is None:
        return ""
    named = f": {words.spaced(step.fallback.step)}" if step.fallback.step else ""
    return f"{FALLBACKS[step.fallback.mode]}{named}"


def _action(contract: WorkflowContract, rule: ActionRule) -> ActionLine:
    held = f"held {minutes_in_words(rule.hold_minutes)}" if rule.hold_minutes else ""
    undo = f"undone by “{words.spaced(rule.compensate)}”" if rule.compensate else "reversible"
    tiers = [tier for tier in contract.approvals if tier.action == rule.name]
    return ActionLine(
        name=words.sentence(rule.name),
        system=words.spaced(rule.system),
        says=without_marks(rule.says),
        undo=undo if rule.reversible else "cannot be undone",
        limits=", ".join(part for part in (held, _budget(rule.budget)) if part),
        approval=words.listed(tuple(tier.name or "asked for" for tier in tiers)),
    )


def _budget(budget: Budget | None) -> str:
    if budget is None:
        return ""
    parts = [
        f"{budget.money_per_hour} an hour" if budget.money_per_hour else "",
        f"{budget.money_per_day} a day" if budget.money_per_day else "",
        f"{budget.count_per_hour:,} an hour" if budget.count_per_hour else "",
        f"{budget.count_per_day:,} a day" if budget.count_per_day else "",
    ]
    said = [part for part in parts if part]
    return f"at most {words.listed(tuple(said))}" if said else ""


def _tier(contract: WorkflowContract, tier: ApprovalTier) -> TierLine:
    who = tuple(name_of(contract, person) for person in tier.tier)
    last = "or" if tier.quorum == Quorum.ANY else "and"
    named = words.listed(who, last)
    if isinstance(tier.quorum, int):
        named = f"{tier.quorum} of {words.listed(who)}"
    return TierLine(
        name=tier.name or words.sentence(tier.action),
        action=words.spaced(tier.action),
        condition=tier.when.text if tier.when else "always",
        who=named,
        valid=minutes_in_words(tier.valid_minutes),
    )


def _systems(contract: WorkflowContract) -> tuple[SystemLine, ...]:
    return tuple(
        SystemLine(
            name=name.upper() if len(name) <= 3 else words.sentence(name),  # noqa: PLR2004  (ERP)
            kind=words.spaced(system.kind),
            holds=system.holds,
            trusted="trusted" if system.trusted else "nothing: every value is checked",
            protected=words.listed(tuple(words.spaced(field) for field in system.protected)),
            writes=words.listed(
                tuple(
                    words.spaced(rule.name)
                    for rule in contract.actions.values()
                    if rule.system == name
                )
            ),
        )
        for name, system in contract.systems.items()
    )


def _queues(contract: WorkflowContract) -> tuple[QueueRow, ...]:
    rows = []
    for name, queue in contract.queues.items():
        people = tuple(name_of(contract, person) for person in sorted(contract.members_of(name)))
        rules = [
            f"{queue.minutes_per_task:g} min a task",
            f"held for {queue.lease_minutes} min",
            f"at risk at {queue.at_risk_share:.0%} of the time",
            f"up to {queue.capacity} at once" if queue.capacity else "",
            f"{queue.at_most} a person" if queue.at_most else "",
            f"{queue.undo_seconds} s to undo" if queue.undo_seconds else "",
            "blind: own answer first" if queue.blind else "",
            "training needed" if queue.training else "",
        ]
        rows.append(
            QueueRow(
                name=words.spaced(name),
                members=words.listed(people) or "nobody",
                hours=queue.hours.text,
                rules=", ".join(part for part in rules if part),
                then=words.listed(tuple(words.spaced(each) for each in queue.escalate_to))
                or "it stays there",
            )
        )
    return tuple(rows)


def _versions(context: Context, scope: Scope, contract: WorkflowContract) -> tuple[Version, ...]:
    counted = context.store.open_by_contract() if scope.tenants is None else {}
    releases = context.store.releases(contract.workflow)
    latest = {each.fingerprint: each for each in reversed(releases)}
    running = next((each for each in releases if each.state is ReleaseState.RUNNING), None)
    current = running.fingerprint if running else contract.fingerprint
    rows: Sequence[Version] = [
        Version(
            fingerprint=row.fingerprint[:12],
            saved_at=row.saved_at,
            open_cases=counted.get((row.workflow, row.fingerprint), 0),
            is_current=row.fingerprint == current,
            is_loaded=context.workflows.knows(row.fingerprint),
            **_release_of(latest.get(Fingerprint(row.fingerprint))),
        )
        for row in context.store.contracts()
        if row.workflow == contract.workflow
    ]
    return tuple(rows)


def _release_of(release: Release | None) -> dict[str, Any]:
    """What became of a version's latest release."""
    if release is None:
        return {}
    stage = stage_words(release.stand.stage, release.canary_share)
    said = f"runs at {stage}" if release.state is ReleaseState.RUNNING else release.state
    waits = release.state is ReleaseState.PROPOSED and bool(release.widens)
    return {
        "release": words.spaced(said),
        "release_id": release.id,
        "is_unsigned": waits and not is_signed(release, WIDENING),
    }
