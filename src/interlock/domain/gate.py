"""What a gate says of a release, and the evidence it said it on. Values only.

A verdict is stored with its evidence, and judging that evidence again gives the same verdict.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from interlock.domain.contract import Stage
from interlock.domain.ids import Fingerprint, WorkflowId
from interlock.domain.release import EraId, ReleaseId
from interlock.domain.rollout import Precondition


class GateDecision(StrEnum):
    PROMOTE = "promote"
    HOLD = "hold"
    ROLL_BACK = "roll_back"


class Finding(StrEnum):
    """What is found of one criterion or precondition."""

    PASS = "pass"
    FAIL = "fail"
    NOT_YET = "not_yet"  # it may still come: too few, too early
    BROKEN = "broken"  # it cannot be known: missing, stale or contradicting data


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """`hits` of `cases`, up to when it was counted. Both None: nothing could be counted, and
    `broken` says why. A flag or a count has only hits, and cases is None.

    under_way: cases that began and have no outcome yet. Nothing is taken back because good
    outcomes come later than bad ones, so a rollback counts them as good.
    """

    hits: int | None = None
    cases: int | None = None
    broken: str = ""
    under_way: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GateEvidence:
    """Everything a verdict rests on; the same evidence gives the same verdict, for ever.

    counts: by metric name. conditions: by precondition, what was found and in words. fact_until:
    the last fact counted. newest_fact_at: when it was written, None when there is none.
    """

    release: ReleaseId
    era: EraId
    workflow: WorkflowId
    fingerprint: Fingerprint
    segment: str
    stage: Stage
    since: datetime
    at: datetime
    counts: Mapping[str, Count] = field(default_factory=dict)
    conditions: Mapping[Precondition, tuple[Finding, str]] = field(default_factory=dict)
    fact_until: int = 0
    newest_fact_at: datetime | None = None
    looks: int = 0  # how often this era was judged before


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionVerdict:
    """One line of the gate, judged. low, high: the anytime-valid interval of a share.

    cases_to_go: about how many more cases decide it at the share seen so far; None: no number.
    """

    text: str
    metric: str
    finding: Finding
    words: str
    hits: int | None = None
    cases: int | None = None
    low: float | None = None
    high: float | None = None
    cases_to_go: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionVerdict:
    """One precondition, judged. waived_by: who signed that it is done without."""

    condition: Precondition
    finding: Finding
    words: str
    waived_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateVerdict:
    """The verdict on one era. triggers: rollback lines that are met; watched: all of them, where
    `fail` is met, `pass` is known not to be, and `not_yet` is neither."""

    decision: GateDecision
    words: str
    criteria: tuple[CriterionVerdict, ...]
    triggers: tuple[CriterionVerdict, ...]
    conditions: tuple[ConditionVerdict, ...]
    evidence: GateEvidence
    evidence_digest: str
    method: str  # the name and version of the rules that judged
    watched: tuple[CriterionVerdict, ...] = ()
    id: int | None = None  # given by the store
