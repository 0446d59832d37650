"""An interval as it is drawn: where its ends, its point and the line it is held against lie.

One rule: the drawing says nothing that the numbers beside it do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

WIDTH: Final = 168.0  # of the drawing
ROOM: Final = 1.15  # beyond the farthest thing that is drawn
LINES: Final = 2.0  # a line lies in the middle while nothing is farther off


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Places along the drawing, from its left. low, high None: a fact has no interval."""

    zone: float
    zone_width: float
    line: float
    point: float | None
    low: float | None = None
    high: float | None = None


def drawn(
    line: float, share: float | None, low: float | None, high: float | None, *, upward: bool
) -> Drawn:
    """A share of 1 against its line. upward: it has to lie above the line, else below."""
    if upward:
        # Drawn from the far end, as if each share were what is missing to the whole.
        mirrored = _downward(1 - line, _rest(share), _rest(high), _rest(low))
        return Drawn(
            zone=WIDTH - mirrored.zone - mirrored.zone_width,
            zone_width=mirrored.zone_width,
            line=WIDTH - mirrored.line,
            point=_flipped(mirrored.point),
            low=_flipped(mirrored.high),
            high=_flipped(mirrored.low),
        )
    return _downward(line, share, low, high)


def _downward(line: float, share: float | None, low: float | None, high: float | None) -> Drawn:
    farthest = max(LINES * line, ROOM * (share or 0.0), ROOM * min(high or 0.0, 2 * LINES * line))
    whole = min(1.0, farthest) or 1.0

    def place(value: float | None) -> float | None:
        return None if value is None else round(min(value / whole, 1.0) * WIDTH, 1)

    at = place(line) or 0.0
    return Drawn(
        zone=0.0, zone_width=at, line=at, point=place(share), low=place(low), high=place(high)
    )


def _rest(share: float | None) -> float | None:
    return None if share is None else 1 - share


def _flipped(place: float | None) -> float | None:
    return None if place is None else round(WIDTH - place, 1)
