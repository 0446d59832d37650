"""A workflow's release in one line, for pages that are about something else.

One rule: it is read from the record; nothing is judged for a line in a table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from interlock.console import words
from interlock.console.views.release_budget import left_words
from interlock.console.views.release_gate import open_conditions, open_criteria
from interlock.console.views.release_words import metric_words, stage_words
from interlock.console.views.scope import Scope
from interlock.domain.contract import WorkflowContract
from interlock.domain.gate import Finding, GateDecision, GateVerdict
from interlock.domain.release import LADDER, Release, ReleaseState, Stand
from interlock.errors import InterlockError
from interlock.release.budget import budget_state
from interlock.release.changing import contract_of
from interlock.release.evidence import scope_of as era_scope
from interlock.runtime.context import Context

NAMED: Final = 3  # open lines and conditions, beside other things


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseLine:
    """Where a release stands. decision: the latest on record, empty when there is none.

    words: for the line; budget: what is left of the error budget, empty when there is none.
    """

    stage: str
    index: int
    decision: str
    words: str
    budget: str = ""


def release_line(context: Context, scope: Scope, contract: WorkflowContract) -> ReleaseLine | None:
    """The line of the release that runs, or waits to; None: the workflow has none."""
    releases = context.store.releases(contract.workflow)
    running = next((each for each in releases if each.state is ReleaseState.RUNNING), None)
    if running is None:
        return _waiting(releases)
    stand = running.stand
    stage = stage_words(stand.stage, running.canary_share)
    if scope.tenants is not None:  # a gate's numbers are of every tenant
        return ReleaseLine(stage=stage, index=LADDER.index(stand.stage), decision="", words="")
    latest = context.store.verdicts(running.id, 1)
    verdict = latest[0] if latest else None
    is_back = verdict is not None and verdict.evidence.era != stand.era
    return ReleaseLine(
        stage=stage,
        index=LADDER.index(stand.stage),
        decision=str(verdict.decision) if verdict and not is_back else "",
        words=_words(running, stand, verdict, is_back=is_back),
        budget=_budget(context, scope, running),
    )


def _waiting(releases: list[Release]) -> ReleaseLine | None:
    proposed = next((each for each in releases if each.state is ReleaseState.PROPOSED), None)
    if proposed is None:
        return None
    needs = "It waits for a signature." if proposed.widens else "It waits to be started."
    return ReleaseLine(stage="", index=-1, decision="", words=f"A version is proposed. {needs}")


def _words(release: Release, stand: Stand, verdict: GateVerdict | None, *, is_back: bool) -> str:
    if stand.cool_off_until is not None:
        return "It was taken back, and climbs again on new evidence only."
    if release.held_by is not None:
        return "Somebody holds it where it is."
    if verdict is None or is_back:
        return "Its gate has said nothing at this stage yet."
    return _gate_words(verdict)


def _gate_words(verdict: GateVerdict) -> str:
    """What a verdict says, with what is open by name."""
    if verdict.decision is GateDecision.PROMOTE:
        return "Every line and condition passes. It waits for a signature."
    findings = [each.finding for each in verdict.criteria]
    findings += [each.finding for each in verdict.conditions]
    names = [metric_words(each.metric).lower() for each in open_criteria(verdict)]
    names += open_conditions(verdict)
    more = len(names) - NAMED
    shown = [*names[:NAMED], f"{more} more"] if more > 1 else names
    passed = findings.count(Finding.PASS)
    said = f"{passed} of {len(findings)} lines and conditions pass."
    return f"{said} Open: {words.listed(shown)}." if names else said


def _budget(context: Context, scope: Scope, release: Release) -> str:
    try:
        own = contract_of(context, release)
    except InterlockError:
        return ""
    found = budget_state(context.store, own, era_scope(release, "", scope.now), release.stand.stage)
    return f"Error budget: {left_words(found)}" if found else ""
