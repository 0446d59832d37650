"""Two versions on the same cases: is one really worse, or is it chance?

Only the cases on which the two disagree say anything; those both pass or both fail say nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import Final

from interlock.measure.intervals import exact_interval

CONFIDENCE: Final = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """A comparison. worse, better: cases that only the old, only the new version passes.

    difference: share of passed cases, new minus old, with its interval. p_value: how often chance
    alone gives disagreements at least this one-sided.
    """

    cases: int
    both: int
    worse: tuple[str, ...]
    better: tuple[str, ...]
    difference: float
    low: float
    high: float
    p_value: float


def compared(
    old: Mapping[str, bool], new: Mapping[str, bool], *, confidence: float = CONFIDENCE
) -> Paired:
    """The comparison of what two versions passed, by the cases both played.

    The test is McNemar's in its exact form: a two-sided sign test of the disagreements. The
    interval is the exact one of the share of disagreements that are for the better, carried over
    to the difference with the number of disagreements held as seen. Without any it is (0, 0):
    nothing changed on these cases, and of others nothing is said.
    Raises: MissingExtra without scipy.
    Source: McNemar 1947, Psychometrika 12(2), 153-157; Clopper and Pearson 1934, Biometrika
    26(4), 404-413.
    """
    names = sorted(old.keys() & new.keys())
    worse = tuple(each for each in names if old[each] and not new[each])
    better = tuple(each for each in names if new[each] and not old[each])
    split = len(worse) + len(better)
    both = sum(old[each] and new[each] for each in names)
    if not split:
        return Paired(
            cases=len(names), both=both, worse=(), better=(), difference=0.0, low=0.0, high=0.0,
            p_value=1.0,
        )  # fmt: skip
    low, high = exact_interval(len(better), split, confidence=confidence)
    scale = split / len(names)
    return Paired(
        cases=len(names),
        both=both,
        worse=worse,
        better=better,
        difference=(len(better) - len(worse)) / len(names),
        low=(2 * low - 1) * scale,
        high=(2 * high - 1) * scale,
        p_value=_sign_test(len(better), split),
    )


def _sign_test(hits: int, total: int) -> float:
    """How often a fair coin thrown `total` times is at least as one-sided as `hits`, both ways."""
    fewer = min(hits, total - hits)
    tail = Fraction(sum(comb(total, k) for k in range(fewer + 1)), 2**total)
    return float(min(Fraction(1), 2 * tail))
