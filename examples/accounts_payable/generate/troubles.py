"""The kinds of bills that come in, how often, and where each must end.

The shares are those of a middling inbox; the rest is bills with nothing wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from ..money import CENT
from . import spoil
from .bills import Bill
from .catalogue import NO_RATE, RATES
from .scene import Scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One kind of bill. `ends`: completed, waiting or same_case; `exceptions`: any of them will do.

    step: where it stops; empty when it stops while being read, or not at all.
    """

    name: str
    per_mille: int
    make: Callable[[Scene], Bill]
    ends: str = "completed"
    exceptions: tuple[str, ...] = ()
    step: str = ""
    only: tuple[str, ...] = ()  # formats it can be written in; empty: all
    note: str = ""


def _clean(scene: Scene) -> Bill:
    return scene.bill()


def _foreign(scene: Scene) -> Bill:
    return scene.bill(net=(150, 3_000), currency=scene.random.choice(sorted(RATES)))


def _no_rate(scene: Scene) -> Bill:
    return scene.bill(currency=NO_RATE)


def _large(scene: Scene) -> Bill:
    return scene.bill(net=(15_000, 38_000))


def _very_large(scene: Scene) -> Bill:
    return scene.bill(net=(58_000, 80_000))


def _unclear(scene: Scene) -> Bill:
    return scene.unclear_bill()


def _blocked(scene: Scene) -> Bill:
    return scene.bill(scene.random.choice([each for each in scene.suppliers if each.blocked]))


def _unknown_supplier(scene: Scene) -> Bill:
    bill = scene.bill()
    stranger = scene.new_supplier(scene.random.randint(1_000, 9_999))
    return replace(bill, seller=replace(stranger, name=f"New {stranger.name}"))


def _changed_bank(scene: Scene) -> Bill:
    bill = scene.bill()
    return replace(bill, seller=replace(bill.seller, iban=scene.new_iban(bill.seller.country)))


def _wrong_total(scene: Scene) -> Bill:
    shift = Decimal(scene.random.choice((-900, 90, 1_000, 4_500))) / 100
    return replace(scene.bill(), shift=shift.quantize(CENT))


def _missing_field(scene: Scene) -> Bill:
    field = scene.random.choice(("number", "issue_date", "currency", "payable", "seller"))
    return replace(scene.bill(), without=frozenset({field}))


WAITING: Final = "waiting"
TROUBLES: Final = (
    Trouble(name="missing_field", per_mille=20, make=_missing_field, ends=WAITING,
            exceptions=("missing_data",), only=("ubl", "cii", "csv", "json")),
    Trouble(name="missing_order_found", per_mille=25, make=spoil.order_left_out,
            note="the remedy finds the only order that fits"),
    Trouble(name="missing_order_unclear", per_mille=8, make=spoil.order_left_out_of_two,
            ends=WAITING, exceptions=("missing_data",), step="match"),
    Trouble(name="unknown_order", per_mille=6, make=spoil.order_nobody_placed, ends=WAITING,
            exceptions=("missing_data",), step="match"),
    Trouble(name="order_of_another", per_mille=5, make=spoil.order_of_another, ends=WAITING,
            exceptions=("conflicting_instructions",), step="match"),
    Trouble(name="wrong_total", per_mille=18, make=_wrong_total, ends=WAITING,
            exceptions=("invalid_invoice",), step="check_invoice"),
    Trouble(name="price_variance", per_mille=25, make=spoil.price_too_high, ends=WAITING,
            exceptions=("price_variance",), step="match"),
    Trouble(name="price_in_tolerance", per_mille=15, make=spoil.price_a_little_high),
    Trouble(name="quantity_variance", per_mille=18, make=spoil.more_than_came_in, ends=WAITING,
            exceptions=("quantity_variance",), step="match"),
    Trouble(name="partial_delivery", per_mille=35, make=spoil.part_came_in),
    Trouble(name="already_posted", per_mille=6, make=spoil.already_posted, ends=WAITING,
            exceptions=("possible_duplicate",), step="check_duplicate"),
    Trouble(name="unknown_supplier", per_mille=14, make=_unknown_supplier, ends=WAITING,
            exceptions=("unknown_supplier",), step="find_supplier"),
    Trouble(name="blocked_supplier", per_mille=4, make=_blocked, ends=WAITING,
            exceptions=("out_of_policy",), step="find_supplier"),
    Trouble(name="changed_bank_details", per_mille=12, make=_changed_bank, ends=WAITING,
            step="change_bank_details", note="a person calls the supplier back"),
    Trouble(name="unclear_text", per_mille=15, make=_unclear, ends=WAITING,
            exceptions=("low_confidence",), step="assign_account"),
    Trouble(name="foreign_currency", per_mille=30, make=_foreign),
    Trouble(name="no_exchange_rate", per_mille=4, make=_no_rate, ends=WAITING,
            exceptions=("missing_data",), step="convert_currency"),
    Trouble(name="credit_note", per_mille=18, make=spoil.credit_note,
            note="posted, and nothing is paid"),
    Trouble(name="credit_note_without_invoice", per_mille=5, make=spoil.credit_note_of_nothing,
            ends=WAITING, exceptions=("missing_data",), step="match"),
    Trouble(name="credit_note_too_high", per_mille=4, make=spoil.credit_note_too_high,
            ends=WAITING, exceptions=("conflicting_instructions",), step="match"),
    Trouble(name="large_amount", per_mille=18, make=_large, ends=WAITING, step="pay",
            note="one approval"),
    Trouble(name="very_large_amount", per_mille=5, make=_very_large, ends=WAITING, step="pay",
            note="two approvals"),
    Trouble(name="new_format", per_mille=14, make=_clean, ends=WAITING,
            exceptions=("schema_change",), only=("message", "mail")),
    Trouble(name="truncated", per_mille=10, make=_clean, ends=WAITING,
            exceptions=("schema_change",), only=("ubl", "cii", "json")),
)  # fmt: skip
CLEAN: Final = Trouble(name="", per_mille=0, make=_clean)
# These two need an earlier bill and so have no maker of their own.
SAME_FILE: Final = Trouble(
    name="sent_twice", per_mille=14, make=_clean, ends="same_case", note="byte for byte"
)
RENUMBERED: Final = Trouble(
    name="sent_again_renumbered", per_mille=14, make=_clean, ends=WAITING,
    exceptions=("possible_duplicate", "state_changed"), step="check_duplicate",
    note="state_changed when both are in hand at the same moment; whichever comes second waits",
)  # fmt: skip
