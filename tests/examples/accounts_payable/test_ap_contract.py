"""The contract of the example: it checks clean, and it has a place for all the code can say."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from examples.accounts_payable import steps
from examples.accounts_payable.generate.troubles import RENUMBERED, TROUBLES
from interlock.contracts import CheckReport, check_contract, load_workflow
from interlock.contracts.protected_files import load_protected
from interlock.domain.protected import Finding
from interlock.domain.rules.protecting import uncovered
from interlock.release.protected import Evaluation, evaluate

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


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    """Every protected case of the folder on the contract as it is, with the answers on record."""
    loaded = load_workflow(EXAMPLE)
    cases = load_protected(EXAMPLE, "protected/")
    return evaluate(loaded, cases, now=NOW, answers="record")


@pytest.mark.parametrize("path", PROTECTED, ids=lambda path: path.stem)
def test_a_protected_case_ends_as_it_must(path: Path, evaluation: Evaluation) -> None:
    """Frozen input, expected end, on the contract and the code as they are."""
    [finding] = [each for each in evaluation.findings if each.name == path.stem]

    assert finding.finding is Finding.PASSED, finding


def test_the_protected_cases_touch_every_boundary_and_approval(evaluation: Evaluation) -> None:
    """What nobody protects may change without anybody noticing."""
    missing = uncovered(load_workflow(EXAMPLE).contract, evaluation.played)

    assert "never_automate" not in missing
    assert "approvals" not in missing
    assert len(missing["exceptions"]) <= 4, missing


def test_every_protected_case_says_why_and_whose_it_is() -> None:
    for path in PROTECTED:
        case = _yaml(path)
        assert case["name"] == path.stem
        assert {"owner", "reason", "severity", "expires"} <= set(case)
