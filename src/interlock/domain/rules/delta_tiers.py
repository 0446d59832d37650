"""Approvals and exception routes compared: by what they ask for, not by how they are listed.

Its one rule: a tier that went and a tier that came are never offset against each other, unless
they stand under the same condition.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from interlock.domain.contract import ApprovalTier, ExceptionRoute, Quorum, WorkflowContract
from interlock.domain.delta import Change, Direction
from interlock.domain.rules.differences import ABSENT, Difference
from interlock.domain.rules.weighing import NARROWS, UNJUDGED, WIDENS, change, fewer_widen

NUMBER: Final = re.compile(r"(?P<left>[^<>=&|!?]+?)\s*(?P<op>>=|>)\s*(?P<number>\d+(?:\.\d+)?)")


def tier_changes(old: WorkflowContract, new: WorkflowContract) -> list[Change]:
    """What changed in who must approve which action."""
    names = dict.fromkeys(tier.action for tier in (*old.approvals, *new.approvals))
    changes = [each for name in names for each in _of_action(name, old.approvals, new.approvals)]
    return changes + _no_longer_reached(old, new, names)


def _no_longer_reached(
    old: WorkflowContract, new: WorkflowContract, names: Collection[str]
) -> list[Change]:
    """Approvals that a step asks for no more because it does the action no more: what came after
    them in the step's case now comes without anybody's yes."""
    after = {step.step_name: set(step.actions) for step in new.steps}
    changes: list[Change] = []
    for step in old.steps:
        before = set(step.actions)
        for name in sorted((before ^ after.get(step.step_name, before)) & set(names)):
            words = f"step {step.step_name}: whether {name} is approved before the case goes on"
            found = Difference(
                path=("steps", step.step_name, "actions"), before=name in before, after=None
            )
            changes.append(change(found, UNJUDGED, f"{words}: not judged by reading"))
    return changes


def route_changes(old: WorkflowContract, new: WorkflowContract) -> list[Change]:
    """What changed in what becomes of each exception type, its catch-all among them."""
    types = dict.fromkeys(r.exception_type for r in (*old.exceptions, *new.exceptions))
    pairs = [(kind, old.route_for(kind), new.route_for(kind)) for kind in types]
    return [each for kind, before, after in pairs for each in _of_type(kind, before, after)]


def _of_type(kind: str, before: ExceptionRoute, after: ExceptionRoute) -> list[Change]:
    shown = fewer_widen("what its reviewer must see")
    path = ("exceptions", kind, "reviewer_evidence")
    gap = Difference(path=path, before=before.reviewer_evidence, after=after.reviewer_evidence)
    changes = list(shown(gap))
    remedies = _remedy(before), _remedy(after)
    if remedies[0] == remedies[1]:
        return changes
    found = Difference(
        path=("exceptions", kind, "remedy"), before=remedies[0] or None, after=remedies[1] or None
    )
    words = f"exception {kind}: " + (
        f"{remedies[1]} is tried before a person is asked" if remedies[1] else "a person is asked"
    )
    direction = UNJUDGED if all(remedies) else WIDENS if remedies[1] else NARROWS
    return [*changes, change(found, direction, words)]


def _remedy(route: ExceptionRoute) -> str:
    """The function that is tried first; empty when a person is asked at once."""
    return route.remedy if route.automation_allowed and route.remedy else ""


def _of_action(
    name: str, before: Sequence[ApprovalTier], after: Sequence[ApprovalTier]
) -> list[Change]:
    mine = [tier for tier in before if tier.action == name]
    theirs = [tier for tier in after if tier.action == name]
    old = _without(mine, theirs)
    new = _without(theirs, mine)
    changes: list[Change] = []
    for pair in _pairs(old, new):
        old.remove(pair[0])
        new.remove(pair[1])
        changes += _compared(name, *pair)
    changes += [_came_or_went(name, tier, came=False) for tier in old]
    return changes + [_came_or_went(name, tier, came=True) for tier in new]


def _without(mine: Sequence[ApprovalTier], theirs: Sequence[ApprovalTier]) -> list[ApprovalTier]:
    """The tiers of the one list that the other does not hold; a double counts twice."""
    left = [_key(tier) for tier in theirs]
    kept: list[ApprovalTier] = []
    for tier in mine:
        if _key(tier) in left:
            left.remove(_key(tier))
        else:
            kept.append(tier)
    return kept


def _key(tier: ApprovalTier) -> tuple[object, ...]:
    return (_asked_when(tier), tier.tier, tier.quorum, tier.valid_minutes)


def _pairs(
    old: Sequence[ApprovalTier], new: Sequence[ApprovalTier]
) -> list[tuple[ApprovalTier, ApprovalTier]]:
    """Tiers under the same condition, else the two that ask for the same, where that is clear."""
    pairs: list[tuple[ApprovalTier, ApprovalTier]] = []
    for by in (_asked_when, lambda tier: (tier.tier, str(tier.quorum), tier.valid_minutes)):
        free = [tier for tier in old if all(tier is not done for done, _ in pairs)]
        open_ = [tier for tier in new if all(tier is not done for _, done in pairs)]
        for tier in free:
            alike = [each for each in open_ if by(each) == by(tier)]
            if len(alike) == 1 and sum(by(each) == by(tier) for each in free) == 1:
                pairs.append((tier, alike[0]))
    return pairs


def _compared(name: str, before: ApprovalTier, after: ApprovalTier) -> list[Change]:
    changes: list[Change] = []
    where = f"approval of {name}"
    if _asked_when(before) != _asked_when(after):
        words = f"{where} is asked {_in_words(after)}, until now {_in_words(before)}"
        changes.append(_change(name, _threshold(before, after), words, before, after))
    who = _people(before, after)
    if who is not None:
        words = f"{where} needs {_asks(after)}, until now {_asks(before)}"
        changes.append(_change(name, who, words, before, after))
    if before.valid_minutes != after.valid_minutes:
        longer = after.valid_minutes > before.valid_minutes
        words = f"{where} stays good for {after.valid_minutes} minutes, until now "
        words += str(before.valid_minutes)
        changes.append(_change(name, WIDENS if longer else NARROWS, words, before, after))
    return changes


def _people(before: ApprovalTier, after: ApprovalTier) -> Direction | None:
    """Which way it goes to ask these people instead of those; None when it is the same."""
    if (before.tier, before.quorum) == (after.tier, after.quorum):
        return None
    mine, theirs = set(before.tier), set(after.tier)
    needed, wanted = _needed(before), _needed(after)
    if not needed or not wanted:  # a tier that nobody can meet denies
        return None if needed == wanted else NARROWS if not wanted else WIDENS
    if mine == theirs:
        return None if needed == wanted else WIDENS if wanted < needed else NARROWS
    everyone = (needed, wanted) == (len(mine), len(theirs))
    if everyone and (mine <= theirs or theirs <= mine):
        return NARROWS if mine <= theirs else WIDENS
    if theirs <= mine and wanted >= needed:
        return NARROWS
    if mine <= theirs and wanted <= needed:
        return WIDENS
    return UNJUDGED


def _needed(tier: ApprovalTier) -> int:
    """How many must say yes; 0 for a tier that can never be met."""
    if not tier.tier:
        return 0
    if tier.quorum is Quorum.ANY:
        return 1
    return len(tier.tier) if tier.quorum is Quorum.ALL else max(int(tier.quorum), 0)


def _threshold(before: ApprovalTier, after: ApprovalTier) -> Direction:
    """Which way a changed condition points. Only `something > number` can be read."""
    if before.when is None or after.when is None:
        return WIDENS if before.when is None else NARROWS
    mine, theirs = NUMBER.fullmatch(before.when.text), NUMBER.fullmatch(after.when.text)
    if mine is None or theirs is None:
        return UNJUDGED
    if mine["left"] != theirs["left"] or mine["op"] != theirs["op"]:
        return UNJUDGED
    return WIDENS if float(theirs["number"]) > float(mine["number"]) else NARROWS


def _came_or_went(name: str, tier: ApprovalTier, *, came: bool) -> Change:
    said = "is asked" if came else "is no longer asked"
    words = f"approval of {name} {said} {_in_words(tier)}: {_asks(tier)}"
    pair = (None, tier) if came else (tier, None)
    return _change(name, NARROWS if came else WIDENS, words, *pair)


def _change(
    name: str,
    direction: Direction,
    words: str,
    before: ApprovalTier | None,
    after: ApprovalTier | None,
) -> Change:
    found = Difference(path=("approvals", name), before=before or ABSENT, after=after or ABSENT)
    return change(found, direction, words)


def _asked_when(tier: ApprovalTier) -> str:
    return tier.when.text if tier.when else ""


def _in_words(tier: ApprovalTier) -> str:
    return f"when {tier.when.text}" if tier.when else "always"


def _asks(tier: ApprovalTier) -> str:
    people = ", ".join(tier.tier) or "nobody, so that it is denied"
    return people if len(tier.tier) < 2 else f"{tier.quorum} of {people}"  # noqa: PLR2004
