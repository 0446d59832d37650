"""What goes into the store and comes out of it, beyond the domain's own values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from interlock.domain.audit import AuditEntry
from interlock.domain.case import CaseState, ClosingOutcome, Handling, WaitsFor
from interlock.domain.contract import Severity
from interlock.domain.ids import CaseId, Fingerprint, QueueName, WorkflowId
from interlock.domain.money import Money
from interlock.domain.pause import Pause
from interlock.domain.review import ReviewKind, ReviewState
from interlock.domain.transition import Reservation, Transition

LIVE: Final = (ReviewState.OPEN, ReviewState.CLAIMED)


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaState:
    """Which revision the tables are at, and which one this version works with."""

    current: str | None  # None: no tables yet
    head: str

    @property
    def is_current(self) -> bool:
        return self.current == self.head


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractRow:
    """A contract as it was saved: its canonical text, and where its code was found."""

    workflow: WorkflowId
    fingerprint: Fingerprint
    title: str
    text: str
    source_path: str
    saved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """Raw input to keep under its digest (SHA-256 of the bytes, hexadecimal)."""

    digest: str
    name: str
    channel: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRow:
    """Raw input as it arrived."""

    digest: str
    name: str
    channel: str
    content: bytes
    kept_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What became of one opening. `existing_document`: the digest the existing case came from."""

    case_id: CaseId
    is_new: bool
    existing_document: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happened to one case since somebody saw it at `seen_version`, in order.

    claimed_by: the worker that holds the case; the change is stale once another one holds it.
    """

    seen_version: int
    transitions: tuple[Transition, ...]
    claimed_by: str | None = None


class RecordedKind(StrEnum):
    APPLIED = "applied"
    STALE = "stale"  # the case or one of its tasks is no longer what the writer saw
    BUDGET = "budget"  # a reservation does not fit
    PAUSED = "paused"  # it would start what a person paused
    KEY_TAKEN = "key_taken"  # an edit gave the case a key that another case has


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What became of one change: all of it is written, or nothing is."""

    kind: RecordedKind
    case_id: CaseId
    version: int  # of the case as it is stored now; 0 when there is no such case
    reservation: Reservation | None = None  # the first that does not fit
    used: int | None = None  # of its budget, before it
    other_case: CaseId | None = None  # the one that has the key
    pause: Pause | None = None  # what stops it
    place: int = 0  # of the transition that was stopped, in the change

    @property
    def is_applied(self) -> bool:
        return self.kind is RecordedKind.APPLIED


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerRow:
    """A worker process. Times are the database's own clock."""

    worker: str
    version: str
    started_at: datetime
    beat_at: datetime
    is_alive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseQuery:
    """Which cases to list; what is None does not matter. Newest first.

    text: part of the key or title, any case. after: the last case of the page before.
    probes: planted questions too; without it they are left out. tenants: only theirs.
    """

    workflow: str | None = None
    state: CaseState | None = None
    waits_for: WaitsFor | None = None
    exception_type: str | None = None
    text: str | None = None
    outcome: ClosingOutcome | None = None
    handling: Handling | None = None
    probes: bool = False
    tenants: frozenset[str] | None = None
    limit: int = 50
    after: CaseId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskQuery:
    """Which review tasks to list; what is empty or None does not matter. Most urgent first.

    text: part of the case's key or title, any case. due_before: due then at the latest. tenants:
    only theirs. after: the place of the last task of the page before (see `place_of`).
    """

    queues: tuple[QueueName | str, ...] = ()
    states: tuple[ReviewState, ...] = LIVE
    case_id: CaseId | None = None
    kind: ReviewKind | None = None
    workflow: str | None = None
    exception_type: str | None = None
    severity: Severity | None = None
    held_by: str | None = None
    assigned_to: str | None = None
    text: str | None = None
    due_before: datetime | None = None
    tenants: frozenset[str] | None = None
    after: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedCount:
    handling: Handling
    outcome: ClosingOutcome
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCount:
    waits_for: WaitsFor
    exception_type: str | None
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCount:
    queue: QueueName
    open: int  # open or claimed
    at_risk: int
    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CountsRow:
    """How much work there is and what became of it. `money_closed`: one sum a currency."""

    states: Mapping[CaseState, int] = field(default_factory=dict)
    closed: tuple[ClosedCount, ...] = ()
    waiting: tuple[WaitingCount, ...] = ()
    queues: tuple[QueueCount, ...] = ()
    money_closed: tuple[Money, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """One case's log, and what the case itself says about it, read at one moment.

    unreadable: places whose rows are no entries any more, which none of our writers does.
    """

    case_id: CaseId
    length: int
    head: str
    entries: tuple[AuditEntry, ...]
    unreadable: tuple[int, ...] = ()
