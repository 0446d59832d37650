"""The made-up company's books while bills are thought up: suppliers, orders, what came in.

Everything random comes from one seeded source, so a seed gives the same company again.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from ..money import BOOKS, CENT
from .bills import HOME, Bill, BillLine, Seller
from .catalogue import CATEGORIES, FAMILIES, LEGAL_FORMS, PLACES, UNCLEAR, Category, Item

SUPPLIERS: Final = 60
BLOCKED: Final = 2
SHARE_AT_HOME: Final = 0.75
SHARE_TWO_TRADES: Final = 0.3
SHARE_WITH_DISCOUNT: Final = 0.4
TERMS_DAYS: Final = 30
USUAL_NET: Final = (150, 7_500)  # with tax still under the first approval line of 10,000
_BBAN: Final = {  # country: letters before, digits of the account part of an IBAN
    "DE": ("", 18), "AT": ("", 16), "NL": ("NORD", 10), "FR": ("", 23), "IT": ("X", 22),
    "CH": ("", 17), "GB": ("NORD", 14),
}  # fmt: skip
_VAT: Final = {
    "DE": ("DE", 9, ""), "AT": ("ATU", 8, ""), "NL": ("NL", 9, "B01"), "FR": ("FR", 11, ""),
    "IT": ("IT", 11, ""), "CH": ("CHE", 9, ""), "GB": ("GB", 9, ""),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order, and how much of each line came in."""

    number: str
    supplier_id: str
    currency: str
    ordered_on: date
    lines: tuple[BillLine, ...]
    received: tuple[Decimal, ...]


