"""The tolerances of the three-way match, as a table and as rules."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from examples.accounts_payable.cases import Invoice, InvoiceLine
from examples.accounts_payable.matching import USUAL, compare, price_variance, quantity_lines
from examples.accounts_payable.results import OrderLine, PurchaseOrder

PRICES = some.decimals("0.01", "5000", places=2)
PIECES = some.integers(1, 500).map(Decimal)


def an_order(*lines: OrderLine) -> PurchaseOrder:
    return PurchaseOrder(
        number="PO-1", supplier_id="S", currency="EUR", ordered_on=date(2026, 1, 1), lines=lines
    )


def ordered(
    price: str = "20.00",
    quantity: str = "10",
    received: str = "10",
    billed: str = "0",
    n: str = "1",
) -> OrderLine:
    return OrderLine(
        number="1", description="Thing 1", quantity=Decimal(quantity), unit_price=Decimal(price),
        received=Decimal(received), billed=Decimal(billed),
    )  # fmt: skip


def billed(
    price: str = "20.00", quantity: str = "10", net: str = "", order_line: str = "1", text: str = ""
) -> InvoiceLine:
    total = Decimal(net) if net else (Decimal(price) * Decimal(quantity)).quantize(Decimal("0.01"))
    return InvoiceLine(
        number="1", description=text, quantity=Decimal(quantity), unit_price=Decimal(price),
        net=total, order_line=order_line,
    )  # fmt: skip


def a_bill(*lines: InvoiceLine) -> Invoice:
    return Invoice(
        seller_id="S", buyer_id="B", number="1", issue_date=date(2026, 2, 1), currency="EUR",
        gross=Decimal(1), payable=Decimal(1), lines=lines,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("order_line", "bill_line", "price", "pieces"),
    [
        (ordered(), billed(), "0", "0"),
        (ordered(), billed(price="20.40"), "0", "0"),  # 2 % is within
        (ordered(), billed(price="20.41"), "4.10", "0"),  # a cent more is not
        (ordered(price="0.10"), billed(price="0.15"), "0", "0"),  # 50 %, but half a euro
        (ordered(), billed(price="19.00"), "0", "0"),  # less is never a variance
        (ordered(), billed(net="230.00"), "30.00", "0"),  # right price, wrong line total
        (ordered(), billed(quantity="11"), "0", "1"),  # quantity has no tolerance
        (ordered(received="4"), billed(quantity="4"), "0", "0"),  # partial delivery
        (ordered(received="4"), billed(quantity="5"), "0", "1"),
        (ordered(billed="10"), billed(quantity="1"), "0", "1"),  # already billed in full
        (ordered(billed="6"), billed(quantity="4"), "0", "0"),  # the rest of it
        (ordered(), billed(order_line="9"), "200.00", "0"),  # nobody ordered that line
        (ordered(), billed(order_line="", text="thing 1"), "0", "0"),  # found by its text
    ],
)
def test_what_counts_as_a_variance(
    order_line: OrderLine, bill_line: InvoiceLine, price: str, pieces: str
) -> None:
    """The lines of the purchasing policy, one by one."""
    found = compare(a_bill(bill_line), an_order(order_line))

    assert price_variance(found) == Decimal(price)
    assert sum(line.quantity_variance for line in found.lines) == Decimal(pieces)
    assert bool(quantity_lines(found)) == (Decimal(pieces) > 0)


def test_one_receipt_does_not_cover_the_same_line_billed_twice() -> None:
    """Two bill lines that name one order line would otherwise each see it as open."""
    found = compare(a_bill(billed(), billed()), an_order(ordered()))

    assert found.variance == Decimal("200.00")


def test_a_partly_delivered_order_says_so() -> None:
    assert compare(a_bill(billed(quantity="4")), an_order(ordered(received="4"))).partial
    assert not compare(a_bill(billed()), an_order(ordered())).partial


@given(price=PRICES, pieces=PIECES)
def test_a_bill_that_says_what_was_ordered_never_varies(price: Decimal, pieces: Decimal) -> None:
    line = ordered(price=str(price), quantity=str(pieces), received=str(pieces))

    found = compare(a_bill(billed(price=str(price), quantity=str(pieces))), an_order(line))

    assert found.variance == 0


@given(price=PRICES, asked=PRICES, pieces=PIECES)
def test_what_is_let_through_is_always_small(price: Any, asked: Any, pieces: Any) -> None:
    """Whatever passes is at most the larger of the two tolerances, so no trick of numbers helps."""
    line = ordered(price=str(price), quantity=str(pieces), received=str(pieces))

    found = compare(a_bill(billed(price=str(asked), quantity=str(pieces))), an_order(line))

    above = (asked - price) * pieces
    if found.variance == 0:
        allowed = max(USUAL.price_total, price * pieces * USUAL.price_percent / 100)
        assert above <= allowed
    else:
        assert found.variance == above


@given(asked=PRICES, more=PRICES, pieces=PIECES)
def test_asking_more_never_lowers_the_variance(asked: Any, more: Any, pieces: Any) -> None:
    order = an_order(ordered(price="10.00", quantity=str(pieces), received=str(pieces)))
    less = compare(a_bill(billed(price=str(asked), quantity=str(pieces))), order)
    greater = compare(a_bill(billed(price=str(asked + more), quantity=str(pieces))), order)

    assert greater.variance >= less.variance
