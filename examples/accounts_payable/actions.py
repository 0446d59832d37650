"""The three side effects: post to the ledger, schedule a payment, change a bank account.

Each can be looked up by its idempotency key and undone; `state` says what it rested on.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from interlock import action

from .bank import Bank
from .cases import Invoice
from .erp import Erp
from .ledger import NewPosting
from .results import (
    Account,
    BankChange,
    BookAmount,
    DuplicateCheck,
    Match,
    Payment,
    PaymentOrder,
    Posting,
    Supplier,
)


def posting_exists(erp: Erp, idempotency_key: str) -> Posting | None:
    """The posting made under the key, None when there is none in force."""
    return erp.find_posting(idempotency_key)


def cancel_posting(erp: Erp, receipt: Posting) -> None:
    """Take a posting back by reversing its entries; a second time does nothing."""
    erp.cancel(Posting.model_validate(receipt).id)


def order_state(match: Match, erp: Erp) -> dict[str, Any]:
    """What a posting rests on: the agreed prices, and whether what came in covers the bill.

    A further delivery that changes nothing for this bill changes nothing here.
    """
    order = erp.order(match.purchase_order.number)
    if order is None:
        return {"order": None}
    billed = {line.order_line: line.quantity for line in match.lines}
    lines = [line for line in order.lines if line.number in billed]
    return {
        "order": order.number,
        "prices": {line.number: str(line.unit_price) for line in lines},
        "covered": {line.number: line.open_quantity >= billed[line.number] for line in lines},
    }


@action(compensate=cancel_posting, verify=posting_exists, state=order_state)
def post_invoice(
    *,
    invoice: Invoice,
    supplier: Supplier,
    duplicate_check: DuplicateCheck,
    book_amount: BookAmount,
    match: Match,
    account: Account,
    erp: Erp,
    idempotency_key: str,
    now: datetime,
) -> Posting:
    """The bill in the ledger. Raises: StateChanged when its twin was posted meanwhile."""
    lines = [line for line in match.lines if line.order_line]
    new = NewPosting(
        invoice=invoice,
        supplier_id=supplier.id,
        account=account.number,
        rate=book_amount.rate,
        posted_on=now.date(),
        order=match.purchase_order.number,
        billed={line.order_line: line.quantity for line in lines},
        covered=frozenset(line.order_line for line in lines if line.quantity_variance == 0),
    )
    known = frozenset(each.posting for each in duplicate_check.similar)
    return erp.post(new, idempotency_key=idempotency_key, known=known)


def payment_exists(bank: Bank, idempotency_key: str) -> Payment | None:
    """The payment made under the key, None when there is none in force."""
    return bank.find(idempotency_key)


def cancel_payment(bank: Bank, receipt: Payment) -> None:
    """Take a payment out of the run; a second time does nothing."""
    bank.cancel(Payment.model_validate(receipt).id)


def supplier_state(supplier: Supplier, payment_order: PaymentOrder, erp: Erp) -> dict[str, bool]:
    """What a payment rests on: it goes to the account in the master data, and nobody blocked it."""
    current = erp.supplier(supplier.id)
    if current is None:
        return {"known": False}
    same = current.iban == payment_order.iban
    return {"known": True, "same_account": same, "blocked": current.blocked}


@action(compensate=cancel_payment, verify=payment_exists, state=supplier_state)
def schedule_payment(
    *,
    supplier: Supplier,
    posting: Posting,
    payment_order: PaymentOrder,
    erp: Erp,  # noqa: ARG001  (what the state is read from)
    bank: Bank,
    idempotency_key: str,
    now: datetime,
) -> Payment:
    """The payment in the bank's run. Raises: OutOfPolicy when no day has room for it."""
    return bank.schedule(
        payment_order,
        seller_id=supplier.id,
        posting_id=posting.id,
        today=now.date(),
        idempotency_key=idempotency_key,
    )


def bank_change_exists(erp: Erp, idempotency_key: str) -> BankChange | None:
    """The change made under the key, None when there is none in force."""
    return erp.find_bank_change(idempotency_key)


def restore_bank_details(erp: Erp, idempotency_key: str) -> None:
    """Put the account number back that was there before; a second time does nothing."""
    erp.undo_bank_change(idempotency_key)


def bank_details(supplier: Supplier, erp: Erp) -> str | None:
    """What a change rests on: the account number that is to be replaced."""
    current = erp.supplier(supplier.id)
    return current.iban if current else None


@action(compensate=restore_bank_details, verify=bank_change_exists, state=bank_details)
def update_bank_details(
    invoice: Invoice, supplier: Supplier, erp: Erp, idempotency_key: str
) -> BankChange:
    """The new account number in the master data, after a person called the supplier back."""
    return erp.change_iban(supplier.id, invoice.seller_iban, idempotency_key=idempotency_key)
