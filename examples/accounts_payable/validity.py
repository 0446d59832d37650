"""Is the bill itself in order: the official rules for e-invoices, and the arithmetic."""

from __future__ import annotations

from interlock import Document
from interlock.systems.einvoice import arithmetic_problems, read_document, violations

from .cases import Invoice
from .intake import seller_id_of
from .results import InvoiceCheck


def check_document(invoice: Invoice, document: Document) -> InvoiceCheck:
    """What the official rules and the arithmetic say of the invoice in that document."""
    found = violations(document.content, document.name)
    wrong = [f"{v.rule}: {v.text}" for v in found if v.fatal]
    for one in read_document(document.name, document.content):
        if one.number == invoice.number and seller_id_of(one.seller) == invoice.seller_id:
            wrong += [f"{p.rule}: {p.text}" for p in arithmetic_problems(one) if p.fatal]
    return InvoiceCheck(
        problems=tuple(dict.fromkeys(wrong)),
        warnings=tuple(f"{v.rule}: {v.text}" for v in found if not v.fatal),
    )


def check_totals(invoice: Invoice) -> InvoiceCheck:
    """What the totals say, for a case nobody sent a document for."""
    if invoice.net is None or invoice.tax is None or invoice.net + invoice.tax == invoice.gross:
        return InvoiceCheck()
    seen = f"{invoice.net} + {invoice.tax} is not {invoice.gross}"
    return InvoiceCheck(problems=(f"net and tax do not add up: {seen}",))
