"""Protected cases: frozen inputs with the end they must have, and what was found of them.

A case is protected by a person who answers for it, for a stated reason and until a stated day.
Values only; nothing here runs anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NewType

from interlock.domain.authoring import Document
from interlock.domain.contract import Severity, Stage
from interlock.domain.ids import CaseId, Fingerprint, PersonId, WorkflowId
from interlock.domain.review import ReviewKind, Verb

ProtectedId = NewType("ProtectedId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAnswer:
    """What a function answered when the case was frozen: a value, an exception, or a failure.

    confidence given: an AI's suggestion. requests: the actions asked for; None: all of the step's.
    """

    value: Any = None
    confidence: float | None = None
    raises: str = ""
    detail: str = ""
    missing: tuple[str, ...] = ()
    may_approve: bool = False  # the exception came with a value that may be approved as it is
    may_retry: bool = False
    requests: tuple[tuple[str, Mapping[str, Any]], ...] | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    failed: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenDecision:
    """What a person says when this question comes. `about`: a step, exception type or action.

    value: the fields an edit changes, or the whole value. kind None: whatever the kind.
    """

    about: str
    verb: Verb
    value: Any = None
    reason_code: str = ""
    kind: ReviewKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedAction:
    """An action that must happen; `arguments`: those that are held to a value."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What must come of the case. `said` names the keys that were written; only those count.

    waits_at: the step at which a person is asked and nobody answers. exception, route: of that
    question. outputs: by step, the fields that must have these values. wrong_outputs: values a
    step must not give. actions: all that happen, in order. never: what must not.
    """

    said: frozenset[str]
    outcome: str | None = None
    handled: str | None = None
    waits_at: str | None = None
    exception: str | None = None
    route: str | None = None
    outputs: Mapping[str, Any] = field(default_factory=dict)
    wrong_outputs: Mapping[str, Any] = field(default_factory=dict)
    actions: tuple[ExpectedAction, ...] = ()
    never: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedCase:
    """One protected case, from a file of the workflow or from the desk.

    data: the case's own fields, or `document`: what the reader reads. at: the moment it plays at;
    None: now. systems: what the frozen systems hold, by name. answers: by function, what it said
    when the case was frozen. expires: the last day it counts.
    """

    name: str
    owner: str
    reason: str
    severity: Severity
    expires: date
    expected: Expected
    data: Mapping[str, Any] | None = None
    document: Document | None = None
    at: datetime | None = None
    stage: Stage = Stage.AUTONOMOUS
    systems: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, StepAnswer] = field(default_factory=dict)
    receipts: Mapping[str, Any] = field(default_factory=dict)
    decisions: tuple[GivenDecision, ...] = ()
    source: str = ""  # the file's name, or the id of the row

    @property
    def is_critical(self) -> bool:
        """True when a release may not go on while it fails."""
        return self.severity is Severity.CRITICAL

    def is_expired(self, today: date) -> bool:
        """True after its last day."""
        return today > self.expires


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCase:
    """A row from the desk: a closed case that is protected, as it was up to an audit entry.

    Nothing of the case is copied: it is read from the record, and erased with it.
    """

    id: ProtectedId
    workflow: WorkflowId
    tenant: str
    case_id: CaseId
    until_seq: int
    name: str
    owner: str
    reason: str
    severity: Severity
    expires: date
    made_by: PersonId
    made_at: datetime
    retired_by: PersonId | None = None
    retired_at: datetime | None = None
    retired_why: str = ""


class Finding(StrEnum):
    """What was found of one protected case."""

    PASSED = "passed"
    FAILED = "failed"
    COULD_NOT = "could_not"  # it could not be played to an answer; that is never a pass
    EXPIRED = "expired"  # past its last day; said, and not counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is not as expected, both sides in words."""

    what: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What came of a case when it was played.

    met: every exception on the way. asked: kinds and rules of the questions. forbidden: actions
    that would have happened. from_record: functions answered from the record. notes: errors.
    """

    outcome: str | None
    handled: str | None
    waits_at: str | None
    exception: str | None
    route: str | None
    segment: str
    outputs: Mapping[str, Any]
    actions: tuple[ExpectedAction, ...]
    met: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    from_record: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFinding:
    """One protected case, judged. why: what was in the way when it could not be played."""

    name: str
    severity: Severity
    owner: str
    reason: str
    source: str
    finding: Finding
    differences: tuple[Difference, ...] = ()
    why: str = ""
    from_record: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    took_ms: int = 0

    @property
    def is_critical(self) -> bool:
        """True when a release may not go on while it fails."""
        return self.severity is Severity.CRITICAL

    @property
    def stands(self) -> bool:
        """True when it passed; what could not be played or expired did not."""
        return self.finding is Finding.PASSED


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSeen:
    """One protected case of an eval: which it was, exactly, and what was found of it."""

    name: str
    digest: str
    source: str
    finding: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalResult:
    """What one contract made of its protected cases, and when.

    failing_critical: names of critical ones that failed or could not be played. cases_digest: of
    what was played, so that two results can be seen to be of the same cases. seen: each of them.
    """

    workflow: WorkflowId
    fingerprint: Fingerprint
    at: datetime
    passed: int
    failed: int
    could_not: int
    expired: int
    failing: tuple[str, ...] = ()
    failing_critical: tuple[str, ...] = ()
    cases_digest: str = ""
    answers: str = "live"  # where the models' answers came from: live or record
    by: str = ""
    id: int | None = None  # given by the store
    seen: tuple[CaseSeen, ...] = ()

    @property
    def is_pass(self) -> bool:
        """True when something was played and no critical case fails."""
        return self.passed > 0 and not self.failing_critical
