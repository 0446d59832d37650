"""Whether a change of a contract would have made a difference in one recorded case.

True, False, or None where the record cannot tell; never a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any, Final

from interlock.domain.contract import ApprovalTier, ConditionFailed, Confidence, WorkflowContract
from interlock.domain.delta import Change, PastAction, PastCase
from interlock.domain.rules.facts import ARGUMENTS

NO_LINE: Final = float("inf")
# parts that bear on how a release is judged, or on who is asked, and on no case in particular
NOT_ABOUT_CASES: Final = frozenset(
    {
        "adoption",
        "baseline",
        "error_budget",
        "gate",
        "holdback",
        "monitoring",
        "owners",
        "people",
        "protected_cases",
        "quality",
        "quality_sample",
        "queues",
        "rollout",
    }
)
Tells = Callable[[Change, PastCase, WorkflowContract, WorkflowContract], bool | None]


def is_about_cases(change: Change) -> bool:
    """False for a change of the terms of a release, or of those who are asked."""
    return change.path[0] not in NOT_ABOUT_CASES


def touches(
    change: Change, past: PastCase, old: WorkflowContract, new: WorkflowContract
) -> bool | None:
    """True when the change bears on this case; None when the record cannot tell."""
    tell = TELL.get(change.path[0])
    return tell(change, past, old, new) if tell else None


def _step(
    change: Change, past: PastCase, old: WorkflowContract, _new: WorkflowContract
) -> bool | None:
    name = change.path[1]
    if name not in {step.step_name for step in old.steps}:
        return None  # a new step, or another order: no recorded case went through it
    if change.path[2:] == ("confidence",):
        return _between_lines(change, past, name)
    return _went_through(past, name)


def _went_through(past: PastCase, step: str) -> bool | None:
    if step in past.steps:
        return True
    return False if past.closed else None


def _between_lines(change: Change, past: PastCase, step: str) -> bool | None:
    """True when a recorded proposal lies between the old line and the new one."""
    if change.segment is not None and past.segment != change.segment:
        return False
    if change.segment is None and past.segment in _own_lines(change):
        return False  # its segment has a change of its own, or none
    said = [each.confidence for each in past.proposals if each.step == step]
    if not said:
        return None if step in past.steps or not past.closed else False
    lines = _line(change.before, past.segment), _line(change.after, past.segment)
    return any(min(lines) <= each < max(lines) for each in said)


def _own_lines(change: Change) -> Collection[str]:
    return {name for each in (change.before, change.after) if each for name in each.segments}


def _line(lines: Confidence | None, segment: str) -> float:
    return NO_LINE if lines is None else lines.line_for(segment)


def _approval(
    change: Change, past: PastCase, _old: WorkflowContract, _new: WorkflowContract
) -> bool | None:
    """True when for an action of this case one contract asks for this approval differently."""
    mine = [each for each in past.actions if each.name == change.path[1]]
    if not mine:
        return False if past.closed else None
    tiers: tuple[ApprovalTier | None, ...] = (change.before, change.after)
    answers = {_asked_differently(tiers, past, action) for action in mine}
    return True if True in answers else None if None in answers else False


def _asked_differently(
    tiers: tuple[ApprovalTier | None, ...], past: PastCase, action: PastAction
) -> bool | None:
    facts = {**past.facts, ARGUMENTS: action.arguments}
    asked = [tier is not None and _holds(tier, facts) for tier in tiers]
    if None in asked:
        return None
    if _text(tiers[0]) == _text(tiers[1]):
        return bool(asked[0])  # the same condition: who is asked is what changed
    return asked[0] != asked[1]


def _holds(tier: ApprovalTier, facts: Mapping[str, Any]) -> bool | None:
    try:
        return tier.when is None or tier.when.holds(facts)
    except ConditionFailed:
        return None


def _text(tier: ApprovalTier | None) -> str | None:
    return None if tier is None else tier.when.text if tier.when else ""


def _exception(
    change: Change, past: PastCase, old: WorkflowContract, _new: WorkflowContract
) -> bool | None:
    named = {route.exception_type for route in old.exceptions}
    kind = change.path[1]
    mine = [each for each in past.exceptions if each == kind or (kind == "*" and each not in named)]
    return bool(mine) or (False if past.closed else None)


def _action(
    change: Change, past: PastCase, old: WorkflowContract, _new: WorkflowContract
) -> bool | None:
    if change.path[1] not in old.actions:
        return None
    return _does(past, change.path[1])


def _does(past: PastCase, action: str) -> bool | None:
    asked = {each.action for proposal in past.proposals for each in proposal.requests}
    if action in asked or any(each.name == action for each in past.actions):
        return True
    return False if past.closed else None


def _never(
    _change: Change, past: PastCase, old: WorkflowContract, new: WorkflowContract
) -> bool | None:
    """True when a name that came or went is a step or an action of this case."""
    names = set(old.never_automate) ^ set(new.never_automate)
    answers = {_went_through(past, name) for name in names} | {_does(past, n) for n in names}
    return True if True in answers else None if None in answers else False


def _channel(
    change: Change, past: PastCase, _old: WorkflowContract, _new: WorkflowContract
) -> bool | None:
    return past.channel == change.path[1] if past.channel else None


def _system(
    change: Change, past: PastCase, old: WorkflowContract, _new: WorkflowContract
) -> bool | None:
    if change.path[1] not in old.systems:
        return None
    rules = [rule.name for rule in old.actions.values() if rule.system == change.path[1]]
    return any(each.name in rules for each in past.actions) or None  # steps may have read it


TELL: Final[Mapping[str, Tells]] = MappingProxyType(
    {
        "steps": _step,
        "approvals": _approval,
        "exceptions": _exception,
        "actions": _action,
        "never_automate": _never,
        "intake": _channel,
        "systems": _system,
    }
)
