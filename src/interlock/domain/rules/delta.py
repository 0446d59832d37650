"""The autonomy delta: which way each change of a contract points, read from two contracts alone.

Pure. Its one rule: every difference is weighed by the table, and what the table does not know is
unjudged, which counts as widening. So is changed code: reading it proves nothing.
"""

from __future__ import annotations

from typing import Final

from interlock.domain.contract import WorkflowContract
from interlock.domain.delta import Change, Direction
from interlock.domain.rules.delta_table import weigh_for
from interlock.domain.rules.delta_tiers import route_changes, tier_changes
from interlock.domain.rules.differences import Difference, differences
from interlock.domain.rules.weighing import UNJUDGED, change, lower_widens

BY_MEANING: Final = frozenset({"approvals", "exceptions"})  # compared by what they ask for
ORDER: Final = (Direction.WIDENS, Direction.UNJUDGED, Direction.NARROWS)


def autonomy_changes(
    old: WorkflowContract, new: WorkflowContract, *, same_code: bool | None = None
) -> tuple[Change, ...]:
    """Every change that bears on autonomy, the widening ones first.

    same_code: whether both run the same step code; None: not known, so it is told from the
    fingerprints where they can tell it.
    """
    changes = [
        each
        for found in differences(old, new)
        if found.path[0] not in BY_MEANING
        for each in weigh_for(found.path)(found)
    ]
    changes += [*tier_changes(old, new), *route_changes(old, new), *_sample(old, new)]
    changes += _code(old, new, same_code)
    return tuple(sorted(changes, key=lambda each: ORDER.index(each.direction)))


def _sample(old: WorkflowContract, new: WorkflowContract) -> list[Change]:
    """The share of autonomous cases looked at afterwards; it can be written in two places."""
    if old.sample_share == new.sample_share:
        return []
    found = Difference(path=("quality_sample",), before=old.sample_share, after=new.sample_share)
    return list(lower_widens("share of autonomous cases looked at")(found))


def _code(old: WorkflowContract, new: WorkflowContract, same_code: bool | None) -> list[Change]:
    """The step code, as far as the fingerprints tell."""
    if same_code or old.fingerprint == new.fingerprint:
        return []
    known = same_code is False or (old.text == new.text and old.text != "")
    said = "changed" if known else "may have changed"
    found = Difference(path=("code",), before=old.fingerprint, after=new.fingerprint)
    return [change(found, UNJUDGED, f"step code {said}: not judged by reading")]
