"""Releases as the API gives them: where each stands, and its history."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import ConfigDict, Field, StringConstraints

from interlock.api.shapes.delta import DeltaShape, delta_shape
from interlock.api.shapes.plain import NAME, Name, Said, Shape, as_plain
from interlock.domain.contract import Stage
from interlock.domain.release import (
    Release,
    ReleaseEvent,
    ReleaseMove,
    ReleaseState,
    Stand,
)
from interlock.domain.rules.release_moves import WIDENING, is_signed
from interlock.papers.veil import Veil
from interlock.release.agreement import Agreement, Disagreement
from interlock.release.widening import KeptDelta

LONGEST_SEGMENT = 200

ReleaseId = Annotated[
    str, Path(pattern=NAME, max_length=80, description="The release's id, as in rel_3f0c…")
]
VerdictNumber = Annotated[int, Path(ge=1, lt=2**63, description="The verdict's id.")]
Segment = Annotated[
    str,
    StringConstraints(max_length=LONGEST_SEGMENT, pattern=r"^[^\x00-\x1f\x7f]*$"),
    Field(description="Only this segment; empty: all cases."),
]


class StandShape(Shape):
    """Where a release, or one segment of it, stands. Evidence is counted within an era."""

    stage: Stage
    era: str
    since: datetime
    cool_off_until: datetime | None


class SignatureShape(Shape):
    """Who signed what."""

    by: str
    at: datetime
    about: Annotated[str, Field(examples=["widening", "promotion:canary"])]
    note: str


class ReleaseShape(Shape):
    """One version of a contract with its code, at a stage. `version` counts its changes."""

    id: str
    workflow: str
    fingerprint: str
    state: ReleaseState
    stand: StandShape
    segments: Annotated[
        dict[str, StandShape], Field(description="Those that stand elsewhere than the whole.")
    ]
    canary_share: float
    holdback: float
    proposed_by: str
    proposed_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    held_by: str | None
    previous: str | None
    widens: Annotated[
        list[str], Field(description="What it moves from people to the machine, in words.")
    ]
    is_widening_signed: bool
    signatures: list[SignatureShape]
    version: int


class WholeReleaseShape(ReleaseShape):
    """A release with what it moves from people to the machine, as it was counted when proposed."""

    delta: DeltaShape | None


class ReleaseEventShape(Shape):
    """One line of a release's history. verdict: the id of the verdict it rests on."""

    move: ReleaseMove
    at: datetime
    by: Annotated[str, Field(examples=["person:head", "gate"])]
    reason: str
    segment: str
    stage_before: Stage | None
    stage_after: Stage | None
    era_before: str | None
    era_after: str | None
    verdict: int | None
    took_seconds: float | None


class ReasonIn(Shape):
    """Why; it goes on record."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"reason": "Wrong postings since this morning."}]},
    )

    reason: Said


class ProposeIn(Shape):
    """Which workflow's version, and why."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [{"workflow": "accounts_payable", "reason": "Reads the new form."}]
        },
    )

    workflow: Name
    reason: Said


class StartIn(Shape):
    """The stage to begin at, where people decide; and why."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"stage": "shadow", "reason": "Agreed on Monday."}]},
    )

    stage: Literal["shadow", "assisted"] = "shadow"
    reason: Said


class PromoteIn(Shape):
    """Why it goes up, and only one segment of it where the contract says so."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"reason": "All lines pass.", "segment": ""}]},
    )

    reason: Said
    segment: Segment = ""


class StandDownIn(Shape):
    """Which segment is taken back, and why."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"segment": "travel", "reason": "Two wrong payments."}]},
    )

    segment: Segment
    reason: Said


class AgreementShape(Shape):
    """How often a watched AI came to the same, in one step and segment. low, high: 95 %."""

    step: str
    segment: str
    same: int
    different: int
    failed: int
    low: float
    high: float


class DisagreementShape(Shape):
    """One case in which it did not. said, done: null while the case is open, for whoever decides
    it may read this; what is protected is hidden."""

    case_id: str
    key: str
    step: str
    segment: str
    at: datetime
    error: str
    differs: list[str]
    said: dict[str, Any] | None
    done: dict[str, Any] | None


class AgreementsShape(Shape):
    """Agreement by step and segment, and the latest disagreements."""

    agreement: list[AgreementShape]
    disagreements: list[DisagreementShape]


def release_shape(release: Release) -> ReleaseShape:
    return ReleaseShape(
        id=release.id,
        workflow=release.workflow,
        fingerprint=release.fingerprint,
        state=release.state,
        stand=_stand(release.stand),
        segments={name: _stand(each) for name, each in release.segments.items()},
        canary_share=release.canary_share,
        holdback=release.holdback,
        proposed_by=release.proposed_by,
        proposed_at=release.proposed_at,
        started_at=release.started_at,
        ended_at=release.ended_at,
        held_by=release.held_by,
        previous=release.previous,
        widens=list(release.widens),
        is_widening_signed=is_signed(release, WIDENING),
        signatures=[
            SignatureShape(by=each.by, at=each.at, about=each.about, note=each.note)
            for each in release.signatures
        ],
        version=release.version,
    )


def whole_release_shape(release: Release, kept: KeptDelta | None) -> WholeReleaseShape:
    delta = delta_shape(kept, release.delta) if kept else None
    return WholeReleaseShape(**dict(release_shape(release)), delta=delta)


def event_shape(event: ReleaseEvent) -> ReleaseEventShape:
    return ReleaseEventShape(
        move=event.move,
        at=event.at,
        by=event.by,
        reason=event.reason,
        segment=event.segment,
        stage_before=event.stage_before,
        stage_after=event.stage_after,
        era_before=event.era_before,
        era_after=event.era_after,
        verdict=event.verdict,
        took_seconds=event.took_seconds,
    )


def agreement_shape(each: Agreement) -> AgreementShape:
    return AgreementShape(
        step=each.step,
        segment=each.segment,
        same=each.same,
        different=each.different,
        failed=each.failed,
        low=each.low,
        high=each.high,
    )


def disagreement_shape(each: Disagreement, veil: Veil) -> DisagreementShape:
    """veil: of whoever asks, over that case."""
    return DisagreementShape(
        case_id=each.case_id,
        key=each.key,
        step=each.step,
        segment=each.segment,
        at=each.at,
        error=veil.text(each.error),
        differs=list(each.differs),
        said=None if each.said is None else as_plain(veil.fields(each.said)),
        done=None if each.done is None else as_plain(veil.fields(each.done)),
    )


def _stand(stand: Stand) -> StandShape:
    return StandShape(
        stage=stand.stage,
        era=stand.era,
        since=stand.since,
        cool_off_until=stand.cool_off_until,
    )
