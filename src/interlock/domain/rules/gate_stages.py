"""Which of a gate's lines are judged at which stage, and what each share is a share of there.

What a stage cannot show is not judged there: where a person decides every case, nothing can be
learnt about what the machine does alone. A line that is not judged is named, never passed.

| number | shadow | assisted | canary | autonomous |
| --- | --- | --- | --- | --- |
| exception_rate | what the AI failed at | yes | the canary's cases | yes |
| human_override_rate | where people did otherwise | yes | yes | yes |
| error_rate, first_pass_accuracy | – | – | the canary's cases | yes |
| escalation_rate, autonomous_resolution_rate | – | – | the canary's cases | yes |
| rework_rate | – | yes | the canary's cases | yes |
| critical_regressions | yes | yes | yes | yes |
| reviewer_queue_sla_breach | – | yes | yes | yes |

A case of the holdback arm and a planted question are never counted.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from interlock.domain.contract import Stage
from interlock.domain.release import LADDER

CASES: Final = "cases"  # the count of an era's cases that its sample is made of
BUDGET_SPENT: Final = "error_budget_spent"  # the flag that the contract's error budget is gone

ALONE: Final = frozenset({Stage.CANARY, Stage.AUTONOMOUS})  # where the machine decides cases alone
WITH_PEOPLE: Final = frozenset({Stage.ASSISTED, *ALONE})
ALWAYS: Final = frozenset(Stage)

JUDGED_AT: Final = MappingProxyType(
    {
        "exception_rate": ALWAYS,
        "human_override_rate": ALWAYS,
        "error_rate": ALONE,
        "first_pass_accuracy": ALONE,
        "escalation_rate": ALONE,
        "autonomous_resolution_rate": ALONE,
        "rework_rate": WITH_PEOPLE,
        "critical_regressions": ALWAYS,
        "reviewer_queue_sla_breach": WITH_PEOPLE,
        BUDGET_SPENT: ALONE,
    }
)

WATCHED: Final = "results held against what was really done"
OF: Final = MappingProxyType(
    {
        "exception_rate": "cases that entered the AI path and left it",
        "human_override_rate": "AI proposals a person decided",
        "error_rate": "outcomes checked in the quality sample",
        "first_pass_accuracy": "outcomes checked in the quality sample",
        "escalation_rate": "cases closed",
        "autonomous_resolution_rate": "cases closed",
        "rework_rate": "cases closed",
    }
)


def is_judged_at(stage: Stage, metric: str) -> bool:
    """True when a stage can show this number; a number nobody measures is judged, and breaks."""
    return stage in JUDGED_AT.get(metric, ALWAYS)


def share_of(stage: Stage, metric: str) -> str:
    """What the share of a number is a share of at a stage, in words for behind a count."""
    return WATCHED if stage is Stage.SHADOW else OF.get(metric, "cases")


def next_stage(stage: Stage) -> Stage | None:
    """The stage a promotion leads to; None at the top of the ladder."""
    place = LADDER.index(stage) + 1
    return LADDER[place] if place < len(LADDER) else None
