"""A generated inbox through the whole of the example: everything planted is found, and no more.

Four hundred invoices on SQLite, fewer on PostgreSQL; the answer sheet knows where each must end.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from shutil import copytree
from typing import Any, Final

import pytest

from examples.accounts_payable.money import cents
from examples.accounts_payable.results import PaymentOrder
from examples.accounts_payable.scheduling import is_worthwhile
from interlock.domain.action import HAPPENED
from interlock.domain.case import Case, CaseState, ClosingOutcome, Handling, WaitsFor
from interlock.domain.review import ReviewKind
from interlock.runtime.commands import Delivered, Delivery
from tests.examples.accounts_payable.runtime_office import (
    NAME,
    BackOffice,
    documents_in,
    stops_at,
)

SOME: Final = 130  # files on the slower database; enough for every check to have its case
UNSURE: Final = 0.06  # the share of sound invoices for which the model may want a second look
EARLIER: Final = "earlier:"  # begins the key of what was posted before the run
MICROS_A_CENT: Final = 10_000

pytestmark = pytest.mark.timeout(300)


@dataclass(frozen=True)
class Run:
    """What became of the inbox, before the hold of the payments was over and after it."""

    office: BackOffice
    sheet: dict[str, dict[str, str]]
    delivered: list[Delivered]
    before: dict[str, Case]
    cases: dict[str, Case]

    def sound(self) -> list[tuple[dict[str, str], Case]]:
        """The rows and cases in which nothing should stop anybody."""
        copied = {row["like"] for row in self.copies()}
        return [
            (row, self.cases[row["file"]])
            for row in self.sheet.values()
            if row["ends"] == "completed" and row["file"] not in copied
        ]

    def copies(self) -> list[dict[str, str]]:
        """The bills that came once more under another spelling of their number."""
        return [r for r in self.sheet.values() if r["trouble"] == "sent_again_renumbered"]


@pytest.fixture(
    scope="module",
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)],
)
def inbox(
    request: pytest.FixtureRequest, company: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Run]:
    """The company's inbox handled on a Monday morning, and an hour later."""
    folder = tmp_path_factory.mktemp("inbox")
    copytree(company.folder / "data", folder / "data")
    documents = documents_in(company.folder / "inbox")
    if request.param == "sqlite":
        url = f"sqlite:///{folder / 'interlock.sqlite'}"
    else:
        url, documents = request.getfixturevalue("module_postgres_url"), documents[:SOME]
    office = BackOffice.opened(url, folder / "data")
    delivered = office.receive(documents)
    before = _by_file(office, delivered)
    office.later()
    yield Run(
        office=office,
        sheet={each.name: company.expected[each.name] for each in documents},
        delivered=delivered,
        before=before,
        cases=_by_file(office, delivered),
    )
    office.close()


def _by_file(office: BackOffice, delivered: list[Delivered]) -> dict[str, Case]:
    cases = {case.id: case for case in office.cases()}
    return {each.document: cases[each.case_id] for each in delivered}


def test_what_came_in_closed_or_waits_or_was_known(inbox: Run) -> None:
    """Nothing is lost and nothing made up."""
    became = Counter(each.delivery for each in inbox.delivered)
    states = Counter(case.state for case in inbox.office.cases())

    assert len(inbox.delivered) == len(inbox.sheet)
    assert sum(states.values()) + became[Delivery.KNOWN] == len(inbox.sheet)
    assert states[CaseState.READY] == 0


def test_planted_trouble_waits_with_its_reason_at_its_step(inbox: Run) -> None:
    """A wrong reason sends it to the wrong people."""
    wrong = {}
    for row in inbox.sheet.values():
        if row["ends"] != "waiting" or row in inbox.copies():
            continue
        case = inbox.cases[row["file"]]
        state, kind, step = stops_at(case)
        expected = kind in row["exception"].split("|") and step == row["step"]
        if state is not CaseState.WAITING or not (expected or _is_unsure(case)):
            wrong[row["file"]] = (row["trouble"], state, kind, step)

    assert wrong == {}