@dataclass(slots=True)
class Scene:
    """The state of the invention. `posted` are bills the ledger holds before the run."""

    today: date
    random: random.Random
    suppliers: tuple[Seller, ...] = ()
    orders: list[Order] = field(default_factory=list)
    posted: list[Bill] = field(default_factory=list)
    bills: dict[str, int] = field(default_factory=dict)  # how many each supplier has written

    @classmethod
    def begin(cls, seed: int, today: date) -> Scene:
        """A scene with its suppliers; the last ones are blocked."""
        scene = cls(today=today, random=random.Random(seed))
        made = [scene.new_supplier(n) for n in range(SUPPLIERS)]
        blocked = [replace(each, blocked=True) for each in made[-BLOCKED:]]
        scene.suppliers = (*made[:-BLOCKED], *blocked)
        return scene

    @property
    def active(self) -> tuple[Seller, ...]:
        """The suppliers one may buy from."""
        return self.suppliers[:-BLOCKED]

    def new_supplier(self, number: int) -> Seller:
        """A supplier nobody has seen; its trade follows from the number."""
        pick = self.random
        main = CATEGORIES[number % len(CATEGORIES)]
        family = FAMILIES[(number * 7 + number // len(FAMILIES)) % len(FAMILIES)]
        at_home = [place for place in PLACES if place[0] == HOME]
        abroad = [place for place in PLACES if place[0] != HOME]
        place = pick.choice(at_home if pick.random() < SHARE_AT_HOME else abroad)
        second = pick.choice([each for each in CATEGORIES if each is not main])
        two = pick.random() < SHARE_TWO_TRADES
        before, digits, after = _VAT[place[0]]
        return Seller(
            id=f"{before}{self._digits(digits)}{after}",
            name=f"{family} {main.trade} {LEGAL_FORMS[place[0]]}",
            country=place[0],
            city=place[1],
            postcode=place[2],
            iban=self.new_iban(place[0]),
            accounts=(main.account, second.account) if two else (main.account,),
        )

    def new_iban(self, country: str) -> str:
        """An account number with right check digits (ISO 13616, modulus 97)."""
        letters, digits = _BBAN[country]
        account = f"{letters}{self._digits(digits)}"
        check = 98 - int("".join(str(int(c, 36)) for c in f"{account}{country}00")) % 97
        return f"{country}{check:02d}{account}"

    def bill(
        self,
        supplier: Seller | None = None,
        *,
        net: tuple[int, int] = USUAL_NET,
        currency: str = BOOKS,
    ) -> Bill:
        """A right bill for an order that has come in whole; the order is placed too."""
        seller = supplier or self.random.choice(self.active)
        category = _category(self.random.choice(seller.accounts))
        lines = self._lines(category, net)
        return self.bill_for(self.place_order(seller, lines, currency=currency), seller)

    def unclear_bill(self) -> Bill:
        """A bill of a supplier with two trades whose text fits both."""
        seller = self.random.choice([each for each in self.active if len(each.accounts) > 1])
        price = Decimal(self.random.randint(30_000, 300_000)) / 100
        text = self.random.choice(UNCLEAR)
        line = BillLine(number="1", description=text, quantity=Decimal(1), unit_price=price)
        return self.bill_for(self.place_order(seller, (line,)), seller)

    def bill_for(self, order: Order, seller: Seller) -> Bill:
        """The bill a supplier writes for an order."""
        pick = self.random
        issued = self.today - timedelta(days=pick.randint(0, 12))
        count = self.bills[seller.id] = self.bills.get(seller.id, pick.randint(100, 900)) + 1
        discounted = pick.random() < SHARE_WITH_DISCOUNT
        return Bill(
            seller=seller,
            number=f"{seller.name[:2].upper()}-{issued.year}-{count:05d}",
            issued=issued,
            due=issued + timedelta(days=TERMS_DAYS),
            currency=order.currency,
            order=order.number,
            lines=order.lines,
            discount_percent=Decimal(pick.choice((2, 3))) if discounted else None,
            discount_days=pick.choice((10, 14)) if discounted else 0,
        )

    def place_order(
        self,
        seller: Seller,
        lines: tuple[BillLine, ...],
        *,
        currency: str = BOOKS,
        received: tuple[Decimal, ...] | None = None,
    ) -> Order:
        """A new order; without `received` all of it has come in."""
        order = Order(
            number=f"PO-{self.today.year}-{len(self.orders) + 1:06d}",
            supplier_id=seller.id,
            currency=currency,
            ordered_on=self.today - timedelta(days=self.random.randint(20, 60)),
            lines=lines,
            received=received or tuple(line.quantity for line in lines),
        )
        self.orders.append(order)
        return order

    def change_order(self, number: str, **changes: object) -> None:
        """Put something else into an order, such as what was received."""
        place = int(number.rsplit("-", 1)[1]) - 1
        self.orders[place] = replace(self.orders[place], **changes)  # type: ignore[arg-type]

    def _lines(self, category: Category, net: tuple[int, int]) -> tuple[BillLine, ...]:
        pick = self.random
        items = pick.sample(category.items, pick.randint(1, 3))
        lines = [self._line(item, place) for place, item in enumerate(items, start=1)]
        total = sum(line.net for line in lines)
        low, high = net
        if low <= total <= high:
            return tuple(lines)
        # Another amount is wanted: more or fewer pieces of the same things.
        target = Decimal(pick.randint(low + (high - low) // 10, high - (high - low) // 10))
        factor = target / total
        scaled = (max(Decimal(1), (line.quantity * factor).quantize(Decimal(1))) for line in lines)
        changed = [
            replace(line, quantity=quantity) for line, quantity in zip(lines, scaled, strict=True)
        ]
        return tuple(changed)

    def _line(self, item: Item, place: int) -> BillLine:
        pick = self.random
        cents = Decimal(pick.randint(item.low * 100, item.high * 100))
        return BillLine(
            number=str(place),
            description=item.name,
            quantity=Decimal(pick.randint(1, item.most)),
            unit_price=(cents / 100).quantize(CENT),
        )

    def _digits(self, count: int) -> str:
        return "".join(self.random.choices("0123456789", k=count))


def _category(account: str) -> Category:
    return next(each for each in CATEGORIES if each.account == account)
