"""A release of the town's claims: proposed, signed and started by its people, moved on verdicts.

Who proposes never signs: the lead proposes, the auditor signs, the head starts and promotes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from interlock.domain.case import Arm
from interlock.domain.contract import Stage
from interlock.domain.fact import FactKind
from interlock.domain.gate import GateDecision, GateEvidence, GateVerdict
from interlock.domain.release import Release
from interlock.domain.rules.gate import judge
from interlock.domain.rules.gate_digest import digest_of
from interlock.release import lifecycle
from interlock.release.chores import Gate, look_at_all
from interlock.release.evidence import collect
from interlock.runtime.workflow import Workflows
from interlock.storage.database import moment_text
from interlock.storage.tables.work import fact
from tests.web.town import Town

WHY = "the test says so"
Told = tuple[str, datetime, FactKind, str, str]  # of a case: when, which fact, name, detail


def by_contract(town: Town, **changes: Any) -> None:
    """The town works by a contract that differs in these fields from now on."""
    office = town.office
    loaded = office.workflow.loaded
    contract = replace(loaded.contract, **changes)
    office.workflow = replace(office.workflow, loaded=replace(loaded, contract=contract))
    workflows = Workflows([office.workflow])
    office.context = replace(office.context, workflows=workflows)
    office.runner = replace(office.runner, workflows=workflows)
    town.services = replace(
        town.services, workflows=workflows, context=office.context, runner=office.runner
    )
    town.app.state.services = town.services


def proposed(town: Town) -> Release:
    """The town's version, kept and proposed by the lead."""
    _keep(town)
    return lifecycle.propose(town.office.context, "claims", "lead", WHY)


def started(town: Town, stage: Stage = Stage.SHADOW) -> Release:
    """The same, signed by governance and started by the head."""
    release = lifecycle.sign(town.office.context, proposed(town).id, "auditor", WHY)
    return lifecycle.start(town.office.context, release.id, stage, "head", WHY)


def at_stage(town: Town, stage: Stage) -> Release:
    """A running release that has climbed to a stage."""
    release = started(town, stage if stage is Stage.SHADOW else Stage.ASSISTED)
    while release.stand.stage is not stage:
        say(town, release, GateDecision.PROMOTE)
        release = lifecycle.promote(town.office.context, release.id, "head", WHY)
    return release


def say(town: Town, release: Release, decision: GateDecision) -> int:
    """Puts a verdict with nothing behind it on record, and gives its id."""
    stand = release.stand
    evidence = GateEvidence(
        release=release.id,
        era=stand.era,
        workflow=release.workflow,
        fingerprint=release.fingerprint,
        segment="",
        stage=stand.stage,
        since=stand.since,
        at=town.office.clock.now(),
    )
    verdict = GateVerdict(
        decision=decision,
        words=f"the test says {decision}",
        criteria=(),
        triggers=(),
        conditions=(),
        evidence=evidence,
        evidence_digest=digest_of(evidence),
        method="test",
    )
    stored = town.services.store.add_verdict(
        verdict, town.services.store.looks_made(stand.era, "") + 1
    )
    assert stored is not None and stored.id is not None
    return stored.id


def gate_looks(town: Town) -> int:
    """The gate's own look, as a worker makes it; gives how many verdicts it recorded."""
    return look_at_all(town.office.context, Gate(collect=collect, judge=judge))


def _keep(town: Town) -> None:
    """Puts the contract on record, as a process does that loads it."""
    loaded = town.office.workflow.loaded
    contract = loaded.contract
    town.services.store.save_contract(
        contract.workflow,
        contract.fingerprint,
        contract.title,
        loaded.source,
        str(loaded.folder),
        town.office.clock.now(),
    )


def handled(
    town: Town,
    release: Release,
    cases: int,
    *,
    exceptions: int = 0,
    checked: int = 0,
    wrong: int = 0,
    segment: str = "",
    over: timedelta = timedelta(days=10),
) -> None:
    """So many cases of the release's era went through the AI, spread evenly over a time that has
    passed now; written as facts, for the board counts nothing else.

    exceptions: of them, routed to a person. checked: of them, looked at by the quality sample;
    wrong: of those. Each is spread evenly, so every number of a test is exact.
    """
    began = town.office.clock.now()
    arm = Arm.CANARY if release.stand_of(segment).stage is Stage.CANARY else Arm.RELEASE
    routed, looked_at = _spread(exceptions, cases), _spread(checked, cases)
    bad = {looked_at[each] for each in _spread(wrong, checked)}
    rows: list[dict[str, Any]] = []
    for number in range(cases):
        told = [(FactKind.PROPOSAL_MADE, "judge", "")]
        if number in routed:
            told.append((FactKind.EXCEPTION_ROUTED, "low_confidence", "judge"))
        told.append((FactKind.CASE_CLOSED, "autonomous", "completed"))
        if number in looked_at:
            found = "wrong" if number in bad else "right"
            told.append((FactKind.SAMPLE_CHECKED, "clerks", found))
        at = began + over * (number / cases)
        case = f"case_{segment}{number}"
        rows += [_fact(town, release, segment, arm, (case, at, *each)) for each in told]
    with town.services.store.engine.begin() as conn:
        conn.execute(insert(fact), rows)
    town.office.clock.pass_time(over)


def _spread(some: int, of: int) -> list[int]:
    """So many places, evenly among all."""
    return [each * of // some for each in range(some)]


def _fact(town: Town, release: Release, segment: str, arm: Arm, told: Told) -> dict[str, Any]:
    case_id, at, kind, name, detail = told
    stand = release.stand_of(segment)
    return {
        "case_id": case_id,
        "workflow": release.workflow,
        "fingerprint": release.fingerprint,
        "tenant": "north",
        "segment": segment,
        "arm": arm,
        "stage": stand.stage,
        "release": stand.era,
        "kind": kind,
        "at": at if town.services.store.dialect == "postgresql" else moment_text(at),
        "name": name,
        "detail": detail,
    }
