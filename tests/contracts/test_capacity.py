"""Reviewer capacity: Erlang's formulas against numbers worked out by hand, and what check says."""

from __future__ import annotations

import shutil
from math import exp, log
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.contracts import check_contract, load_workflow
from interlock.contracts.capacity import (
    answered_within,
    chance_to_wait,
    minutes_for,
    open_hours_a_month,
    people_needed,
    queue_outlook,
)
from interlock.contracts.opening_hours import business_hours
from interlock.domain.ids import QueueName

INVOICES = Path(__file__).parent / "workflows" / "invoices"


# --- by hand ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("people", "load", "by_hand"),
    [
        (1, 0.5, 0.5),  # one person waits as often as they are busy
        (2, 1.0, 1 / 3),  # (1/2 · 2) / (1 + 1 + 1)
        (3, 2.0, 4 / 9),  # (8/6 · 3) / (1 + 2 + 2 + 4)
        (2, 2.0, 1.0),  # as much work as people: everybody waits
    ],
)
def test_the_chance_to_wait_is_erlangs(people: int, load: float, by_hand: float) -> None:
    """C = (a^c / c!) (c / (c − a)) over the sum of all states."""
    assert chance_to_wait(people, load) == pytest.approx(by_hand)


def test_one_person_answers_in_the_time_the_textbook_gives() -> None:
    """M/M/1 with 6 an hour at 5 minutes each: the time until answered is exponential with
    12 − 6 = 6 an hour, so 1 − e^(−6·10/60) in ten minutes and 10 · ln 20 minutes for 95 %."""
    assert answered_within(1, 6, 5, 10) == pytest.approx(1 - exp(-1))
    assert minutes_for(1, 6, 5) == pytest.approx(10 * log(20))


def test_two_people_answer_in_the_time_worked_out_by_hand() -> None:
    """λ = 0.2, μ = 0.2 a minute: C = 1/3, cμ − λ = 0.2 = μ, where the two exponentials meet:
    P(T > 5) = 2/3 · e^−1 + 1/3 · (1 + 1) · e^−1 = 4/3 · e^−1."""
    assert answered_within(2, 12, 5, 5) == pytest.approx(1 - 4 / 3 * exp(-1))


def test_more_work_than_people_is_never_in_time() -> None:
    """13 an hour at 5 minutes each is more than one person's hour."""
    assert answered_within(1, 13, 5, 10_000) == 0
    assert minutes_for(1, 13, 5) is None
    assert people_needed(13, 5, 240) == 2


def test_a_deadline_shorter_than_the_work_needs_no_number_of_people() -> None:
    """Half of all five-minute questions take over 3.5 minutes, however many people there are."""
    assert people_needed(1, 5, 5) is None


@given(
    people=st.integers(1, 40),
    per_hour=st.floats(0.1, 300),
    minutes=st.floats(0.5, 60),
    within=st.floats(1, 2000),
)
def test_more_people_are_never_slower(
    people: int, per_hour: float, minutes: float, within: float
) -> None:
    """And a share stays a share."""
    fewer = answered_within(people, per_hour, minutes, within)
    more = answered_within(people + 1, per_hour, minutes, within)

    assert -1e-9 <= fewer <= more + 1e-9 <= 1 + 2e-9


def test_a_month_of_open_hours_leaves_holidays_out() -> None:
    """2026 has 261 weekdays in Germany, of which 8 are national holidays: 253 days of 10 hours."""
    hours = business_hours("Mon-Fri 08:00-18:00 Europe/Berlin", ["DE"])

    assert open_hours_a_month(hours) == pytest.approx(253 * 10 / 12, abs=10 / 12)
    assert open_hours_a_month(business_hours("always", ())) == 730


# --- in words -----------------------------------------------------------------------------------


def _copy(tmp_path: Path, volume: str = "300000") -> Path:
    folder = tmp_path / "invoices"
    tmp_path.mkdir(exist_ok=True)
    shutil.copytree(INVOICES, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "baseline.yaml").write_text(f"volume_per_month: {volume}\n", encoding="utf-8")
    return folder


def test_the_outlook_says_the_sum_in_words() -> None:
    """2,000 cases, 30 % of them, 4 minutes each: 40 hours a month."""
    contract = load_workflow(Path("examples/accounts_payable")).contract

    found = queue_outlook(contract, QueueName("ap_clerks"), 2000, 0.30)

    assert found.work_hours == pytest.approx(40)
    assert found.people == 3
    assert found.holds
    assert found.words.startswith(
        "ap_clerks: 2,000 cases a month, 30% to people here, 4 minutes each = 40 h of "
    )
    assert "needs 1 person, has 3" in found.words


def test_a_queue_that_cannot_hold_its_deadline_is_a_warning(tmp_path: Path) -> None:
    """Found before launch, with how many people it would take."""
    folder = _with_expected_share(tmp_path, "0.5")

    report = check_contract(folder)

    assert report.ok
    [warning] = [each for each in report.warnings if "cases a month, 50% to people" in each.message]
    assert "pile up" in warning.message
    assert "needs" in warning.message
    assert warning.line > 0
    assert not report.capacity[0].holds


def test_a_queue_that_holds_is_told_and_no_warning(tmp_path: Path) -> None:
    """Good news is said too, with its numbers."""
    report = check_contract(_with_expected_share(tmp_path, "0.5", volume="100"))

    assert [each.holds for each in report.capacity] == [True]
    assert not any("to people here" in each.message for each in report.warnings)


def test_what_is_not_known_is_asked_for_and_never_guessed(tmp_path: Path) -> None:
    """Without a share, or without a volume, there is no number."""
    without_share = check_contract(_copy(tmp_path / "a"))
    without_volume = check_contract(_with_expected_share(tmp_path / "b", "0.5", volume="unknown"))

    assert without_share.capacity == without_volume.capacity == ()
    assert "expected_share" in without_share.capacity_needs
    assert "volume_per_month" in without_volume.capacity_needs


def _with_expected_share(tmp_path: Path, share: str, volume: str = "300000") -> Path:
    folder = _copy(tmp_path, volume=volume)
    contract = folder / "contract.yaml"
    text = contract.read_text(encoding="utf-8")
    place = "    minutes_per_task: 4\n"
    assert text.count(place) == 1
    contract.write_text(
        text.replace(place, f"{place}    expected_share: {share}\n"), encoding="utf-8"
    )
    return folder
