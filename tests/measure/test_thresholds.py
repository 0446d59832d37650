"""The chosen line keeps its promise, on whatever shape the error has over confidence."""

from __future__ import annotations

from collections.abc import Callable
from math import log

import numpy as np
import pytest

from interlock.measure.thresholds import (
    LINES,
    STARTS,
    Reviewed,
    choose_line,
    choose_lines,
    curve_svg,
    reviewed_from,
    upper_bound,
)

RATE, CONFIDENCE = 0.02, 0.95
WORLDS = 400  # simulated records a shape; at a true 5 % the count's standard error is about 1 %
CASES = 1500


def cases(sure: float, right: int, wrong: int, **more: object) -> list[Reviewed]:
    given = {"confidence": sure, **more}
    return [Reviewed(right=True, **given)] * right + [Reviewed(right=False, **given)] * wrong  # type: ignore[arg-type]


def test_the_bound_without_an_error_is_the_rule_of_three() -> None:
    """By hand: nothing wrong in n rules out p when (1-p)^n = alpha."""
    assert upper_bound(0, 149, 0.05) == pytest.approx(1 - 0.05 ** (1 / 149))
    assert upper_bound(0, 0, 0.05) == 1.0
    assert upper_bound(3, 3, 0.05) == 1.0


def test_so_many_cases_without_an_error_are_needed_and_enough() -> None:
    """With five starts each is tested at 1 %: log(0.01)/log(0.98) is 227.95, so 228."""
    assert log(0.01) / log(0.98) == pytest.approx(227.95, abs=0.01)

    short, enough = choose_line(cases(0.97, 227, 0)), choose_line(cases(0.97, 228, 0))

    assert (short.chosen, short.needed) == (None, 228)
    assert enough.chosen is not None


def test_the_lowest_safe_line_is_chosen() -> None:
    """The largest share is what the line is for; what is under it is asked about."""
    found = choose_line([*cases(0.97, 600, 1), *cases(0.85, 600, 1), *cases(0.55, 100, 60)])

    assert found.chosen is not None
    assert found.chosen.line == 0.56
    assert found.chosen.share == pytest.approx(1202 / 1362)
    assert found.chosen.error == pytest.approx(2 / 1202)


def test_nothing_reviewed_is_nothing_known() -> None:
    """Without a case every bound is 1, and no line is proposed."""
    found = choose_line([])

    assert found.chosen is None
    assert {point.upper for point in found.points} == {1.0}
    assert {point.share for point in found.points} == {None}


def test_a_sample_from_above_a_line_says_nothing_below_it() -> None:
    """Autonomous cases are only sampled above the line in force; counted below it as well, they
    would make the cases under the line look better than they are."""
    sampled = cases(0.95, 1000, 0, seen_from=0.9)

    found = choose_line([*sampled, *cases(0.6, 40, 10)])

    below = next(point for point in found.points if point.line == 0.6)
    above = next(point for point in found.points if point.line == 0.9)
    assert (below.accepted, below.wrong) == (50, 10)
    assert (above.accepted, above.safe) == (1000, True)


def test_each_segment_has_its_own_line() -> None:
    """Easy and hard segments are judged apart."""
    easy = cases(0.8, 500, 0, segment="easy")
    hard = cases(0.8, 400, 100, segment="hard")

    found = {each.segment: each.chosen for each in choose_lines([*easy, *hard])}

    assert found["easy"] is not None
    assert found["hard"] is None


def flat(sure: np.ndarray) -> np.ndarray:
    """Just over the line everywhere: every choice breaks the promise."""
    return np.full_like(sure, RATE * 1.01)


def cliff(sure: np.ndarray) -> np.ndarray:
    """Nothing wrong above 0.8, a lot below: the first unsafe line is met with full confidence."""
    return np.where(sure >= 0.8, 0.0, 0.25)


def broken(sure: np.ndarray) -> np.ndarray:
    """The surest are the worst, so that the error falls where it should rise."""
    return np.where(sure >= 0.97, 0.3, np.where(sure >= 0.75, 0.0, 0.03))


def waves(sure: np.ndarray) -> np.ndarray:
    """Up and down over the grid, around the stated rate."""
    return np.clip(RATE + 0.018 * np.sin(sure * 60), 0, 1)


@pytest.mark.parametrize("wrong_at", [flat, cliff, broken, waves])
def test_the_promise_holds_whatever_the_shape(
    wrong_at: Callable[[np.ndarray], np.ndarray],
) -> None:
    """The true error at the chosen line is over the rate in at most 5 % of all records.

    The truth is known here: it is the mean of the true chance over a large population.
    """
    random = np.random.default_rng(7)
    population = 0.5 + 0.5 * random.beta(3, 1.2, 200_000)
    chance = wrong_at(population)
    broken_promises = 0

    for _ in range(WORLDS):
        sure = 0.5 + 0.5 * random.beta(3, 1.2, CASES)
        right = random.random(CASES) >= wrong_at(sure)
        found = choose_line(reviewed_from(sure, right), rate=RATE, confidence=CONFIDENCE)
        if found.chosen is not None:
            broken_promises += chance[population >= found.chosen.line].mean() > RATE

    assert broken_promises / WORLDS <= 1 - CONFIDENCE


def test_picking_the_best_looking_line_would_break_the_promise() -> None:
    """Why the sequence is there: taking the lowest line whose own 95 % bound is under the rate,
    of all lines that are, is wrong far more often. The test of the promise can fail."""
    random = np.random.default_rng(7)
    wrong = 0
    for _ in range(WORLDS):
        sure = random.uniform(0.5, 1.0, CASES)
        right = random.random(CASES) >= RATE * 1.01
        found = choose_line(reviewed_from(sure, right), starts=LINES[:1])
        bounds = [upper_bound(each.wrong, each.accepted, 0.05) for each in found.points]
        wrong += any(bound <= RATE for bound in bounds)

    assert wrong / WORLDS > 1.5 * (1 - CONFIDENCE)


def test_mistaken_input_is_refused() -> None:
    """A rate of 2 would call everything safe."""
    with pytest.raises(ValueError, match="shares between 0 and 1"):
        choose_line([], rate=2)
    with pytest.raises(ValueError, match="start at a line"):
        choose_line([], starts=(*STARTS, 0.123))


def test_the_curve_can_be_looked_at() -> None:
    """One picture with every segment's name and line."""
    drawing = curve_svg(choose_lines(cases(0.97, 600, 1, segment="domestic")))

    assert drawing.startswith("<svg")
    assert "domestic: line 0.5" in drawing
