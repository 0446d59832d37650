"""Loading a workflow: what comes back, and that no workflow disturbs another."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from interlock.contracts import ContractRefused, check_contract, load_workflow
from interlock.contracts.case_model import fields_of
from interlock.domain.contract import (
    Criterion,
    FallbackMode,
    Quorum,
    ReleaseGate,
    StepMode,
    WhenSpent,
)
from interlock.domain.money import Money
from tests.contracts.builders import GOOD, GOOD_TEXT, a_folder

FIELD_GATE = """
workflow_release_gate:
  canary_traffic: 0.10
  promotion_window_hours: 48
  success_criteria:
    exception_rate: "<= 0.04"
    human_override_rate: "<= 0.15"
    critical_regressions: "== 0"
  rollback_trigger:
    - exception_rate > 0.06
    - reviewer_queue_sla_breach == true
    - critical_regressions > 0
  fallback_mode: deterministic_path
"""


def a_criterion(text: str, value: float | bool) -> Criterion:
    metric, operator, _ = text.split()
    return Criterion(metric=metric, op=operator, value=value, text=text)


def test_every_part_of_the_contract_arrives() -> None:
    """The runtime sees only these values; a key that is read but dropped would be a lie."""
    contract = load_workflow(GOOD).contract

    step = contract.step("assign_account")
    assert (step.mode, step.is_ai, step.queue) == (StepMode.AGENTIC, True, "clerks")
    assert step.produces == ("assign_account", "account")
    assert step.confidence is not None
    assert step.confidence.line_for("known/folder") == 0.9
    assert step.limits.cost == Money.of("0.02", "EUR")
    assert (step.retry.attempts, step.retry.longest_wait_seconds) == (4, 60.0)
    assert step.fallback is not None
    assert step.fallback.step == "account_from_history"
    assert not contract.step("post").has_function

    pay = contract.actions["schedule_payment"]
    assert pay.budget is not None
    assert pay.budget.money_per_day == Money.of(250_000, "EUR")
    assert pay.budget.when_spent is WhenSpent.WAIT
    assert pay.parameters == ("invoice",)
    assert contract.actions["post_invoice"].watches_state

    assert [tier.quorum for tier in contract.approvals] == [Quorum.ALL, Quorum.ALL]
    assert contract.approvals[1].valid_minutes == 600
    assert contract.case.amount_value == "payable"
    assert contract.case.name == "invoice"
    assert contract.people_groups(contract.queue_of("clerks")) == {"clerks"}
    assert contract.route_for("never_heard_of").exception_type == "*"
    assert contract.route_for("missing_data").remedy == "ask_supplier"
    assert contract.monitoring["tolerance"] == {"escalation_rate": [0.05, 0.30]}
    assert contract.error_budget == {"rate": 0.02, "window_days": 30, "when_spent": "human_review"}
    assert (contract.quality_sample, contract.holdback) == (0.05, 0.02)
    assert (contract.protected_cases, contract.baseline) == ("protected/", "baseline.yaml")


def test_the_gate_is_read_exactly_as_the_field_writes_it(tmp_path: Path) -> None:
    """S002-77 to S002-86: these lines are not ours to change."""
    start = GOOD_TEXT.index("workflow_release_gate:")
    end = GOOD_TEXT.index("error_budget:")
    folder = a_folder(tmp_path, (GOOD_TEXT[start:end], FIELD_GATE.lstrip() + "\n"))

    gate = load_workflow(folder).contract.gate

    assert gate == ReleaseGate(
        canary_traffic=0.10,
        promotion_window_hours=48,
        success_criteria=(
            a_criterion("exception_rate <= 0.04", 0.04),
            a_criterion("human_override_rate <= 0.15", 0.15),
            a_criterion("critical_regressions == 0", 0.0),
        ),
        rollback_trigger=(
            a_criterion("exception_rate > 0.06", 0.06),
            a_criterion("reviewer_queue_sla_breach == true", True),
            a_criterion("critical_regressions > 0", 0.0),
        ),
        fallback_mode=FallbackMode.DETERMINISTIC_PATH,
    )


def test_the_stretch_between_success_and_rollback_is_no_problem() -> None:
    """S002-87: from 0.04 to 0.06 the verdict is hold, which is what the author wants."""
    assert "0.04" in GOOD_TEXT
    assert "0.06" in GOOD_TEXT
    assert check_contract(GOOD).problems == ()


def test_a_queue_knows_its_hours_and_holidays() -> None:
    """A deadline counted over a night or a holiday would be missed by everybody."""
    hours = load_workflow(GOOD).contract.queues["clerks"].hours  # type: ignore[index]
    friday_evening = datetime(2026, 1, 2, 16, 30, tzinfo=UTC)  # 17:30 in Berlin

    due = hours.after(friday_evening, timedelta(hours=4))

    assert due == datetime(2026, 1, 5, 7, 30, tzinfo=UTC)  # half an hour, Saturday 9 to 12, 8:30


def test_a_refusal_lists_every_problem(tmp_path: Path) -> None:
    """Whoever loads a workflow in code reads the same report as on the command line."""
    folder = a_folder(tmp_path, ("mode: agentic", "mode: agnetic"), ("sla_minutes: 60", ""))

    with pytest.raises(ContractRefused) as refused:
        load_workflow(folder)

    assert refused.value.code == "contract_refused"
    assert len(refused.value.problems) == 2
    assert str(refused.value).endswith("2 problems; nothing was loaded.")


def test_the_contract_file_and_its_folder_are_the_same(tmp_path: Path) -> None:
    """People name whichever they have at hand."""
    folder = a_folder(tmp_path)

    by_folder, by_file = load_workflow(folder), load_workflow(folder / "contract.yaml")

    assert by_folder.contract.fingerprint == by_file.contract.fingerprint
    assert by_folder.digest == by_file.digest
    assert by_folder.source == GOOD_TEXT


def test_two_workflows_with_the_same_module_names_do_not_meet(tmp_path: Path) -> None:
    """Every workflow has a steps.py; each must get its own."""
    one = a_folder(tmp_path / "one")
    other = a_folder(tmp_path / "other", ('code="4400"', 'code="9999"'), file="steps.py")

    first, second = load_workflow(one), load_workflow(other)

    account = first.functions.steps["account_from_history"].function
    other_account = second.functions.steps["account_from_history"].function
    assert account.__module__ != other_account.__module__
    assert "steps" not in sys.modules


def test_a_changed_file_is_loaded_anew_and_the_old_code_stays(tmp_path: Path) -> None:
    """A waiting case finishes on the code it began with, while new cases get the new one."""
    folder = a_folder(tmp_path)
    before = load_workflow(folder).functions.steps["account_from_history"]
    steps = folder / "steps.py"
    steps.write_text(steps.read_text().replace('code="4400"', 'code="5500"'))

    after = load_workflow(folder).functions.steps["account_from_history"]

    assert before.function(invoice=None).code == "4400"
    assert after.function(invoice=None).code == "5500"


def test_loading_writes_nothing_into_the_folder(tmp_path: Path) -> None:
    """Bytecode beside the contract would be stale after an edit within the same second."""
    folder = a_folder(tmp_path)
    before = sorted(folder.rglob("*"))

    load_workflow(folder)

    assert sorted(folder.rglob("*")) == before


def test_a_module_that_ends_the_program_is_only_a_problem(tmp_path: Path) -> None:
    """A check that exits says nothing about the rest of the contract."""
    folder = a_folder(
        tmp_path, ("class Erp:", "raise SystemExit(3)\n\n\nclass Erp:"), file="systems.py"
    )

    report = check_contract(folder)

    assert [(problem.file, problem.line) for problem in report.problems] == [("systems.py", 10)]


def test_several_modules_may_hold_the_functions(tmp_path: Path) -> None:
    """A long workflow is read more easily in parts."""
    folder = a_folder(tmp_path, ("case:\n", "module: [steps, more]\ncase:\n"))
    remedy = (
        "@step\n"
        "def ask_supplier(invoice: Invoice, exception: dict) -> Invoice:\n"
        "    return invoice\n"
    )
    steps = folder / "steps.py"
    steps.write_text(steps.read_text().replace(remedy, ""))
    heading = "from interlock import step\n\nfrom .cases import Invoice\n\n\n"
    (folder / "more.py").write_text(heading + remedy)

    functions = load_workflow(folder).functions

    assert functions.steps["ask_supplier"].file == "more.py"
    assert set(functions.modules) == {"cases.py", "more.py", "steps.py", "systems.py"}


def test_a_json_schema_can_be_the_case(tmp_path: Path) -> None:
    """A workflow whose input another system defines need not repeat it in Python."""
    pytest.importorskip("jsonschema")
    folder = a_folder(
        tmp_path,
        ("schema: cases:Invoice", "schema: invoice.json"),
    )
    fields: dict[str, object] = {
        name: {} for name in fields_of(load_workflow(GOOD).functions.case_model)
    }
    schema = {"type": "object", "properties": fields, "required": ["number"]}
    (folder / "invoice.json").write_text(json.dumps(schema))

    functions = load_workflow(folder).functions

    assert functions.case_model.model_validate({"number": "7"}) == {"number": "7"}
    assert "invoice.json" in functions.modules


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "contract.yaml:1  the contract is empty; begin with keys such as workflow:"),
        (b"- a\n- b\n", "contract.yaml:1  the contract is a list of 2; begin with keys"),
        (b"a: \xff\n", "contract.yaml:1  this is not UTF-8 text; save the file as UTF-8"),
        (b"a: &x [*x]\n", "a part of it contains itself; write it flat, without & and *"),
        (b"a: .nan\n", "contract.yaml:1  .nan is not a finite number; write digits"),
        (b"a: 99999999999999999999\n", "is not a number JSON can keep; put it in quotes"),
        (b"a\x00b: 1\n", "contract.yaml:1  this is not YAML"),
    ],
)
def test_a_file_that_is_no_contract_is_only_a_problem(
    content: bytes, said: str, tmp_path: Path
) -> None:
    """Whatever is in the file, the answer is a sentence."""
    (tmp_path / "contract.yaml").write_bytes(content)

    assert said in check_contract(tmp_path).text()


def test_a_missing_file_is_a_problem_with_the_nearest_name(tmp_path: Path) -> None:
    """The commonest mistake of all is a path."""
    (tmp_path / "contracts.yaml").write_text("workflow: x\n")

    text = check_contract(tmp_path).text()

    assert 'there is no such file; did you mean "contracts.yaml"?' in text
