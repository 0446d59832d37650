"""The verdict in one sentence: where the release stands, what is missing, when to look again.

One rule: hold and not yet are no failure, and are never called one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from interlock.console import words
from interlock.console.views.release_gate import (
    Shown,
    about,
    look_again,
    open_conditions,
    open_criteria,
)
from interlock.console.views.release_history import actor_words, reason_words
from interlock.console.views.release_words import metric_words, percent, stage_words
from interlock.domain.contract import Criterion, ReleaseGate, Stage, WorkflowContract
from interlock.domain.gate import CriterionVerdict, Finding, GateDecision
from interlock.domain.release import Release, ReleaseEvent, ReleaseState, Stand, next_stage
from interlock.domain.rollout import Precondition
from interlock.domain.rules.gate_lines import UPWARD

TOLD: Final = 2  # open lines in the sentence; the table has them all


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The verdict box. kind: promote, hold, held, roll_back, rolled_back, paused, proposed, …"""

    kind: str
    icon: str
    state: str
    title: str
    lead: str
    again: str = ""


def said_of(
    release: Release,
    stand: Stand,
    contract: WorkflowContract,
    gate_shown: Shown | None,
    back: ReleaseEvent | None,
    now: datetime,
    *,
    is_paused: bool,
    why_none: str = "",
) -> Said:
    """What the board says first."""
    stage = stage_words(stand.stage, release.canary_share)
    if release.state is not ReleaseState.RUNNING:
        return _not_running(release, contract, now)
    if back is not None and not (gate_shown and _is_promote(gate_shown)):
        return _rolled_back(stage, contract, back, stand, gate_shown, now)
    if gate_shown is None:
        return Said(kind="hold", icon="wait", state="", title=f"{stage}, not judged", lead=why_none)
    again = _again(gate_shown, release, stand, contract, now)
    lead = _lead(gate_shown, contract.gate)
    decision = gate_shown.verdict.decision
    if decision is GateDecision.ROLL_BACK:
        met = "; ".join(
            f"{metric_words(each.metric)}: {each.words}" for each in gate_shown.verdict.triggers
        )
        title = f"Roll back from {stage}"
        return Said(kind="roll_back", icon="back", state="bad", title=title, lead=f"{met}.")
    if is_paused:
        title = f"Paused at {stage}"
        return Said(kind="paused", icon="stop", state="warn", title=title, lead=lead, again=again)
    if release.held_by is not None:
        who = words.sentence_of(actor_words(contract, release.held_by))
        title = f"Held at {stage} by {who}"
        held = f"Nothing is promoted until somebody ends the hold. {lead}"
        return Said(kind="held", icon="lock", state="", title=title, lead=held, again=again)
    higher = next_stage(stand.stage)
    if decision is GateDecision.PROMOTE and higher is not None:
        to = stage_words(higher, release.canary_share)
        title = f"Promote: {to} is justified"
        ready = f"{lead} It takes a signature of somebody who did not propose this version."
        return Said(kind="promote", icon="up", state="ok", title=title, lead=ready)
    if higher is None:
        top = f"It stands at the top of the ladder and is watched. {lead}"
        return Said(kind="hold", icon="shield", state="ok", title=stage, lead=top)
    title = f"Hold at {stage}"
    return Said(kind="hold", icon="pause", state="", title=title, lead=lead, again=again)


def _is_promote(gate_shown: Shown) -> bool:
    return gate_shown.verdict.decision is GateDecision.PROMOTE


def _not_running(release: Release, contract: WorkflowContract, now: datetime) -> Said:
    who = actor_words(contract, release.proposed_by)
    match release.state:
        case ReleaseState.PROPOSED:
            lead = f"{who} proposed it {words.clock(release.proposed_at, now)}. No case joins it "
            lead += "before somebody else starts it."
            return Said(kind="proposed", icon="doc", state="", title="Proposed", lead=lead)
        case ReleaseState.WITHDRAWN:
            lead = "It was given up before it started. No case ever joined it."
            return Said(kind="withdrawn", icon="x", state="", title="Withdrawn", lead=lead)
        case ReleaseState.ROLLED_BACK:
            lead = "The version before it took over again. Its cases end without AI."
            return Said(
                kind="rolled_back", icon="back", state="bad", title="Rolled back", lead=lead
            )
    lead = "Another version took its place. It is kept as the way back, and its cases finish on it."
    return Said(kind="replaced", icon="swap", state="", title="Replaced", lead=lead)


