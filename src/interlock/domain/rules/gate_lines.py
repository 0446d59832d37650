"""One line of a gate, judged: a share by evidence, a count or a flag as it is.

A share passes when it is proven on the good side of its line, and a rollback line is met when it
is proven beyond it; whatever lies between is neither. A count or a flag is a fact, and needs no
proof. What cannot be known is `broken`: it passes nothing and takes nothing back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log
from operator import eq, ge, gt, le, lt, ne
from types import MappingProxyType
from typing import Final

from interlock.domain.contract import Criterion, Stage
from interlock.domain.gate import Count, CriterionVerdict, Finding
from interlock.domain.rules.gate_stages import share_of
from interlock.domain.rules.sequential import (
    cases_to_go,
    evidence_above,
    evidence_below,
    interval,
)

MEETS: Final = MappingProxyType({"<": lt, "<=": le, ">": gt, ">=": ge, "==": eq, "!=": ne})
UPWARD: Final = frozenset({">", ">="})  # the side of the line on which the criterion holds
DOWNWARD: Final = frozenset({"<", "<="})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """How lines are looked at: the stage, why the data are stale if they are, and alpha."""

    stage: Stage
    alpha: float
    stale: str = ""


def success(criterion: Criterion, count: Count | None, sight: Sight) -> CriterionVerdict:
    """A success line: `pass` when it is proven, `fail` when the contrary is."""
    counted = _counted(criterion, count)
    if isinstance(counted, CriterionVerdict):
        return counted
    if counted.cases is None:
        met = _meets(criterion, counted)
        return _exact(criterion, counted, Finding.PASS if met else Finding.FAIL)
    found = _side(criterion, counted, sight.alpha)
    if found is not Finding.FAIL and sight.stale:
        return _broken(criterion, f"{_seen(counted, criterion, sight)}: {sight.stale}", counted)
    return _share(criterion, counted, found, sight, to_go=found is Finding.NOT_YET)


def trigger(criterion: Criterion, count: Count | None, sight: Sight) -> CriterionVerdict:
    """A rollback line: `fail` when it is met, `pass` when it is proven not to be.

    A share is met only when that is proven with all that is under way counted as good; a flag or
    a count at once.
    """
    counted = _counted(criterion, count)
    if isinstance(counted, CriterionVerdict):
        return counted
    if counted.cases is None:
        met = _meets(criterion, counted)
        return _exact(criterion, counted, Finding.FAIL if met else Finding.PASS)
    found = {Finding.PASS: Finding.FAIL, Finding.FAIL: Finding.PASS}.get(
        _side(criterion, _lenient(criterion, counted), sight.alpha), Finding.NOT_YET
    )
    if found is Finding.PASS and sight.stale:
        found = Finding.NOT_YET
    return _share(criterion, counted, found, sight, to_go=False)


def is_share(criterion: Criterion, count: Count | None) -> bool:
    """True for a line about a share of cases, by its count; without one, by how it is written."""
    if count is not None and count.hits is not None:
        return count.cases is not None
    return criterion.op in UPWARD | DOWNWARD and 0 < criterion.value < 1


def percent(share: float, digits: int = 1) -> str:
    """A share of 1 in words, as in `2.1 %`."""
    return f"{100 * share:.{digits}f} %"


def _counted(criterion: Criterion, count: Count | None) -> Count | CriterionVerdict:
    """The count, or the verdict that there is none."""
    if count is None:
        return _broken(criterion, f"nothing here counts {criterion.metric}")
    if count.hits is None:
        return _broken(criterion, count.broken or f"{criterion.metric} was not counted")
    if count.cases is None:
        return count
    if not 0 <= count.hits <= count.cases or count.under_way < 0:
        seen = f"{count.hits} of {count.cases}"
        return _broken(criterion, f"the data contradict themselves: {seen}", count)
    if criterion.op not in UPWARD | DOWNWARD:
        return _broken(criterion, "a share is never proven to be exact; use <= or >=", count)
    return count


def _side(criterion: Criterion, count: Count, alpha: float) -> Finding:
    """On which side of the line the share is proven to be, as seen from the criterion."""
    hits, cases, line = count.hits or 0, count.cases or 0, float(criterion.value)
    wanted = log(1 / alpha)
    below, above = evidence_below(hits, cases, line), evidence_above(hits, cases, line)
    good, bad = (above, below) if criterion.op in UPWARD else (below, above)
    if good >= wanted:
        return Finding.PASS
    return Finding.FAIL if bad >= wanted else Finding.NOT_YET


def _lenient(criterion: Criterion, count: Count) -> Count:
    """The count with all that is under way on the good side of a rollback line."""
    hits, cases, late = count.hits or 0, count.cases or 0, count.under_way
    good = hits if criterion.op in UPWARD else hits + late
    return Count(hits=good, cases=cases + late)


def _meets(criterion: Criterion, count: Count) -> bool:
    compare: Callable[[float, float], bool] = MEETS[criterion.op]
    return compare(count.hits or 0, float(criterion.value))


def _exact(criterion: Criterion, count: Count, finding: Finding) -> CriterionVerdict:
    flag = isinstance(criterion.value, bool)
    seen = ("true" if count.hits else "false") if flag else f"{count.hits}"
    return CriterionVerdict(
        text=criterion.text,
        metric=criterion.metric,
        finding=finding,
        words=f"it is {seen}",
        hits=count.hits,
    )


def _share(
    criterion: Criterion, count: Count, finding: Finding, sight: Sight, *, to_go: bool
) -> CriterionVerdict:
    hits, cases = count.hits or 0, count.cases or 0
    found = interval(hits, cases, sight.alpha)
    more = _more(criterion, count, sight.alpha) if to_go else None
    words = _seen(count, criterion, sight)
    if cases:
        words += f"; the truth lies between {percent(found.low, 2)} and {percent(found.high, 2)}"
    if to_go:
        words += f"; {_more_words(more, cases)}"
    return CriterionVerdict(
        text=criterion.text,
        metric=criterion.metric,
        finding=finding,
        words=words,
        hits=hits,
        cases=cases,
        low=found.low,
        high=found.high,
        cases_to_go=more,
    )


def _more(criterion: Criterion, count: Count, alpha: float) -> int | None:
    hits, cases, line = count.hits or 0, count.cases or 0, float(criterion.value)
    if not 0 < line < 1:
        return None
    if criterion.op in UPWARD:
        hits, line = cases - hits, 1 - line
    return cases_to_go(hits, cases, line, alpha)


def _more_words(more: int | None, cases: int) -> str:
    if more is None:
        return "at this share no number of cases proves it"
    assumed = "" if cases else ", if the share is half the line"
    return f"needs about {_about(more):,} more {'case' if more == 1 else 'cases'}{assumed}"


def _about(number: int) -> int:
    """A number as one says it: two figures that count, never fewer than needed."""
    size: int = 10 ** max(0, len(str(number)) - 2)
    return -(-number // size) * size


def _seen(count: Count, criterion: Criterion, sight: Sight) -> str:
    hits, cases, unit = count.hits or 0, count.cases or 0, share_of(sight.stage, criterion.metric)
    late = f", {count.under_way:,} still under way" if count.under_way else ""
    if not cases:
        return f"none yet of the {unit}{late}"
    return f"{percent(hits / cases)}: {hits:,} of {cases:,} {unit}{late}"


def _broken(criterion: Criterion, words: str, count: Count | None = None) -> CriterionVerdict:
    return CriterionVerdict(
        text=criterion.text,
        metric=criterion.metric,
        finding=Finding.BROKEN,
        words=words,
        hits=count.hits if count else None,
        cases=count.cases if count else None,
    )
