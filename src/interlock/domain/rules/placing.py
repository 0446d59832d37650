"""Where a new case joins its workflow's release: at which stage, in which arm, in which era.

Drawn from the case and the release alone, so the answer is the same whoever asks, and nobody
chooses. The holdback is drawn first: its cases stay without AI whatever the stage.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from interlock.domain.case import Arm
from interlock.domain.contract import Stage
from interlock.domain.ids import CaseId
from interlock.domain.release import Release
from interlock.domain.rules.sampling import drawn

NO_RADIUS_LEFT: Final = "the day's blast radius is used up; people decide"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a case stands. era empty: no release was running. note: why not where it was drawn."""

    stage: Stage
    arm: Arm = Arm.RELEASE
    era: str = ""
    note: str = ""

    @property
    def acts(self) -> bool:
        """True when a result may be acted on there with nobody asked."""
        if self.arm is Arm.HOLDBACK:
            return False
        drawn_for_it = self.stage is Stage.CANARY and self.arm is Arm.CANARY
        return drawn_for_it or self.stage is Stage.AUTONOMOUS


def place(release: Release, case_id: CaseId, segment: str) -> Place:
    """Where a new case of this segment stands in the running release."""
    stand = release.stand_of(segment)
    subject = f"{release.id}\n{case_id}"
    arm = Arm.RELEASE
    if drawn("holdback", subject, release.holdback):
        arm = Arm.HOLDBACK
    elif stand.stage is Stage.CANARY and drawn("canary", subject, release.canary_share):
        arm = Arm.CANARY
    return Place(stage=stand.stage, arm=arm, era=stand.era)


def beyond_radius(place: Place) -> Place:
    """The same place when the day's blast radius has nothing left: a person decides."""
    return replace(place, stage=Stage.ASSISTED, arm=Arm.RELEASE, note=NO_RADIUS_LEFT)
