"""Malformed contracts and code: one edit of the good workflow, and all that a person then sees."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from interlock.contracts import check_contract
from tests.contracts.builders import GOOD, a_folder

CASES: list[dict[str, Any]] = YAML(typ="safe", pure=True).load(
    Path(__file__).with_name("malformed.yaml").read_text(encoding="utf-8")
)


def test_the_good_workflow_has_nothing_to_report() -> None:
    """Otherwise every other report of this file would say too much."""
    report = check_contract(GOOD)

    assert report.text() == "no problems; the workflow can run."
    assert report.workflow is not None


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["case"]).replace(" ", "_"))
def test_a_mistake_is_reported_with_its_line_and_its_remedy(
    case: dict[str, Any], tmp_path: Path
) -> None:
    """Somebody who has never programmed corrects a contract with this text alone."""
    edits = [(edit["old"], edit["new"]) for edit in case["edits"]]
    folder = a_folder(tmp_path, *edits, file=case.get("file", "contract.yaml"))

    report = check_contract(folder)

    assert report.text().splitlines()[:-1] == case["report"].splitlines()
    assert (report.workflow is None) == any("  warning: " not in str(p) for p in report.problems)


def test_every_mistake_is_reported_at_once(tmp_path: Path) -> None:
    """Correcting one mistake only to hear of the next is how people stop reading reports."""
    folder = a_folder(
        tmp_path,
        ("mode: agentic", "mode: agnetic"),
        ("step_name: match", "step_name: mtach"),
        ("sla_minutes: 60", "sla_minutes: 0"),
        ("metric: cycle_time", "metric: prompts"),
        ("technical: erp_team", "technical: ai_team"),
    )

    report = check_contract(folder)

    lines = {problem.line for problem in report.problems if problem.file == "contract.yaml"}
    assert {9, 15, 48, 54, 138} <= lines
    count = len(report.errors)
    assert report.text().splitlines()[-1] == f"{count} problems; nothing was loaded."


def test_one_mistake_and_one_warning_are_counted_apart(tmp_path: Path) -> None:
    """A warning does not stop anything, so it must not look as if it did."""
    folder = a_folder(
        tmp_path,
        ("canary_traffic: 0.10", "canary_traffic: 10"),
        ("Book {seller_name} to this account?", "Run the workflow for {seller_name}?"),
    )

    assert check_contract(folder).closing_line() == "1 problem, 1 warning; nothing was loaded."
