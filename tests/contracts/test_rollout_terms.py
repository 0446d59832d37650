"""The terms of a rollout: waivers are signed by the one who answers for the policy."""

from __future__ import annotations

from pathlib import Path

import pytest

from interlock.contracts import load_workflow
from interlock.domain.rollout import Precondition
from tests.contracts.builders import a_folder, reported

GATE = "workflow_release_gate:"


def waiving(tmp_path: Path, *waivers: str) -> Path:
    """A contract whose rollout does without these conditions."""
    lines = "".join(f"    - {{{each}}}\n" for each in waivers)
    return a_folder(tmp_path, (GATE, f"rollout:\n  waive:\n{lines}{GATE}"))


def governance(tmp_path: Path) -> str:
    return load_workflow(a_folder(tmp_path / "plain")).contract.owners.governance


def test_the_governance_owner_may_waive(tmp_path: Path) -> None:
    """Then the verdict names who signed, and why."""
    owner = governance(tmp_path)
    folder = waiving(tmp_path / "it", f"condition: baseline, by: {owner}, why: no before exists")

    waiver = load_workflow(folder).contract.rollout.waiver_of(Precondition.BASELINE)

    assert waiver is not None
    assert (waiver.by, waiver.why) == (owner, "no before exists")


def test_nobody_else_may(tmp_path: Path) -> None:
    """Whoever wants the release up is not the one to lower the bar."""
    owner = governance(tmp_path)
    folder = waiving(tmp_path / "it", "condition: baseline, by: somebody, why: no time")

    assert any(f"the governance owner ({owner}) signs" in line for line in reported(folder))


@pytest.mark.parametrize("condition", ["window", "sample", "budget", "paused", "cool_off"])
def test_the_gate_itself_cannot_be_waived(tmp_path: Path, condition: str) -> None:
    """A gate one can sign away is none."""
    owner = governance(tmp_path)
    folder = waiving(tmp_path / "it", f"condition: {condition}, by: {owner}, why: no time")

    assert any(f'"{condition}", which is the gate itself' in line for line in reported(folder))


def test_an_amount_is_no_line_of_a_gate(tmp_path: Path) -> None:
    """There is no evidence of it that holds under constant watching, so it would hold for ever."""
    folder = a_folder(tmp_path, ('exception_rate: "<= 0.04"', 'cycle_time: "<= 4"'))

    assert any("cycle_time is an amount" in line for line in reported(folder))
