"""The clerks' training: real questions of this workflow, with answers that can be given."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

from interlock.contracts import load_workflow
from interlock.domain.contract import WorkflowContract
from interlock.domain.ids import QueueName

EXAMPLE = Path(__file__).parents[3] / "examples" / "accounts_payable"
CLERKS = QueueName("ap_clerks")
LINE = "  ap_clerks:        {members: [group:ap_clerks],"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> WorkflowContract:
    """The example with its training switched on."""
    folder = tmp_path_factory.mktemp("trained") / "accounts_payable"
    copytree(EXAMPLE, folder, ignore=ignore_patterns("__pycache__", "*.db"))
    contract = folder / "contract.yaml"
    text = contract.read_text()
    assert LINE in text
    contract.write_text(text.replace(LINE, f"{LINE} training: training/ap_clerks.yaml,"))
    return load_workflow(folder).contract


def test_it_can_be_switched_on(trained: WorkflowContract) -> None:
    """Eight exercises, and one may be wrong."""
    training = trained.queues[CLERKS].training

    assert training is not None
    assert len(training.exercises) == 8
    assert training.is_passed(7)
    assert not training.is_passed(6)


def test_its_reasons_are_those_of_the_contract(trained: WorkflowContract) -> None:
    """What is practised is what the desk offers."""
    training = trained.queues[CLERKS].training
    assert training is not None
    offered = {route.reason_codes for route in trained.exceptions}

    for exercise in training.exercises:
        assert exercise.reason_codes == () or exercise.reason_codes in offered, exercise.title


def test_every_kind_of_answer_is_practised(trained: WorkflowContract) -> None:
    """Who only ever approves has learned nothing."""
    training = trained.queues[CLERKS].training
    assert training is not None

    verbs = {exercise.verb for exercise in training.exercises}
    assert verbs == {"approve", "edit", "reject", "escalate", "ask"}
