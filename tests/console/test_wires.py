"""The lines of the map: they reach the cards they join and go through none on the way."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given
from hypothesis.strategies import booleans, integers, lists, tuples

from interlock.console.views.wires import CENTRES, COLUMN, HEIGHT, Place, Stop, wires

CARD_HALF = 30  # the least a card is high above and below its middle


def corners(path: str) -> list[tuple[float, float]]:
    """The points of a path of M, H and V."""
    x = y = 0.0
    found = []
    for letter, text in re.findall(r"([MHV])([-\d. ]+)", path):
        numbers = [float(each) for each in text.split()]
        if letter == "M":
            x, y = numbers
        elif letter == "H":
            x = numbers[0]
        else:
            y = numbers[0]
        found.append((x, y))
    return found


def test_neighbours_in_one_lane_are_joined_by_a_straight_line() -> None:
    """The straight path is what the eye follows."""
    first, second = Place(column=0, lane=0), Place(column=1, lane=0)
    stops = [Stop(place=first, goes_to=1), Stop(place=second, goes_to=None)]

    (line,) = wires(stops, beside={}, instead={}, exceptions=None, raising=[])

    assert corners(line.path) == [(first.right, 102), (second.left, 102)]
    assert not line.is_detour


def test_a_step_not_every_case_needs_has_a_way_round_it() -> None:
    """Through the free cell of its column, dashed."""
    stops = [
        Stop(place=Place(column=0, lane=0), goes_to=1),
        Stop(place=Place(column=1, lane=2), goes_to=2, may_be_skipped=True),
        Stop(place=Place(column=2, lane=0), goes_to=None),
    ]

    found = wires(stops, beside={}, instead={}, exceptions=None, raising=[])

    (around,) = [wire for wire in found if wire.is_detour]
    assert {y for _, y in corners(around.path)} == {102}


def test_a_jump_goes_over_the_top() -> None:
    """`next` names a step that is not the neighbour: the line is drawn dashed above the lanes."""
    stops = [
        Stop(place=Place(column=number, lane=0), goes_to=goal)
        for number, goal in enumerate((2, 2, None))
    ]

    found = wires(stops, beside={}, instead={}, exceptions=None, raising=[])

    (jump,) = [wire for wire in found if wire.is_detour]
    assert min(y for _, y in corners(jump.path)) < CENTRES[0] - CARD_HALF


def test_exceptions_are_gathered_into_one_line_to_their_card() -> None:
    """Thirteen lines to one card would say nothing."""
    stops = [Stop(place=Place(column=n, lane=0), goes_to=None) for n in range(4)]
    card = Place(column=0, lane=2)

    found = wires(stops, beside={}, instead={}, exceptions=card, raising=[1, 3])

    assert len(found) == 4
    assert any(corners(wire.path)[-1] == (card.middle, card.centre) for wire in found)
    assert wires(stops, beside={}, instead={}, exceptions=card, raising=[]) == ()


@given(
    steps=lists(tuples(integers(0, 2), booleans()), min_size=1, max_size=12),
    jumps=lists(integers(0, 11), max_size=12),
)
def test_no_line_between_steps_goes_through_another_step(
    steps: list[tuple[int, bool]], jumps: list[int]
) -> None:
    """Any contract can be drawn: branches, jumps back and forth, steps that may be skipped."""
    count = len(steps)
    goals = [jumps[n] % count if n < len(jumps) else n + 1 for n in range(count)]
    stops = [
        Stop(
            place=Place(column=number, lane=lane),
            goes_to=goals[number] if goals[number] < count else None,
            may_be_skipped=skipped,
        )
        for number, (lane, skipped) in enumerate(steps)
    ]

    for wire in wires(stops, beside={}, instead={}, exceptions=None, raising=[]):
        points = corners(wire.path)
        assert all(0 <= y <= HEIGHT for _, y in points)
        for (x1, y1), (x2, y2) in pairwise(points):
            for stop in stops:
                assert not _crosses((x1, y1, x2, y2), stop.place), (wire, stop)


def _crosses(line: tuple[float, float, float, float], place: Place) -> bool:
    """True when the line goes through the card's inside, not only up to its edge."""
    x1, y1, x2, y2 = line
    left, right = place.column * COLUMN + 8, (place.column + 1) * COLUMN - 8
    top, bottom = place.centre - CARD_HALF, place.centre + CARD_HALF
    return (
        min(x1, x2) < right and max(x1, x2) > left and min(y1, y2) < bottom and (max(y1, y2) > top)
    )
