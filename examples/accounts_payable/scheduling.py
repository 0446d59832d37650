"""On which day a bill is paid: early when the discount earns more than the money would elsewhere.

Pure rules. A day has room for so much money; a bill that finds no room moves to another day,
late only when no day before the due date has room.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from .money import cents, from_cents
from .results import PaymentOrder

COST_OF_MONEY: Final = Decimal("0.06")  # a year; what treasury pays for its credit line
DAYS_A_YEAR: Final = 365
LONGEST_WAIT_DAYS: Final = 366  # a run this far out means the limit is too low


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The day and the money. `amount` is what leaves; `late` means after the due date."""

    execute_on: date
    amount: Decimal
    discount: Decimal
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CashPlan:
    """What may leave on one day, in the books' currency, and what already does."""

    daily_limit: Decimal
    booked: Mapping[date, Decimal]
    is_open: Callable[[date], bool]  # whether the bank works on that day

    def has_room(self, day: date, amount: Decimal) -> bool:
        return self.booked.get(day, Decimal(0)) + amount <= self.daily_limit


def annual_return(percent: Decimal, days_earlier: int) -> Decimal:
    """What paying that much earlier earns, as a fraction a year."""
    share = percent / 100
    return share / (1 - share) * DAYS_A_YEAR / max(days_earlier, 1)


def is_worthwhile(order: PaymentOrder) -> bool:
    """Whether taking the discount earns more than the money costs."""
    if not order.discount_percent or order.discount_until is None:
        return False
    earlier = (order.due_date - order.discount_until).days
    return annual_return(order.discount_percent, earlier) > COST_OF_MONEY


def choose_day(order: PaymentOrder, cash: CashPlan, today: date) -> Plan | None:
    """The plan for a payment, None when no day within a year has room for it."""
    less = from_cents(cents(order.amount * (order.discount_percent or 0) / 100))
    if is_worthwhile(order) and order.discount_until is not None:
        reduced = order.amount - less
        day = _latest(order.discount_until, today, cash, reduced * order.rate)
        if day is not None:
            return Plan(execute_on=day, amount=reduced, discount=less, late=False)
    in_books = order.amount * order.rate
    day = _latest(order.due_date, today, cash, in_books) or _next(today, cash, in_books)
    if day is None:
        return None
    late = day > order.due_date
    return Plan(execute_on=day, amount=order.amount, discount=Decimal(0), late=late)


def _latest(until: date, today: date, cash: CashPlan, amount: Decimal) -> date | None:
    """The last open day with room, not before today and not after `until`."""
    span = min((until - today).days, LONGEST_WAIT_DAYS)
    days = (today + timedelta(days=n) for n in range(span, -1, -1))
    return _first(days, cash, amount)


def _next(today: date, cash: CashPlan, amount: Decimal) -> date | None:
    days = (today + timedelta(days=n) for n in range(LONGEST_WAIT_DAYS))
    return _first(days, cash, amount)


def _first(days: Iterator[date], cash: CashPlan, amount: Decimal) -> date | None:
    return next((day for day in days if cash.is_open(day) and cash.has_room(day, amount)), None)
