"""Unwritten rules: what people keep correcting in the same way, and no contract says.

Its one rule: it counts and shows an example; whether there is a rule behind it, a person says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from interlock.domain.ids import CaseId
from interlock.domain.review import ReviewKind, Verb
from interlock.storage.quality import PastDecision

CORRECTIONS: Final = frozenset({Verb.EDIT, Verb.REJECT})
FEWEST: Final = 3  # once is a case, twice is chance; from three on it is worth a question


@dataclass(frozen=True, slots=True, kw_only=True)
class UnwrittenRule:
    """One recurring correction. place: the step or exception type; times of asked: how often it
    was corrected so, of all decisions there in this segment. people: how many did. example: the
    newest such case, which can be protected."""

    place: str
    segment: str
    verb: Verb
    reason_code: str
    times: int
    asked: int
    people: int
    example: CaseId

    @property
    def share(self) -> float:
        """The share of the decisions there that were this correction, as a fraction."""
        return self.times / self.asked


def unwritten_rules(
    decisions: Iterable[PastDecision], *, fewest: int = FEWEST
) -> tuple[UnwrittenRule, ...]:
    """The recurring corrections, the most frequent first. decisions: oldest first.

    An approval refused is no correction: its rule is the tier. fewest: times from which on it is
    listed.
    """
    asked: dict[tuple[str, str], int] = defaultdict(int)
    found: dict[tuple[str, str, Verb, str], list[PastDecision]] = defaultdict(list)
    for each in decisions:
        place = each.exception_type or each.step
        if not place or each.kind is ReviewKind.APPROVAL:
            continue
        asked[place, each.segment] += 1
        if each.verb in CORRECTIONS:
            found[place, each.segment, each.verb, each.reason_code].append(each)
    rules = [
        UnwrittenRule(
            place=place,
            segment=segment,
            verb=verb,
            reason_code=reason,
            times=len(group),
            asked=asked[place, segment],
            people=len({each.by for each in group}),
            example=group[-1].case_id,
        )
        for (place, segment, verb, reason), group in found.items()
        if len(group) >= fewest
    ]
    return tuple(sorted(rules, key=lambda each: (-each.times, each.place, each.segment)))
