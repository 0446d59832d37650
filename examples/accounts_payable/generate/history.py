"""How bills were booked in earlier years: what the account model learns from.

It has the faults of real books: texts that say nothing, and now and then a wrong account.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Final

from ..account_model import Booking
from .bills import Seller
from .catalogue import CATEGORIES, UNCLEAR
from .scene import Scene

ROWS: Final = 4_800
SHARE_UNCLEAR: Final = 0.08
SHARE_UNCLEAR_TWO_TRADES: Final = 0.2
SHARE_MISTAKEN: Final = 0.015  # a wrong account that nobody noticed
DAYS_BACK: Final = 900


def history(scene: Scene, rows: int = ROWS) -> list[tuple[Booking, str]]:
    """Bookings with the day they were made, oldest supplier first."""
    return list(_rows(scene, rows))


def _rows(scene: Scene, rows: int) -> Iterator[tuple[Booking, str]]:
    pick = scene.random
    for number in range(rows):
        seller = scene.suppliers[number % len(scene.suppliers)]
        day = scene.today - timedelta(days=pick.randint(30, DAYS_BACK))
        yield _booking(scene, seller), day.isoformat()


def _booking(scene: Scene, seller: Seller) -> Booking:
    pick = scene.random
    account = pick.choice(seller.accounts)
    category = next(each for each in CATEGORIES if each.account == account)
    two = len(seller.accounts) > 1
    if pick.random() < (SHARE_UNCLEAR_TWO_TRADES if two else SHARE_UNCLEAR):
        text, net = pick.choice(UNCLEAR), Decimal(pick.randint(30_000, 300_000)) / 100
    else:
        items = pick.sample(category.items, pick.randint(1, 3))
        text = " · ".join(item.name for item in items)
        net = Decimal(pick.randint(15_000, 750_000)) / 100
    if pick.random() < SHARE_MISTAKEN:
        account = pick.choice(CATEGORIES).account
    return Booking(supplier_id=seller.id, supplier=seller.name, text=text, net=net, account=account)
