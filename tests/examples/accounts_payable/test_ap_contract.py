"""The contract of the example: it checks clean, and it has a place for all the code can say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from examples.accounts_payable import steps
from examples.accounts_payable.account_model import Suggestion
from examples.accounts_payable.bank import Bank
from examples.accounts_payable.cases import Invoice, name_key
from examples.accounts_payable.erp import Erp
from examples.accounts_payable.generate.troubles import RENUMBERED, TROUBLES
from interlock import CaseException
from interlock.contracts import CheckReport, check_contract

EXAMPLE = Path(steps.__file__).parent
PROTECTED = sorted((EXAMPLE / "protected").glob("*.yaml"))
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def _yaml(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text("utf-8"))


@pytest.fixture(scope="module")
def report() -> CheckReport:
    return check_contract(EXAMPLE / "contract.yaml")


def test_the_contract_has_no_errors(report: CheckReport) -> None:
    """An example that does not check teaches the wrong thing."""
    assert [str(each) for each in report.problems if each.severity == "error"] == []


def test_the_only_warnings_are_of_the_gate_as_the_field_writes_it(report: CheckReport) -> None:
    """The gate is copied word for word; its dead zone is said, and that 8 cases decide nothing."""
    warned = [each.message for each in report.problems]

    assert len(warned) == 3
    assert all(
        "reviewer_queue_sla_breach" in message or "8 cases: too few to decide" in message
        for message in warned
    )


def test_every_exception_a_planted_trouble_raises_has_a_route_of_its_own() -> None:
    """The catch-all is for surprises, not for what we know will come."""
    routed = {each["exception_type"] for each in _yaml(EXAMPLE / "contract.yaml")["exceptions"]}
    known = {kind for each in (*TROUBLES, RENUMBERED) for kind in each.exceptions}

    assert known <= routed
    assert "*" in routed


def test_every_question_is_one_sentence_a_clerk_understands() -> None:
    """It ends in a question mark and names nothing of the engine."""
    contract = _yaml(EXAMPLE / "contract.yaml")
    questions = [each["question"] for each in contract["exceptions"]]
    questions += [each["question"] for each in contract["steps"] if "question" in each]

    for question in questions:
        assert question.endswith("?")
        for word in ("schema", "exception", "workflow", "null", "step", "field"):
            assert word not in question.lower()


class _Frozen:
    """The model's answer of the day the protected case was frozen."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        self._said = said

    def suggest(self, *_: object) -> Suggestion:
        return Suggestion(
            **self._said, name="", second="", second_confidence=0.0, seen=1, similar=(), model="m"
        )


@pytest.mark.parametrize("path", PROTECTED, ids=lambda path: path.stem)
def test_a_protected_case_ends_as_it_must(path: Path, tmp_path: Path) -> None:
    """Frozen input, expected end; here by hand, later on every candidate release."""
    case = _yaml(path)
    erp, bank = Erp(tmp_path / "erp.sqlite"), Bank(tmp_path / "bank.sqlite")
    _fill(erp, case["systems"]["erp"])
    invoice = Invoice.model_validate(case["input"])

    seen = _walk(invoice, erp, bank, case["systems"].get("coder"))

    assert seen == {
        "waits_at": case["expected"]["waits_at"],
        "exception": case["expected"]["exception"],
        "actions": case["expected"]["actions"],
    }


def test_every_protected_case_says_why_and_whose_it_is() -> None:
    for path in PROTECTED:
        case = _yaml(path)
        assert case["name"] == path.stem
        assert {"owner", "reason", "severity"} <= set(case)


def _fill(erp: Erp, said: Mapping[str, Any]) -> None:
    for each in said["suppliers"]:
        erp.database.run(
            "add_supplier", **each, name_key=name_key(each["name"]), blocked=0, cost_center=""
        )
    for order in said["orders"]:
        plain = {name: str(value) for name, value in order.items() if name != "lines"}
        erp.database.run("add_order", **plain)
        for line in order["lines"]:
            received = line.pop("received")
            erp.database.run("add_order_line", order_number=order["number"], **line)
            erp.database.run(
                "add_receipt", id="GR-1", order_number=order["number"], quantity=received,
                order_line=line["number"], received_on="2026-02-01",
            )  # fmt: skip


def _walk(invoice: Invoice, erp: Erp, bank: Bank, coder: Any) -> dict[str, Any]:
    done: list[str] = []
    where: str | None = "check_invoice"
    try:
        steps.check_invoice(invoice)
        where = "find_supplier"
        supplier = steps.find_supplier(invoice, erp)
        where = "check_duplicate"
        twins = steps.check_duplicate(invoice, supplier, erp)
        if invoice.seller_iban not in ("", supplier.iban):
            return {"waits_at": "change_bank_details", "exception": None, "actions": done}
        where = "match"
        matched = steps.match(invoice, supplier, erp)
        amount = steps.convert_currency(invoice, erp)
        proposal = steps.assign_account(invoice, supplier, _Frozen(coder))  # type: ignore[arg-type]
        assert proposal.confidence >= 0.92
        posting = steps.post_invoice(
            invoice=invoice, supplier=supplier, duplicate_check=twins, book_amount=amount,
            match=matched, account=proposal.value, erp=erp, idempotency_key="k", now=NOW,
        )  # fmt: skip
        done.append("post_invoice")
        order = steps.pay(invoice, supplier, amount, erp, bank)
        steps.schedule_payment(
            supplier=supplier, posting=posting, payment_order=order, erp=erp, bank=bank,
            idempotency_key="k", now=NOW,
        )  # fmt: skip
        done.append("schedule_payment")
    except CaseException as found:
        return {"waits_at": where, "exception": found.type, "actions": done}
    return {"waits_at": None, "exception": None, "actions": done}