def test_a_sound_invoice_is_posted_and_paid_by_nobody(inbox: Run) -> None:
    """But for the few at which the model itself wants a second look."""
    sound = inbox.sound()
    unsure = [row["file"] for row, case in sound if _is_unsure(case)]
    ended = {
        row["file"]: stops_at(case)
        for row, case in sound
        if (case.outcome, case.handling) != (ClosingOutcome.COMPLETED, Handling.AUTONOMOUS)
    }

    assert set(ended) == set(unsure), ended
    assert len(unsure) <= len(sound) * UNSURE


def test_a_payment_can_be_stopped_for_an_hour(inbox: Run) -> None:
    """Before the hold is over nothing has left, and every sound bill is posted already."""
    for row, case in inbox.sound():
        before = inbox.before[row["file"]]
        if case.state is CaseState.CLOSED and case.data["type"] == "invoice":
            assert before.waits_for is WaitsFor.HOLD, row["file"]
            assert [a.name for a in before.actions if a.state in HAPPENED] == ["post_invoice"]


def test_the_same_file_again_is_the_same_case(inbox: Run) -> None:
    """A mail sent twice must not be paid twice."""
    ids = {each.document: (each.case_id, each.delivery) for each in inbox.delivered}
    again = [row for row in inbox.sheet.values() if row["ends"] == "same_case"]

    assert again
    for row in again:
        assert ids[row["file"]] == (ids[row["like"]][0], Delivery.KNOWN)


def test_a_bill_sent_again_under_another_number_is_paid_once(inbox: Run) -> None:
    """When both are in hand at the same moment either may be first; the second always waits."""
    for row in inbox.copies():
        stood = {stops_at(inbox.cases[file])[1:] for file in (row["file"], row["like"])}

        assert ("", "pay") in stood, row
        assert stood & {("possible_duplicate", "check_duplicate"), ("state_changed", "post")}
    assert inbox.copies()


def test_every_posting_is_there_once_and_says_what_its_case_says(inbox: Run) -> None:
    """The ledger is the truth; the cases must not believe something else."""
    office = inbox.office
    written = [
        row
        for row in office.rows(office.erp, "posting")
        if not row["idempotency_key"].startswith(EARLIER)
    ]
    meant = {
        action.id: case
        for case in office.cases()
        for action in case.actions
        if action.name == "post_invoice" and action.state in HAPPENED
    }

    assert sorted(row["idempotency_key"] for row in written) == sorted(meant)
    for row in written:
        case = meant[row["idempotency_key"]]
        assert row["state"] == "posted"
        assert row["number"] == case.data["number"]
        assert row["document_cents"] == cents(Decimal(str(case.data["gross"])))
        assert row["gross_cents"] == cents(Decimal(str(case.outputs["convert_currency"]["gross"])))


def test_every_payment_is_there_once_and_goes_where_the_master_data_says(inbox: Run) -> None:
    """Once, to the known account, for what was billed less the discount."""
    office = inbox.office
    written = office.rows(office.bank, "payment")
    meant = {
        action.id: case
        for case in office.cases()
        for action in case.actions
        if action.name == "schedule_payment" and action.state in HAPPENED
    }

    assert sorted(row["idempotency_key"] for row in written) == sorted(meant)
    for row in written:
        case = meant[row["idempotency_key"]]
        supplier = office.erp.supplier(case.data["seller_id"])
        assert supplier is not None
        assert row["iban"] == supplier.iban
        assert row["currency"] == case.data["currency"]
        billed = cents(Decimal(str(case.data["payable"])))
        assert row["amount_cents"] + row["discount_cents"] == billed


def test_the_books_balance(inbox: Run) -> None:
    """Debits equal credits over the whole ledger."""
    totals = inbox.office.erp.database.row("totals")

    assert totals is not None
    assert totals["debit"] == totals["credit"] > 0


