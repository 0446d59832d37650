"""The keys of `rollout`: how autonomy is earned beside the gate's own lines."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from interlock.contracts.shape_keys import Shape
from interlock.contracts.value_types import Count, CountOrZero, MoneyText, Name, Share, Text
from interlock.domain.ids import PersonId
from interlock.domain.rollout import (
    COOL_OFF_HOURS,
    LATE_SHARE,
    MINIMUM_CASES,
    PILOT_WEEKS,
    BlastRadius,
    Precondition,
    Rollout,
    Waiver,
)


class WaiverShape(Shape):
    REQUIRED: ClassVar = {
        "condition": "write condition: and what is done without, as in baseline",
        "by": "write by: and who signs that, the governance owner",
        "why": "write why: and the reason in one sentence",
    }

    condition: Annotated[Precondition, Field(strict=False)] = Precondition.BASELINE
    by: Name = ""
    why: Text = ""


class BlastRadiusShape(Shape):
    cases_per_day: Count | None = None
    money_per_day: MoneyText | None = None


class RolloutShape(Shape):
    by_segment: bool = False
    stand_down_on_rejection: bool = False
    minimum_cases: Count = MINIMUM_CASES
    cool_off_hours: CountOrZero = COOL_OFF_HOURS
    pilot_weeks: CountOrZero = PILOT_WEEKS
    late_share: Share = LATE_SHARE
    blast_radius: BlastRadiusShape = BlastRadiusShape()
    waive: list[WaiverShape] = Field(default_factory=list)


def rollout(shape: RolloutShape) -> Rollout:
    """The terms as the rest of the system knows them."""
    return Rollout(
        by_segment=shape.by_segment,
        stand_down_on_rejection=shape.stand_down_on_rejection,
        minimum_cases=shape.minimum_cases,
        cool_off_hours=shape.cool_off_hours,
        pilot_weeks=shape.pilot_weeks,
        late_share=shape.late_share,
        blast_radius=BlastRadius(
            cases_per_day=shape.blast_radius.cases_per_day,
            money_per_day=shape.blast_radius.money_per_day,
        ),
        waive=tuple(
            Waiver(condition=each.condition, by=PersonId(each.by), why=each.why)
            for each in shape.waive
        ),
    )
