"""How far two reviewers agree beyond chance: Cohen's kappa over pairs of independent answers.

Its one rule: it is computed over pairs alone, never over an answer that had no second one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Final

from interlock.domain.fact import Fact, FactKind
from interlock.measure.intervals import CONFIDENCE

BETWEEN: Final = "/"  # what joins two answers, or a queue and a step, in a fact
FEW: Final = 30  # pairs; below it the interval, which holds for many, is a rough guide only


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two independent answers to one question."""

    queue: str
    step: str
    first: str
    second: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kappa:
    """Agreement over `pairs`. value 1: always the same answer; 0: no more than by chance; None:
    not defined, because nobody ever answered differently from anybody.

    observed, expected: shares of agreement, seen and by chance. low, high: the interval.
    """

    pairs: int
    observed: float
    expected: float
    value: float | None
    standard_error: float | None
    low: float
    high: float

    @property
    def is_rough(self) -> bool:
        """True while there are too few pairs for the interval to be taken at its word."""
        return self.pairs < FEW


def pairs_of(facts: Iterable[Fact]) -> list[Pair]:
    """The pairs among these facts; a third person's word on a pair is no pair."""
    found = []
    for fact in facts:
        first, _, second = fact.detail.partition(BETWEEN)
        if fact.kind is FactKind.SECOND_LOOK and second:
            queue, _, step = fact.name.partition(BETWEEN)
            found.append(Pair(queue=queue, step=step, first=first, second=second))
    return found


def kappa(pairs: Sequence[tuple[str, str]], *, confidence: float = CONFIDENCE) -> Kappa:
    """Cohen's kappa of pairs of answers, with its interval from the large-sample standard error.

    Source: Cohen 1960, Educational and Psychological Measurement 20(1), 37-46; standard error:
    Fleiss, Cohen and Everitt 1969, Psychological Bulletin 72(5), 323-327, formula 13.
    """
    total = len(pairs)
    if total == 0:
        return _undefined(0, 0.0, 0.0)
    both, first, second = _shares(pairs)
    observed = sum(share for (one, other), share in both.items() if one == other)
    expected = sum(share * second.get(answer, 0.0) for answer, share in first.items())
    if expected >= 1.0:
        return _undefined(total, observed, expected)
    value = (observed - expected) / (1 - expected)
    error = sqrt(max(_variance(both, first, second, observed, expected) / total, 0.0))
    reach = NormalDist().inv_cdf((1 + confidence) / 2) * error
    return Kappa(
        pairs=total,
        observed=observed,
        expected=expected,
        value=value,
        standard_error=error,
        low=max(value - reach, -1.0),
        high=min(value + reach, 1.0),
    )


def _undefined(pairs: int, observed: float, expected: float) -> Kappa:
    return Kappa(
        pairs=pairs,
        observed=observed,
        expected=expected,
        value=None,
        standard_error=None,
        low=-1.0,
        high=1.0,
    )


Shares = dict[str, float]


def _shares(
    pairs: Sequence[tuple[str, str]],
) -> tuple[dict[tuple[str, str], float], Shares, Shares]:
    total = len(pairs)
    both = {each: count / total for each, count in Counter(pairs).items()}
    first = {each: count / total for each, count in Counter(a for a, _ in pairs).items()}
    second = {each: count / total for each, count in Counter(b for _, b in pairs).items()}
    return both, first, second


def _variance(
    both: dict[tuple[str, str], float],
    first: Shares,
    second: Shares,
    observed: float,
    expected: float,
) -> float:
    """The variance of kappa for one pair; over n pairs it is an n-th of it."""
    spread = 0.0
    for (one, other), share in both.items():
        if one == other:
            margins = first[one] + second[one]
            spread += share * ((1 - expected) - margins * (1 - observed)) ** 2
        else:  # the column of the first's answer, and the row of the second's
            margins = second.get(one, 0.0) + first.get(other, 0.0)
            spread += share * margins**2 * (1 - observed) ** 2
    spread -= (observed * expected - 2 * expected + observed) ** 2
    return spread / (1 - expected) ** 4
