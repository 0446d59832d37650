"""The numbers Interlock measures, by name. A gate may use these and no others.

Source: docs "Numbers and their denominators".
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class MetricKind(StrEnum):
    SHARE = "share"  # a fraction in 0..1
    COUNT = "count"
    AMOUNT = "amount"  # time, money or cases: needs a unit in a target
    FLAG = "flag"  # true or false


METRICS: Final = MappingProxyType(
    {
        "exception_rate": MetricKind.SHARE,
        "human_override_rate": MetricKind.SHARE,
        "escalation_rate": MetricKind.SHARE,
        "autonomous_resolution_rate": MetricKind.SHARE,
        "error_rate": MetricKind.SHARE,
        "first_pass_accuracy": MetricKind.SHARE,
        "rework_rate": MetricKind.SHARE,
        "cycle_time": MetricKind.AMOUNT,
        "touch_time": MetricKind.AMOUNT,
        "handoff_delay": MetricKind.AMOUNT,
        "response_time": MetricKind.AMOUNT,
        "cost_per_case": MetricKind.AMOUNT,
        "throughput_per_operator": MetricKind.AMOUNT,
        "reviewer_queue_sla_breach": MetricKind.FLAG,
        "critical_regressions": MetricKind.COUNT,
    }
)

# Activity is not an outcome: these go up while the business stands still.
NEVER_AN_OUTCOME: Final = frozenset(
    {"usage", "prompts", "demos", "logins", "tokens", "sessions", "messages", "active_users"}
)
