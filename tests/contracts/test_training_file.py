"""A queue's training file: read with the contract, part of its fingerprint, checked in words."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest

from interlock.contracts import check_contract, load_workflow
from interlock.domain.ids import QueueName

REFUNDS = Path(__file__).parent.parent / "runtime" / "workflows" / "refunds"
CLERKS = QueueName("clerks")
GOOD = """
pass_at: 0.8
valid_days: 90
exercises:
  - title: A clear refund
    question: Give the money back?
    fields: {amount: 20}
    right: approve
    reason_code: clear
    reason_codes: [clear, unclear]
    why: The order is there.
"""


def folder(tmp_path: Path, training: str | None, name: str = "training/clerks.yaml") -> Path:
    """The refund workflow whose clerks have this training."""
    made = tmp_path / "refunds"
    copytree(REFUNDS, made)
    contract = made / "contract.yaml"
    text = contract.read_text().replace("clerks:  {", f"clerks:  {{training: {name}, ")
    contract.write_text(text.replace("lease_minutes: 15", "at_most: 3, undo_seconds: 30"))
    if training is not None:
        (made / "training").mkdir()
        (made / "training" / "clerks.yaml").write_text(training)
    return made


def problems(tmp_path: Path, training: str | None, **more: str) -> list[str]:
    """What `check` says, as file, line and words."""
    report = check_contract(folder(tmp_path, training, **more))
    return [f"{each.file}:{each.line} {each.message}; {each.remedy}" for each in report.problems]


def test_a_training_is_read_with_its_contract(tmp_path: Path) -> None:
    """What is shown, what is right, and why; with the queue's other keys."""
    queue = load_workflow(folder(tmp_path, GOOD)).contract.queues[CLERKS]

    assert queue.training is not None
    assert (queue.training.pass_at, queue.training.valid_days) == (0.8, 90)
    [exercise] = queue.training.exercises
    assert (exercise.verb, exercise.reason_code, exercise.fields) == (
        "approve",
        "clear",
        {"amount": 20},
    )
    assert exercise.is_right("approve", "clear")
    assert not exercise.is_right("approve", "unclear")
    assert (queue.at_most, queue.undo_seconds) == (3, 30)


def test_another_training_is_another_contract(tmp_path: Path) -> None:
    """It says who may approve, so nobody changes it unseen."""
    made = folder(tmp_path, GOOD)
    before = load_workflow(made).contract
    (made / "training" / "clerks.yaml").write_text(GOOD.replace("0.8", "0.5"))
    after = load_workflow(made).contract

    assert before.fingerprint != after.fingerprint
    assert before.queues[CLERKS].training != after.queues[CLERKS].training


@pytest.mark.parametrize(
    ("training", "said"),
    [
        (None, 'training of queue "clerks" is "training/clerks.yaml", which is no file'),
        ("exercises: []", 'clerks.yaml:1 it has no "exercises"; write exercises:'),
        (GOOD.replace("right: approve", ""), 'exercise "A clear refund" has no "right"; write'),
        (GOOD.replace("right: approve", "right: yes_please"), "yes_please"),
        (GOOD.replace("fields: {amount: 20}", ""), 'exercise "A clear refund" shows nothing'),
        (GOOD.replace("[clear, unclear]", "[unclear]"), "which cannot be chosen; add it to"),
        (GOOD.replace("reason_code: clear", ""), "offers reasons and says not which is right"),
        (GOOD.replace("0.8", "80"), "clerks.yaml:2"),
        ("- no keys", "begin with keys"),
    ],
)
def test_mistakes_are_said_with_their_line(tmp_path: Path, training: str | None, said: str) -> None:
    """In the file they are in, and with what to write."""
    assert any(said in each for each in problems(tmp_path, training)), problems


def test_a_training_lies_beside_its_contract(tmp_path: Path) -> None:
    """No contract reads the files of another folder."""
    (tmp_path / "out.yaml").write_text(GOOD)

    said = problems(tmp_path, None, name="../out.yaml")
    assert any("no file of this folder" in each for each in said)
