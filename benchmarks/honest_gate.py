"""How often the gate is wrong: 10,000 simulated rollouts, looked at after every case, beside a gate
that compares the share seen so far with the lines on the same data.

`python -m benchmarks honest_gate`. The gate's lines are those of the rules themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from interlock.domain.rules.sequential import ALPHA, evidence_above, evidence_below

ROLLOUTS: Final = 10_000
CASES: Final = 6_000
SUCCESS, ROLLBACK = 0.04, 0.06  # the field's lines of exception_rate
NAIVE_AFTER: Final = 50  # cases: the least sample, the same for both gates' first look
SEED: Final = 20_261_121
NEVER: Final = -1

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """After each case: promote at so many hits or fewer, roll back at so many or more.

    NEVER, or more hits than cases: that verdict cannot be reached yet.
    """

    promote_at: Counts
    roll_back_at: Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Of the rollouts: the shares promoted and rolled back, and the median cases to each."""

    promoted: float
    rolled_back: float
    cases_to_promote: float | None
    cases_to_roll_back: float | None


def proven(
    cases: int = CASES,
    *,
    line: float = SUCCESS,
    trigger: float | None = ROLLBACK,
    shares: int = 1,
    alpha: float = ALPHA,
) -> Lines:
    """Our gate's lines. shares: how many rollback lines share alpha; trigger None: no rollback."""
    promote, back = np.full(cases, NEVER), np.arange(2, cases + 2)
    low, high = NEVER, 0
    for seen in range(1, cases + 1):
        while low < seen and evidence_below(low + 1, seen, line) >= log(1 / alpha):
            low += 1
        promote[seen - 1] = low
        if trigger is not None:
            while high <= seen and evidence_above(high, seen, trigger) < log(shares / alpha):
                high += 1
            back[seen - 1] = high
    return Lines(promote_at=promote, roll_back_at=back)


def naive(
    cases: int = CASES,
    *,
    line: float = SUCCESS,
    trigger: float | None = ROLLBACK,
    after: int = NAIVE_AFTER,
) -> Lines:
    """The lines of a gate that takes the share seen so far for the truth, from `after` cases on."""
    seen = np.arange(1, cases + 1)
    early = seen < after
    promote = np.where(early, NEVER, np.floor(line * seen + 1e-9).astype(np.int64))
    back = seen + 1
    if trigger is not None:
        back = np.where(early, seen + 1, np.floor(trigger * seen + 1e-9).astype(np.int64) + 1)
    return Lines(promote_at=promote, roll_back_at=back)


def watched(
    rate: float, gates: Sequence[Lines], *, rollouts: int = ROLLOUTS, seed: int = SEED
) -> list[Outcome]:
    """What each gate does to the same rollouts of a release with this true rate."""
    draw = np.random.default_rng(seed)
    cases = len(gates[0].promote_at)
    hits = np.zeros(rollouts, dtype=np.int64)
    ends = [np.zeros((2, rollouts), dtype=np.int64) for _ in gates]  # the case it was decided at
    for at in range(cases):
        hits += draw.random(rollouts) < rate
        for lines, end in zip(gates, ends, strict=True):
            undecided = (end[0] == 0) & (end[1] == 0)
            end[0][undecided & (hits <= lines.promote_at[at])] = at + 1
            end[1][undecided & (hits >= lines.roll_back_at[at])] = at + 1
    return [_outcome(end) for end in ends]


def main() -> None:
    """Simulates and prints, ours beside the naive gate's."""
    ours, theirs = proven(), naive()
    up, plain_up = proven(trigger=None), naive(trigger=None)
    two = proven(shares=2)
    rows: list[tuple[str, float, Sequence[Lines]]] = [
        ("at the success line, 4 %: false promotion", 0.04, (up, plain_up)),
        ("at the rollback line, 6 %: false rollback", 0.06, (ours, theirs)),
        ("at the rollback line, alpha shared by two", 0.06, (two, theirs)),
        ("good, 2 %", 0.02, (ours, theirs)),
        ("very good, 1 %", 0.01, (ours, theirs)),
        ("between the lines, 5 %", 0.05, (ours, theirs)),
        ("bad, 9 %", 0.09, (ours, theirs)),
        ("very bad, 15 %", 0.15, (ours, theirs)),
    ]
    title = f"{ROLLOUTS:,} rollouts, {CASES:,} cases each, looked at after every case"
    table = Table(title=title, title_justify="left")
    for column in ("true rate", "gate", "promoted", "median at", "rolled back", "median at"):
        table.add_column(column, justify="left" if column in ("true rate", "gate") else "right")
    for what, rate, gates in rows:
        for name, found in zip(("Interlock", "naive"), watched(rate, gates), strict=True):
            table.add_row(
                what if name == "Interlock" else "",
                name,
                f"{found.promoted:.2%}",
                _cases(found.cases_to_promote),
                f"{found.rolled_back:.2%}",
                _cases(found.cases_to_roll_back),
            )
    Console(width=120).print(table)


def _outcome(end: Counts) -> Outcome:
    promoted, rolled_back = end[0] > 0, end[1] > 0
    return Outcome(
        promoted=float(promoted.mean()),
        rolled_back=float(rolled_back.mean()),
        cases_to_promote=float(np.median(end[0][promoted])) if promoted.any() else None,
        cases_to_roll_back=float(np.median(end[1][rolled_back])) if rolled_back.any() else None,
    )


def _cases(number: float | None) -> str:
    return "" if number is None else f"{number:,.0f}"
