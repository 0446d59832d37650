"""The autonomy delta: what a changed contract moves from people to the machine, or back.

Values only. One rule: what cannot be weighed by reading the two contracts is unjudged, and
counts as widening.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from interlock.domain.case import RequestRecord
from interlock.domain.ids import CaseId, Fingerprint, StepName, WorkflowId
from interlock.domain.money import Money


class Direction(StrEnum):
    WIDENS = "widens"  # the machine may do more, or people see and decide less
    NARROWS = "narrows"  # the other way
    UNJUDGED = "unjudged"  # it cannot be told by reading; treated as widening


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference that bears on autonomy.

    path: where it stands in the contract, such as steps, assign_account, mode. words: for a
    governance owner. segment None: every segment; or the change has nothing to do with them.
    """

    direction: Direction
    path: tuple[str, ...]
    words: str
    before: Any = None
    after: Any = None
    segment: str | None = None

    @property
    def widens(self) -> bool:
        """True when it has to be signed: it widens, or nobody can tell that it does not."""
        return self.direction is not Direction.NARROWS


@dataclass(frozen=True, slots=True, kw_only=True)
class PastProposal:
    """What an AI step said in a recorded case, as far as the record holds it."""

    step: StepName
    confidence: float
    requests: tuple[RequestRecord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PastAction:
    """An action that was done, or asked for, in a recorded case. arguments: those that the case
    itself does not fix."""

    name: str
    step: StepName
    arguments: Mapping[str, Any] = field(default_factory=dict)
    amount: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCase:
    """A recorded case, as far as a changed contract can be held against it.

    facts: what a condition may ask about it. steps: those it went through. exceptions: the types
    it was routed with. by_machine: no person decided anything in it. closed: False while it is
    under way, so that what it still would do is not known.
    """

    id: CaseId
    opened_at: datetime
    segment: str = ""
    amount: Money | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[StepName, ...] = ()
    proposals: tuple[PastProposal, ...] = ()
    actions: tuple[PastAction, ...] = ()
    exceptions: tuple[str, ...] = ()
    channel: str = ""
    by_machine: bool = False
    closed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """How many recorded cases a change bears on, and their money by currency.

    unknown: cases of which the record cannot tell. segments: of the cases touched, the most
    first. smallest, largest: of the amounts touched, in the currency that has most cases.
    """

    cases: int = 0
    unknown: int = 0
    money: tuple[Money, ...] = ()
    segments: tuple[tuple[str, int], ...] = ()
    smallest: Money | None = None
    largest: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One change and what it touches of the record; None: it is about no case in particular."""

    change: Change
    touched: Touched | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AutonomyDelta:
    """Two versions of a contract compared. cases: how many recorded cases it was held against."""

    workflow: WorkflowId
    old: Fingerprint
    new: Fingerprint
    moved: tuple[Moved, ...] = ()
    cases: int = 0
    touched: Touched = Touched()  # by anything that widens; a case counts once

    @property
    def changes(self) -> tuple[Change, ...]:
        """Every change, the widening ones first."""
        return tuple(each.change for each in self.moved)

    @property
    def widens(self) -> tuple[str, ...]:
        """What has to be signed, in words; empty when nothing moves towards the machine."""
        return tuple(each.words for each in self.changes if each.widens)

    @property
    def narrows(self) -> tuple[str, ...]:
        """What moves towards people, in words."""
        return tuple(each.words for each in self.changes if not each.widens)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeltaLine:
    """One change as it goes on record. where: its place in the contract, such as
    `steps.assign_account.mode`. segment, touched: as `Change` and `Moved` have them."""

    direction: Direction
    words: str
    where: str = ""
    segment: str | None = None
    touched: Touched | None = None

    @property
    def widens(self) -> bool:
        """True when it has to be signed."""
        return self.direction is not Direction.NARROWS


@dataclass(frozen=True, slots=True, kw_only=True)
class DeltaOnRecord:
    """What a version moves, counted once when it was proposed: that is what governance signs.

    old: the version in force then; None: there was none, so everything the AI may do is new.
    days: how far back the cases reach that it was held against; cases: how many those were.
    """

    old: Fingerprint | None
    new: Fingerprint
    at: datetime
    days: int
    cases: int = 0
    lines: tuple[DeltaLine, ...] = ()
    touched: Touched = Touched()  # by anything that widens; a case counts once

    @property
    def widens(self) -> tuple[str, ...]:
        """What has to be signed, in words; empty when nothing moves towards the machine."""
        return tuple(each.words for each in self.lines if each.widens)
