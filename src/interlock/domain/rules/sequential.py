"""Evidence about a rate that holds however often one looks.

A bet against the claim "the rate is at least p" multiplies its stake by a likelihood ratio at
every case; if the claim is true the stake is expected never to grow, so the chance that it ever
reaches 1/alpha is at most alpha, whenever one looks and whenever one stops (Ville's inequality).
Five bets run side by side, on odds of a half and around it, and the stake is their weighted mean.

Source: J. Ville, Étude critique de la notion de collectif (1939); H. Robbins, Statistical methods
related to the law of the iterated logarithm, Ann. Math. Statist. 41 (1970), the method of
mixtures; I. Waudby-Smith and A. Ramdas, Estimating means of bounded random variables by betting,
JRSS B 86 (2024), confidence sequences by inverting the bets. The odds and weights are our own
choice: of those tried, they decided about soonest on a rate of half the line. The last bet, close
to the line, wins only over many thousands of cases, and holds a little of the stake back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, inf, log, log1p
from typing import Final

ALPHA: Final = 0.05  # the chance of ever being wrong, a side
# (the odds bet on, as a multiple of the claimed odds; the share of the stake)
BETS: Final = ((0.05, 0.05), (0.25, 0.15), (0.5, 0.58), (0.75, 0.2), (0.95, 0.02))
CLOSE_ENOUGH: Final = 1e-9
HALVINGS: Final = 60
MOST_CASES_AHEAD: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RateInterval:
    """`hits` of `cases`, and between which rates the truth lies, at any time looked at.

    Each end is wrong with a chance of at most alpha. No case at all: from 0 to 1.
    """

    hits: int
    cases: int
    low: float
    high: float

    @property
    def rate(self) -> float | None:
        """The observed share, or None when there was no case."""
        return self.hits / self.cases if self.cases else None


def evidence_below(hits: int, cases: int, line: float) -> float:
    """The logarithm of the stake won against "the rate is at least the line".

    At log(1/alpha) and above, the rate is below the line. Raises: ValueError for a line outside
    0..1, or for more hits than cases.
    """
    _check(hits, cases, line)
    if line >= 1:
        return inf if hits < cases else 0.0
    if line <= 0:
        return 0.0 if not cases else -inf if hits else 0.0
    return _log_sum(
        log(share) + _ratio(hits, cases, line, _at_odds(line, odds)) for odds, share in BETS
    )


def evidence_above(hits: int, cases: int, line: float) -> float:
    """The same against "the rate is at most the line"."""
    _check(hits, cases, line)
    return evidence_below(cases - hits, cases, 1 - line)


def interval(hits: int, cases: int, alpha: float = ALPHA) -> RateInterval:
    """Where the true rate lies; each end wrong with a chance of at most alpha, at any time."""
    _check(hits, cases, 0.5)
    return RateInterval(
        hits=hits,
        cases=cases,
        low=1 - _upper_end(cases - hits, cases, alpha),
        high=_upper_end(hits, cases, alpha),
    )


def cases_to_go(hits: int, cases: int, line: float, alpha: float = ALPHA) -> int | None:
    """How many more cases, at the share seen so far, until the rate is known to be below the line.

    0: it is known. None: at this share it never will be. Without a case, a share of half the
    line is assumed.
    """
    wanted = log(1 / alpha)
    if evidence_below(hits, cases, line) >= wanted:
        return 0
    share = hits / cases if cases else line / 2
    growth = max(_growth(share, line, _at_odds(line, odds)) for odds, _ in BETS)
    if growth <= 0:
        return None

    def known(more: int) -> bool:
        return _evidence(hits + share * more, cases + more, line) >= wanted

    high = 1
    while not known(high):
        high *= 2
        if high > MOST_CASES_AHEAD:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if known(middle) else (middle, high)
    return high


def _upper_end(hits: int, cases: int, alpha: float) -> float:
    """The smallest rate above what was seen that the bets rule out."""
    if hits >= cases:
        return 1.0
    low, high, wanted = hits / cases, 1.0, log(1 / alpha)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if evidence_below(hits, cases, middle) >= wanted:
            high = middle
        else:
            low = middle
        if high - low < CLOSE_ENOUGH:
            break
    return high


def _evidence(hits: float, cases: float, line: float) -> float:
    return _log_sum(
        log(share) + _ratio(hits, cases, line, _at_odds(line, odds)) for odds, share in BETS
    )


def _at_odds(rate: float, times: float) -> float:
    return times * rate / (1 - rate + times * rate)


def _ratio(hits: float, cases: float, claimed: float, bet: float) -> float:
    """The logarithm of how much likelier the cases are under the bet than under the claim."""
    return hits * log(bet / claimed) + (cases - hits) * (log1p(-bet) - log1p(-claimed))


def _growth(share: float, claimed: float, bet: float) -> float:
    return share * log(bet / claimed) + (1 - share) * (log1p(-bet) - log1p(-claimed))


def _log_sum(terms: Iterable[float]) -> float:
    each = list(terms)
    top = max(each)
    return top + log(sum(exp(term - top) for term in each))


def _check(hits: int, cases: int, line: float) -> None:
    if not 0 <= hits <= cases:
        raise ValueError(f"{hits} hits of {cases} cases; count hits among the cases")
    if not 0 <= line <= 1:
        raise ValueError(f"the line is {line}; write a share from 0 to 1")
