"""A release: one version of a contract with its code, at a stage that it has earned.

A release climbs `shadow → assisted → canary → autonomous`. Each time its stage changes a new
**era** begins: evidence is counted within an era, every case carries the era it was opened in,
and taking an era back stops all its cases at their next durable point, for good.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

from interlock.domain.contract import FallbackMode, Stage
from interlock.domain.ids import Fingerprint, PersonId, WorkflowId

ReleaseId = NewType("ReleaseId", str)
EraId = NewType("EraId", str)  # <release>.<number>

LADDER: Final = (Stage.SHADOW, Stage.ASSISTED, Stage.CANARY, Stage.AUTONOMOUS)


class ReleaseState(StrEnum):
    PROPOSED = "proposed"  # not started; it may wait for signatures
    RUNNING = "running"  # new cases of its workflow join it; one a workflow
    REPLACED = "replaced"  # another took its place; kept as the way back
    ROLLED_BACK = "rolled_back"  # taken back to the version before it; its cases end without AI
    WITHDRAWN = "withdrawn"  # never started


class ReleaseMove(StrEnum):
    """What can be done to a release; each is an entry of its history and of the house log."""

    PROPOSE = "propose"
    SIGN = "sign"
    START = "start"
    PROMOTE = "promote"
    HOLD = "hold"  # a person says: not yet; the sweep proposes no promotion till it is released
    RELEASE_HOLD = "release_hold"
    ROLL_BACK = "roll_back"
    STAND_DOWN = "stand_down"  # one segment
    REPLACE = "replace"
    RESUME = "resume"  # the version before it takes over again
    WITHDRAW = "withdraw"
    DRILL = "drill"
    MIGRATE = "migrate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """Where a release, or one segment of it, stands on the ladder, and since when.

    cool_off_until: after a rollback nothing is promoted before this.
    """

    stage: Stage
    era: EraId
    since: datetime
    cool_off_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who signed what about a release. `about`: widening, promotion:canary, …"""

    by: PersonId
    at: datetime
    about: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One release. `version` counts its recorded changes.

    stand: of every segment that has none of its own in `segments`. previous: the version that was
    there before. proposed_by: whoever made the change; they never sign it. widens: what it moves
    from people to the machine, in words; empty when nothing. delta: the SHA-256 of all that is on
    record of it, which a signature is given for. compared_with: the version in force when that was
    counted; None: there was none. eras: how many began so far.
    """

    id: ReleaseId
    workflow: WorkflowId
    fingerprint: Fingerprint
    state: ReleaseState
    stand: Stand
    proposed_by: PersonId
    proposed_at: datetime
    canary_share: float = 0.0
    holdback: float = 0.0
    segments: Mapping[str, Stand] = field(default_factory=dict)
    previous: ReleaseId | None = None
    previous_fingerprint: Fingerprint | None = None
    widens: tuple[str, ...] = ()
    delta: str = ""
    compared_with: Fingerprint | None = None
    signatures: tuple[Signature, ...] = ()
    started_at: datetime | None = None
    ended_at: datetime | None = None
    held_by: PersonId | None = None  # a person holds it where it is
    eras: int = 1
    version: int = 0

    def stand_of(self, segment: str) -> Stand:
        """Where cases of this segment stand."""
        return self.segments.get(segment, self.stand)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseEvent:
    """One line of a release's history: what was done, by whom, why, and on which verdict.

    segment empty: all of it. verdict: the id of the stored verdict it rests on.
    """

    release: ReleaseId
    move: ReleaseMove
    at: datetime
    by: str  # person:anna, or gate
    reason: str = ""
    segment: str = ""
    stage_before: Stage | None = None
    stage_after: Stage | None = None
    era_before: EraId | None = None
    era_after: EraId | None = None
    verdict: int | None = None
    took_seconds: float | None = None  # of a drill: until the last case was in safe hands


def era_id(release: ReleaseId, number: int) -> EraId:
    """The name of a release's era, counted from 1."""
    return EraId(f"{release}.{number}")


def part_of(era: str, segment: str) -> EraId:
    """One segment's part of an era: what is taken back when only that segment is stood down."""
    return EraId(f"{era}/{segment}")


def lower(one: Stage, other: Stage) -> Stage:
    """The stage that stands lower on the ladder."""
    return min(one, other, key=LADDER.index)


def next_stage(stage: Stage) -> Stage | None:
    """One rung up, or None at the top."""
    place = LADDER.index(stage) + 1
    return LADDER[place] if place < len(LADDER) else None


def stage_after_rollback(mode: FallbackMode) -> Stage:
    """Where a rolled-back release stands when its own version goes on.

    By fixed rules, the AI is only watched; with people, it proposes again.
    """
    return Stage.ASSISTED if mode is FallbackMode.HUMAN_REVIEW else Stage.SHADOW
