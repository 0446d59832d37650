"""Verdicts as the API gives them, with the evidence each rests on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from interlock.api.shapes.plain import Shape
from interlock.domain.contract import Stage
from interlock.domain.gate import (
    ConditionVerdict,
    Count,
    CriterionVerdict,
    Finding,
    GateDecision,
    GateEvidence,
    GateVerdict,
)
from interlock.domain.rollout import Precondition
from interlock.domain.rules.error_budget import BudgetState
from interlock.release.gate_now import GateNow
from interlock.release.replay import Replayed


class LineShape(Shape):
    """One line of the gate, judged. low, high: the anytime-valid interval of a share.

    cases_to_go: about how many more cases decide it at the share seen so far; null: no number.
    """

    text: Annotated[str, Field(examples=["exception_rate <= 0.04"])]
    metric: str
    finding: Finding
    words: str
    hits: int | None
    cases: int | None
    low: float | None
    high: float | None
    cases_to_go: int | None


class ConditionShape(Shape):
    """One precondition, judged. waived_by: who signed that it is done without."""

    condition: Precondition
    finding: Finding
    words: str
    waived_by: str


class CountShape(Shape):
    """hits of cases; both null: nothing could be counted, and `broken` says why."""

    hits: int | None
    cases: int | None
    broken: str
    under_way: int


class EvidenceShape(Shape):
    """Everything a verdict rests on; the same evidence gives the same verdict, for ever."""

    release: str
    era: str
    workflow: str
    fingerprint: str
    segment: str
    stage: Stage
    since: datetime
    at: datetime
    counts: dict[str, CountShape]
    fact_until: int
    newest_fact_at: datetime | None
    looks: int


class VerdictShape(Shape):
    """What the gate says. triggers: rollback lines that are met; watched: all of them, where
    `fail` is met. id: null when it is not on record."""

    id: int | None
    decision: GateDecision
    words: str
    criteria: list[LineShape]
    watched: list[LineShape]
    triggers: list[LineShape]
    conditions: list[ConditionShape]
    evidence: EvidenceShape
    evidence_digest: str
    method: str


class BurnAlertShape(Shape):
    """Both windows burn faster than the pace allows. long, short: their burn rates."""

    pace: str
    line: float
    over_seconds: float
    long: float
    short: float


class BudgetShape(Shape):
    """Where the error budget stands. left: a share of 1, below 0 when overspent; burn: over the
    whole window; both null when nothing was checked."""

    rate: float
    window_days: float
    wrong: int
    checked: int
    allowed: float
    left: float | None
    burn: float | None
    is_spent: bool
    alerts: list[BurnAlertShape]


class GateNowShape(Shape):
    """The verdict as of now, on nobody's record, and the error budget."""

    verdict: VerdictShape
    budget: BudgetShape | None


class ReplayShape(Shape):
    """A stored verdict's evidence, judged again. differences: what is not as it is on record."""

    verdict: int | None
    is_same: bool
    differences: list[str]
    again: VerdictShape | None


def verdict_shape(verdict: GateVerdict) -> VerdictShape:
    return VerdictShape(
        id=verdict.id,
        decision=verdict.decision,
        words=verdict.words,
        criteria=[_line(each) for each in verdict.criteria],
        watched=[_line(each) for each in verdict.watched],
        triggers=[_line(each) for each in verdict.triggers],
        conditions=[_condition(each) for each in verdict.conditions],
        evidence=_evidence(verdict.evidence),
        evidence_digest=verdict.evidence_digest,
        method=verdict.method,
    )


def gate_now_shape(found: GateNow) -> GateNowShape:
    return GateNowShape(
        verdict=verdict_shape(found.verdict),
        budget=_budget(found.budget) if found.budget else None,
    )


def replay_shape(found: Replayed) -> ReplayShape:
    return ReplayShape(
        verdict=found.verdict.id,
        is_same=found.is_same,
        differences=list(found.differences),
        again=verdict_shape(found.again) if found.again else None,
    )


def _line(each: CriterionVerdict) -> LineShape:
    return LineShape(
        text=each.text,
        metric=each.metric,
        finding=each.finding,
        words=each.words,
        hits=each.hits,
        cases=each.cases,
        low=each.low,
        high=each.high,
        cases_to_go=each.cases_to_go,
    )


def _condition(each: ConditionVerdict) -> ConditionShape:
    return ConditionShape(
        condition=each.condition,
        finding=each.finding,
        words=each.words,
        waived_by=each.waived_by,
    )


def _evidence(found: GateEvidence) -> EvidenceShape:
    return EvidenceShape(
        release=found.release,
        era=found.era,
        workflow=found.workflow,
        fingerprint=found.fingerprint,
        segment=found.segment,
        stage=found.stage,
        since=found.since,
        at=found.at,
        counts=_counts(found.counts),
        fact_until=found.fact_until,
        newest_fact_at=found.newest_fact_at,
        looks=found.looks,
    )


def _counts(counts: Mapping[str, Count]) -> dict[str, Any]:
    return {
        name: CountShape(
            hits=each.hits, cases=each.cases, broken=each.broken, under_way=each.under_way
        )
        for name, each in counts.items()
    }


def _budget(found: BudgetState) -> BudgetShape:
    return BudgetShape(
        rate=found.budget.rate,
        window_days=found.budget.window.total_seconds() / 86_400,
        wrong=found.seen.wrong,
        checked=found.seen.checked,
        allowed=found.allowed,
        left=found.left,
        burn=found.burn,
        is_spent=found.is_spent,
        alerts=[
            BurnAlertShape(
                pace=str(each.pace),
                line=each.line,
                over_seconds=each.over.total_seconds(),
                long=each.long,
                short=each.short,
            )
            for each in found.alerts
        ],
    )
