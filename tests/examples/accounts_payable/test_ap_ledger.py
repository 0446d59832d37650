"""The ERP's ledger and the bank's run: once for a key, looked up by it, undone by it."""

from __future__ import annotations

import multiprocessing
import sqlite3
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from examples.accounts_payable import actions
from examples.accounts_payable.bank import Bank
from examples.accounts_payable.cases import Invoice
from examples.accounts_payable.database import Database
from examples.accounts_payable.erp import Erp
from examples.accounts_payable.ledger import NewPosting
from examples.accounts_payable.results import PaymentOrder, Posting
from interlock import OutOfPolicy, StateChanged

TODAY = date(2026, 3, 2)
NOBODY: frozenset[str] = frozenset()


def new(invoice: Invoice, rate: str = "1") -> NewPosting:
    return NewPosting(
        invoice=invoice, supplier_id="DE123456789", account="5010", rate=Decimal(rate),
        posted_on=TODAY, order="PO-1", billed={"1": Decimal(10)}, covered=frozenset({"1"}),
    )  # fmt: skip


def a_payment(amount: str = "100.00") -> PaymentOrder:
    return PaymentOrder(
        iban="DE02120300000000202051", amount=Decimal(amount), currency="EUR", rate=Decimal(1),
        due_date=date(2026, 3, 20),
    )  # fmt: skip


def schedule(bank: Bank, key: str, posting: str = "p", amount: str = "100.00") -> Any:
    return bank.schedule(
        a_payment(amount), seller_id="S", posting_id=posting, today=TODAY, idempotency_key=key
    )


def test_the_same_key_posts_once(erp: Erp, make_invoice: Callable[..., Invoice]) -> None:
    """A request that is sent again after a lost answer must not book the bill twice."""
    first = erp.post(new(make_invoice()), idempotency_key="k", known=NOBODY)
    again = erp.post(new(make_invoice()), idempotency_key="k", known=NOBODY)

    assert again == first
    assert erp.database.row("totals")["postings"] == 1  # type: ignore[index]


def test_threads_with_one_key_post_once(erp: Erp, make_invoice: Callable[..., Invoice]) -> None:
    """Two workers may recover the same case at the same moment."""
    bill = new(make_invoice())
    with ThreadPoolExecutor(8) as pool:
        made = list(
            pool.map(lambda _: erp.post(bill, idempotency_key="k", known=NOBODY), range(24))
        )

    assert len({posting.id for posting in made}) == 1


def test_processes_with_one_key_pay_once(tmp_path: Path) -> None:
    """The same over processes, where only the file is shared."""
    with ProcessPoolExecutor(4, mp_context=multiprocessing.get_context("spawn")) as pool:
        made = list(pool.map(_schedule_in, [str(tmp_path / "bank.sqlite")] * 12))

    assert len(set(made)) == 1


def _schedule_in(path: str) -> str:
    return str(schedule(Bank(Path(path)), "k").id)


def test_a_posting_is_double_entry_to_the_cent(
    erp: Erp, make_invoice: Callable[..., Invoice]
) -> None:
    """Also in a foreign currency, where both parts are rounded."""
    invoice = make_invoice(net="33.33", tax="6.33", gross="39.66", payable="39.66")
    posting = erp.post(new(invoice, rate="1.0451"), idempotency_key="k", known=NOBODY)

    rows = erp.database.rows("entries", posting_id=posting.id)
    assert sum(row["debit"] for row in rows) == sum(row["credit"] for row in rows)
    assert posting.net + posting.tax == posting.gross == Decimal("41.45")


def test_a_credit_note_turns_the_sides(erp: Erp, make_invoice: Callable[..., Invoice]) -> None:
    invoice = make_invoice(type="credit_note", preceding_invoice="X")
    posting = erp.post(
        replace(new(invoice), billed={"1": Decimal(-10)}), idempotency_key="k", known=NOBODY
    )

    sides = {row["account"]: row for row in erp.database.rows("entries", posting_id=posting.id)}
    assert sides["2000"]["debit"] == 23_800
    assert sides["5010"]["credit"] == 20_000


def test_the_posting_is_found_by_its_key_and_gone_when_cancelled(
    erp: Erp, make_invoice: Callable[..., Invoice]
) -> None:
    """What decides after a crash, and what undoes the step."""
    assert actions.posting_exists(erp, "k") is None
    posting = erp.post(new(make_invoice()), idempotency_key="k", known=NOBODY)
    assert actions.posting_exists(erp, "k") == posting

    actions.cancel_posting(erp, posting)
    actions.cancel_posting(erp, posting)

    assert actions.posting_exists(erp, "k") is None
    totals = erp.database.row("totals")
    assert totals is not None
    assert totals["debit"] == totals["credit"] == 2 * 23_800
    order = erp.order("PO-1")
    assert order is not None
    assert order.lines[0].open_quantity == 10  # the receipt is free again


