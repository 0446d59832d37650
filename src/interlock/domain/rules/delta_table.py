"""The table of the autonomy delta: for every part of a contract, which way its change points.

`*` stands for a name. Its one rule: a part that is not in this table is unjudged, so a new part
of the contract is never overlooked. A part is silent only when no change of it can spare the
machine a person's answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from interlock.domain.contract import WhenSpent
from interlock.domain.rules.delta_parts import (
    FALLBACKS,
    alerts,
    confidence,
    criteria_met,
    criteria_tripped,
    fallback,
    governance,
    mode,
    part_reached,
    step_itself,
    tolerance,
    training,
    waiver,
    when,
)
from interlock.domain.rules.differences import Path
from interlock.domain.rules.weighing import (
    Weigh,
    fewer_widen,
    gone_widens,
    higher_widens,
    lower_widens,
    more_widen,
    off_widens,
    on_widens,
    ranked,
    silent,
    unjudged,
    where_both,
)

STEP: Final[Mapping[Path, Weigh]] = MappingProxyType(
    {
        ("steps", "*"): step_itself,
        ("steps", "*", "mode"): mode,
        ("steps", "*", "owner"): silent,
        ("steps", "*", "evidence_required"): fewer_widen("required evidence"),
        ("steps", "*", "max_response_minutes"): silent,
        ("steps", "*", "escalation_target"): silent,
        ("steps", "*", "queue"): silent,
        ("steps", "*", "title"): silent,
        ("steps", "*", "question"): silent,
        ("steps", "*", "reason_codes"): silent,
        ("steps", "*", "when"): when,
        ("steps", "*", "task_boundary"): more_widen("task boundary"),
        ("steps", "*", "confidence"): confidence,
        ("steps", "*", "limits", "timeout_seconds"): higher_widens("seconds the AI may take"),
        ("steps", "*", "limits", "cost"): higher_widens("cost of its models"),
        ("steps", "*", "limits", "model_calls"): higher_widens("model calls"),
        ("steps", "*", "retry", "attempts"): higher_widens("attempts before a person is asked"),
        ("steps", "*", "retry", "first_wait_seconds"): silent,
        ("steps", "*", "retry", "factor"): silent,
        ("steps", "*", "retry", "longest_wait_seconds"): silent,
        ("steps", "*", "fallback"): fallback,
        ("steps", "*", "actions"): more_widen("list of actions"),
    }
)

ACTION: Final[Mapping[Path, Weigh]] = MappingProxyType(
    {
        ("actions", "*"): part_reached("action", "may be done", "may no longer be done"),
        ("actions", "*", "reversible"): on_widens("called reversible"),
        ("actions", "*", "compensate"): gone_widens("how it is undone"),
        ("actions", "*", "verify"): gone_widens("how it is looked up"),
        ("actions", "*", "idempotent"): on_widens("trust that the system refuses a second one"),
        ("actions", "*", "hold_minutes"): lower_widens("minutes in which it can be stopped"),
        ("actions", "*", "budget", "money_per_hour"): higher_widens("money an hour"),
        ("actions", "*", "budget", "money_per_day"): higher_widens("money a day"),
        ("actions", "*", "budget", "count_per_hour"): higher_widens("times an hour"),
        ("actions", "*", "budget", "count_per_day"): higher_widens("times a day"),
        ("actions", "*", "budget", "risk_per_hour"): higher_widens("risk an hour"),
        ("actions", "*", "budget", "risk_per_day"): higher_widens("risk a day"),
        ("actions", "*", "budget", "when_spent"): ranked(
            "when its budget is spent", (WhenSpent.EXCEPTION, WhenSpent.WAIT)
        ),
        ("actions", "*", "risk_units"): lower_widens("risk units it counts for"),
        ("actions", "*", "timeout_seconds"): silent,
        ("actions", "*", "retry", "attempts"): higher_widens("attempts before a person is asked"),
        ("actions", "*", "retry", "first_wait_seconds"): silent,
        ("actions", "*", "retry", "factor"): silent,
        ("actions", "*", "retry", "longest_wait_seconds"): silent,
        ("actions", "*", "says"): silent,
        ("actions", "*", "watches_state"): off_widens("its state is read again before it runs"),
    }
)

PEOPLE: Final[Mapping[Path, Weigh]] = MappingProxyType(
    {
        ("owners", "business"): silent,
        ("owners", "operations"): silent,
        ("owners", "technical"): silent,
        ("owners", "governance"): governance,
        ("people", "*"): silent,
        ("people", "*", "name"): silent,
        ("people", "*", "email"): silent,
        ("people", "*", "groups"): silent,
        ("people", "*", "approve_up_to"): higher_widens("amount they may decide alone"),
        ("queues", "*"): silent,
        ("queues", "order"): silent,
        ("queues", "*", "members"): silent,
        ("queues", "*", "hours"): silent,
        ("queues", "*", "lease_minutes"): silent,
        ("queues", "*", "minutes_per_task"): silent,
        ("queues", "*", "capacity"): silent,
        ("queues", "*", "expected_share"): silent,
        ("queues", "*", "at_risk_share"): silent,
        ("queues", "*", "escalate_to"): silent,
        ("queues", "*", "at_most"): silent,
        ("queues", "*", "undo_seconds"): lower_widens("seconds to undo a decision"),
        ("queues", "*", "blind"): off_widens("answering before the suggestion is seen"),
        ("queues", "*", "training"): training,
    }
)

RELEASE: Final[Mapping[Path, Weigh]] = MappingProxyType(
    {
        ("gate",): gone_widens("the release gate"),
        ("gate", "canary_traffic"): higher_widens("canary share"),
        ("gate", "promotion_window_hours"): lower_widens("hours a stage lasts at least"),
        ("gate", "success_criteria"): criteria_met,
        ("gate", "rollback_trigger"): criteria_tripped,
        ("gate", "fallback_mode"): ranked("what takes over after a rollback", FALLBACKS),
        ("error_budget", "rate"): higher_widens("error budget"),
        ("error_budget", "window_days"): where_both(unjudged),
        ("error_budget", "when_spent"): where_both(
            ranked("when the error budget is spent", FALLBACKS)
        ),
        ("quality_sample",): silent,  # its share and that of quality.sample are one; see delta.py
        ("quality", "sample"): silent,
        ("quality", "queue"): silent,
        ("quality", "second_look"): lower_widens("share of second looks", none=0.0),
        ("quality", "probes_per_day"): lower_widens("planted questions a day", none=0.0),
        ("quality", "thinking_seconds"): lower_widens("seconds of thinking expected", none=0.0),
        ("holdback",): lower_widens("share held back from the AI", none=0.0),
        ("rollout", "stand_down_on_rejection"): off_widens("standing down after a rejection"),
        ("rollout", "late_share"): higher_widens("share of questions that may be late"),
        ("rollout", "minimum_cases"): lower_widens("least sample of a stage"),
        ("rollout", "cool_off_hours"): lower_widens("hours of cool-off after a rollback"),
        ("rollout", "pilot_weeks"): lower_widens("weeks a pilot lasts at least"),
        ("rollout", "blast_radius", "cases_per_day"): higher_widens("blast radius, cases a day"),
        ("rollout", "blast_radius", "money_per_day"): higher_widens("blast radius, money a day"),
        ("rollout", "waive", "*"): waiver,
        ("rollout", "waive", "*", "by"): silent,
        ("rollout", "waive", "*", "why"): silent,
        ("rollout", "waive", "order"): silent,
        ("monitoring", "tolerance", "*"): tolerance,
        ("monitoring", "alerts"): alerts,
        ("monitoring", "alerts_queue"): silent,  # who is asked; the AI is off until they answer
        ("monitoring", "alerts_sla_minutes"): silent,
        ("monitoring", "drift"): fewer_widen("fields watched for drift"),
        ("adoption", "*"): gone_widens("an adoption milestone"),
        ("adoption", "order"): silent,
        ("protected_cases",): gone_widens("the protected cases"),
        ("baseline",): gone_widens("the baseline"),
        ("never_automate",): fewer_widen("the never-automate list"),
    }
)

OTHER: Final[Mapping[Path, Weigh]] = MappingProxyType(
    {
        ("title",): silent,
        ("domain",): silent,
        ("outcome", "statement"): silent,
        ("outcome", "metric"): silent,
        ("outcome", "target"): silent,
        ("text",): silent,  # it is what all the others say
        ("fingerprint",): silent,  # see delta.py: it also tells of changed code
        ("case", "title"): silent,
        ("case", "deadline"): silent,
        ("case", "protected"): fewer_widen("protected fields of a case"),
        ("intake", "*"): part_reached("channel", "is open for cases", "is closed for cases"),
        ("intake", "*", "accepts"): more_widen("what is accepted"),
        ("intake", "order"): silent,
        ("systems", "*"): part_reached("system", "is within reach", "is out of reach"),
        ("systems", "*", "kind"): silent,
        ("systems", "*", "holds"): silent,
        ("systems", "*", "trusted"): on_widens("trust"),
        ("systems", "*", "protected"): fewer_widen("protected fields"),
    }
)

TABLE: Final[Mapping[Path, Weigh]] = MappingProxyType(
    {**STEP, **ACTION, **PEOPLE, **RELEASE, **OTHER}
)


def weigh_for(path: Path) -> Weigh:
    """How a difference at this path is weighed; unjudged for a path the table does not know."""
    for pattern in (path, *_with_stars(path)):
        if pattern in TABLE:
            return TABLE[pattern]
    return unjudged


def _with_stars(path: Path) -> list[Path]:
    """The path with its name in place of which a star may stand."""
    return [(*path[:place], "*", *path[place + 1 :]) for place in range(1, len(path))]
