"""Every function the contract names, in the order of the contract.

A step looks and concludes; it changes nothing. What changes something is in `actions.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from interlock import (
    CaseException,
    ConflictingInstructions,
    Document,
    MissingData,
    OutOfPolicy,
    Proposal,
    step,
)

from .account_model import Coder
from .actions import (
    bank_change_exists,
    cancel_payment,
    cancel_posting,
    payment_exists,
    post_invoice,
    posting_exists,
    restore_bank_details,
    schedule_payment,
    update_bank_details,
)
from .agreement import match_credit_note, match_order
from .bank import Bank
from .cases import Invoice
from .erp import Erp
from .frozen import frozen_systems
from .intake import read_invoice
from .ledger import CLEARING
from .money import BOOKS, cents, from_cents, in_words
from .results import (
    Account,
    BookAmount,
    DuplicateCheck,
    InvoiceCheck,
    Match,
    PaymentOrder,
    SimilarPostings,
    Supplier,
)
from .systems import systems
from .validity import check_document, check_totals

__all__ = [
    "assign_account",
    "assign_account_from_history",
    "bank_change_exists",
    "cancel_payment",
    "cancel_posting",
    "check_duplicate",
    "check_invoice",
    "convert_currency",
    "find_order",
    "find_supplier",
    "frozen_systems",
    "match",
    "pay",
    "payment_exists",
    "post_invoice",
    "posting_exists",
    "read_invoice",
    "restore_bank_details",
    "schedule_payment",
    "systems",
    "update_bank_details",
]

USUAL_TERMS: Final = timedelta(days=30)  # BGB § 286(3): without a date, a bill is due in 30 days
MOST_REASONS: Final = 5  # in full; a reviewer reads no more
CLEAR_SECOND: Final = 0.05  # below it the second-best account is not worth a word
NEAR_AMOUNT: Final = Decimal("0.05")  # rounding of lines


@step
def check_invoice(invoice: Invoice, document: Document | None = None) -> InvoiceCheck:
    """The invoice as sent obeys the tax rules and adds up. Raises: invalid_invoice.

    A case that came without a document is checked by its own totals.
    """
    checked = check_document(invoice, document) if document else check_totals(invoice)
    if not checked.problems:
        return checked
    raise CaseException(
        _faults(checked.problems),
        exception_type="invalid_invoice",
        value=checked,
        evidence={"broken_rules": list(checked.problems)},
    )


@step
def find_supplier(invoice: Invoice, erp: Erp) -> Supplier:
    """The supplier in the master data. Raises: unknown_supplier, OutOfPolicy when blocked."""
    found = erp.supplier(invoice.seller_id)
    if found is None:
        raise CaseException(
            f"{invoice.seller_name or 'The seller'} ({invoice.seller_id}) is no supplier of ours",
            exception_type="unknown_supplier",
            evidence={"seller": {"id": invoice.seller_id, "name": invoice.seller_name}},
            may_retry=True,
        )
    if found.blocked:
        raise OutOfPolicy(
            f"supplier {found.name} is blocked in the ERP",
            evidence={"supplier": found},
            may_retry=True,
        )
    return found


@step
def check_duplicate(invoice: Invoice, supplier: Supplier, erp: Erp) -> DuplicateCheck:
    """The bill is not in the books yet. Raises: possible_duplicate."""
    found = DuplicateCheck(similar=erp.similar(invoice, supplier.id))
    if not found.similar:
        return found
    first = found.similar[0]
    raise CaseException(
        f"{invoice.number} may be {first.number} of {first.issue_date}, which is posted: "
        f"{first.why}",
        exception_type="possible_duplicate",
        value=found,
        evidence={"similar_invoices": [each.model_dump(mode="json") for each in found.similar]},
    )


@step
def convert_currency(invoice: Invoice, erp: Erp) -> BookAmount:
    """The amounts in the books' currency. Raises: MissingData when no rate is known."""
    rate = erp.rate(invoice.currency, invoice.issue_date)
    if rate is None:
        raise MissingData(
            "exchange_rate",
            detail=f"no exchange rate for {invoice.currency} on {invoice.issue_date} in the ERP",
            may_retry=True,
        )
    return BookAmount(
        currency=BOOKS,
        rate=rate,
        gross=from_cents(cents(invoice.gross, rate)),
        payable=from_cents(cents(invoice.payable, rate)),
    )


