"""An office in which releases run: proposed, signed, started, and moved up on stated verdicts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from interlock.domain.contract import FallbackMode, ReleaseGate, Stage
from interlock.domain.gate import GateDecision, GateEvidence, GateVerdict
from interlock.domain.release import Release
from interlock.domain.rollout import Rollout
from interlock.domain.rules.gate_digest import digest_of
from interlock.release import lifecycle
from interlock.release.chores import Gate
from interlock.runtime.context import Context
from interlock.runtime.workflow import Workflow, Workflows
from tests.runtime.office import Office

AUTHOR, OWNER, GOVERNANCE = "engineer", "head", "auditor"
WHY = "the test says so"


def with_contract(office: Office, **changes: Any) -> None:
    """The office works by a contract that differs in these fields from now on."""
    with_loaded(office, contract=replace(office.workflow.contract, **changes))


def with_loaded(office: Office, **changes: Any) -> None:
    """The office works from a workflow that was loaded otherwise in these things from now on."""
    office.workflow = replace(office.workflow, loaded=replace(office.workflow.loaded, **changes))
    workflows = Workflows([office.workflow])
    office.context = replace(office.context, workflows=workflows)
    office.runner = replace(office.runner, workflows=workflows)


def with_both(office: Office, newer: Workflow, older: Workflow) -> None:
    """The office has two versions loaded, the newer one from its folder."""
    workflows = Workflows([newer, older])
    office.context = replace(office.context, workflows=workflows)
    office.runner = replace(office.runner, workflows=workflows)


def falls_back_to(office: Office, mode: FallbackMode) -> None:
    """What happens when the office's release is taken back."""
    gate = office.workflow.contract.gate
    assert gate is not None
    with_contract(office, gate=replace(gate, fallback_mode=mode))


def proposed(office: Office) -> Release:
    """The office's version, proposed and signed by governance."""
    release = lifecycle.propose(office.context, "refunds", AUTHOR, WHY)
    return lifecycle.sign(office.context, release.id, GOVERNANCE, WHY)


def started(office: Office, stage: Stage = Stage.ASSISTED) -> Release:
    """The same, running."""
    return lifecycle.start(office.context, proposed(office).id, stage, OWNER, WHY)


def at_stage(office: Office, stage: Stage) -> Release:
    """A running release that has climbed to a stage."""
    begin = stage if stage in (Stage.SHADOW, Stage.ASSISTED) else Stage.ASSISTED
    release = started(office, begin)
    while release.stand.stage is not stage:
        look(office, release, GateDecision.PROMOTE)
        release = lifecycle.promote(office.context, release.id, OWNER, WHY)
    return release


def running(office: Office) -> Release:
    """The release the office's new cases join."""
    release = office.store.running_release("refunds")
    assert release is not None
    return release


def look(office: Office, release: Release, decision: GateDecision, segment: str = "") -> int:
    """Records a verdict on the release as it stands, and gives its id."""
    verdict = a_verdict(office, release, decision, segment)
    looks = office.store.looks_made(verdict.evidence.era, segment)
    stored = office.store.add_verdict(verdict, looks + 1)
    assert stored is not None and stored.id is not None
    return stored.id


def a_verdict(
    office: Office, release: Release, decision: GateDecision, segment: str = ""
) -> GateVerdict:
    """What a gate says of the release as it stands."""
    return judged(evidence_on(office.context, release, segment, office.clock.now()), decision)


def evidence_on(
    context: Context,
    release: Release,
    segment: str,
    now: datetime,
) -> GateEvidence:
    """Evidence of nothing but where the release stands."""
    stand = release.stand_of(segment)
    return GateEvidence(
        release=release.id,
        era=stand.era,
        workflow=release.workflow,
        fingerprint=release.fingerprint,
        segment=segment,
        stage=stand.stage,
        since=stand.since,
        at=now,
        looks=context.store.looks_made(stand.era, segment),
    )


def judged(evidence: GateEvidence, decision: GateDecision) -> GateVerdict:
    """A verdict with nothing behind it."""
    return GateVerdict(
        decision=decision,
        words=f"the test says {decision}",
        criteria=(),
        triggers=(),
        conditions=(),
        evidence=evidence,
        evidence_digest=digest_of(evidence),
        method="test",
    )


def a_gate(decision: GateDecision, era: str = "") -> Gate:
    """A gate that always says the same; of other eras than the one named, if one is, it holds."""

    def judge(evidence: GateEvidence, gate: ReleaseGate, rollout: Rollout) -> GateVerdict:
        about_it = era in ("", evidence.era)
        return judged(evidence, decision if about_it else GateDecision.HOLD)

    return Gate(collect=evidence_on, judge=judge)
