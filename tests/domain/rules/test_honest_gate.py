"""The gate keeps its promise about error on simulated rollouts; a naive gate does not.

The same simulation at full size is `python -m benchmarks honest_gate`.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.honest_gate import NEVER, Lines, naive, proven, watched
from interlock.domain.gate import Count, Finding
from interlock.domain.rollout import Rollout
from interlock.domain.rules.gate import judge
from tests.domain.rules.test_gate import a_gate, seen

CASES, ROLLOUTS = 1_500, 3_000
CHANCE = 0.012  # three standard errors of a share of 5 % of 3,000


@pytest.fixture(scope="module")
def ours() -> Lines:
    return proven(CASES)


def test_at_its_lines_the_gate_is_seldom_wrong_and_a_naive_one_mostly(ours: Lines) -> None:
    """Looked at after every case: 5 % at most, where comparing the share seen so far promotes
    nearly everything."""
    up, plain_up = proven(CASES, trigger=None), naive(CASES, trigger=None)

    [promoted, plainly_promoted] = watched(0.04, [up, plain_up], rollouts=ROLLOUTS)
    [taken_back, plainly_taken_back] = watched(0.06, [ours, naive(CASES)], rollouts=ROLLOUTS)

    assert promoted.promoted <= 0.05 + CHANCE
    assert taken_back.rolled_back <= 0.05 + CHANCE
    assert plainly_promoted.promoted > 0.5
    assert plainly_taken_back.rolled_back > 0.3


def test_a_good_release_goes_up_and_a_bad_one_comes_back(ours: Lines) -> None:
    """Never being wrong is easy for a gate that never decides."""
    [good] = watched(0.02, [ours], rollouts=ROLLOUTS)
    [bad] = watched(0.15, [ours], rollouts=ROLLOUTS)

    assert good.promoted > 0.97
    assert good.cases_to_promote is not None
    assert good.cases_to_promote <= 426
    assert bad.rolled_back > 0.99


def test_two_rollback_lines_together_are_wrong_no_more_often_than_one() -> None:
    """Both shares lie exactly on their lines; either alone would be a false alarm."""
    shared = proven(CASES, shares=2)
    up_never = replace(shared, promote_at=np.full(CASES, NEVER))

    [first] = watched(0.06, [up_never], rollouts=ROLLOUTS, seed=1)
    [second] = watched(0.06, [up_never], rollouts=ROLLOUTS, seed=2)
    either = 1 - (1 - first.rolled_back) * (1 - second.rolled_back)

    assert either <= 0.05 + CHANCE


@given(at=st.integers(1, CASES), hits=st.integers(0, CASES))
def test_the_simulated_gate_is_the_real_one(ours: Lines, at: int, hits: int) -> None:
    """The figures are about the gate that judges, not about a copy of it."""
    hits = min(hits, at)
    gate = a_gate(("exception_rate <= 0.04",), rollback=("exception_rate > 0.06",))
    verdict = judge(seen({"exception_rate": Count(hits=hits, cases=at)}), gate, Rollout())

    passes = verdict.criteria[0].finding is Finding.PASS
    assert passes == (hits <= ours.promote_at[at - 1])
    assert bool(verdict.triggers) == (hits >= ours.roll_back_at[at - 1])
