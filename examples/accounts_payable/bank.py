"""The bank: the payment run, in one SQLite file.

A day's limit is checked in the same transaction that books the payment, so two payments never
share the last room of a day.
"""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

from interlock import OutOfPolicy, StateChanged

from .database import Database, Row
from .money import cents, from_cents, in_words
from .results import Payment, PaymentOrder
from .scheduling import CashPlan, choose_day

USUAL_DAILY_LIMIT: Final = Decimal(250_000)  # in the books' currency, until treasury sets another
SATURDAY: Final = 5  # date.weekday()


class Bank:
    """Schedules and cancels payments."""

    def __init__(self, path: Path) -> None:
        self.database = Database(path, schema="bank_schema.sql", queries="bank.sql")

    @property
    def daily_limit(self) -> Decimal:
        """What may leave on one day, in the books' currency."""
        found = self.database.row("daily_limit")
        return USUAL_DAILY_LIMIT if found is None else from_cents(found["daily_cents"])

    def set_daily_limit(self, amount: Decimal) -> None:
        """Treasury's new limit for a day."""
        self.database.run("set_daily_limit", daily_cents=cents(amount))

    def schedule(
        self,
        order: PaymentOrder,
        *,
        seller_id: str,
        posting_id: str,
        today: date,
        idempotency_key: str,
    ) -> Payment:
        """The scheduled payment; the same key again gives the same payment.

        Raises: OutOfPolicy when no day has room; StateChanged when it was cancelled meanwhile.
        """
        with self.database.writing():
            done = self.database.row("payment_by_key", idempotency_key=idempotency_key)
            if done is None:
                row = self._planned(order, today)
                row |= {"seller_id": seller_id, "posting_id": posting_id}
                payment_id = f"pay_{hashlib.sha256(idempotency_key.encode()).hexdigest()[:16]}"
                self.database.run(
                    "add_payment", id=payment_id, idempotency_key=idempotency_key, **row
                )
                done = self.database.row("payment_by_key", idempotency_key=idempotency_key)
        if done is None or done["state"] == "cancelled":
            raise StateChanged("this payment was cancelled meanwhile")
        return _payment(done)

    def find(self, idempotency_key: str) -> Payment | None:
        """The live payment made under that key."""
        found = self.database.row("payment_by_key", idempotency_key=idempotency_key)
        return _payment(found) if found is not None and found["state"] == "scheduled" else None

    def cancel(self, payment_id: str) -> bool:
        """Whether the payment was still scheduled and is cancelled now."""
        return bool(self.database.run("cancel_payment", id=payment_id))

    def _planned(self, order: PaymentOrder, today: date) -> dict[str, Any]:
        booked = self.database.rows("booked", since=today.isoformat())
        cash = CashPlan(
            daily_limit=self.daily_limit,
            booked={date.fromisoformat(r["execute_on"]): from_cents(r["cents"]) for r in booked},
            is_open=is_bank_day,
        )
        plan = choose_day(order, cash, today)
        if plan is None:
            amount = in_words(order.amount, order.currency)
            raise OutOfPolicy(f"no day within a year has room in the cash plan for {amount}")
        return {
            "iban": order.iban,
            "currency": order.currency,
            "amount_cents": cents(plan.amount),
            "discount_cents": cents(plan.discount),
            "books_cents": cents(plan.amount, order.rate),
            "execute_on": plan.execute_on.isoformat(),
            "due_date": order.due_date.isoformat(),
        }


def is_bank_day(day: date) -> bool:
    """Whether euro payments settle on that day (the T2 calendar: no weekends, six holidays)."""
    return day.weekday() < SATURDAY and day not in _holidays(day.year)


@cache
def _holidays(year: int) -> frozenset[date]:
    import holidays  # here: it is slow to load and only a payment needs it

    return frozenset(holidays.financial_holidays("ECB", years=year))


def _payment(row: Row) -> Payment:
    return Payment(
        id=row["id"],
        seller_id=row["seller_id"],
        iban=row["iban"],
        amount=from_cents(row["amount_cents"]),
        currency=row["currency"],
        amount_in_books=from_cents(row["books_cents"]),
        execute_on=row["execute_on"],
        discount_taken=from_cents(row["discount_cents"]),
        late=row["execute_on"] > row["due_date"],
        state=row["state"],
    )
