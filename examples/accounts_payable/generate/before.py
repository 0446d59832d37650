"""The work as it was before: a log of bills handled by mail and by hand, and what it measures.

`baseline.yaml` holds these figures for seed 7; a test keeps the two equal.
"""

from __future__ import annotations

import csv
import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from statistics import fmean, median, quantiles
from typing import Final

CASES: Final = 3_840
MONTHS: Final = 3
LOG: Final = "before.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """One bill as it was handled. Times count from its arrival."""

    case: int
    hours_to_first_look: float
    hours_to_payment: float
    minutes_of_work: float
    escalated: bool
    reworked: bool
    wrong: bool
    discount_offered: bool
    discount_taken: bool
    late: bool


def before(seed: int, cases: int = CASES) -> list[Handled]:
    """The log of one quarter."""
    pick = random.Random(f"before {seed}")
    return [_handled(pick, number) for number in range(1, cases + 1)]


def measure(log: Sequence[Handled]) -> Mapping[str, float]:
    """The baseline figures: shares in 0..1, times in the unit their name says."""
    hours = [each.hours_to_payment for each in log]
    offered = [each for each in log if each.discount_offered]
    minutes = sum(each.minutes_of_work for each in log)
    return {
        "cases": len(log),
        "volume_per_month": round(len(log) / MONTHS),
        "cycle_time_median_hours": round(median(hours), 1),
        "cycle_time_mean_hours": round(fmean(hours), 1),
        "cycle_time_p90_hours": round(quantiles(hours, n=10)[-1], 1),
        "response_time_median_hours": round(median(e.hours_to_first_look for e in log), 1),
        "touch_time_minutes": round(minutes / len(log), 1),
        "headcount_hours_per_month": round(minutes / 60 / MONTHS),
        "error_rate": _share(each.wrong for each in log),
        "escalation_rate": _share(each.escalated for each in log),
        "rework_rate": _share(each.reworked for each in log),
        "discounts_taken_rate": _share(each.discount_taken for each in offered),
        "late_payment_rate": _share(each.late for each in log),
    }


def write_log(log: Sequence[Handled], into: Path) -> None:
    """The log as CSV, so that anybody can measure it again."""
    with (into / LOG).open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, fieldnames=[each.name for each in fields(Handled)])
        writer.writeheader()
        writer.writerows(asdict(each) for each in log)


def _handled(pick: random.Random, number: int) -> Handled:
    escalated = pick.random() < 0.24
    reworked = pick.random() < (0.12 if escalated else 0.03)
    look = pick.lognormvariate(math.log(19), 0.8)
    asked = pick.lognormvariate(math.log(70), 0.7) if escalated else 0.0
    again = pick.lognormvariate(math.log(40), 0.6) if reworked else 0.0
    paid = look + asked + again + pick.lognormvariate(math.log(55), 0.9)
    offered = pick.random() < 0.4
    return Handled(
        case=number,
        hours_to_first_look=round(look, 2),
        hours_to_payment=round(paid, 2),
        minutes_of_work=round(pick.lognormvariate(math.log(8), 0.5) + 9 * escalated, 2),
        escalated=escalated,
        reworked=reworked,
        wrong=pick.random() < (0.06 if reworked else 0.029),
        discount_offered=offered,
        discount_taken=offered and paid < 10 * 24 and pick.random() < 0.45,
        late=paid > 14 * 24 or pick.random() < 0.08,
    )


def _share(found: Iterable[bool]) -> float:
    return round(fmean(found), 4)
