"""Can the release gate ever decide? What its lines, share and window mean at this volume.

A gate that cannot decide is found here, before launch, and not after months of *hold*.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from interlock.contracts.metrics import METRICS, MetricKind
from interlock.domain.contract import Criterion, ReleaseGate
from interlock.domain.rules.gate_odds import GateOdds, gate_odds

HOURS_A_MONTH: Final = 730.5  # 365.25 days in twelve parts
GOOD: Final = 0.5  # a good release has half the rate of the success line
BAD: Final = 1.5  # a bad one one and a half times that of the rollback line
LIKELY: Final = 0.5
SAMPLED: Final = frozenset({"error_rate", "first_pass_accuracy"})  # known of looked-at cases only
MOST_CASES: Final = 30_000  # beyond this many cases in a canary, no gate is waited for


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionOutlook:
    """What to expect of one line of the gate.

    window_cases: expected in one window that are evidence on it; a line about errors has only those
    of the quality sample. good, bad: within one window, for a true rate half the
    line, and for one beyond the rollback line. days: until half of the good releases are
    promoted; None: never, at any reasonable length.
    """

    criterion: Criterion
    window_cases: int
    good: GateOdds
    bad: GateOdds
    cases_needed: int | None
    days: float | None

    @property
    def can_decide(self) -> bool:
        """True when one window is more likely than not to promote a good release."""
        return self.good.promote >= LIKELY


def outlook(
    gate: ReleaseGate, volume_per_month: float, *, sampled: float = 0.0
) -> tuple[CriterionOutlook, ...]:
    """What to expect of each success line that is a share with an upper bound.

    sampled: the share of autonomous cases in the quality sample. A line about errors is judged by
    those alone; that every canary case is closed without a person is assumed, so it is the most.
    """
    per_hour = volume_per_month * gate.canary_traffic / HOURS_A_MONTH
    triggers = {each.metric: each for each in gate.rollback_trigger}
    shares = sum(METRICS.get(each.metric) is MetricKind.SHARE for each in gate.rollback_trigger)
    return tuple(
        _of(
            criterion,
            triggers.get(criterion.metric),
            per_hour * (sampled if criterion.metric in SAMPLED else 1.0),
            gate.promotion_window_hours,
            shares,
        )
        for criterion in gate.success_criteria
        if METRICS.get(criterion.metric) is MetricKind.SHARE
        and criterion.op in ("<", "<=")
        and 0 < float(criterion.value) < 1
    )


def _of(
    criterion: Criterion, trigger: Criterion | None, per_hour: float, hours: int, shares: int
) -> CriterionOutlook:
    line = float(criterion.value)
    above = float(trigger.value) if trigger is not None and trigger.op in (">", ">=") else None
    good_rate, bad_rate = line * GOOD, min((above or line) * BAD, 0.99)
    window = int(per_hour * hours)
    within = min(window, MOST_CASES)
    needed = gate_odds(
        good_rate, line=line, trigger=above, cases=MOST_CASES, shares=shares
    ).half_promoted
    return CriterionOutlook(
        criterion=criterion,
        window_cases=window,
        good=gate_odds(good_rate, line=line, trigger=above, cases=within, shares=shares),
        bad=gate_odds(bad_rate, line=line, trigger=above, cases=within, shares=shares),
        cases_needed=needed,
        days=needed / per_hour / 24 if needed is not None and per_hour > 0 else None,
    )
