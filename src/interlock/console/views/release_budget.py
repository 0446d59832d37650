"""The error budget as it burns down: a line, an even pace, and the same as a table.

One rule: what is drawn was counted in the quality sample; what it may still have is reckoned from
the pace so far, and the caption says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from interlock.console import words
from interlock.domain.release import Release
from interlock.domain.rules.error_budget import ALERTS, BudgetState
from interlock.papers.words import span
from interlock.release.evidence import scope_of
from interlock.storage import Store
from interlock.storage.release_board import SampleChecked

HEIGHT: Final = 150.0  # of the field that is drawn
LEFT: Final = 33.0  # room for its numbers
WIDE: Final = 300.0  # of the field, beside a column of lines
LISTED: Final = 20  # wrong outcomes


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A number along an edge of the chart."""

    at: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of the table."""

    day: str
    checked: int
    wrong: int
    left: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """One pair of windows. now: how many times the allowed rate; empty: it does not burn so."""

    name: str
    over: str
    line: float
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Burn:
    """The budget as it is shown. path: of the line; point: where it ends now."""

    state: BudgetState
    headline: str
    caption: str
    path: str
    even: tuple[float, float]
    point: tuple[float, float]
    x_marks: tuple[Mark, ...]
    y_marks: tuple[Mark, ...]
    days: tuple[Day, ...]
    wrong: tuple[SampleChecked, ...]
    paces: tuple[Pace, ...]
    width: float = WIDE
    height: float = HEIGHT
    left: float = LEFT


def burn_of(
    store: Store, release: Release, segment: str, found: BudgetState | None, now: datetime
) -> Burn | None:
    """How the budget of this era burns down; None when there is none to burn."""
    if found is None:
        return None
    scope = scope_of(release, segment, now)
    window = found.budget.window
    begins = max(scope.since, now - window)
    samples = store.era_samples_listed(scope, window)
    wrong = tuple(each for each in samples if each.is_wrong)
    ends = begins + window
    return Burn(
        state=found,
        headline=_headline(found),
        caption=_caption(found, begins, ends, now),
        path=_path(wrong, found.allowed, begins, ends, now),
        even=(0.0, HEIGHT),
        point=_place(now, len(wrong), found.allowed, begins, ends),
        x_marks=_x_marks(begins, ends, now),
        y_marks=_y_marks(found.allowed),
        days=tuple(_days(samples, found.allowed, now)),
        wrong=wrong[-LISTED:],
        paces=tuple(_paces(found)),
    )


def left_words(found: BudgetState) -> str:
    """What is left, as in `67% left, 6 of 18 used`."""
    if found.left is None:
        return "nothing checked yet"
    return f"{max(0.0, found.left):.0%} left, {found.seen.wrong} of {found.allowed:.1f} used"


def _headline(found: BudgetState) -> str:
    if found.left is None:
        return "Nothing checked yet"
    if found.is_spent:
        return "Spent"
    return f"{max(0.0, found.left):.0%} left"


def _caption(found: BudgetState, begins: datetime, ends: datetime, now: datetime) -> str:
    days = found.budget.window / timedelta(days=1)
    rate = f"{100 * found.budget.rate:g}%"
    if found.burn is None:
        return (
            f"{rate} of the checked outcomes may be wrong in {days:g} days. "
            "None was checked since this stage began."
        )
    return (
        f"Wrong outcomes still allowed, {words.day(begins, now)} to {words.day(ends, now)}: "
        f"{found.seen.wrong} wrong of {found.seen.checked:,} checked, and at this pace "
        f"{found.allowed:.1f} may be. Used at {found.burn:.2f} times an even pace."
    )


def _place(
    at: datetime, wrong: int, allowed: float, begins: datetime, ends: datetime
) -> tuple[float, float]:
    x = WIDE * ((at - begins) / (ends - begins))
    y = HEIGHT * min(1.0, wrong / allowed)
    return round(x, 1), round(y, 1)


def _path(
    wrong: Sequence[SampleChecked],
    allowed: float,
    begins: datetime,
    ends: datetime,
    now: datetime,
) -> str:
    """Steps: level until an outcome is found wrong, then one lower."""
    parts = ["M0 0"]
    for number, each in enumerate(wrong, start=1):
        x, y = _place(each.at, number, allowed, begins, ends)
        parts.append(f"H{x} V{y}")
    return " ".join([*parts, f"H{_place(now, 0, allowed, begins, ends)[0]}"])


def _x_marks(begins: datetime, ends: datetime, now: datetime) -> tuple[Mark, ...]:
    middle = begins + (ends - begins) / 2
    return tuple(
        Mark(at=WIDE * share, text=words.day(moment, now))
        for share, moment in ((0.0, begins), (0.5, middle), (1.0, ends))
    )


def _y_marks(allowed: float) -> tuple[Mark, ...]:
    return tuple(
        Mark(at=HEIGHT * (1 - share), text=f"{allowed * share:.{0 if allowed >= LISTED else 1}f}")
        for share in (1.0, 2 / 3, 1 / 3, 0.0)
    )


def _days(samples: Sequence[SampleChecked], allowed: float, now: datetime) -> list[Day]:
    by_day: dict[str, list[SampleChecked]] = {}
    for each in samples:
        by_day.setdefault(words.day(each.at, now), []).append(each)
    found, wrong = [], 0
    for name, those in by_day.items():
        today = sum(each.is_wrong for each in those)
        wrong += today
        left = f"{max(0.0, allowed - wrong):.1f}"
        found.append(Day(day=name, checked=len(those), wrong=today, left=left))
    return found


def _paces(found: BudgetState) -> list[Pace]:
    burning = {each.pace: each for each in found.alerts}
    paces = []
    for pace, line, share in ALERTS:
        alert = burning.get(pace)
        paces.append(
            Pace(
                name=str(pace).capitalize(),
                over=span(found.budget.window * share),
                line=line,
                now=f"{alert.long:.1f} times the allowed rate" if alert else "",
            )
        )
    return paces
