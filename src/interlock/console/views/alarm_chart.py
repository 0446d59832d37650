"""The readings of one number as they are drawn: a band, a point a window, the ones outside marked.

One rule: the drawing says nothing that the table below it does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from interlock.domain.watching import Reading, ReadingState

WIDTH: Final = 640.0
HEIGHT: Final = 140.0
EDGE: Final = 12.0  # around what is drawn
ROOM: Final = 0.08  # of the span, above and below it


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One window. is_outside: it breached."""

    x: float
    y: float
    is_outside: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Places within WIDTH by HEIGHT, y from the top. band_top, band_bottom: the newest band,
    to the edge where it has no bound."""

    points: tuple[Point, ...]
    band_top: float
    band_bottom: float

    @property
    def line(self) -> str:
        """The path through all points."""
        return " ".join(f"{'L' if n else 'M'}{p.x} {p.y}" for n, p in enumerate(self.points))


def chart_of(readings: Sequence[Reading]) -> Chart | None:
    """The chart of readings, given newest first; None when nothing was measured."""
    shown = [each for each in reversed(readings) if each.value is not None]
    if not shown:
        return None
    band = shown[-1].band
    seen = [each.value for each in shown if each.value is not None]
    known = [*seen, *(end for end in (band.low, band.high) if end is not None)]
    low, high = min(known), max(known)
    room = (high - low) * ROOM or abs(high) * ROOM or 1.0
    low, high = low - room, high + room

    def height(value: float) -> float:
        inner = HEIGHT - 2 * EDGE
        return round(EDGE + inner * (high - value) / (high - low), 1)

    step = (WIDTH - 2 * EDGE) / max(len(shown) - 1, 1)
    return Chart(
        points=tuple(
            Point(
                x=round(EDGE + number * step, 1) if len(shown) > 1 else WIDTH / 2,
                y=height(value),
                is_outside=each.state is ReadingState.BREACH,
            )
            for number, (each, value) in enumerate(zip(shown, seen, strict=True))
        ),
        band_top=height(band.high) if band.high is not None else 0.0,
        band_bottom=height(band.low) if band.low is not None else HEIGHT,
    )