def _rolled_back(
    stage: str,
    contract: WorkflowContract,
    back: ReleaseEvent,
    stand: Stand,
    gate_shown: Shown | None,
    now: datetime,
) -> Said:
    at = words.clock(back.at, now)
    reason = reason_words(back).rstrip(".")
    who = (
        "Nobody pressed anything." if back.by == "gate" else f"By {actor_words(contract, back.by)}."
    )
    lead = f"{reason}. {who} Its cases stopped at a safe point, and nothing the AI decided in them "
    lead += "starts any more."
    again = ""
    if stand.cool_off_until is not None and now < stand.cool_off_until:
        again = f"Nothing is promoted before {words.clock(stand.cool_off_until, now)}."
    elif gate_shown is not None:
        again = _lead(gate_shown, contract.gate)
    title = f"Rolled back to {stage}, {at}"
    return Said(kind="rolled_back", icon="back", state="bad", title=title, lead=lead, again=again)


def _lead(gate_shown: Shown, gate: ReleaseGate | None) -> str:
    verdict = gate_shown.verdict
    total = gate_shown.total
    if gate_shown.passed == total:
        return f"All {total} lines and conditions pass, certain at every look."
    parts = [f"{gate_shown.passed} of {total} lines and conditions pass."]
    missing = open_criteria(verdict)
    parts += [_about(each, gate) for each in missing[:TOLD]]
    conditions = list(open_conditions(verdict))
    if conditions:
        parts.append(f"Still open: {words.listed(tuple(conditions))}.")
    return " ".join(parts)


def _about(each: CriterionVerdict, gate: ReleaseGate | None) -> str:
    name = metric_words(each.metric)
    criteria = gate.success_criteria if gate else ()
    line = next((one for one in criteria if one.text == each.text), None)
    if each.finding is Finding.BROKEN:
        return f"{name} cannot be judged: {each.words}."
    if each.finding is Finding.FAIL:
        return f"{name} misses its line: {each.words}."
    if not each.cases or line is None or each.hits is None:
        return f"{name} has no case yet."
    return " ".join(_looks(each, line, name))


def _looks(each: CriterionVerdict, line: Criterion, name: str) -> Iterator[str]:
    share = (each.hits or 0) / (each.cases or 1)
    upward, at = line.op in UPWARD, float(line.value)
    is_good = share >= at if upward else share <= at
    cases = words.counted(each.cases or 0, "case")
    if is_good:
        beyond = "less" if upward else "more"
        yield f"{name} looks good at {percent(share)}, but {cases} cannot yet rule out {beyond}"
        yield f"than {percent(at)}."
    else:
        yield f"{name} stands at {percent(share)} after {cases}, beyond its line of {percent(at)},"
        yield "and that is not certain yet."
    if each.cases_to_go is not None:
        more = words.counted(about(each.cases_to_go), "more case")
        yield f"It needs about {more} at the same rate."


def _again(
    gate_shown: Shown, release: Release, stand: Stand, contract: WorkflowContract, now: datetime
) -> str:
    """When it makes sense to look again."""
    if contract.gate is None or next_stage(stand.stage) is None:
        return ""
    known = [stand.since + timedelta(hours=contract.gate.promotion_window_hours)]
    if stand.cool_off_until is not None:
        known.append(stand.cool_off_until)
    asks_pilot = contract.rollout.waiver_of(Precondition.PILOT) is None
    if stand.stage is Stage.CANARY and asks_pilot and release.started_at is not None:
        known.append(release.started_at + timedelta(weeks=contract.rollout.pilot_weeks))
    at = look_again(gate_shown, now, known)
    if at is None:
        return "The gate looks again every few seconds; no day can be named at the pace so far."
    return f"Look again {words.clock(at, now)}; before that it cannot be promoted."


__all__ = ["Said", "said_of"]
