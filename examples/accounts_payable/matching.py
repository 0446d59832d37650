"""The three-way match: what was billed against what was ordered and what came in.

Pure rules over values. A variance within tolerance is not a variance.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from .cases import Invoice, InvoiceLine, Value
from .results import GoodsReceipt, LineMatch, Match, OrderLine, PurchaseOrder

CENT: Final = Decimal("0.01")


class Tolerances(Value):
    """How far an invoice may be off. Both price lines must be crossed, so cents never escalate.

    price_percent: above the order's unit price. price_total: money a line, in its currency.
    quantity: pieces beyond what was received and not yet billed.
    """

    price_percent: Decimal = Decimal(2)
    price_total: Decimal = Decimal(1)
    quantity: Decimal = Decimal(0)


USUAL: Final = Tolerances()


def compare(invoice: Invoice, order: PurchaseOrder, allowed: Tolerances = USUAL) -> Match:
    """The match of every invoice line; `variance` sums what the tolerances do not cover."""
    taken: set[str] = set()
    found = tuple(
        _compare_line(line, _order_line(line, order.lines, taken), allowed)
        for line in invoice.lines
    )
    return Match(
        purchase_order=order,
        goods_receipt=GoodsReceipt.of(order),
        currency=order.currency,
        lines=found,
        variance=sum((line.beyond for line in found), Decimal(0)),
        partial=_is_partial(order),
    )


def price_variance(match: Match) -> Decimal:
    """Money asked beyond the ordered prices, without tax."""
    return sum((line.price_variance for line in match.lines), Decimal(0))


def quantity_lines(match: Match) -> tuple[LineMatch, ...]:
    """The lines that bill more than was received and is still unbilled."""
    return tuple(line for line in match.lines if line.quantity_variance > 0)


def _order_line(
    line: InvoiceLine, ordered: Iterable[OrderLine], taken: set[str]
) -> OrderLine | None:
    """The order line an invoice line means: by its number, else by the same description.

    Each order line is used once, so two invoice lines never draw on the same receipt twice.
    """
    free = [each for each in ordered if each.number not in taken]
    wanted = line.description.casefold().strip()
    by_number = (each for each in free if line.order_line and each.number == line.order_line)
    by_text = (each for each in free if each.description.casefold().strip() == wanted)
    found = next(by_number, None) or next(by_text, None)
    if found is not None:
        taken.add(found.number)
    return found


def _compare_line(line: InvoiceLine, ordered: OrderLine | None, allowed: Tolerances) -> LineMatch:
    if ordered is None:  # nobody ordered it, so all of it is beyond the order
        asked = max(line.net, Decimal(0))
        return LineMatch(
            line=line.number,
            order_line="",
            price_variance=asked,
            price_percent=Decimal(100),
            quantity=line.quantity,
            beyond=asked,
        )
    above = _price_variance(line, ordered, allowed)
    beyond = line.quantity - ordered.open_quantity
    too_many = beyond if beyond > allowed.quantity else Decimal(0)
    return LineMatch(
        line=line.number,
        order_line=ordered.number,
        price_variance=above,
        price_percent=_percent(line.unit_price, ordered.unit_price),
        quantity_variance=too_many,
        quantity=line.quantity,
        beyond=above + (too_many * ordered.unit_price).quantize(CENT),
    )


def _price_variance(line: InvoiceLine, ordered: OrderLine, allowed: Tolerances) -> Decimal:
    """What the line costs above the ordered price, nothing when within tolerance.

    The line's amount is compared too: a right unit price with a wrong total must not slip by.
    """
    expected = ordered.unit_price * line.quantity
    above = (line.net - expected).quantize(CENT)
    small = above <= allowed.price_total or above * 100 <= expected * allowed.price_percent
    return Decimal(0) if small else above


def _percent(asked: Decimal, agreed: Decimal) -> Decimal:
    if agreed == 0:
        return Decimal(100) if asked > 0 else Decimal(0)
    return ((asked - agreed) * 100 / agreed).quantize(CENT)


def _is_partial(order: PurchaseOrder) -> bool:
    return any(line.received < line.quantity for line in order.lines)
