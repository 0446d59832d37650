"""The gate at work: a look at each running release now and then, by one worker at a time.

Its one rule: it takes back by itself and promotes never. A look is recorded once, whoever else
looks at the same moment, and what is done on it names it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from interlock.domain.contract import ReleaseGate, Stage
from interlock.domain.gate import GateDecision, GateEvidence, GateVerdict
from interlock.domain.release import Release
from interlock.domain.rollout import Rollout
from interlock.domain.rules import release_moves as moves
from interlock.domain.rules.release_moves import Act, ReleaseMoveRefused
from interlock.errors import InterlockError
from interlock.observe import GATE_LOOKED, RELEASE_SKIPPED, log
from interlock.release.changing import contract_of, save
from interlock.release.errors import ReleaseOvertaken
from interlock.release.evidence import count_up
from interlock.release.taking_back import GATE, stood_down, taken_back
from interlock.runtime.chores import Chore
from interlock.runtime.context import Context

LOOK_EVERY_SECONDS: Final = 15.0  # the longest an autonomous error goes on after its trigger
REJECTED: Final = "a person rejected what the AI did here with nobody asked"

Collect = Callable[[Context, Release, str, datetime], GateEvidence]
Judge = Callable[[GateEvidence, ReleaseGate, Rollout], GateVerdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """How evidence is collected and judged."""

    collect: Collect
    judge: Judge


def gate_chore(gate: Gate) -> Chore:
    """The chore that looks at every running release."""

    def run(context: Context) -> int:
        return look_at_all(context, gate)

    return Chore(name="release_gate", every_seconds=LOOK_EVERY_SECONDS, run=run)


def look_at_all(context: Context, gate: Gate) -> int:
    """How many verdicts were recorded now. One release that cannot be judged here, because its
    code is not, or somebody changes it at this moment, keeps no other from its look."""
    recorded, running = 0, context.store.running_releases()
    for release in running:
        try:
            count_up(context, release, context.clock.now())
            recorded += _look_at(context, gate, release)
        except (ReleaseOvertaken, ReleaseMoveRefused):
            continue  # somebody was quicker; the next look sees what they did
        except InterlockError as unable:
            log().warning(RELEASE_SKIPPED, release=release.id, error=unable.code)
    context.store.forget_tallies([era for release in running for era in moves.eras_of(release)])
    return recorded


def segments_to_judge(context: Context, release: Release) -> list[str]:
    """The parts of a release that stand by themselves; the empty one is the whole of it."""
    own = set(release.segments)
    if not contract_of(context, release).rollout.by_segment:
        return ["", *sorted(own)]
    seen = {each for each in context.store.segments_of_eras(moves.eras_of(release)) if each}
    return sorted(seen | own) or [""]


def _look_at(context: Context, gate: Gate, release: Release) -> int:
    release = _after_rejections(context, release)
    recorded = 0
    for segment in segments_to_judge(context, release):
        verdict = _unfinished(context, release, segment)
        if verdict is None:
            verdict = _looked(context, gate, release, segment)
            recorded += verdict is not None
        if verdict is None:
            continue
        if verdict.decision is GateDecision.ROLL_BACK:
            after = _take_back(context, release, segment, verdict)
            if after.id != release.id or not segment:
                break  # all of it was taken back: nothing of it is left to judge
            release = after
    return recorded


def _unfinished(context: Context, release: Release, segment: str) -> GateVerdict | None:
    """A verdict to roll back that a worker recorded and did not live to act on; or None."""
    if release.stand_of(segment).stage is Stage.SHADOW:
        return None
    latest = context.store.verdicts(release.id, 1, segment=segment)
    same_era = bool(latest) and latest[0].evidence.era == release.stand_of(segment).era
    return latest[0] if same_era and latest[0].decision is GateDecision.ROLL_BACK else None


def _looked(context: Context, gate: Gate, release: Release, segment: str) -> GateVerdict | None:
    """The verdict, recorded; None when it says what the last one said, or another worker made
    this look."""
    contract = contract_of(context, release)
    if contract.gate is None:
        return None
    evidence = gate.collect(context, release, segment, context.clock.now())
    verdict = gate.judge(evidence, contract.gate, contract.rollout)
    if _says_nothing_new(context, release, segment, verdict):
        return None
    stored = context.store.add_verdict(verdict, evidence.looks + 1)
    if stored is not None:
        log().info(GATE_LOOKED, release=release.id, segment=segment, decision=verdict.decision)
    return stored


def _says_nothing_new(
    context: Context, release: Release, segment: str, verdict: GateVerdict
) -> bool:
    """True when neither what was counted nor what is said of it has changed; such a look is no
    new evidence, and recorded it would only fill the record."""
    latest = context.store.verdicts(release.id, 1, segment=segment)
    if not latest or verdict.decision is GateDecision.ROLL_BACK:
        return False
    before = latest[0]
    same_era = before.evidence.era == verdict.evidence.era
    stale = verdict.evidence.at - before.evidence.at > moves.FRESH / 2
    return same_era and not stale and _gist(before) == _gist(verdict)


def _gist(verdict: GateVerdict) -> object:
    """What a verdict says, without when it was said."""
    return (
        verdict.decision,
        verdict.evidence.counts,
        [(each.text, each.finding) for each in (*verdict.criteria, *verdict.triggers)],
        [(each.condition, each.finding) for each in verdict.conditions],
    )


def _take_back(context: Context, release: Release, segment: str, verdict: GateVerdict) -> Release:
    """The release after the gate took it, or the segment, back; in shadow there is nothing to."""
    if release.stand_of(segment).stage is Stage.SHADOW:
        return release
    act = Act(by=GATE, at=context.clock.now(), reason=verdict.words, verdict=verdict.id)
    if segment:
        return save(context, [stood_down(context, release, segment, act)])[0]
    return save(context, taken_back(context, release, act))[-1]


def _after_rejections(context: Context, release: Release) -> Release:
    """The release with those segments stood down in which a person rejected an autonomous
    result, where the contract says so."""
    if not contract_of(context, release).rollout.stand_down_on_rejection:
        return release
    for segment in list(_rejected(context, release)):
        act = Act(by=GATE, at=context.clock.now(), reason=REJECTED)
        if segment:
            release = save(context, [stood_down(context, release, segment, act)])[0]
        else:
            return save(context, taken_back(context, release, act))[-1]
    return release


def _rejected(context: Context, release: Release) -> Iterator[str]:
    """What was rejected since its segment stands where it stands, and may still act there."""
    acting = (Stage.CANARY, Stage.AUTONOMOUS)
    for segment, at in context.store.rejected_in_eras(moves.eras_of(release)).items():
        stand = release.stand_of(segment)
        if stand.stage in acting and at > stand.since:
            yield segment
