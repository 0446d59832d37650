"""The day of payment: discounts that are worth it, due dates, and the cash plan."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from examples.accounts_payable.bank import is_bank_day
from examples.accounts_payable.results import PaymentOrder
from examples.accounts_payable.scheduling import CashPlan, choose_day, is_worthwhile

TODAY = date(2026, 3, 2)  # a Monday
ROOMY = Decimal(1_000_000)
DAYS = some.integers(0, 60).map(lambda n: TODAY + timedelta(days=n))


def an_order(
    amount: str = "1000.00",
    due: date = date(2026, 4, 1),
    percent: str | None = None,
    until: date | None = None,
) -> PaymentOrder:
    return PaymentOrder(
        iban="DE1", amount=Decimal(amount), currency="EUR", rate=Decimal(1), due_date=due,
        discount_percent=Decimal(percent) if percent else None, discount_until=until,
    )  # fmt: skip


def cash(limit: Decimal = ROOMY, booked: dict[date, Decimal] | None = None) -> CashPlan:
    return CashPlan(daily_limit=limit, booked=booked or {}, is_open=is_bank_day)


@pytest.mark.parametrize(
    ("order", "day", "amount"),
    [
        (an_order(), date(2026, 4, 1), "1000.00"),
        (an_order(percent="2", until=date(2026, 3, 13)), date(2026, 3, 13), "980.00"),
        (an_order(percent="2", until=date(2026, 3, 15)), date(2026, 3, 13), "980.00"),  # a Sunday
        (an_order(percent="2", until=date(2026, 2, 27)), date(2026, 4, 1), "1000.00"),  # too late
        (an_order(due=date(2026, 4, 3)), date(2026, 4, 2), "1000.00"),  # Good Friday
        (an_order(due=date(2026, 2, 20)), date(2026, 3, 2), "1000.00"),  # overdue: at once
        # A tenth of a percent for two weeks earns less than the money costs.
        (an_order(percent="0.1", until=date(2026, 3, 13)), date(2026, 4, 1), "1000.00"),
    ],
)
def test_which_day_is_chosen(order: PaymentOrder, day: date, amount: str) -> None:
    """As late as is free, and no later."""
    plan = choose_day(order, cash(), TODAY)

    assert plan is not None
    assert (plan.execute_on, plan.amount) == (day, Decimal(amount))
    assert plan.late == (day > order.due_date)


def test_a_full_day_moves_the_payment_to_an_earlier_one() -> None:
    """The discount is kept by paying a day sooner."""
    full = {date(2026, 3, 13): Decimal(900)}
    order = an_order(percent="2", until=date(2026, 3, 13))

    plan = choose_day(order, cash(Decimal(1000), full), TODAY)

    assert plan is not None
    assert plan.execute_on == date(2026, 3, 12)


def test_no_day_has_room_for_more_than_a_day_may_carry() -> None:
    assert choose_day(an_order(), cash(Decimal(999)), TODAY) is None


@given(
    due=DAYS,
    until=DAYS,
    percent=some.decimals("0.1", "5", places=1),
    full=some.sets(DAYS, max_size=30),
)
def test_a_plan_keeps_every_rule(due: date, until: date, percent: Decimal, full: set[date]) -> None:
    """Open day, room on it, never in the past, a discount only in time, late only when it must."""
    order = an_order(due=due, percent=str(percent), until=until)
    plan_of = cash(Decimal(1000), dict.fromkeys(full, Decimal(1)))

    plan = choose_day(order, plan_of, TODAY)

    assert plan is not None
    assert is_bank_day(plan.execute_on)
    assert plan.execute_on >= TODAY
    assert plan.amount + plan.discount == order.amount
    assert plan_of.has_room(plan.execute_on, plan.amount)
    if plan.discount:
        assert is_worthwhile(order)
        assert plan.execute_on <= until
    if plan.late:
        days = (TODAY + timedelta(days=n) for n in range((due - TODAY).days + 1))
        assert not any(is_bank_day(d) and plan_of.has_room(d, order.amount) for d in days)


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        (date(2026, 3, 2), True),
        (date(2026, 3, 7), False),  # Saturday
        (date(2026, 4, 6), False),  # Easter Monday
        (date(2026, 5, 1), False),
        (date(2026, 10, 3), False),  # a Saturday; German Unity Day is no holiday of the T2 calendar
        (date(2025, 10, 3), True),  # and here it is a Friday, on which euro payments settle
    ],
)
def test_the_bank_keeps_the_calendar_of_euro_payments(day: date, is_open: bool) -> None:
    assert is_bank_day(day) is is_open
