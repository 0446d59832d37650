"""The keys about the quality of review: read as written, and every mistake at its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from interlock.contracts import load_workflow
from interlock.domain.ids import QueueName
from tests.contracts.builders import a_folder, reported

SAMPLE = "quality_sample: 0.05"
PROBES = "probes:\n"
PROBE = """
  - name: wrong_account
    step: assign_account
    planted: true
    case: {seller_id: S-1, number: "R-{n}", payable: 120}
    suggestion: {value: {code: "4400"}, confidence: 0.97, rationale: Booked like this before.}
    correct: {code: "6300"}
    document: {name: "R-{n}.xml", text: "<Invoice>{n}</Invoice>"}
"""
ASKED = f"{SAMPLE}\nquality: {{probes_per_day: 2}}\nprobes: probes/errors.yaml"


def with_probes(target: Path, text: str, *edits: tuple[str, str]) -> Path:
    """The good folder with a probes file."""
    folder = a_folder(target, (SAMPLE, ASKED), *edits)
    (folder / "probes").mkdir(exist_ok=True)
    (folder / "probes" / "errors.yaml").write_text(text, encoding="utf-8")
    return folder


def test_every_key_arrives(tmp_path: Path) -> None:
    """What the contract says is what the runtime knows."""
    keys = "quality: {sample: 0.1, queue: ap_lead, second_look: 0.2, thinking_seconds: 15}"
    folder = a_folder(tmp_path, (SAMPLE, keys), ("    members: [group:clerks]", BLIND))

    contract = load_workflow(folder).contract

    quality = contract.quality
    assert (quality.sample, quality.queue, quality.second_look) == (0.1, "ap_lead", 0.2)
    assert quality.thinking_seconds == 15
    assert contract.sample_share == 0.1
    assert contract.queues[QueueName("clerks")].blind


BLIND = "    members: [group:clerks]\n    blind: true"


def test_the_plain_key_is_the_sample() -> None:
    """`quality_sample: 0.05` is how contracts write it already."""
    contract = load_workflow(Path(__file__).parent / "workflows" / "invoices").contract

    assert contract.quality.sample == contract.sample_share == 0.05
    assert contract.quality.second_look == 0.0


def test_a_probe_arrives_with_its_right_answer(tmp_path: Path) -> None:
    """Whether an answer caught the error is judged by what stands here."""
    [probe] = load_workflow(with_probes(tmp_path, PROBES + PROBE)).contract.probes

    assert (probe.name, probe.step, probe.is_planted) == ("wrong_account", "assign_account", True)
    assert (probe.value, probe.correct) == ({"code": "4400"}, {"code": "6300"})
    assert probe.document == "R-{n}.xml"


def test_a_new_probe_is_no_new_release(tmp_path: Path) -> None:
    """Reviewers should meet new ones; no case is pinned to which there are."""
    one = load_workflow(with_probes(tmp_path / "1", PROBES + PROBE)).contract
    two = load_workflow(with_probes(tmp_path / "2", PROBES + PROBE.replace("0.97", "0.99")))

    assert one.fingerprint == two.contract.fingerprint
    assert one.probes != two.contract.probes


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("assign_account", "asign_account", 'did you mean "assign_account"?'),
        ("assign_account", "match", "no AI step"),
        ("planted: true", "planted: false", "clean and has a correction"),
        ("    planted: true\n", "", 'has no "planted"'),
        ("payable: 120", "payable: nothing", "no case of this workflow: payable"),
        ('correct: {code: "6300"}', "correct: {cost: 1}", "corrects cost"),
        ("confidence: 0.97", "confidence: 97", "confidence is 97"),
    ],
)
def test_a_probe_that_could_not_be_asked_is_a_problem(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    """It would be left out at run time, and nobody would know that review is not tested."""
    lines = reported(with_probes(tmp_path, PROBES + PROBE.replace(old, new)))

    assert any(said in line and line.startswith("errors.yaml:") for line in lines), lines


def test_two_probes_of_one_name_are_a_problem(tmp_path: Path) -> None:
    """A report that names one of them would name both."""
    lines = reported(with_probes(tmp_path, PROBES + PROBE + PROBE))

    assert any('two probes "wrong_account"' in line for line in lines), lines


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("quality: {queue: ap_leed}", 'did you mean "ap_lead"?'),
        (f"{SAMPLE}\nquality: {{sample: 0.1}}", "write the share once"),
        ("quality: {probes_per_day: 2}", "there are no probes"),
        ("quality: {probes_per_day: 90}", "write at most 20"),
        ("quality: {second_look: 2}", "write 1 or less"),
        ("quality: {samples: 0.1}", 'did you mean "sample"?'),
        ("probes: nowhere.yaml", "no file of this folder"),
        ("probes: ../contract.yaml", "no file of this folder"),
    ],
)
def test_a_mistake_in_the_keys_is_said(tmp_path: Path, keys: str, said: str) -> None:
    """Each with the line it stands on and what to write instead."""
    lines = reported(a_folder(tmp_path, (SAMPLE, keys)))

    assert any(said in line for line in lines), lines


def test_probes_that_are_never_asked_are_pointed_out(tmp_path: Path) -> None:
    """A file nobody reads looks like a test that is passed."""
    folder = with_probes(tmp_path, PROBES + PROBE, ("quality: {probes_per_day: 2}\n", ""))

    assert any("none is ever asked" in line for line in reported(folder))