def test_a_worthwhile_discount_is_taken_in_time(inbox: Run) -> None:
    """And a bill without one leaves on its last day, never late."""
    taken = 0
    for row, case in inbox.sound():
        if "pay" not in case.outputs or case.state is not CaseState.CLOSED:
            continue
        order = PaymentOrder.model_validate(case.outputs["pay"])
        payment = case.outputs["schedule_payment"]
        leaves = date.fromisoformat(payment["execute_on"])
        still_open = order.discount_until and order.discount_until >= date(2026, 3, 2)
        if is_worthwhile(order) and still_open:
            assert order.discount_until is not None and order.discount_percent is not None
            less = order.amount * order.discount_percent / 100
            assert leaves <= order.discount_until, row["file"]
            assert cents(Decimal(str(payment["discount_taken"]))) == cents(less)
            taken += 1
        else:
            assert payment["discount_taken"] == 0
            assert leaves <= order.due_date

    assert taken


def test_no_day_carries_more_than_the_cash_plan_allows(inbox: Run) -> None:
    """Treasury's limit holds across all bills, in euros."""
    leaving: dict[str, int] = defaultdict(int)
    for row in inbox.office.rows(inbox.office.bank, "payment"):
        leaving[row["execute_on"]] += row["books_cents"]

    assert max(leaving.values()) <= cents(inbox.office.bank.daily_limit)


def test_what_was_spent_of_the_budget_is_what_was_paid(inbox: Run) -> None:
    """The budget counts what was billed, in euros, whatever the currency."""
    used = inbox.office.store.budget_used(
        NAME, "schedule_payment.money_per_day", "2026-03-02T00:00:00+00:00"
    )
    paid = [
        cents(Decimal(str(case.outputs["convert_currency"]["payable"])))
        for case in inbox.office.cases()
        for action in case.actions
        if action.name == "schedule_payment" and action.state in HAPPENED
    ]

    assert used == sum(paid) * MICROS_A_CENT


def test_foreign_invoices_are_paid_in_their_own_currency(inbox: Run) -> None:
    """And counted in euros."""
    foreign = [
        case.outputs["schedule_payment"]
        for row, case in inbox.sound()
        if row["trouble"] == "foreign_currency" and case.state is CaseState.CLOSED
    ]

    assert foreign
    for payment in foreign:
        assert payment["currency"] != "EUR"
        assert payment["amount_in_books"] != payment["amount"]


def test_new_bank_details_are_asked_of_the_finance_director(inbox: Run) -> None:
    """And until she has decided, neither the old account nor the new one gets anything."""
    changed = [r for r in inbox.sheet.values() if r["trouble"] == "changed_bank_details"]

    assert changed
    for row in changed:
        case = inbox.cases[row["file"]]
        task = inbox.office.task(case)
        supplier = inbox.office.erp.supplier(case.data["seller_id"])
        assert (task.kind, task.queue) == (ReviewKind.HUMAN_STEP, "finance_director")
        assert task.missing == ("call_back_record",)
        assert case.actions == ()
        assert supplier is not None
        assert supplier.iban != case.data["seller_iban"]


def test_large_payments_wait_for_the_first_of_their_approvers(inbox: Run) -> None:
    """Above 10,000 euros the team lead; above 50,000 she and then the director."""
    large = [
        inbox.cases[row["file"]]
        for row in inbox.sheet.values()
        if row["trouble"] in ("large_amount", "very_large_amount")
        and not _is_unsure(inbox.cases[row["file"]])
    ]

    assert large
    for case in large:
        task = inbox.office.task(case)
        assert (task.kind, task.queue, task.deciders) == (
            ReviewKind.APPROVAL,
            "ap_lead",
            ("ap_lead",),
        )
        assert [a.state for a in case.actions if a.name == "schedule_payment"] == ["planned"]


def test_nothing_failed_for_a_technical_reason(inbox: Run) -> None:
    """An incident would hide behind a waiting case."""
    kinds = {case.exception.type for case in inbox.office.cases() if case.exception}

    assert not kinds & {"workflow_failure", "unexpected_output", "policy_conflict"}
    assert not kinds & {"permission_denied", "stalled_handoff", "boundary_crossing"}


def test_every_log_is_whole(inbox: Run) -> None:
    """The chain of each case holds from its first entry to its last."""
    assert inbox.office.broken_chains() == []


def _is_unsure(case: Case) -> bool:
    return stops_at(case) == (CaseState.WAITING, "low_confidence", "assign_account")
