"""Rollout terms: what a contract says of how autonomy is earned beside the gate's own lines."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from interlock.domain.ids import PersonId
from interlock.domain.money import Money


class Precondition(StrEnum):
    """What must hold beside the criteria before a release may be promoted."""

    OWNERS = "owners"  # every boundary has a named owner and an escalation path
    WINDOW = "window"  # the stage's minimum time
    SAMPLE = "sample"  # the stage's minimum of cases
    PILOT = "pilot"  # the minimum time of the whole pilot, before autonomous
    COOL_OFF = "cool_off"  # the time after a rollback in which nothing is promoted
    BUDGET = "budget"  # the error budget is not spent
    PAUSED = "paused"  # nothing of the workflow is paused
    PROTECTED_CASES = "protected_cases"  # no critical protected case fails
    BASELINE = "baseline"  # the before was measured
    READINESS = "readiness"  # the readiness level allows the next stage
    ADOPTION = "adoption"  # the adoption milestones are reached


# These a contract may waive, signed by its governance owner; the others are the gate itself.
WAIVABLE: Final = frozenset(
    {
        Precondition.PILOT,
        Precondition.PROTECTED_CASES,
        Precondition.BASELINE,
        Precondition.READINESS,
        Precondition.ADOPTION,
    }
)

MINIMUM_CASES: Final = 50
COOL_OFF_HOURS: Final = 24
LATE_SHARE: Final = 0.05
PILOT_WEEKS: Final = 6  # field guidance: a pilot runs six to eight weeks


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A precondition the contract does without, who signed that, and why."""

    condition: Precondition
    by: PersonId
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BlastRadius:
    """The most that may be in the machine's own hands in one UTC day; beyond it people decide.

    None: no such limit.
    """

    cases_per_day: int | None = None
    money_per_day: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout:
    """The contract's `rollout`.

    by_segment: each segment climbs on its own evidence. stand_down_on_rejection: a person's
    rejection of an autonomous result takes its segment back. minimum_cases: a stage's least
    sample. late_share: of a queue's questions in one window, how many may pass their deadline
    before `reviewer_queue_sla_breach` is true. waive: preconditions it does without.
    """

    by_segment: bool = False
    stand_down_on_rejection: bool = False
    minimum_cases: int = MINIMUM_CASES
    cool_off_hours: int = COOL_OFF_HOURS
    pilot_weeks: int = PILOT_WEEKS
    late_share: float = LATE_SHARE
    blast_radius: BlastRadius = BlastRadius()
    waive: tuple[Waiver, ...] = ()

    def waiver_of(self, condition: Precondition) -> Waiver | None:
        """The waiver of a precondition, or None."""
        return next((each for each in self.waive if each.condition is condition), None)
