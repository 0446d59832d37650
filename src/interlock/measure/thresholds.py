"""Coverage for risk: the lowest confidence line whose error stays under a stated rate, provably.

Every line of a fixed grid is a claim "of the cases at or above this line, more than `rate` are
wrong". A claim is tested by the exact binomial tail, which is the Clopper-Pearson upper bound. One
data set answers for many lines, so they are tested in a fixed sequence: from a start downwards,
until the first claim that stands. There are several starts, fixed before anything is seen, and
each spends its share of the allowed chance of error; so the chance that any line called safe is
not is at most 1 - confidence, whatever the shape of the error over confidence.

Source: A. Angelopoulos, S. Bates, E. Candès, M. Jordan, L. Lei, Learn then Test: Calibrating
predictive algorithms to achieve risk control (2021), fixed sequence testing with several starts;
C. Clopper and E. Pearson, Biometrika 26(4), 1934. The grid and the starts are our own choice.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil, log
from typing import Any, Final

from interlock.measure.intervals import stats

RATE: Final = 0.02  # wrong cases among those the machine would decide
CONFIDENCE: Final = 0.95
LINES: Final = (0.999, 0.995, *(n / 100 for n in range(99, 49, -1)))  # the strictest first
STARTS: Final = (0.99, 0.95, 0.9, 0.8, 0.6)
METHOD: Final = "learn-then-test, fixed sequence with 5 starts, exact binomial tails"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """One proposal and whether people found it right.

    seen_from: 0 when it was reviewed whatever its confidence was; else the line from which on its
    like were drawn, and below which it says nothing.
    """

    confidence: float
    right: bool
    segment: str = ""
    seen_from: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePoint:
    """What the record says of one line.

    accepted: reviewed cases at or above it, `wrong` of them wrong. share: of the cases that were
    reviewed whatever their confidence; None without any. upper: the bound on the error at the
    level every start is tested at. safe: the claim that it is unsafe was refused.
    """

    line: float
    accepted: int
    wrong: int
    share: float | None
    upper: float
    safe: bool

    @property
    def error(self) -> float | None:
        """The share of wrong ones among the accepted; None without any."""
        return self.wrong / self.accepted if self.accepted else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """The curve of one segment, and the line chosen from it; None when no line is safe.

    needed: how many reviewed cases without any error the first test takes at least.
    """

    segment: str
    rate: float
    confidence: float
    reviewed: int
    points: tuple[LinePoint, ...]
    chosen: LinePoint | None
    needed: int
    method: str = METHOD


def choose_line(
    reviewed: Iterable[Reviewed],
    *,
    segment: str = "",
    rate: float = RATE,
    confidence: float = CONFIDENCE,
    lines: Sequence[float] = LINES,
    starts: Sequence[float] = STARTS,
) -> Threshold:
    """The line with the largest share among those known to be safe, and the whole curve.

    lines, starts: chosen before the cases are looked at; the strictest first. The guarantee is for
    this one set of cases: P(error at the chosen line > rate) <= 1 - confidence, when new cases are
    like these. Raises: ValueError for a rate or confidence outside 0..1, or a start off the grid.
    """
    if not 0 < rate < 1 or not 0 < confidence < 1:
        raise ValueError(f"rate {rate} and confidence {confidence}; write shares between 0 and 1")
    if not set(starts) <= set(lines):
        raise ValueError(f"the starts {starts} are not all lines; start at a line that is tested")
    cases = list(reviewed)
    alpha = (1 - confidence) / len(starts)
    counts = _Counts(cases)
    plain = [counts.point(line, alpha) for line in lines]
    safe = _safe(plain, rate, starts)
    points = tuple(replace(each, safe=each.line in safe) for each in plain)
    return Threshold(
        segment=segment,
        rate=rate,
        confidence=confidence,
        reviewed=len(cases),
        points=points,
        chosen=min((p for p in points if p.safe), key=lambda p: p.line, default=None),
        needed=ceil(log(alpha) / log(1 - rate)),
    )


def choose_lines(
    reviewed: Iterable[Reviewed], *, rate: float = RATE, confidence: float = CONFIDENCE
) -> tuple[Threshold, ...]:
    """One threshold a segment, by name. Each holds with the stated confidence by itself."""
    by_segment: dict[str, list[Reviewed]] = {}
    for each in reviewed:
        by_segment.setdefault(each.segment, []).append(each)
    return tuple(
        choose_line(by_segment[name], segment=name, rate=rate, confidence=confidence)
        for name in sorted(by_segment)
    )


def reviewed_from(confidences: Iterable[float], right: Iterable[bool]) -> list[Reviewed]:
    """Reviewed cases from two arrays of the same length. Raises: ValueError when they are not."""
    pairs = zip(confidences, right, strict=True)
    return [Reviewed(confidence=float(sure), right=bool(good)) for sure, good in pairs]


@lru_cache(maxsize=4096)
def upper_bound(wrong: int, accepted: int, alpha: float) -> float:
    """The rate that so few wrong ones rule out, but for a chance of alpha; 1 without a case.

    Source: Clopper and Pearson 1934, one-sided.
    """
    if wrong >= accepted:
        return 1.0
    return float(stats().beta.ppf(1 - alpha, wrong + 1, accepted - wrong))


class _Counts:
    """The cases in order, so that each line is counted by two look-ups."""

    def __init__(self, cases: Sequence[Reviewed]) -> None:
        wrong = [each for each in cases if not each.right]
        self._all, self._wrong = _Ordered(cases), _Ordered(wrong)
        self._plain = _Ordered([each for each in cases if each.seen_from <= 0])

    def point(self, line: float, alpha: float) -> LinePoint:
        accepted, wrong = self._all.at(line), self._wrong.at(line)
        return LinePoint(
            line=line,
            accepted=accepted,
            wrong=wrong,
            share=self._plain.at(line) / self._plain.size if self._plain.size else None,
            upper=upper_bound(wrong, accepted, alpha),
            safe=False,
        )


class _Ordered:
    def __init__(self, cases: Sequence[Reviewed]) -> None:
        self.size = len(cases)
        self._sure = sorted(each.confidence for each in cases)
        self._from = sorted(min(each.seen_from, each.confidence) for each in cases)

    def at(self, line: float) -> int:
        """How many are at or above the line, and were seen from there on."""
        over = self.size - bisect_left(self._sure, line)
        return over - (self.size - bisect_right(self._from, line))


def _safe(points: Sequence[LinePoint], rate: float, starts: Sequence[float]) -> set[float]:
    """The lines known to be safe: from each start downwards until the first that is not."""
    safe: set[float] = set()
    places = {point.line: place for place, point in enumerate(points)}
    for start in starts:
        for point in points[places[start] :]:
            if point.upper > rate:
                break
            safe.add(point.line)
    return safe


def curve_svg(found: Sequence[Threshold]) -> str:
    """The curves as one SVG: for every line the share decided, the error seen and its bound.

    Raises: MissingExtra without the charting packages.
    """
    from interlock.measure.threshold_chart import drawn

    drawing: Any = drawn(found)
    return str(drawing)
