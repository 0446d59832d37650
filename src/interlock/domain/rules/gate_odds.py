"""What a gate will say, before it is asked: the chance of each verdict for a rate that is assumed.

Exact, not simulated: the chance of every count of hits is carried from case to case, and what has
crossed a line is taken out, as the gate does that looks after every case.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log
from typing import Final

from interlock.domain.rules.sequential import ALPHA, evidence_above, evidence_below

NEVER: Final = -1  # no count of hits crosses the line yet
NEGLIGIBLE: Final = 1e-15


@dataclass(frozen=True, slots=True, kw_only=True)
class GateOdds:
    """The chances of the verdicts within so many cases; what is missing to 1 is *hold*.

    half_promoted, half_rolled_back: after how many cases half of such releases are; None: not
    within these.
    """

    rate: float
    cases: int
    promote: float
    roll_back: float
    half_promoted: int | None
    half_rolled_back: int | None

    @property
    def hold(self) -> float:
        """The chance that nothing is decided within these cases."""
        return max(0.0, 1 - self.promote - self.roll_back)


@dataclass(slots=True)
class _Walk:
    """The chance of each count of hits among what is undecided, and what was decided so far."""

    chances: list[float] = field(default_factory=lambda: [1.0])
    first: int = 0  # the count that chances[0] is about
    promoted: float = 0.0
    rolled_back: float = 0.0

    def step(self, rate: float) -> None:
        missed = [chance * (1 - rate) for chance in self.chances]
        hit = [chance * rate for chance in self.chances]
        self.chances = [stay + come for stay, come in zip([*missed, 0.0], [0.0, *hit], strict=True)]

    def take_out(self, promote_at: int, roll_back_at: int | None) -> None:
        """Decides every count at or below the one line and at or above the other."""
        while self.chances and self.first <= promote_at:
            self.promoted += self.chances.pop(0)
            self.first += 1
        while self.chances and roll_back_at is not None:
            if self.first + len(self.chances) - 1 < roll_back_at:
                break
            self.rolled_back += self.chances.pop()
        while self.chances and self.chances[-1] < NEGLIGIBLE:
            self.chances.pop()


def gate_odds(
    rate: float,
    *,
    line: float,
    trigger: float | None,
    cases: int,
    alpha: float = ALPHA,
    shares: int = 1,
) -> GateOdds:
    """The chance of each verdict when the true rate is `rate` and every case is looked at.

    line: below it, proven, is a success. trigger: above it, proven, rolls back; None: nothing
    does. cases: how many come in at most. shares: how many rollback lines share alpha.
    """
    walk, promote_at, roll_back_at = _Walk(), NEVER, 0
    half_promoted = half_rolled_back = None
    wanted, wanted_back = log(1 / alpha), log(max(1, shares) / alpha)
    for seen in range(1, cases + 1):
        if not walk.chances:
            break
        walk.step(rate)
        while promote_at < seen and evidence_below(promote_at + 1, seen, line) >= wanted:
            promote_at += 1
        if trigger is not None:
            while (
                roll_back_at <= seen and evidence_above(roll_back_at, seen, trigger) < wanted_back
            ):
                roll_back_at += 1
        walk.take_out(promote_at, None if trigger is None else roll_back_at)
        if half_promoted is None and walk.promoted >= 0.5:  # noqa: PLR2004  (half is half)
            half_promoted = seen
        if half_rolled_back is None and walk.rolled_back >= 0.5:  # noqa: PLR2004
            half_rolled_back = seen
    return GateOdds(
        rate=rate,
        cases=cases,
        promote=walk.promoted,
        roll_back=walk.rolled_back,
        half_promoted=half_promoted,
        half_rolled_back=half_rolled_back,
    )
