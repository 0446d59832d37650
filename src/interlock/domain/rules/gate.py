"""`judge`: what a gate says of an era, from its evidence alone. Pure: the same evidence gives the
same verdict, whenever and however often it is asked.

**How often it may be wrong.** A share is judged by evidence that holds under constant watching
(`sequential`): the chance that a claim which is true is ever called false is at most alpha, 5 %.

A promotion needs every success line to pass. A release that is worse than only one of its lines is
promoted only if that one line passes wrongly, which happens in at most alpha of such releases; the
other lines can only make it rarer. So nothing is taken off alpha however many lines there are
(an intersection-union test: R. L. Berger, Multiparameter hypothesis testing and acceptance
sampling, Technometrics 24 (1982)).

A rollback needs only one of its lines to be met. With k shares among them a good release has k
chances of a false alarm, so each is judged at alpha / k, and the chance that any of them ever is
wrong is at most alpha (Boole's inequality, as C. E. Bonferroni used it, 1936). Counts and flags
are facts, and take no share of it.

Both hold for one era of one segment: a release that climbs again begins anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from interlock.domain.contract import Criterion, ReleaseGate, Stage
from interlock.domain.gate import (
    ConditionVerdict,
    Count,
    CriterionVerdict,
    Finding,
    GateDecision,
    GateEvidence,
    GateVerdict,
)
from interlock.domain.rollout import WAIVABLE, Precondition, Rollout
from interlock.domain.rules.gate_digest import digest_of
from interlock.domain.rules.gate_lines import Sight, is_share, success, trigger
from interlock.domain.rules.gate_stages import BUDGET_SPENT, CASES, is_judged_at, next_stage
from interlock.domain.rules.sequential import ALPHA

METHOD: Final = "gate 1 (betting e-process, alpha 0.05, shared by rollback lines)"
BUDGET_LINE: Final = Criterion(
    metric=BUDGET_SPENT, op="==", value=True, text="error_budget_spent == true"
)


def judge(evidence: GateEvidence, gate: ReleaseGate, rollout: Rollout) -> GateVerdict:
    """The verdict: roll back when a rollback line is met, promote when all passes, else hold."""
    criteria = tuple(_criteria(evidence, gate))
    watched = tuple(_watched(evidence, gate))
    met = tuple(each for each in watched if each.finding is Finding.FAIL)
    conditions = tuple(_conditions(evidence, gate, rollout))
    missing = tuple(_missing(evidence, criteria, watched, conditions))
    decision = (
        GateDecision.ROLL_BACK if met else GateDecision.HOLD if missing else GateDecision.PROMOTE
    )
    return GateVerdict(
        decision=decision,
        words=_words(evidence, decision, met, (*missing, *_not_judged(evidence, gate))),
        criteria=criteria,
        triggers=met,
        conditions=conditions,
        evidence=evidence,
        evidence_digest=digest_of(evidence),
        method=METHOD,
        watched=watched,
    )


def _criteria(evidence: GateEvidence, gate: ReleaseGate) -> Iterator[CriterionVerdict]:
    sight = Sight(stage=evidence.stage, alpha=ALPHA, stale=_stale(evidence, gate))
    for each in gate.success_criteria:
        if is_judged_at(evidence.stage, each.metric):
            yield success(each, evidence.counts.get(each.metric), sight)


def _watched(evidence: GateEvidence, gate: ReleaseGate) -> Iterator[CriterionVerdict]:
    """Every rollback line, and the error budget where the contract has one."""
    lines = [each for each in gate.rollback_trigger if is_judged_at(evidence.stage, each.metric)]
    shares = sum(is_share(each, evidence.counts.get(each.metric)) for each in lines)
    sight = Sight(stage=evidence.stage, alpha=ALPHA / max(1, shares), stale=_stale(evidence, gate))
    for each in lines:
        yield trigger(each, evidence.counts.get(each.metric), sight)
    if BUDGET_SPENT in evidence.counts and is_judged_at(evidence.stage, BUDGET_SPENT):
        yield trigger(BUDGET_LINE, evidence.counts[BUDGET_SPENT], sight)


def _stale(evidence: GateEvidence, gate: ReleaseGate) -> str:
    """Why the data are too old to promote on: nothing was recorded for a whole window."""
    newest = evidence.newest_fact_at or evidence.since
    hours = gate.promotion_window_hours
    if evidence.at - newest <= timedelta(hours=hours):
        return ""
    return f"stale, nothing was recorded in the last {hours} hours"


def _conditions(
    evidence: GateEvidence, gate: ReleaseGate, rollout: Rollout
) -> Iterator[ConditionVerdict]:
    for condition in Precondition:
        if condition is Precondition.PILOT and evidence.stage is not Stage.CANARY:
            continue  # the whole pilot's time is asked for before autonomous
        yield _condition(condition, _found(condition, evidence, gate, rollout), rollout)


def _found(
    condition: Precondition, evidence: GateEvidence, gate: ReleaseGate, rollout: Rollout
) -> tuple[Finding, str]:
    if condition is Precondition.WINDOW:
        return _window(evidence, gate.promotion_window_hours)
    if condition is Precondition.SAMPLE:
        return _sample(evidence.counts.get(CASES), rollout.minimum_cases)
    nothing = (Finding.BROKEN, f"nothing was found out about {condition}")
    return evidence.conditions.get(condition, nothing)


def _window(evidence: GateEvidence, hours: int) -> tuple[Finding, str]:
    passed = (evidence.at - evidence.since) / timedelta(hours=1)
    done = passed >= hours
    said = f"{passed:.0f} of at least {hours} hours at {evidence.stage}"
    return (Finding.PASS if done else Finding.NOT_YET), said


def _sample(count: Count | None, least: int) -> tuple[Finding, str]:
    if count is None or count.hits is None:
        return Finding.BROKEN, (count.broken if count else "") or "the cases were not counted"
    done = count.hits >= least
    return (
        Finding.PASS if done else Finding.NOT_YET
    ), f"{count.hits:,} of at least {least:,} cases"


def _condition(
    condition: Precondition, found: tuple[Finding, str], rollout: Rollout
) -> ConditionVerdict:
    """The condition as found, or as waived: a waiver does without evidence, never against it."""
    finding, words = found
    waiver = rollout.waiver_of(condition) if condition in WAIVABLE else None
    if waiver is None or finding in (Finding.PASS, Finding.FAIL):
        return ConditionVerdict(condition=condition, finding=finding, words=words)
    return ConditionVerdict(
        condition=condition,
        finding=Finding.PASS,
        words=f"waived by {waiver.by}: {waiver.why} ({words})",
        waived_by=waiver.by,
    )


def _missing(
    evidence: GateEvidence,
    criteria: tuple[CriterionVerdict, ...],
    watched: tuple[CriterionVerdict, ...],
    conditions: tuple[ConditionVerdict, ...],
) -> Iterator[str]:
    """What keeps it from being promoted, in words; nothing: promote."""
    if next_stage(evidence.stage) is None:
        yield "it stands at the top of the ladder and is watched"
    if not any(each.cases is not None for each in criteria):
        yield f"no share among the gate's lines is judged at {evidence.stage}"
    for each in criteria:
        if each.finding is not Finding.PASS:
            yield f"{each.text}: {each.words}"
    for each in watched:
        if each.finding is Finding.BROKEN:
            yield f"{each.text} cannot be watched: {each.words}"
    for condition in conditions:
        if condition.finding is not Finding.PASS:
            yield f"{condition.condition}: {condition.words}"


def _not_judged(evidence: GateEvidence, gate: ReleaseGate) -> Iterator[str]:
    for each in gate.success_criteria:
        if not is_judged_at(evidence.stage, each.metric):
            yield f"{each.text} is not judged at {evidence.stage}"


def _words(
    evidence: GateEvidence,
    decision: GateDecision,
    met: tuple[CriterionVerdict, ...],
    others: tuple[str, ...],
) -> str:
    if decision is GateDecision.ROLL_BACK:
        return "roll back. " + "; ".join(f"{each.text}: {each.words}" for each in met)
    if decision is GateDecision.PROMOTE:
        ready = (
            f"promote to {next_stage(evidence.stage)}, once signed. Every line and condition passes"
        )
        return "; ".join((ready, *others))
    return "hold. " + "; ".join(others)
