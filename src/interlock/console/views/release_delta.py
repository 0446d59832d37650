"""What a release moves from people to the machine, as its governance owner signs it.

One rule: a change stands with how many of last month's cases it touches, or with why that is
not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from interlock.console import words
from interlock.console.views.release_history import actor_words
from interlock.domain.contract import WorkflowContract
from interlock.domain.delta import DeltaLine, DeltaOnRecord, Direction, Touched
from interlock.domain.release import Release, Signature
from interlock.domain.rules.release_moves import WIDENING, is_signed
from interlock.papers.delta_words import touched_words
from interlock.release.widening import kept_delta
from interlock.storage import Store

# (icon, state, words); widening is amber only, for nothing is wrong: it waits for a signature.
TOWARDS: Final = MappingProxyType(
    {
        Direction.WIDENS: ("ai", "warn", "To AI"),
        Direction.UNJUDGED: ("ask", "warn", "Cannot be told by reading; counts as to AI"),
        Direction.NARROWS: ("person", "", "To people"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeltaRow:
    """One change. towards: to AI, to people, or not judged, in words."""

    icon: str
    state: str
    title: str
    towards: str
    touches: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeltaShown:
    """The whole delta. together: what all that widens touches, a case counted once."""

    rows: tuple[DeltaRow, ...]
    together: str
    against: str
    at: datetime
    digest: str
    is_as_signed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Who proposed a release, what it moves, and who signed what of it, by name."""

    by: str
    delta: DeltaShown | None
    signatures: tuple[tuple[str, Signature], ...]
    is_signed: bool


def proposal_of(store: Store, release: Release, contract: WorkflowContract) -> Proposal:
    """The proposal of a release. contract: the one in force, for names."""
    return Proposal(
        by=actor_words(contract, release.proposed_by),
        delta=delta_shown(store, release),
        signatures=tuple((actor_words(contract, each.by), each) for each in release.signatures),
        is_signed=is_signed(release, WIDENING),
    )


def delta_shown(store: Store, release: Release) -> DeltaShown | None:
    """What was put on record when it was proposed; None when nothing was."""
    kept = kept_delta(store, release)
    if kept is None:
        return None
    delta = kept.delta
    return DeltaShown(
        rows=tuple(_row(delta, each) for each in delta.lines),
        together=_together(delta),
        against=f"version {delta.old[:12]}" if delta.old else "work without any release",
        at=delta.at,
        digest=release.delta,
        is_as_signed=kept.is_as_signed,
    )


def _row(delta: DeltaOnRecord, line: DeltaLine) -> DeltaRow:
    icon, state, towards = TOWARDS[line.direction]
    return DeltaRow(
        icon=icon,
        state=state,
        title=words.sentence(line.words),
        towards=towards,
        touches=_touches(delta, line.touched) if line.touched else "",
    )


def _together(delta: DeltaOnRecord) -> str:
    if len(delta.widens) < 2 or not delta.cases:  # noqa: PLR2004  (one line says it already)
        return ""
    return f"Together: {_touches(delta, delta.touched)}"


def _touches(delta: DeltaOnRecord, touched: Touched) -> str:
    return f"{words.sentence_of(touched_words(touched, delta.cases, delta.days))}."
