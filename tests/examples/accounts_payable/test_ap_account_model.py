"""The account model on bookings it has not seen: how often right, and whether it knows it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

import numpy as np
import pytest

from examples.accounts_payable.account_model import AccountModel, Booking, Coder
from examples.accounts_payable.generate.books import CHART
from examples.accounts_payable.generate.history import history
from examples.accounts_payable.generate.scene import Scene

HELD_OUT = 1_200
LINE = 0.92  # the contract's `accept_at`
LEAST_ACCURACY = 0.92  # of all; a share of the texts says nothing and 1.5 % are booked wrong
LEAST_ACCURACY_ACCEPTED = 0.97
MOST_CALIBRATION_ERROR = 0.04
LEAST_ACCEPTED = 0.80
MOST_MILLISECONDS = 5.0


@pytest.fixture(scope="module")
def split() -> tuple[list[Booking], list[Booking]]:
    rows = [booking for booking, _ in history(Scene.begin(7, date(2026, 3, 2)))]
    Random(1).shuffle(rows)
    return rows[HELD_OUT:], rows[:HELD_OUT]


@pytest.fixture(scope="module")
def model(split: tuple[list[Booking], list[Booking]]) -> AccountModel:
    return AccountModel.train(split[0], CHART)


def test_it_is_right_often_and_knows_when(
    split: tuple[list[Booking], list[Booking]],
    model: AccountModel,
    record_property: Callable[[str, object], None],
) -> None:
    """The contract accepts by confidence, so confidence must mean what it says."""
    held_out = split[1]
    found = model.suggest(held_out)
    right = np.array([s.account == b.account for s, b in zip(found, held_out, strict=True)])
    sure = np.array([s.confidence for s in found])
    accepted = sure >= LINE

    error = sum(_gaps(sure, right))
    record_property("accuracy", float(right.mean()))
    record_property("accuracy_of_accepted", float(right[accepted].mean()))
    record_property("share_accepted", float(accepted.mean()))
    record_property("calibration_error", float(error))
    print(
        f"held out {len(right)}: right {right.mean():.1%}; accepted {accepted.mean():.1%}, "
        f"of those right {right[accepted].mean():.1%}; calibration error {error:.1%}"
    )
    assert right.mean() >= LEAST_ACCURACY
    assert right[accepted].mean() >= LEAST_ACCURACY_ACCEPTED
    assert accepted.mean() >= LEAST_ACCEPTED
    assert error <= MOST_CALIBRATION_ERROR


def _gaps(sure: np.ndarray, right: np.ndarray) -> Iterator[float]:
    """The expected calibration error by tenths: how far said and true shares are apart."""
    for low in np.arange(0.0, 1.0, 0.1):
        inside = (sure > low) & (sure <= low + 0.1)
        if inside.any():
            yield abs(sure[inside].mean() - right[inside].mean()) * inside.mean()


def test_a_text_that_says_nothing_is_not_booked_by_itself(model: AccountModel) -> None:
    """A supplier with two trades and `as agreed`: a person must look."""
    scene = Scene.begin(7, date(2026, 3, 2))
    two_trades = [each for each in scene.active if len(each.accounts) > 1]
    unclear = [
        Booking(supplier_id=each.id, text="Services as agreed", net=Decimal(900))
        for each in two_trades
    ]

    found = model.suggest(unclear)

    assert np.mean([each.confidence >= LINE for each in found]) <= 0.2
    assert all(each.second for each in found)


def test_an_unknown_supplier_is_said_to_be_unknown(model: AccountModel) -> None:
    (found,) = model.suggest(
        [Booking(supplier_id="XX1", text="Notebook 14 inch 32 GB", net=Decimal(1200))]
    )

    assert found.seen == 0
    assert found.account == "6040"


def test_its_evidence_is_the_nearest_earlier_bookings(model: AccountModel) -> None:
    (found,) = model.suggest(
        [Booking(supplier_id="XX1", text="Notebook 14 inch 32 GB", net=Decimal(1200))]
    )

    assert len(found.similar) == 3
    assert "Notebook" in found.similar[0].text
    likeness = [each.similarity for each in found.similar]
    assert likeness == sorted(likeness, reverse=True)


def test_a_saved_model_says_the_same_and_is_loaded_when_first_asked(
    model: AccountModel, tmp_path: Path
) -> None:
    """Made at set-up, used by every worker; a missing file must not stop the start."""
    coder = Coder(tmp_path / "account_model.joblib")
    model.save(tmp_path / "account_model.joblib")

    found = coder.suggest("XX1", "Notebook 14 inch 32 GB", Decimal(1200))

    (same,) = model.suggest(
        [Booking(supplier_id="XX1", text="Notebook 14 inch 32 GB", net=Decimal(1200))]
    )
    assert found == same


def test_one_call_is_cheap(model: AccountModel) -> None:
    """Thousands of bills wait behind it; the median of many calls, so a busy machine passes."""
    booking = Booking(supplier_id="XX1", text="Notebook 14 inch 32 GB", net=Decimal(1200))
    took = []
    for _ in range(60):
        start = time.perf_counter()
        model.suggest([booking])
        took.append((time.perf_counter() - start) * 1000)

    assert np.median(took) < MOST_MILLISECONDS
