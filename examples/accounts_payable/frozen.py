"""The systems of a protected case, made of what its file says: an ERP and a bank of their own.

They live in a folder that is thrown away; nothing of the real ledger is in reach.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from .bank import Bank
from .cases import Invoice, name_key
from .erp import Erp
from .ledger import NewPosting
from .systems import LEDGER, PAYMENTS

SOME_RECEIPT = {"id": "GR-1", "received_on": "2026-02-01"}


def frozen_systems(said: Mapping[str, Any], folder: Path) -> dict[str, object]:
    """The ERP and the bank a protected case describes, in an empty folder of its own."""
    erp, bank = Erp(folder / LEDGER), Bank(folder / PAYMENTS)
    _fill(erp, said.get("erp", {}))
    limit = said.get("bank", {}).get("daily_limit")
    if limit is not None:
        bank.set_daily_limit(Decimal(str(limit)))
    return {"erp": erp, "bank": bank}


def _fill(erp: Erp, said: Mapping[str, Any]) -> None:
    for each in said.get("suppliers", ()):
        row = {"blocked": 0, "cost_center": "", **each, "name_key": name_key(each["name"])}
        erp.database.run("add_supplier", **row)
    for order in said.get("orders", ()):
        _order(erp, order)
    for currency, rate in said.get("rates", {}).items():
        erp.database.run("add_rate", currency=currency, valid_from="2026-01-01", rate=str(rate))
    _post(erp, said.get("posted", ()))


def _order(erp: Erp, order: Mapping[str, Any]) -> None:
    plain = {name: str(value) for name, value in order.items() if name != "lines"}
    erp.database.run("add_order", **plain)
    for line in order["lines"]:
        kept = {name: str(value) for name, value in line.items() if name != "received"}
        erp.database.run("add_order_line", order_number=order["number"], **kept)
        received = str(line.get("received", "0"))
        if Decimal(received):
            erp.database.run(
                "add_receipt",
                **SOME_RECEIPT,
                order_number=order["number"],
                order_line=line["number"],
                quantity=received,
            )


def _post(erp: Erp, posted: Iterable[Mapping[str, Any]]) -> None:
    """Bills that are in the books already."""
    for place, bill in enumerate(posted):
        invoice = Invoice.model_validate(bill)
        new = NewPosting(
            invoice=invoice,
            supplier_id=invoice.seller_id,
            account="5010",
            rate=Decimal(1),
            posted_on=date(2026, 2, 1),
            order=invoice.order,
            billed={},
        )
        erp.post(new, idempotency_key=f"before:{place}", known=frozenset())
