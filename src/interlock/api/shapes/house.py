"""The house: its log, its pauses and whether its records are whole."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from interlock.api.shapes.cases import FaultShape
from interlock.api.shapes.plain import Name, Said, Shape, as_plain
from interlock.domain.audit import AuditEntry
from interlock.domain.pause import Pause, PauseScope, ScopeKind


class HouseEntryShape(Shape):
    """Something people or the house did outside of cases."""

    seq: int
    at: datetime
    actor: str
    kind: str
    body: dict[str, Any]
    hash: str


class VerifiedShape(Shape):
    """Whether records are as they were written: every seal was computed anew."""

    is_whole: bool
    cases: int
    entries: int
    faults: list[FaultShape]


class ScopeIn(Shape):
    """What stops. workflow and name where the kind needs them."""

    kind: ScopeKind
    workflow: Name | None = None
    name: Annotated[Name | None, Field(description="The step, action or agent.")] = None
    also_actions: Annotated[
        bool, Field(description="What people or fixed rules decided waits too.")
    ] = False


class PauseIn(ScopeIn):
    """What to stop, and why."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "kind": "workflow",
                    "workflow": "accounts_payable",
                    "reason": "Postings of this morning look wrong.",
                }
            ]
        },
    )

    reason: Said


class PauseShape(Shape):
    """Something a person stopped, until a person lets it go on."""

    id: int
    kind: ScopeKind
    workflow: str
    name: str
    also_actions: bool
    by: str
    at: datetime
    reason: str
    holds: Annotated[int, Field(description="Cases that wait on it now.")] = 0


class AffectedShape(Shape):
    """How many cases a pause would stop now, at most."""

    cases: int


def scope_of(wanted: ScopeIn) -> PauseScope:
    return PauseScope(
        kind=wanted.kind,
        workflow=wanted.workflow or "",
        name=wanted.name or "",
        also_actions=wanted.also_actions,
    )


def pause_shape(pause: Pause, holds: int = 0) -> PauseShape:
    return PauseShape(
        id=pause.id,
        kind=pause.scope.kind,
        workflow=pause.scope.workflow,
        name=pause.scope.name,
        also_actions=pause.scope.also_actions,
        by=pause.by,
        at=pause.at,
        reason=pause.reason,
        holds=holds,
    )


def house_entry(entry: AuditEntry) -> HouseEntryShape:
    return HouseEntryShape(
        seq=entry.seq,
        at=entry.at,
        actor=entry.actor,
        kind=entry.kind,
        body=as_plain(dict(entry.body)),
        hash=entry.hash,
    )
