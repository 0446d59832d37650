"""Evidence about a rate that holds however often one looks."""

from __future__ import annotations

from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interlock.domain.rules.gate_odds import gate_odds
from interlock.domain.rules.sequential import (
    BETS,
    cases_to_go,
    evidence_above,
    evidence_below,
    interval,
)

RATES = st.floats(0.001, 0.999)


@st.composite
def counts(draw: st.DrawFn) -> tuple[int, int]:
    cases = draw(st.integers(0, 2_000))
    return draw(st.integers(0, cases)), cases


def test_the_stake_after_two_cases_is_what_a_hand_reckons() -> None:
    """One hit in two cases against a line of one half.

    At odds 1 (a half), bets on odds 0.05, 0.25, 0.5, 0.75 and 0.95 are bets on rates 1/21, 1/5,
    1/3, 3/7 and 19/39; one hit and one miss multiply each stake by 4 q (1 - q).
    """
    rates = (1 / 21, 1 / 5, 1 / 3, 3 / 7, 19 / 39)
    by_hand = sum(
        share * 4 * rate * (1 - rate) for (_, share), rate in zip(BETS, rates, strict=True)
    )

    assert evidence_below(1, 2, 0.5) == pytest.approx(log(by_hand))


def test_the_shares_of_the_stake_are_one_whole() -> None:
    """More would break the promise about error; less would waste cases."""
    assert sum(share for _, share in BETS) == pytest.approx(1)


@given(RATES)
def test_a_claim_that_is_true_never_lets_the_stake_grow_on_average(line: float) -> None:
    """The expected factor of the next case is 1 at the line and at most 1 above it (Ville)."""

    def expected(rate: float) -> float:
        from math import exp

        after_hit, after_miss = evidence_below(1, 1, line), evidence_below(0, 1, line)
        return rate * exp(after_hit) + (1 - rate) * exp(after_miss)

    assert expected(line) == pytest.approx(1)
    assert expected(min(1.0, line * 1.1)) <= 1 + 1e-9


@given(counts())
def test_the_interval_holds_what_was_seen(seen: tuple[int, int]) -> None:
    """An interval without its own estimate would be nonsense."""
    hits, cases = seen
    found = interval(hits, cases)

    assert 0 <= found.low <= found.high <= 1
    if found.rate is not None:
        assert found.low <= found.rate <= found.high


@given(counts(), RATES)
def test_the_interval_and_the_verdict_say_the_same(seen: tuple[int, int], line: float) -> None:
    """What a person reads in the interval is what the gate decides by."""
    hits, cases = seen
    found = interval(hits, cases)
    if abs(found.high - line) > 1e-6:
        assert (evidence_below(hits, cases, line) >= log(20)) == (found.high < line)
    if abs(found.low - line) > 1e-6:
        assert (evidence_above(hits, cases, line) >= log(20)) == (found.low > line)


@given(counts())
def test_hits_and_misses_mirror_each_other(seen: tuple[int, int]) -> None:
    """A rate of 0.95 right is a rate of 0.05 wrong, and no sooner decided."""
    hits, cases = seen
    there, back = interval(hits, cases), interval(cases - hits, cases)

    assert there.low == pytest.approx(1 - back.high)
    assert there.high == pytest.approx(1 - back.low)


def test_nothing_is_known_of_no_case() -> None:
    """Unknown is never success."""
    assert (interval(0, 0).low, interval(0, 0).high, interval(0, 0).rate) == (0.0, 1.0, None)


def test_how_many_cases_are_missing() -> None:
    """`needs about N more cases` must come true when the share stays as it is."""
    missing = cases_to_go(2, 100, 0.04)

    assert missing is not None
    assert evidence_below(round(0.02 * (100 + missing)), 100 + missing, 0.04) >= log(20) - 0.5
    assert cases_to_go(0, 500, 0.04) == 0
    assert cases_to_go(5, 100, 0.04) is None


@pytest.mark.parametrize(("hits", "cases", "line"), [(-1, 3, 0.1), (4, 3, 0.1), (1, 3, 1.5)])
def test_counts_that_cannot_be_are_refused(hits: int, cases: int, line: float) -> None:
    """A wrong count must not become a verdict."""
    with pytest.raises(ValueError, match=r"\d"):
        evidence_below(hits, cases, line)


def test_a_release_at_the_line_is_promoted_in_less_than_one_of_twenty() -> None:
    """Exact, looked at after each of 6,000 cases; a plain mixture of bets has 4.8 %."""
    assert gate_odds(0.04, line=0.04, trigger=None, cases=6_000).promote <= 0.048


@settings(max_examples=20, deadline=None)
@given(line=st.floats(0.01, 0.9), shares=st.integers(1, 5))
def test_whatever_the_line_it_is_crossed_wrongly_in_at_most_alpha(line: float, shares: int) -> None:
    """Ville's bound, exact: with the truth on the line and a look after every case, either way."""
    up = gate_odds(line, line=line, trigger=None, cases=250)
    back = gate_odds(line, line=0.0, trigger=line, cases=250, shares=shares)

    assert up.promote <= 0.05 + 1e-12
    assert back.roll_back <= 0.05 / shares + 1e-12


def test_a_good_release_is_promoted_soon() -> None:
    """Half the line: no later than the plain mixture (426 cases) or a fixed sample (484)."""
    found = gate_odds(0.02, line=0.04, trigger=None, cases=6_000)

    assert found.half_promoted is not None
    assert found.half_promoted <= 426
    assert found.promote > 0.999


def test_a_release_at_the_rollback_line_is_taken_back_in_less_than_one_of_twenty() -> None:
    """A false alarm costs the people their evening."""
    assert gate_odds(0.06, line=0.04, trigger=0.06, cases=6_000).roll_back <= 0.05


def test_the_chances_of_the_verdicts_are_what_a_hand_reckons() -> None:
    """Against a line of 0.9, hits that never come: the first bet to pay is the one on few hits.

    With no hit in n cases the stake is the sum of share × ((1 - q) / 0.1)^n; it passes 20 at n = 2
    (q = 9/29, 9/13, 9/11, 27/31, 171/191 for the five bets: 0.05 × 47.6 + 0.15 × 9.47 + … is below
    20) and so on; the chance to promote by then is that of no hit, when no other count suffices.
    """
    first = next(n for n in range(1, 20) if evidence_below(0, n, 0.9) >= log(20))

    found = gate_odds(0.3, line=0.9, trigger=None, cases=first)

    assert found.promote == pytest.approx(0.7**first)
