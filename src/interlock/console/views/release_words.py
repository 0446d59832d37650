"""The release board's words: stages, lines of a gate, shares, moves.

One rule: a share stands with its sample; a word for a finding never claims more than was found.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from interlock.console import words
from interlock.domain.contract import Criterion, FallbackMode, Stage
from interlock.domain.gate import Finding
from interlock.domain.release import ReleaseMove
from interlock.domain.rollout import Precondition

STAGE_SAYS: Final = MappingProxyType(
    {
        Stage.SHADOW: "AI is watched; nothing it says is acted on",
        Stage.ASSISTED: "AI proposes, people decide every case",
        Stage.CANARY: "AI acts alone on some cases",
        Stage.AUTONOMOUS: "AI acts alone, inside its limits",
    }
)
CONDITIONS: Final = MappingProxyType(
    {
        Precondition.OWNERS: "Owners and escalation",
        Precondition.WINDOW: "Time at this stage",
        Precondition.SAMPLE: "Cases at this stage",
        Precondition.PILOT: "Length of the pilot",
        Precondition.COOL_OFF: "Calm after a rollback",
        Precondition.BUDGET: "Error budget",
        Precondition.PAUSED: "Nothing paused",
        Precondition.PROTECTED_CASES: "Protected cases",
        Precondition.BASELINE: "Measured before",
        Precondition.READINESS: "Readiness",
        Precondition.ADOPTION: "Adoption",
    }
)
# (icon, state, word): not yet is grey on purpose, for nothing is wrong.
FINDINGS: Final = MappingProxyType(
    {
        Finding.PASS: ("check", "ok", "Pass"),
        Finding.FAIL: ("x", "bad", "Fail"),
        Finding.NOT_YET: ("wait", "", "Not yet"),
        Finding.BROKEN: ("warn", "bad", "Broken"),
    }
)
WATCHED: Final = MappingProxyType(
    {
        Finding.PASS: ("check", "ok", "Armed, clear"),
        Finding.NOT_YET: ("check", "ok", "Armed"),
        Finding.FAIL: ("back", "bad", "Met"),
        Finding.BROKEN: ("warn", "bad", "Cannot be watched"),
    }
)
# (icon, state, word) of a line of history.
MOVES: Final = MappingProxyType(
    {
        ReleaseMove.PROPOSE: ("doc", "", "Proposed"),
        ReleaseMove.SIGN: ("edit", "", "Signed"),
        ReleaseMove.START: ("play", "", "Started"),
        ReleaseMove.PROMOTE: ("up", "ok", "Promoted"),
        ReleaseMove.HOLD: ("pause", "", "Held"),
        ReleaseMove.RELEASE_HOLD: ("play", "", "Hold ended"),
        ReleaseMove.ROLL_BACK: ("back", "bad", "Rolled back"),
        ReleaseMove.STAND_DOWN: ("back", "bad", "Stood down"),
        ReleaseMove.REPLACE: ("swap", "", "Replaced"),
        ReleaseMove.RESUME: ("swap", "", "Took over again"),
        ReleaseMove.WITHDRAW: ("x", "", "Withdrawn"),
        ReleaseMove.DRILL: ("flask", "", "Drill"),
        ReleaseMove.MIGRATE: ("hand", "", "Cases moved to it"),
    }
)
FALLBACKS: Final = MappingProxyType(
    {
        FallbackMode.DETERMINISTIC_PATH: "take the fixed rules path",
        FallbackMode.HUMAN_REVIEW: "go to people",
        FallbackMode.PREVIOUS_VERSION: "go on without AI",
    }
)
METRICS: Final = MappingProxyType(
    {
        "exception_rate": "Exception rate",
        "human_override_rate": "Override rate",
        "error_rate": "Error rate",
        "critical_regressions": "Critical regressions",
        "reviewer_queue_sla_breach": "Reviews late",
        "error_budget_spent": "Error budget",
    }
)
FLAGS: Final = MappingProxyType(
    {
        ("reviewer_queue_sla_breach", True): "too many reviews of a queue pass their clock",
        ("error_budget_spent", True): "nothing of the budget is left",
    }
)
BOUNDS: Final = MappingProxyType(
    {"<=": "at most", "<": "below", ">=": "at least", ">": "above", "==": "", "!=": "not"}
)


def stage_words(stage: Stage, canary_share: float = 0.0) -> str:
    """A stage as the ladder calls it, as in `Canary 10%`."""
    title = str(stage).capitalize()
    return f"{title} {canary_share:.0%}" if stage is Stage.CANARY and canary_share else title


def metric_words(metric: str) -> str:
    """What a number is called."""
    return METRICS.get(metric) or words.sentence(metric)


def asked_words(criterion: Criterion, *, is_share: bool) -> str:
    """What a line asks for, as in `at most 4.0%`."""
    value = criterion.value
    if isinstance(value, bool):
        return FLAGS.get((criterion.metric, value)) or ("yes" if value else "no")
    if criterion.op == "==" and value == 0:
        return "none"
    shown = percent(value) if is_share else f"{value:g}"
    return f"{BOUNDS[criterion.op]} {shown}".strip()


def percent(share: float, digits: int = 1) -> str:
    """A share of 1, as in `2.0%`."""
    return f"{100 * share:.{digits}f}%"


def between(low: float, high: float) -> str:
    """An interval of a share, as in `0.7 to 4.3%`."""
    return f"{100 * low:.1f} to {100 * high:.1f}%"
