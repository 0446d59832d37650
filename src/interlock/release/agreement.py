"""How a watched AI agrees with the real handling, by step and segment, with intervals.

Its one rule: what it did not answer counts as no agreement; no number stands without its sample.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from interlock.domain.case import CaseState
from interlock.domain.ids import CaseId, StepName
from interlock.domain.release import Release
from interlock.domain.rules.release_moves import eras_of
from interlock.measure import rate_interval
from interlock.storage import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """One step in one segment: `same` of `compared`. low, high: the 95 % interval of that share."""

    step: str
    segment: str
    same: int
    different: int
    failed: int
    low: float
    high: float

    @property
    def compared(self) -> int:
        return self.same + self.different + self.failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """One case in which it did not come to the same. said, done: the fields that differ; None
    while the case is open, for whoever decides it may read this."""

    case_id: CaseId
    key: str
    step: str
    segment: str
    at: datetime
    error: str
    differs: tuple[str, ...]
    said: Mapping[str, Any] | None
    done: Mapping[str, Any] | None


def agreement(store: Store, release: Release) -> list[Agreement]:
    """How far the watched AI came to the same, over all eras of the release."""
    found = []
    for each in store.shadow_counts(eras_of(release)):
        low, high = rate_interval(each.same, each.same + each.different + each.failed)
        found.append(
            Agreement(
                step=each.step,
                segment=each.segment,
                same=each.same,
                different=each.different,
                failed=each.failed,
                low=low,
                high=high,
            )
        )
    return found


def disagreements(store: Store, release: Release, limit: int = 20) -> list[Disagreement]:
    """The latest cases in which it did not come to the same, for reading."""
    listed = store.shadow_cases(eras_of(release), limit)
    cases = {each.id: each for each in store.load([each.case_id for each in listed])}
    found = []
    for each in listed:
        case = cases.get(each.case_id)
        record = case.shadows.get(StepName(each.step)) if case else None
        if case is None or record is None:
            continue  # of another tenant, or begun anew since
        is_told = case.state is CaseState.CLOSED
        found.append(
            Disagreement(
                case_id=case.id,
                key=case.key,
                step=each.step,
                segment=each.segment,
                at=each.at,
                error=record.error,
                differs=record.differs if is_told else (),
                said=_part(record.value, record.differs) if is_told else None,
                done=_part(case.outputs.get(each.step), record.differs) if is_told else None,
            )
        )
    return found


def _part(value: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """Only the fields that differ; a plain value under its one name."""
    if isinstance(value, Mapping):
        return {name: value.get(name) for name in names if name in value}
    return dict.fromkeys(names, value)
