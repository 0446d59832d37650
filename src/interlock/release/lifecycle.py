"""The life of a release as people move it: proposed, signed, started, promoted, held, withdrawn.

Its one rule: a person with the right to does it, never the one who made the change where a
signature is asked for, and a promotion rests on the gate's latest verdict. `seen` is the version
of the release that somebody decides on: the move is made on that one, in one transaction, or
ReleaseOvertaken is raised and nothing was done.
"""

from __future__ import annotations

from typing import Final

from interlock.canonical import derived_id
from interlock.domain.contract import Stage, WorkflowContract
from interlock.domain.gate import GateVerdict
from interlock.domain.people import Right
from interlock.domain.release import (
    Release,
    ReleaseId,
    ReleaseState,
    Signature,
    Stand,
    era_id,
)
from interlock.domain.rules import release_moves as moves
from interlock.release import rights
from interlock.release.changing import by_person, contract_of, find, find_proposed, save
from interlock.release.errors import ReleaseRefused
from interlock.release.widening import delta_now
from interlock.runtime.context import Context

LIVE: Final = (ReleaseState.PROPOSED, ReleaseState.RUNNING)


def propose(context: Context, workflow: str, by: str, reason: str) -> Release:
    """The proposed release of the version in the workflow's folder, with what it moves from people
    to the machine on record.

    Raises: ReleaseRefused without a gate, or for a version that is proposed or runs already.
    """
    proposer = rights.demand(context, workflow, by, Right.OPERATE, "propose", workflow)
    said = rights.given("propose", workflow, reason)
    contract = context.workflows.named(workflow).contract
    if contract.gate is None:
        why = "its contract has no workflow_release_gate, so nothing could ever be decided"
        raise ReleaseRefused("propose", workflow, "gate", why)
    same = [
        each
        for each in context.store.releases(workflow)
        if each.fingerprint == contract.fingerprint
    ]
    live = next((each for each in same if each.state in LIVE), None)
    if live is not None:
        why = f"this version is {live.state} already, as {live.id}"
        raise ReleaseRefused("propose", workflow, "known", why)
    release_id = ReleaseId(derived_id("rel", workflow, contract.fingerprint, len(same)))
    act = by_person(context, by, said)
    release = Release(
        id=release_id,
        workflow=contract.workflow,
        fingerprint=contract.fingerprint,
        state=ReleaseState.PROPOSED,
        stand=Stand(stage=Stage.SHADOW, era=era_id(release_id, 1), since=act.at),
        proposed_by=proposer,
        proposed_at=act.at,
        canary_share=contract.gate.canary_traffic,
        holdback=contract.holdback,
    )
    delta = delta_now(context, _running_contract(context, workflow), contract)
    return save(context, [moves.propose(release, delta, act)])[0]


def sign(context: Context, text: str, by: str, note: str, *, seen: int | None = None) -> Release:
    """The release, signed by the governance owner for what it moves to the machine.

    Raises: ReleaseUnknown, ReleaseRefused, ReleaseMoveRefused.
    """
    release = find_proposed(context, text, seen)
    signer = rights.demand_governance(context, release.workflow, by, release.id)
    said = rights.given("sign", release.id, note)
    act = by_person(context, by, said)
    signature = Signature(by=signer, at=act.at, about=moves.WIDENING, note=said)
    return save(context, [moves.sign(release, signature, act)])[0]


def start(
    context: Context, text: str, stage: Stage, by: str, reason: str, *, seen: int | None = None
) -> Release:
    """The release, which new cases join from now on; the one before is kept as the way back.

    Raises: ReleaseUnknown, ReleaseRefused, ReleaseMoveRefused, WorkflowUnknown.
    """
    release = find_proposed(context, text, seen)
    rights.demand(context, release.workflow, by, Right.SIGN, "start", release.id)
    said = rights.given("start", release.id, reason)
    contract_of(context, release)  # a version that cannot be loaded is not started
    running = context.store.running_release(release.workflow)
    changed = moves.start(release, stage, running, by_person(context, by, said))
    return save(context, changed)[-1]


def promote(
    context: Context,
    text: str,
    by: str,
    reason: str,
    *,
    segment: str = "",
    seen: int | None = None,
) -> Release:
    """The release, or one segment of it, one rung higher, on the gate's latest verdict.

    Raises: ReleaseUnknown, ReleaseRefused, ReleaseMoveRefused.
    """
    release = find(context, text, seen)
    signer = rights.demand(context, release.workflow, by, Right.SIGN, "promote", release.id)
    said = rights.given("promote", release.id, reason)
    verdict = latest_verdict(context, release, segment)
    if verdict is None:
        why = "its gate has said nothing yet; a worker looks every minute"
        raise ReleaseRefused("promote", release.id, "verdict", why)
    act = by_person(context, by, said, verdict=verdict.id)
    return save(context, [moves.promote(release, verdict, signer, act)])[0]


def hold(context: Context, text: str, by: str, reason: str, *, seen: int | None = None) -> Release:
    """The release, kept at its stage until somebody ends the hold.

    Raises: ReleaseUnknown, ReleaseRefused, ReleaseMoveRefused.
    """
    release = find(context, text, seen)
    holder = rights.demand(context, release.workflow, by, Right.PAUSE, "hold", release.id)
    said = rights.given("hold", release.id, reason)
    return save(context, [moves.hold(release, holder, by_person(context, by, said))])[0]


def end_hold(
    context: Context, text: str, by: str, reason: str, *, seen: int | None = None
) -> Release:
    """The release, which may climb again. Raises: as `hold`."""
    release = find(context, text, seen)
    rights.demand(context, release.workflow, by, Right.RESUME, "end the hold of", release.id)
    said = rights.given("end the hold of", release.id, reason)
    return save(context, [moves.release_hold(release, by_person(context, by, said))])[0]


def withdraw(
    context: Context, text: str, by: str, reason: str, *, seen: int | None = None
) -> Release:
    """The release, given up before it started. Raises: as `hold`."""
    release = find_proposed(context, text, seen)
    if by != release.proposed_by:
        rights.demand(context, release.workflow, by, Right.SIGN, "withdraw", release.id)
    said = rights.given("withdraw", release.id, reason)
    return save(context, [moves.withdraw(release, by_person(context, by, said))])[0]


def latest_verdict(context: Context, release: Release, segment: str) -> GateVerdict | None:
    """What the gate said last of the release, or of one segment; None: nothing yet."""
    found = context.store.verdicts(release.id, 1, segment=segment)
    return found[0] if found else None


def _running_contract(context: Context, workflow: str) -> WorkflowContract | None:
    running = context.store.running_release(workflow)
    return contract_of(context, running) if running else None
