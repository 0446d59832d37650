"""`rollout`: what is waived is waivable and signed, and limits have something to count."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from interlock.contracts import load_workflow
from interlock.domain.money import Money
from interlock.domain.rollout import Precondition
from tests.contracts.builders import a_folder, reported

SAMPLE = "quality_sample: 0.05"


def with_rollout(target: Path, rollout: str) -> Path:
    """The good folder with these terms."""
    return a_folder(target, (SAMPLE, f"{SAMPLE}\nrollout: {rollout}"))


def governance(folder: Path) -> str:
    """Who answers for policy and risk there."""
    return str(load_workflow(folder).contract.owners.governance)


def test_every_key_arrives(tmp_path: Path) -> None:
    """What the contract says is what the runtime knows."""
    owner = governance(a_folder(tmp_path / "first"))
    waived = f"[{{condition: baseline, by: {owner}, why: nobody measured it}}]"
    keys = (
        "{stand_down_on_rejection: true, minimum_cases: 80, cool_off_hours: 12, "
        f'blast_radius: {{cases_per_day: 100, money_per_day: "5000 EUR"}}, waive: {waived}}}'
    )

    rollout = load_workflow(with_rollout(tmp_path / "second", keys)).contract.rollout

    assert rollout.stand_down_on_rejection
    assert (rollout.minimum_cases, timedelta(hours=rollout.cool_off_hours)) == (
        80,
        timedelta(hours=12),
    )
    assert rollout.blast_radius.money_per_day == Money.of(5000, "EUR")
    waiver = rollout.waiver_of(Precondition.BASELINE)
    assert waiver is not None
    assert waiver.by == owner


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("{waive: [{condition: budget, by: GOV, why: x}]}", "which is the gate itself"),
        ("{waive: [{condition: baseline, by: ap_lead, why: x}]}", "the governance owner"),
        (
            "{waive: [{condition: pilot, by: GOV, why: x}, {condition: pilot, by: GOV, why: y}]}",
            "is waived twice",
        ),
        ("{waive: [{condition: baseline, by: GOV}]}", "the reason in one sentence"),
        ('{blast_radius: {money_per_day: "10 USD"}}', "currencies never mix"),
    ],
)
def test_a_mistake_is_reported_with_what_to_do(tmp_path: Path, keys: str, said: str) -> None:
    """A contract that could not be enforced is found before anything runs."""
    owner = governance(a_folder(tmp_path / "first"))

    told = str(reported(with_rollout(tmp_path / "second", keys.replace("GOV", owner))))

    assert said in told


def test_segments_that_do_not_exist_cannot_climb(tmp_path: Path) -> None:
    """Every case would be of the same nameless segment, and nobody would notice."""
    terms = (SAMPLE, f"{SAMPLE}\nrollout: {{by_segment: true}}")
    folder = a_folder(
        tmp_path,
        terms,
        ("  segment: [seller_class, channel]\n", ""),
        (", segments: {known/folder: 0.9}", ""),
    )

    assert "the case has no segment" in str(reported(folder))
