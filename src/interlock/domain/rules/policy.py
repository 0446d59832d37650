"""The policy answer for an action: allow, deny, or require approval, with the rule that decided.

What is not listed is denied. A condition that cannot be answered denies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from interlock.domain.action import Action, Approval
from interlock.domain.contract import (
    ApprovalTier,
    ConditionFailed,
    Quorum,
    WorkflowContract,
    WorkflowStep,
)
from interlock.domain.ids import PersonId
from interlock.domain.rules.facts import ARGUMENTS


class Answer(StrEnum):
    ALLOW = "allow"
    DENY = "deny"
    REQUIRE_APPROVAL = "require_approval"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyAnswer:
    """The answer, the rule that decided, and the tiers that must approve."""

    answer: Answer
    rule: str
    detail: str = ""
    tiers: tuple[ApprovalTier, ...] = ()


def ask(
    contract: WorkflowContract,
    step: WorkflowStep,
    action: str,
    facts: Mapping[str, Any],
    free: Mapping[str, Any],
) -> PolicyAnswer:
    """May this step of this case do this action? facts: the case; free: the action's arguments
    that the case does not fix."""
    if action not in contract.actions or action not in step.actions:
        allowed = ", ".join(step.actions) or "none"
        return PolicyAnswer(
            answer=Answer.DENY, rule="what is not listed is denied", detail=f"listed: {allowed}"
        )
    if action in contract.never_automate:
        return PolicyAnswer(answer=Answer.DENY, rule="never_automate", detail=action)
    tiers = []
    for tier in contract.approvals:
        if tier.action != action:
            continue
        if not _can_be_met(tier):
            return PolicyAnswer(
                answer=Answer.DENY, rule="a tier names its approvers", detail=action
            )
        try:
            if tier.when is None or tier.when.holds({**facts, ARGUMENTS: free}):
                tiers.append(tier)
        except ConditionFailed as failed:
            return PolicyAnswer(answer=Answer.DENY, rule=failed.text, detail=failed.why)
    if tiers:
        rule = " and ".join(t.name or (t.when.text if t.when else "always") for t in tiers)
        return PolicyAnswer(answer=Answer.REQUIRE_APPROVAL, rule=rule, tiers=tuple(tiers))
    return PolicyAnswer(answer=Answer.ALLOW, rule=f"listed for {step.step_name}")


def _can_be_met(tier: ApprovalTier) -> bool:
    """False for a tier that asks for nobody; it would be met by no approval at all."""
    asks_nobody = isinstance(tier.quorum, int) and tier.quorum < 1
    return bool(tier.tier) and not asks_nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalNeeded:
    """The next approval to ask for: from one of these people, who are not excluded."""

    tier: ApprovalTier
    approvers: tuple[PersonId, ...]  # people or teams the contract names
    excluded: tuple[PersonId, ...]  # those who said yes already: four eyes


def next_approval(
    tiers: tuple[ApprovalTier, ...], action: Action, approvals: tuple[Approval, ...], now: datetime
) -> ApprovalNeeded | None:
    """The first approval still missing, tier after tier, or None when all are given.

    Only unused, unexpired approvals of exactly these arguments count. Under `all` the named
    approvers are asked one after the other; under `any` or a number, all of them are asked.
    """
    given = valid_approvals(action, approvals, now)
    people = tuple(approval.by for approval in given)
    for tier in tiers:
        needed = _missing_from(tier, given)
        if needed:
            return ApprovalNeeded(tier=tier, approvers=needed, excluded=people)
    return None


def valid_approvals(
    action: Action, approvals: tuple[Approval, ...], now: datetime
) -> tuple[Approval, ...]:
    """The approvals that count for this action now."""
    return tuple(
        each
        for each in approvals
        if each.action_id == action.id
        and each.digest == action.digest
        and not each.used
        and now < each.expires_at
    )


def _missing_from(tier: ApprovalTier, given: tuple[Approval, ...]) -> tuple[PersonId, ...]:
    """Who of a tier is asked next; empty when the tier is satisfied."""
    seats = {each.by: each.seat or each.by for each in reversed(given)}  # one seat a person
    left = tuple(each for each in tier.tier if each not in seats.values())
    if tier.quorum is Quorum.ALL:
        return left[:1]
    wanted = 1 if tier.quorum is Quorum.ANY else int(tier.quorum)
    said_yes = sum(seat in tier.tier for seat in seats.values())
    return (left or tier.tier) if said_yes < wanted else ()  # of a team, several may be needed
