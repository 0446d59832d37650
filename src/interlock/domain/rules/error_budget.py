"""The error budget: how many outcomes may be wrong in a window, and how fast it is being spent.

A burn rate of 1 spends the budget exactly at the end of its window. What is spent is counted, not
proven: outcomes found wrong in the quality sample, against those the sample would have at the
same pace over the whole window. The last of it gone, people take over, whatever the shares say.

Source: B. Beyer and others (ed.), The Site Reliability Workbook, O'Reilly 2018, chapter 5,
"Alerting on SLOs": burn rates 14.4, 6 and 1 over windows that spend 2 %, 5 % and 10 % of a
thirty-day budget, each confirmed by a window a twelfth as long.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from interlock.domain.contract import FallbackMode

CONFIRMED_BY: Final = 12  # the short window is the long one's twelfth
LEAST_ELAPSED: Final = timedelta(days=1)  # work comes in days; no hour says what a month brings
AT_LEAST_WRONG: Final = 2  # one wrong outcome is no trend; few cases would alarm on each


class Pace(StrEnum):
    FAST = "fast"  # somebody looks now
    MIDDLE = "middle"
    SLOW = "slow"  # somebody looks this week


# (pace, burn rate, the long window's share of the budget's own)
ALERTS: Final = (
    (Pace.FAST, 14.4, 1 / 720),  # an hour of thirty days
    (Pace.MIDDLE, 6.0, 1 / 120),  # six hours
    (Pace.SLOW, 1.0, 1 / 10),  # three days
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorBudget:
    """The share of outcomes that may be wrong in a window; when_spent: who takes over then."""

    rate: float
    window: timedelta
    when_spent: FallbackMode = FallbackMode.HUMAN_REVIEW


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """Outcomes checked in some stretch of time, and how many of them were wrong."""

    wrong: int
    checked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BurnAlert:
    """Both windows burn faster than the pace allows. long, short: their burn rates."""

    pace: Pace
    line: float
    over: timedelta
    long: float
    short: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetState:
    """Where a budget stands. left: a share of 1, below 0 when overspent; burn: over the whole
    window; both None when nothing was checked. allowed: wrong outcomes the window may have."""

    budget: ErrorBudget
    seen: Checked
    allowed: float
    left: float | None
    burn: float | None
    alerts: tuple[BurnAlert, ...] = ()

    @property
    def is_spent(self) -> bool:
        """True when more outcomes were wrong than the window may have."""
        return self.seen.wrong > self.allowed


def budget_of(written: Mapping[str, Any]) -> ErrorBudget | None:
    """The contract's error budget, or None when it sets none."""
    if not written or not written.get("rate"):
        return None
    return ErrorBudget(
        rate=float(written["rate"]),
        window=timedelta(days=float(written.get("window_days", 30))),
        when_spent=FallbackMode(written.get("when_spent", FallbackMode.HUMAN_REVIEW)),
    )


def burn_rate(seen: Checked, rate: float) -> float | None:
    """How many times faster than allowed outcomes go wrong; None when none was checked.

    One wrong in 1,000 against a budget of 2 % is 0.05. Raises: ValueError for a rate of 0.
    """
    if rate <= 0:
        raise ValueError(f"a budget of {rate} has no burn rate; write a share above 0")
    return seen.wrong / seen.checked / rate if seen.checked else None


def allowed_wrong(seen: Checked, budget: ErrorBudget, elapsed: timedelta) -> float:
    """How many outcomes of the sample may be wrong in a whole window at the pace seen so far.

    elapsed: how long it was counted; it counts as a day at least, and as a window at most. Never
    less than 1: a single wrong outcome spends no budget.
    """
    share = min(1.0, max(elapsed, LEAST_ELAPSED) / budget.window)
    return max(1.0, budget.rate * seen.checked / share)


def state(
    budget: ErrorBudget, elapsed: timedelta, checked_in: Callable[[timedelta], Checked]
) -> BudgetState:
    """Where the budget stands. checked_in: what was checked in the last so-and-so long."""
    seen = checked_in(budget.window)
    allowed = allowed_wrong(seen, budget, elapsed)
    return BudgetState(
        budget=budget,
        seen=seen,
        allowed=allowed,
        left=1 - seen.wrong / allowed if seen.checked else None,
        burn=burn_rate(seen, budget.rate),
        alerts=tuple(_alerts(budget, checked_in)),
    )


def windows(budget: ErrorBudget) -> tuple[timedelta, ...]:
    """Every stretch of time the state of a budget asks about."""
    long = [budget.window * share for _, _, share in ALERTS]
    return (budget.window, *long, *(each / CONFIRMED_BY for each in long))


def in_words(found: BudgetState) -> str:
    """The state as a sentence, its numbers with what they are numbers of."""
    seen, days = found.seen, found.budget.window / timedelta(days=1)
    if found.left is None or found.burn is None:
        return f"no outcome was checked yet against the budget of {found.budget.rate:.2%}"
    said = (
        f"{max(0.0, found.left):.0%} of the budget left: {seen.wrong} wrong of {seen.checked} "
        f"checked, {found.allowed:.1f} allowed in {days:g} days; burn rate {found.burn:.2f}"
    )
    for alert in found.alerts:
        said += f"; burning {alert.pace}: {alert.long:.1f} times the allowed rate"
    return said


def _alerts(budget: ErrorBudget, checked_in: Callable[[timedelta], Checked]) -> list[BurnAlert]:
    found = []
    for pace, line, share in ALERTS:
        over = budget.window * share
        last = checked_in(over)
        long = burn_rate(last, budget.rate) or 0.0
        short = burn_rate(checked_in(over / CONFIRMED_BY), budget.rate) or 0.0
        if last.wrong >= AT_LEAST_WRONG and long >= line and short >= line:
            found.append(BurnAlert(pace=pace, line=line, over=over, long=long, short=short))
    return found
