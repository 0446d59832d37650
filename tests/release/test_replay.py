"""Every verdict can be reproduced from its evidence; whatever was changed since is found."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from interlock.contracts.kept_gate import terms_of
from interlock.domain.contract import Stage
from interlock.domain.gate import GateDecision, GateVerdict
from interlock.domain.release import ReleaseId
from interlock.domain.rules.gate import judge
from interlock.domain.rules.gate_digest import digest_of
from interlock.release.replay import replay, replay_all
from interlock.storage.codec import VERDICT
from tests.release.rollouts import at_stage
from tests.release.town_gate import a_release, collected, into_era, put_release
from tests.runtime.office import MONDAY, Office


@pytest.fixture
def judged(office: Office) -> GateVerdict:
    """One verdict on record, on two refunds that were handled."""
    contract = office.workflow.contract
    assert contract.gate is not None
    put_release(office.store, a_release(contract))
    office.store.save_contract(
        contract.workflow,
        contract.fingerprint,
        contract.title,
        office.workflow.loaded.source,
        "refunds",
        MONDAY,
    )
    office.handle("R-1")
    office.handle("R-2")
    office.later(40)
    into_era(office)
    evidence = collected(office)
    kept = office.store.add_verdict(judge(evidence, contract.gate, contract.rollout), 1)
    assert kept is not None
    return kept


def tampered(office: Office, change: Any) -> GateVerdict:
    """The verdict on record after somebody changed its row."""
    store = office.store
    with store.engine.begin() as conn:
        body = json.loads(
            conn.execute(text("SELECT CAST(body AS text) FROM gate_verdict")).scalar() or ""
        )
        change(body)
        conn.execute(text("UPDATE gate_verdict SET body = :body"), {"body": json.dumps(body)})
    [found] = store.verdicts(ReleaseId("rel_1"))
    return found


def test_the_terms_on_record_are_the_contracts(office: Office) -> None:
    """Old verdicts outlive the code they were given under; their lines are read from the text."""
    contract = office.workflow.contract

    assert terms_of(office.workflow.loaded.source) == (contract.gate, contract.rollout)


def test_terms_that_cannot_be_read_are_not_guessed() -> None:
    """A default gate would judge by lines nobody agreed to."""
    with pytest.raises(ValueError, match="cannot be read"):
        terms_of("workflow_release_gate: {canary_traffic: much}")


def test_a_verdict_comes_out_the_same(office: Office, judged: GateVerdict) -> None:
    """The same evidence gives the same verdict, in words and digest, on both databases."""
    found = replay(office.store, judged)

    assert found.is_same, found.differences
    assert found.again == judged
    assert [each.is_same for each in replay_all(office.store, ReleaseId("rel_1"))] == [True]


def test_evidence_changed_afterwards_is_found(office: Office, judged: GateVerdict) -> None:
    """Fewer exceptions on record than were counted is the fraud one would commit."""

    def prettier(body: Any) -> None:
        body["evidence"]["counts"]["exception_rate"]["cases"] = 900

    found = replay(office.store, tampered(office, prettier))

    assert not found.is_same
    assert "the evidence was changed" in found.differences[0]


def test_a_verdict_changed_afterwards_is_found(office: Office, judged: GateVerdict) -> None:
    """The evidence is as it was, and does not say promote."""
    assert judged.decision is GateDecision.HOLD

    found = replay(office.store, tampered(office, lambda body: body.update(decision="promote")))

    assert found.differences == ("the verdict is hold now, and promote is on record",)


def test_other_rules_are_named(office: Office, judged: GateVerdict) -> None:
    """A newer version may judge otherwise; then the reader learns that, not that somebody lied."""
    found = replay(office.store, replace(judged, method="gate 0"))

    assert any('judged by other rules: "gate 0"' in each for each in found.differences)


def test_a_contract_not_on_record_is_said(office: Office, judged: GateVerdict) -> None:
    """Without its lines nothing is judged again, and nothing is called the same."""
    gone = replace(judged, evidence=replace(judged.evidence, fingerprint="0" * 64))

    found = replay(office.store, gone)

    assert found.again is None
    assert "is not on record" in found.differences[0]


def test_all_verdicts_are_replayed_page_by_page(
    small_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A release is looked at thousands of times; none is left out."""
    office, contract = small_office, small_office.workflow.contract
    assert contract.gate is not None
    put_release(office.store, a_release(contract))
    office.handle("R-1")
    into_era(office)
    verdict = judge(collected(office), contract.gate, contract.rollout)
    for look in range(1, 6):
        office.store.add_verdict(verdict, look)
    monkeypatch.setattr("interlock.release.replay.PAGE", 2)

    found = [each.verdict.id for each in replay_all(office.store, ReleaseId("rel_1"))]

    assert found == [5, 4, 3, 2, 1]


def test_evidence_changed_with_its_digest_is_told_by_the_house_log(small_office: Office) -> None:
    """Whoever can write the verdict's row can make it agree with itself; the log they cannot."""
    office = small_office
    release = at_stage(office, Stage.CANARY)
    assert office.store.house_faults() == []
    [verdict] = office.store.verdicts(release.id)

    pretty = replace(verdict.evidence, looks=7)
    forged = replace(verdict, evidence=pretty, evidence_digest=digest_of(pretty))
    with office.store.engine.begin() as conn:
        conn.execute(text("UPDATE gate_verdict SET body = :body"), {"body": VERDICT.encode(forged)})
    [stored] = office.store.verdicts(release.id)

    assert any(
        "moved on other evidence" in each for each in replay(office.store, stored).differences
    )
    assert not any("moved on other" in each for each in replay(office.store, verdict).differences)
    [fault] = office.store.house_faults()
    assert f"verdict {verdict.id} is not on the evidence this move was made on" in fault.what


def test_a_verdict_that_cannot_be_read_any_more_is_a_fault(small_office: Office) -> None:
    """Verifying must end with what is wrong, not with a crash."""
    at_stage(small_office, Stage.CANARY)
    with small_office.store.engine.begin() as conn:
        conn.execute(text("UPDATE gate_verdict SET body = '{}'"))

    assert len(small_office.store.house_faults()) == 1