def test_a_receipt_kept_as_plain_data_can_be_undone(
    erp: Erp, make_invoice: Callable[..., Invoice]
) -> None:
    """After a restart the receipt comes out of the store, not out of memory."""
    posting = erp.post(new(make_invoice()), idempotency_key="k", known=NOBODY)
    plain: Any = posting.model_dump(mode="json")

    actions.cancel_posting(erp, plain)

    assert Posting.model_validate(plain) == posting
    assert erp.find_posting("k") is None


def test_a_cancelled_key_never_posts_again(erp: Erp, make_invoice: Callable[..., Invoice]) -> None:
    posting = erp.post(new(make_invoice()), idempotency_key="k", known=NOBODY)
    erp.cancel(posting.id)

    with pytest.raises(StateChanged):
        erp.post(new(make_invoice()), idempotency_key="k", known=NOBODY)


def test_the_same_bill_under_another_key_is_refused(
    erp: Erp, make_invoice: Callable[..., Invoice]
) -> None:
    """Two cases for one bill must not both reach the ledger."""
    erp.post(new(make_invoice()), idempotency_key="a", known=NOBODY)

    with pytest.raises(StateChanged):
        erp.post(new(make_invoice()), idempotency_key="b", known=NOBODY)


def test_a_failed_posting_leaves_nothing(erp: Erp, make_invoice: Callable[..., Invoice]) -> None:
    """Whole or not at all: the entries must not stay when the order line cannot be billed."""
    broken = replace(new(make_invoice()), billed={None: Decimal(1)}, covered=frozenset())  # type: ignore[dict-item]

    with pytest.raises(sqlite3.IntegrityError):
        erp.post(broken, idempotency_key="k", known=NOBODY)

    assert erp.find_posting("k") is None
    totals = erp.database.row("totals")
    assert totals is not None
    assert (totals["debit"], totals["postings"]) == (0, 0)


def test_a_payment_is_made_once_found_by_its_key_and_cancelled(bank: Bank) -> None:
    first = schedule(bank, "k")

    assert schedule(bank, "k") == first
    assert actions.payment_exists(bank, "k") == first
    actions.cancel_payment(bank, first)
    assert actions.payment_exists(bank, "k") is None
    with pytest.raises(StateChanged):
        schedule(bank, "k")


def test_one_posting_is_paid_once_whatever_the_key(bank: Bank) -> None:
    """The bank's own last line, should two cases ever hold the same posting."""
    schedule(bank, "a")

    with pytest.raises(sqlite3.IntegrityError):
        schedule(bank, "b")


def test_many_payments_at_once_keep_the_limit_of_each_day(bank: Bank) -> None:
    """The limit is checked where nobody else can write."""
    bank.set_daily_limit(Decimal(500))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: schedule(bank, f"k{n}", f"p{n}", "200.00"), range(20)))

    days = bank.database.rows("booked", since=TODAY.isoformat())
    assert max(row["cents"] for row in days) <= 50_000
    assert sum(row["cents"] for row in days) == 20 * 20_000


def test_a_payment_no_day_has_room_for_is_refused(bank: Bank) -> None:
    bank.set_daily_limit(Decimal(50))

    with pytest.raises(OutOfPolicy, match="cash plan"):
        schedule(bank, "k")


def test_a_bank_account_is_changed_once_and_put_back(
    erp: Erp, make_invoice: Callable[..., Invoice]
) -> None:
    invoice = make_invoice(seller_iban="DE91100000000123456789")
    supplier = erp.supplier("DE123456789")
    assert supplier is not None

    first = actions.update_bank_details(invoice, supplier, erp, "k")
    assert actions.update_bank_details(invoice, supplier, erp, "k") == first
    assert actions.bank_change_exists(erp, "k") == first
    assert actions.bank_details(supplier, erp) == "DE91100000000123456789"

    actions.restore_bank_details(erp, "k")
    assert actions.bank_change_exists(erp, "k") is None
    assert actions.bank_details(supplier, erp) == supplier.iban


def test_a_query_is_named_not_written_in_python() -> None:
    """Every name the code uses is in the file; a slip would only show when that path runs."""
    with pytest.raises(KeyError):
        Database(Path(":memory:"), schema="erp_schema.sql", queries="erp.sql").rows("no_such")
