"""The lines of the workflow map: from card to card, computed here so that no script is needed.

One rule: a column is 100 wide and holds one step; lines run in the gaps between columns and in
the free cells of a lane, so no line goes through a card.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

COLUMN: Final = 100
EDGE: Final = 6  # from a column's border to its card's
LANES: Final = (204, 196, 216, 104)  # as the stylesheet has them
HEIGHT: Final = sum(LANES)
CENTRES: Final = (102, 302, 508, 668)
TOPS: Final = (0, 204, 400, 616)
OVER: Final = 10  # below a lane's top: above its cards
BUS: Final = 408  # where exceptions are gathered, above the cards of people
SIDE: Final = 26  # left of a card's middle, where its exceptions leave


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a card is: the column counts from 0, the lane from 0 (rules, AI, people, checks)."""

    column: int
    lane: int

    @property
    def left(self) -> int:
        return self.column * COLUMN + EDGE

    @property
    def right(self) -> int:
        return (self.column + 1) * COLUMN - EDGE

    @property
    def middle(self) -> int:
        return self.column * COLUMN + COLUMN // 2

    @property
    def centre(self) -> int:
        return CENTRES[self.lane]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """One line as an SVG path. is_detour: it leaves or rejoins the straight path."""

    path: str
    is_detour: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One step on the way. `goes_to`: the column after it, None at the end; `may_be_skipped`."""

    place: Place
    goes_to: int | None
    may_be_skipped: bool = False


def wires(
    stops: Sequence[Stop],
    *,
    beside: Mapping[int, Place],
    instead: Mapping[int, Place],
    exceptions: Place | None,
    raising: Sequence[int],
) -> tuple[Wire, ...]:
    """Every line of the map.

    beside: cards of people who are asked at a step, by column. instead: cards of what happens
    without the AI. exceptions: the card where exceptions go; raising: the columns they come from.
    """
    taken = {(stop.place.column, stop.place.lane) for stop in stops}
    taken |= {(p.column, p.lane) for p in (*beside.values(), *instead.values())}
    taken |= {(exceptions.column, exceptions.lane)} if exceptions else set()
    found = [_onward(stops, stop) for stop in stops if stop.goes_to is not None]
    found += [
        _around(stops, number, taken)
        for number, stop in enumerate(stops)
        if stop.may_be_skipped and 0 < number < len(stops) - 1
    ]
    found += [_down(stops[column].place, place) for column, place in beside.items()]
    found += [_up(stops[column].place, place) for column, place in instead.items()]
    if exceptions and raising:
        found += _gathered([stops[column].place for column in raising], exceptions)
    return tuple(found)


def _onward(stops: Sequence[Stop], stop: Stop) -> Wire:
    """From a step to the one after it; over the top of the map when that is not its neighbour."""
    goal = stops[stop.goes_to or 0].place
    start = stop.place
    if goal.column == start.column + 1:
        if goal.lane == start.lane:
            return Wire(path=f"M{start.right} {start.centre}H{goal.left}")
        gap = goal.column * COLUMN
        return Wire(path=f"M{start.right} {start.centre}H{gap}V{goal.centre}H{goal.left}")
    out, into = (start.column + 1) * COLUMN, goal.column * COLUMN
    path = f"M{start.right} {start.centre}H{out - 2}V{OVER}H{into + 2}V{goal.centre}H{goal.left}"
    return Wire(path=path, is_detour=True)


def _around(stops: Sequence[Stop], number: int, taken: set[tuple[int, int]]) -> Wire:
    """Past a step that not every case needs, through a free cell of its column."""
    before, step, after = (stops[n].place for n in (number - 1, number, number + 1))
    free = [lane for lane in (before.lane, after.lane) if (step.column, lane) not in taken]
    height = CENTRES[free[0]] if free else TOPS[step.lane] + OVER
    out, into = step.column * COLUMN, after.column * COLUMN
    path = f"M{before.right} {before.centre}H{out}V{height}H{into}V{after.centre}H{after.left}"
    return Wire(path=path, is_detour=True)


def _down(step: Place, people: Place) -> Wire:
    return Wire(path=f"M{step.middle} {step.centre}V{people.centre}")


def _up(step: Place, rules: Place) -> Wire:
    return Wire(path=f"M{step.middle} {step.centre}V{rules.centre}", is_detour=True)


def _gathered(steps: Sequence[Place], card: Place) -> list[Wire]:
    """From every step that raises exceptions down to one line, and along it to their card."""
    drops = [
        Wire(path=f"M{step.middle - SIDE} {step.centre}V{BUS}", is_detour=True)
        for step in steps
        if step.lane < card.lane
    ]
    ends = [step.middle - SIDE for step in steps if step.lane < card.lane]
    if not ends:
        return []
    low, high = min(*ends, card.middle), max(*ends, card.middle)
    along = Wire(path=f"M{low} {BUS}H{high}", is_detour=True)
    into = Wire(path=f"M{card.middle} {BUS}V{card.centre}", is_detour=True)
    return [*drops, along, into]