@step
def match(invoice: Invoice, supplier: Supplier, erp: Erp) -> Match:
    """The bill agrees with order and receipt; a credit note with the bill it takes back.

    Raises: MissingData, ConflictingInstructions, price_variance, quantity_variance.
    """
    if invoice.type == "credit_note":
        return match_credit_note(invoice, supplier, erp)
    return match_order(invoice, supplier, erp)


@step
def find_order(invoice: Invoice, erp: Erp) -> dict[str, Any] | None:
    """The missing order, when just one open order of the supplier has that amount; else None."""
    supplier = erp.supplier(invoice.seller_id)
    if supplier is None or invoice.order or invoice.type == "credit_note" or invoice.net is None:
        return None
    fitting = [
        order
        for order in erp.open_orders(supplier.id)
        if order.currency == invoice.currency and abs(order.open_value - invoice.net) <= NEAR_AMOUNT
    ]
    return {"order": fitting[0].number} if len(fitting) == 1 else None


@step
def assign_account(invoice: Invoice, supplier: Supplier, coder: Coder) -> Proposal[Account]:
    """The account a model trained on earlier bookings suggests, with what speaks against it."""
    suggestion = coder.suggest(supplier.id, invoice.text, invoice.net or invoice.gross)
    return Proposal(
        value=Account(number=suggestion.account, name=suggestion.name),
        confidence=suggestion.confidence,
        rationale=f"bookings like this one went to {suggestion.account} {suggestion.name}".strip(),
        weak_point=_weak_point(suggestion.second, suggestion.second_confidence, suggestion.seen),
        evidence=[SimilarPostings(postings=suggestion.similar)],
        model=suggestion.model,
    )


@step
def assign_account_from_history(supplier: Supplier, erp: Erp) -> Account:
    """The supplier's most frequent account, else the clearing account; no model is asked."""
    usual = erp.usual_account(supplier.id)
    return erp.account(CLEARING) if usual is None else usual[0]


@step
def pay(
    invoice: Invoice, supplier: Supplier, book_amount: BookAmount, erp: Erp, bank: Bank
) -> PaymentOrder:
    """What to pay and to which account: always the one in the master data, read again now.

    Raises: OutOfPolicy, ConflictingInstructions, MissingData.
    """
    current = erp.supplier(supplier.id) or supplier
    _check_payee(invoice, current)
    if book_amount.payable > bank.daily_limit:
        limit = in_words(bank.daily_limit, BOOKS)
        raise OutOfPolicy(
            f"{book_amount.payable:,.2f} {BOOKS} is above the {limit} of one day", may_retry=True
        )
    return PaymentOrder(
        iban=current.iban,
        amount=invoice.payable,
        currency=invoice.currency,
        rate=book_amount.rate,
        due_date=invoice.due_date or invoice.issue_date + USUAL_TERMS,
        discount_percent=invoice.discount_percent,
        discount_until=invoice.discount_until,
    )


def _faults(problems: Sequence[str]) -> str:
    """The first faults in full and the rules the others break, so that none goes unnamed."""
    shown, others = problems[:MOST_REASONS], problems[MOST_REASONS:]
    named = ", ".join(dict.fromkeys(each.partition(":")[0] for each in others))
    return "; ".join(shown) + (f"; and {len(others)} more: {named}" if others else "")


def _weak_point(second: str, confidence: float, seen: int) -> str:
    if not seen:
        return "no earlier booking of this supplier"
    if confidence < CLEAR_SECOND:
        return ""
    return f"account {second} is possible too ({confidence:.0%})"


def _check_payee(invoice: Invoice, supplier: Supplier) -> None:
    if supplier.blocked:
        raise OutOfPolicy(f"supplier {supplier.name} is blocked in the ERP", may_retry=True)
    if not supplier.iban:
        raise MissingData(
            "seller_iban", detail=f"no bank account of {supplier.name} in the ERP", may_retry=True
        )
    if invoice.seller_iban and invoice.seller_iban != supplier.iban:
        raise ConflictingInstructions(
            f"{invoice.number} names another bank account than the master data of {supplier.name}",
            may_retry=True,
        )
