"""Bills that disagree with orders, receipts or the ledger, each in one stated way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Final

from ..money import CENT
from .bills import Bill, BillLine
from .scene import Scene

CLEARLY: Final = Decimal(20)  # money; more than any tolerance on a line
DAYS_SINCE_POSTED: Final = 20


def order_left_out(scene: Scene) -> Bill:
    """The supplier forgot the order number; just one open order has this amount."""
    return replace(scene.bill(), without=frozenset({"order"}))


def order_left_out_of_two(scene: Scene) -> Bill:
    """The order number is missing, and two open orders have this amount."""
    bill = scene.bill()
    scene.place_order(bill.seller, bill.lines)
    return replace(bill, without=frozenset({"order"}))


def order_nobody_placed(scene: Scene) -> Bill:
    """The order number is not in the ERP."""
    return replace(scene.bill(), order=f"PO-{scene.random.randint(100_000, 999_999)}X")


def order_of_another(scene: Scene) -> Bill:
    """The order was placed with another supplier."""
    bill = scene.bill()
    others = [each for each in scene.active if each.id != bill.seller.id]
    order = scene.place_order(scene.random.choice(others), bill.lines)
    return replace(bill, order=order.number)


def price_too_high(scene: Scene) -> Bill:
    """One price is well above the ordered one."""
    bill = scene.bill()
    line = max(bill.lines, key=lambda each: each.net)
    percent = Decimal(scene.random.randint(8, 25))
    more = max(line.unit_price * percent / 100, CLEARLY / line.quantity)
    return _with(bill, replace(line, unit_price=(line.unit_price + more).quantize(CENT)))


def price_a_little_high(scene: Scene) -> Bill:
    """One price is above the ordered one, by less than matters."""
    bill = scene.bill()
    line = max(bill.lines, key=lambda each: each.unit_price)
    return _with(bill, replace(line, unit_price=_down(line.unit_price * Decimal("1.015"))))


def more_than_came_in(scene: Scene) -> Bill:
    """All of the order is billed, but a line has come in only in part."""
    bill = scene.bill()
    short = [max(line.quantity // 2, Decimal(0)) for line in bill.lines]
    scene.change_order(bill.order, received=tuple(short))
    return bill


def part_came_in(scene: Scene) -> Bill:
    """Part of the order came in, and just that part is billed."""
    bill = scene.bill()
    parts = [max(line.quantity * 2 // 3, Decimal(1)) for line in bill.lines]
    scene.change_order(bill.order, received=tuple(parts))
    lines = zip(bill.lines, parts, strict=True)
    return replace(bill, lines=tuple(replace(line, quantity=part) for line, part in lines))


def already_posted(scene: Scene) -> Bill:
    """The bill has been in the books for a while and is sent once more."""
    bill = scene.bill()
    scene.posted.append(bill)
    return replace(bill, number=bill.number.replace("-", "/"))


def credit_note(scene: Scene) -> Bill:
    """Part of a posted bill is taken back."""
    original = _posted_bill(scene)
    line = original.lines[0]
    back = replace(line, quantity=max(line.quantity // 4, Decimal(1)))
    return _credit(scene, original, (back,))


def credit_note_of_nothing(scene: Scene) -> Bill:
    """A credit note about a bill that is not in the books."""
    bill = scene.bill()
    return replace(_credit(scene, bill, bill.lines[:1]), preceding=f"{bill.number}9")


def credit_note_too_high(scene: Scene) -> Bill:
    """More is taken back than was billed, which would move money the wrong way."""
    original = _posted_bill(scene)
    doubled = tuple(replace(line, quantity=line.quantity * 2) for line in original.lines)
    return _credit(scene, original, doubled)


def _posted_bill(scene: Scene) -> Bill:
    bill = scene.bill()
    earlier = timedelta(days=DAYS_SINCE_POSTED)
    posted = replace(bill, issued=bill.issued - earlier, due=bill.due - earlier)
    scene.posted.append(posted)
    return posted


def _credit(scene: Scene, original: Bill, lines: tuple[BillLine, ...]) -> Bill:
    return replace(
        original,
        number=f"CN-{original.number}",
        preceding=original.number,
        issued=scene.today - timedelta(days=1),
        due=scene.today,
        discount_percent=None,
        lines=lines,
    )


def _with(bill: Bill, changed: BillLine) -> Bill:
    lines = (changed if line.number == changed.number else line for line in bill.lines)
    return replace(bill, lines=tuple(lines))


def _down(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding="ROUND_DOWN")
