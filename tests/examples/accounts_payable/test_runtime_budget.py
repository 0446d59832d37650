"""The cumulative budget of payments: it holds over many cases, and what finds no room waits.

The contract's own budget is far away in a small inbox, so these tests use a smaller one.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from shutil import copytree
from typing import Any, Final

import pytest

from interlock.domain.action import HAPPENED
from interlock.domain.case import CaseState, WaitsFor
from interlock.domain.contract import WhenSpent
from interlock.domain.money import Money
from tests.examples.accounts_payable.runtime_office import (
    NAME,
    BackOffice,
    documents_in,
    loaded,
    stops_at,
    with_budget,
)

A_DAY: Final = 24 * 60
FILES: Final = 60
LIMIT: Final = 40_000  # euros a day
BUDGET: Final = "schedule_payment.money_per_day"


def _office(company: Any, folder: Path, **budget: Any) -> BackOffice:
    copytree(company.folder / "data", folder / "data")
    contract = with_budget(loaded(), **budget)
    url = f"sqlite:///{folder / 'interlock.sqlite'}"
    office = BackOffice.opened(url, folder / "data", contract=contract)
    office.receive(documents_in(company.folder / "inbox")[:FILES])
    return office


def _spent(office: BackOffice) -> dict[str, int]:
    """What payments moved on each day they were made, in micros of a euro."""
    spent: dict[str, int] = defaultdict(int)
    for case in office.cases():
        for action in case.actions:
            if action.name == "schedule_payment" and action.state in HAPPENED:
                assert action.intended_at is not None
                day = f"{action.intended_at:%Y-%m-%d}T00:00:00+00:00"
                spent[day] += Money.of(case.outputs["convert_currency"]["payable"], "EUR").micros
    return spent


def test_no_day_spends_more_and_the_next_day_goes_on(company: Any, tmp_path: Path) -> None:
    """What finds no room waits for tomorrow by itself; in the end everything is paid once."""
    limit = Money.of(LIMIT, "EUR")
    office = _office(company, tmp_path, money_per_day=limit)
    office.later()
    waiting = [c for c in office.cases() if c.waits_for is WaitsFor.BUDGET]
    assert waiting
    days = 0
    while any(c.waits_for is WaitsFor.BUDGET for c in office.cases()):
        days += 1
        assert days < 10
        office.later(A_DAY)

    spent = _spent(office)
    assert len(spent) == days + 1
    for day, used in spent.items():
        assert used <= limit.micros
        assert office.store.budget_used(NAME, BUDGET, day) == used
    assert all(office.case(case.id).state is CaseState.CLOSED for case in waiting)
    keys = [row["idempotency_key"] for row in office.rows(office.bank, "payment")]
    assert len(keys) == len(set(keys))
    assert office.broken_chains() == []
    office.close()


def test_a_spent_budget_may_ask_a_person_instead(company: Any, tmp_path: Path) -> None:
    """Where the contract says so, what finds no room is a question and not a delay."""
    office = _office(
        company, tmp_path, money_per_day=Money.of(LIMIT, "EUR"), when_spent=WhenSpent.EXCEPTION
    )
    office.later()

    asked = [c for c in office.cases() if stops_at(c)[1:] == ("out_of_policy", "pay")]
    assert asked
    for case in asked:
        assert case.exception is not None
        assert BUDGET in case.exception.detail
        assert office.task(case).queue == "ap_lead"
    assert sum(_spent(office).values()) <= Money.of(LIMIT, "EUR").micros
    office.close()


pytestmark = pytest.mark.timeout(300)
