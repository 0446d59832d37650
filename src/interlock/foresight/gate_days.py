"""How many days until the release gate says something, at the rates a simulation found."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Final

from interlock.contracts.metrics import METRICS, MetricKind
from interlock.domain.contract import Criterion, WorkflowContract
from interlock.domain.rules.gate_odds import gate_odds
from interlock.foresight.forecast import GateForecast, Part
from interlock.foresight.paths import Path

MOST_CASES: Final = 5_000  # of one canary; beyond it no verdict is waited for
BELOW, ABOVE = ("<", "<="), (">", ">=")


def gate_forecasts(
    contract: WorkflowContract, canary: Sequence[Path], volume_per_day: float
) -> tuple[GateForecast, ...]:
    """Each success line that is a share, looked at after every case of the canary.

    canary: paths of cases in the canary arm. Days count the gate's own window and minimum sample.
    """
    gate = contract.gate
    if gate is None or gate.canary_traffic <= 0:
        return ()
    triggers = {each.metric: each for each in gate.rollback_trigger}
    per_day = volume_per_day * gate.canary_traffic
    return tuple(
        _forecast(contract, criterion, triggers.get(criterion.metric), canary, per_day)
        for criterion in gate.success_criteria
        if METRICS.get(criterion.metric) is MetricKind.SHARE
        and criterion.op in BELOW
        and 0 < float(criterion.value) < 1
    )


def _forecast(
    contract: WorkflowContract,
    criterion: Criterion,
    trigger: Criterion | None,
    canary: Sequence[Path],
    per_day: float,
) -> GateForecast:
    found = _rate(criterion.metric, canary)
    if found is None or found.value is None:
        return GateForecast(
            text=criterion.text,
            rate=found or Part(hits=0, of=0),
            canary_cases_a_day=per_day,
            promote_days=None,
            roll_back_days=None,
            words="nothing simulated says what this rate would be",
        )
    counted_a_day = per_day * found.of / len(canary)
    above = float(trigger.value) if trigger is not None and trigger.op in ABOVE else None
    odds = gate_odds(found.value, line=float(criterion.value), trigger=above, cases=MOST_CASES)
    window = contract.gate.promotion_window_hours / 24 if contract.gate else 0.0
    least = max(window, contract.rollout.minimum_cases / per_day)
    promote = _days(odds.half_promoted, counted_a_day)
    promote = max(promote, least) if promote is not None else None
    back = _days(odds.half_rolled_back, counted_a_day)
    return GateForecast(
        text=criterion.text,
        rate=found,
        canary_cases_a_day=per_day,
        promote_days=promote,
        roll_back_days=back,
        words=_words(promote, back),
    )


def _rate(metric: str, canary: Sequence[Path]) -> Part | None:
    if metric == "exception_rate":
        met = [each for each in canary if each.met_ai]
        return Part(hits=sum(each.has_exception for each in met), of=len(met))
    if metric == "human_override_rate":
        return Part(
            hits=sum(each.overruled for each in canary), of=sum(each.proposals for each in canary)
        )
    if metric == "error_rate":
        judged = [each for each in canary if each.checked]
        return Part(hits=sum(each.wrong for each in judged), of=len(judged))
    if metric == "escalation_rate":
        return Part(hits=sum(bool(each.asks) for each in canary), of=len(canary))
    return None


def _days(cases: int | None, a_day: float) -> float | None:
    return cases / a_day if cases is not None and a_day > 0 else None


def _words(promote: float | None, back: float | None) -> str:
    said = []
    if promote is not None:
        said.append(f"half of such releases are promoted within {_span(promote)}")
    if back is not None:
        said.append(f"half are taken back within {_span(back)}")
    return "; ".join(said) or f"hold: {MOST_CASES:,} cases decide nothing at this rate"


def _span(days: float) -> str:
    return "1 day" if ceil(days) == 1 else f"{ceil(days):,} days"
