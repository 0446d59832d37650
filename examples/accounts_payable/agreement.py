"""Does the bill agree with what we know: its order and receipts, or the bill it takes back.

Reads the ERP and compares; the comparison itself is `matching.py`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from interlock import CaseException, ConflictingInstructions, MissingData, OutOfPolicy

from .cases import Invoice
from .erp import Erp
from .matching import compare, price_variance, quantity_lines
from .money import in_words
from .results import LineMatch, Match, PurchaseOrder, Supplier


def match_order(invoice: Invoice, supplier: Supplier, erp: Erp) -> Match:
    """The three-way match.

    Raises: MissingData, ConflictingInstructions, OutOfPolicy, and both variances.
    """
    order = _order_of(invoice, supplier, erp)
    found = compare(invoice, order)
    if invoice.gross < 0 or any(line.quantity < 0 for line in found.lines if line.order_line):
        # It would give quantities back to the order, and the same delivery could be billed again.
        raise OutOfPolicy(
            f"{invoice.number} takes something back from order {order.number}; "
            f"that is done with a credit note which names its invoice",
            value=found,
            evidence=_evidence(found),
        )
    if quantity_lines(found):
        raise CaseException(
            _too_many(found),
            exception_type="quantity_variance",
            value=found,
            evidence=_evidence(found),
        )
    if price_variance(found) > 0:
        above = in_words(price_variance(found), invoice.currency)
        raise CaseException(
            f"{invoice.seller_name} bills {above} above order {order.number}",
            exception_type="price_variance",
            value=found,
            evidence=_evidence(found),
        )
    return found


def match_credit_note(invoice: Invoice, supplier: Supplier, erp: Erp) -> Match:
    """The match of a credit note with the bill it takes back from, and that bill's order.

    Raises: MissingData, ConflictingInstructions.
    """
    number = invoice.preceding_invoice
    if not number:
        raise MissingData("preceding_invoice", detail=f"{invoice.number} names no invoice")
    original = erp.posting_of(supplier.id, number)
    if original is None:
        raise MissingData(
            "preceding_invoice", detail=f"invoice {number} is not in the books", may_retry=True
        )
    order = erp.order(original.order) if original.order else None
    if order is None:
        raise MissingData("purchase_order", detail=f"invoice {number} was posted without an order")
    left = erp.credit_left(supplier.id, number)
    if invoice.gross > left:
        raise ConflictingInstructions(
            f"{invoice.number} takes back {in_words(invoice.gross, invoice.currency)}, "
            f"but only {in_words(left, invoice.currency)} of {number} is left"
        )
    found = compare(invoice, order)
    returned = tuple(
        LineMatch(line=line.line, order_line=line.order_line, quantity=-abs(line.quantity))
        for line in found.lines
        if line.order_line
    )
    return found.model_copy(update={"lines": returned, "variance": Decimal(0)})


def _order_of(invoice: Invoice, supplier: Supplier, erp: Erp) -> PurchaseOrder:
    if not invoice.order:
        raise MissingData("order", detail=f"{invoice.number} names no order")
    order = erp.order(invoice.order)
    if order is None:
        raise MissingData(
            "purchase_order", detail=f"order {invoice.order} is not in the ERP", may_retry=True
        )
    if order.supplier_id != supplier.id:
        raise ConflictingInstructions(
            f"order {order.number} was placed with another supplier than {supplier.name}",
            evidence={"purchase_order": order},
        )
    if order.currency != invoice.currency:
        raise ConflictingInstructions(
            f"{invoice.number} is in {invoice.currency}, order {order.number} in {order.currency}",
            evidence={"purchase_order": order},
        )
    return order


def _evidence(found: Match) -> dict[str, Any]:
    return {
        "purchase_order": found.purchase_order,
        "goods_receipt": found.goods_receipt,
        "variance": in_words(found.variance, found.currency),
    }


def _too_many(found: Match) -> str:
    said = [
        f"line {line.line} bills {line.quantity.normalize():f}, "
        f"{line.quantity_variance.normalize():f} more than came in"
        for line in quantity_lines(found)
    ]
    if price_variance(found) > 0:
        above = in_words(price_variance(found), found.currency)
        said.append(f"besides, {above} is asked above the ordered prices")
    return f"order {found.purchase_order.number}: " + "; ".join(said)
