"""The error budget, reckoned by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.domain.contract import FallbackMode
from interlock.domain.rules.error_budget import (
    Checked,
    ErrorBudget,
    Pace,
    allowed_wrong,
    budget_of,
    burn_rate,
    in_words,
    state,
)

MONTH: Final = timedelta(days=30)
BUDGET: Final = ErrorBudget(rate=0.02, window=MONTH)


def of(checked: dict[float, tuple[int, int]], elapsed: timedelta = MONTH):
    """The state of the budget; by hours back: wrong and checked. Unnamed windows are empty."""

    def last(over: timedelta) -> Checked:
        hours = over / timedelta(hours=1)
        wrong, seen = next(
            (found for at, found in checked.items() if abs(at - hours) < 1e-6), (0, 0)
        )
        return Checked(wrong=wrong, checked=seen)

    return state(BUDGET, elapsed, last)


def test_one_error_in_a_thousand_against_two_percent_burns_at_a_twentieth() -> None:
    """0.001 / 0.02 = 0.05: the unit is times the allowed rate, not percent."""
    assert burn_rate(Checked(wrong=1, checked=1_000), 0.02) == pytest.approx(0.05)


def test_the_allowed_rate_itself_burns_at_one() -> None:
    """20 in 1,000 against 2 %: the window ends as the budget does."""
    assert burn_rate(Checked(wrong=20, checked=1_000), 0.02) == pytest.approx(1)


def test_nothing_checked_burns_at_no_known_rate() -> None:
    """Unknown is no zero."""
    assert burn_rate(Checked(wrong=0, checked=0), 0.02) is None
    assert of({}).left is None
    assert "no outcome was checked" in in_words(of({}))


def test_a_budget_of_nothing_is_refused() -> None:
    """It would divide by zero."""
    with pytest.raises(ValueError, match="above 0"):
        burn_rate(Checked(wrong=0, checked=1), 0)


def test_a_full_window_allows_its_rate() -> None:
    """1,000 checked in 30 days allow 20 wrong; 5 of them leave three quarters."""
    found = of({720: (5, 1_000)})

    assert found.allowed == pytest.approx(20)
    assert found.left == pytest.approx(0.75)
    assert found.burn == pytest.approx(0.25)
    assert not found.is_spent
    assert "75% of the budget left: 5 wrong of 1000 checked, 20.0 allowed" in in_words(found)


def test_a_window_just_begun_allows_what_the_whole_one_will() -> None:
    """100 checked in 3 of 30 days are 1,000 in the window: 20 allowed, and 2 spend a tenth."""
    assert allowed_wrong(Checked(wrong=2, checked=100), BUDGET, timedelta(days=3)) == pytest.approx(
        20
    )
    assert of({720: (2, 100)}, timedelta(days=3)).left == pytest.approx(0.9)


def test_a_batch_in_the_first_minute_is_a_days_work() -> None:
    """100 at once are no 4 million a month: they count as a day's, 3,000 a month, 60 allowed."""
    found = allowed_wrong(Checked(wrong=0, checked=100), BUDGET, timedelta(minutes=1))

    assert found == pytest.approx(60)


def test_the_twenty_first_error_of_twenty_spends_it() -> None:
    """Exactly what is allowed is still inside."""
    assert not of({720: (20, 1_000)}).is_spent
    assert of({720: (21, 1_000)}).is_spent


def test_a_single_error_spends_no_budget() -> None:
    """The first case checked, wrong, is no reason to stop: there would be no second."""
    assert not of({720: (1, 1)}, timedelta(hours=1)).is_spent
    assert of({720: (2, 2)}, MONTH).is_spent


def test_both_windows_must_burn() -> None:
    """An hour that burned and is over is no alert, and neither are five minutes alone.

    30 wrong of 100 against 2 % are a burn rate of 15, over the line of 14.4.
    """
    hour, five_minutes = 1.0, 1 / 12
    both = of({hour: (30, 100), five_minutes: (3, 10)})
    over = of({hour: (30, 100), five_minutes: (0, 10)})
    short = of({hour: (2, 100), five_minutes: (3, 10)})

    [alert] = both.alerts
    assert alert.pace is Pace.FAST
    assert alert.long == pytest.approx(15)
    assert over.alerts == ()
    assert short.alerts == ()


def test_a_slow_burn_is_found_over_days() -> None:
    """3 % against 2 % burns at 1.5: it spends the month's budget in twenty days."""
    found = of({72: (9, 300), 6: (1, 25)})

    assert [each.pace for each in found.alerts] == [Pace.SLOW]
    assert "burning slow: 1.5 times the allowed rate" in in_words(
        of({720: (9, 300), 72: (9, 300), 6: (1, 25)})
    )


def test_one_error_in_a_quiet_hour_is_no_alert() -> None:
    """With few cases each error would be a burn rate of hundreds."""
    assert of({1.0: (1, 2), 1 / 12: (1, 1)}).alerts == ()


def test_the_contracts_words_are_read() -> None:
    """Without a budget there is none; without a window it is thirty days."""
    assert budget_of({}) is None
    found = budget_of({"rate": 0.02, "when_spent": "deterministic_path"})

    assert found == ErrorBudget(rate=0.02, window=MONTH, when_spent=FallbackMode.DETERMINISTIC_PATH)


@given(wrong=st.integers(0, 500), right=st.integers(0, 5_000), days=st.floats(0.01, 90))
def test_what_is_spent_and_what_is_left_say_the_same(wrong: int, right: int, days: float) -> None:
    """A budget with something left is not spent, and a spent one has nothing left."""
    found = of({720: (wrong, wrong + right)}, timedelta(days=days))

    if found.left is not None:
        assert found.is_spent == (found.left < 0)
        assert found.allowed >= 1
