"""The set-up of the systems: master data and history into the ERP, the limit into the bank."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from ..account_model import AccountModel, Booking
from ..bank import Bank
from ..cases import name_key
from ..erp import Erp
from ..ledger import NewPosting
from ..money import cents
from ..systems import LEDGER, MODEL, PAYMENTS
from .bills import Bill
from .catalogue import CATEGORIES, OTHER_ACCOUNTS, RATES
from .scene import Order, Scene

LEAST_DAILY_LIMIT: Final = 250_000
PER_INVOICE: Final = 700  # a company with more bills plans with more cash a day
CHART: Final = {**OTHER_ACCOUNTS, **{each.account: each.name for each in CATEGORIES}}


def set_up(scene: Scene, past: list[tuple[Booking, str]], invoices: int, folder: Path) -> None:
    """The ledger, the payment run and the trained model in `folder`; what was there is gone."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (LEDGER, PAYMENTS, MODEL):
        for old in folder.glob(f"{name}*"):  # with SQLite's own files beside it
            old.unlink()
    erp = Erp(folder / LEDGER)
    _fill_erp(erp, scene, past)
    _post_earlier(erp, scene.posted)
    erp.database.close()
    bank = Bank(folder / PAYMENTS)
    bank.set_daily_limit(Decimal(max(LEAST_DAILY_LIMIT, invoices * PER_INVOICE)))
    bank.database.close()
    AccountModel.train([booking for booking, _ in past], CHART).save(folder / MODEL)


def _fill_erp(erp: Erp, scene: Scene, past: list[tuple[Booking, str]]) -> None:
    database = erp.database
    with database.writing():
        database.run_many("add_account", ({"number": n, "name": w} for n, w in CHART.items()))
        database.run_many("add_supplier", _suppliers(scene))
        database.run_many("add_order", (_order(each) for each in scene.orders))
        database.run_many("add_order_line", _order_lines(scene.orders))
        database.run_many("add_receipt", _receipts(scene.orders))
        database.run_many("add_rate", _rates(scene))
        database.run_many("add_coding", (_coding(each, day) for each, day in past))


def _post_earlier(erp: Erp, bills: Iterable[Bill]) -> None:
    for bill in bills:
        invoice = bill.as_invoice()
        new = NewPosting(
            invoice=invoice,
            supplier_id=bill.seller.id,
            account=bill.seller.accounts[0],
            rate=Decimal(1),
            posted_on=bill.issued + timedelta(days=2),
            order=bill.order,
            billed={line.number: line.quantity for line in bill.lines},
        )
        erp.post(new, idempotency_key=f"earlier:{bill.seller.id}:{bill.number}", known=frozenset())


def _suppliers(scene: Scene) -> Iterator[dict[str, Any]]:
    for each in scene.suppliers:
        yield {
            "id": each.id,
            "name": each.name,
            "name_key": name_key(each.name),
            "country": each.country,
            "iban": each.iban,
            "blocked": int(each.blocked),
            "cost_center": f"CC{each.accounts[0][:2]}",
        }


def _order(order: Order) -> dict[str, Any]:
    return {
        "number": order.number,
        "supplier_id": order.supplier_id,
        "currency": order.currency,
        "ordered_on": order.ordered_on.isoformat(),
    }


def _order_lines(orders: Iterable[Order]) -> Iterator[dict[str, Any]]:
    for order in orders:
        for line in order.lines:
            yield {
                "order_number": order.number,
                "number": line.number,
                "description": line.description,
                "quantity": str(line.quantity),
                "unit_price": str(line.unit_price),
            }


def _receipts(orders: Iterable[Order]) -> Iterator[dict[str, Any]]:
    for order in orders:
        day = (order.ordered_on + timedelta(days=7)).isoformat()
        for line, quantity in zip(order.lines, order.received, strict=True):
            if quantity:
                yield {
                    "id": f"GR{order.number[2:]}",
                    "order_number": order.number,
                    "order_line": line.number,
                    "quantity": str(quantity),
                    "received_on": day,
                }


def _rates(scene: Scene) -> Iterator[dict[str, Any]]:
    day = (scene.today - timedelta(days=365)).isoformat()
    for currency, rate in RATES.items():
        yield {"currency": currency, "valid_from": day, "rate": str(rate)}


def _coding(booking: Booking, day: str) -> dict[str, Any]:
    return {
        "supplier_id": booking.supplier_id,
        "supplier": booking.supplier,
        "text": booking.text,
        "net_cents": cents(booking.net),
        "account": booking.account,
        "booked_on": day,
    }
