"""What the record says of a release that was taken back: when it should have been, when it was,
and what the machine still began. Its one rule: everything is ordered by the commits themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, text

from interlock.bootstrap import Services
from interlock.domain.contract import WorkflowContract
from interlock.domain.gate import Count, GateDecision, GateVerdict
from interlock.domain.rules.gate import judge
from interlock.storage.queries import statements

SQL: Final = {name: sql for name, _, sql in statements(Path(__file__).parent)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """One rollback, as it is on record. Moments are those of the commits.

    tripped_at: when the first case was on record with which the gate's own judge says to roll
    back. in_flight: cases begun and not settled when it was recorded. begun_after_trip: cases whose
    action the machine began from then on. begun_after_record: of those, after the rollback was on
    record. by_rules: actions of the era that fixed rules began after it. counted: at the trip.
    """

    tripped_at: datetime
    recorded_at: datetime
    last_begun_at: datetime
    last_finished_at: datetime
    counted: Count
    in_flight: int
    begun_after_trip: int
    begun_after_record: int
    by_rules: int

    @property
    def to_record(self) -> float:
        """Seconds from the trip to the record of the rollback."""
        return (self.recorded_at - self.tripped_at).total_seconds()

    @property
    def to_safety(self) -> float:
        """Seconds from the trip to the machine's last start; none after it: 0."""
        return max(0.0, (self.last_begun_at - self.tripped_at).total_seconds())


def read(built: Services, contract: WorkflowContract, verdict: GateVerdict) -> Safety:
    """What happened around the rollback that this verdict led to.

    Raises: LookupError when the record holds no rollback, or no case that justifies it.
    """
    engine, evidence = built.store.engine, verdict.evidence
    recorded = _rows(engine, "recorded_at", release=evidence.release)
    if not recorded:
        raise LookupError(f"no rollback of {evidence.release} is on record")
    recorded_at = recorded[0].committed_at
    facts = _rows(engine, "counted_facts", era=evidence.era)
    tripped_at, counted = _trip(facts, contract, verdict)
    actions = _rows(engine, "actions_begun", era=evidence.era)
    started = [each for each in actions if each.kind == "action_started"]
    by_machine = [each.committed_at for each in started if each.by_machine]
    by_rules = [each.committed_at for each in started if not each.by_machine]
    finished = [e.committed_at for e in actions if e.kind == "action_succeeded" and e.by_machine]
    return Safety(
        tripped_at=tripped_at,
        recorded_at=recorded_at,
        last_begun_at=max(by_machine),
        last_finished_at=max(finished),
        counted=counted,
        in_flight=_in_flight(facts, recorded_at),
        begun_after_trip=sum(each > tripped_at for each in by_machine),
        begun_after_record=sum(each > recorded_at for each in by_machine),
        by_rules=sum(each > recorded_at for each in by_rules),
    )


def in_hand(engine: Engine) -> int:
    """How many cases workers hold at this moment."""
    return int(_rows(engine, "in_hand")[0].cases)


def _trip(
    facts: Sequence[Any], contract: WorkflowContract, verdict: GateVerdict
) -> tuple[datetime, Count]:
    """The first commit after which the gate's own judge says to roll back, and its count.

    Only a routed case can bring that about: all that is under way counts as good.
    """
    seen: Mapping[str, set[str]] = {
        kind: set() for kind in ("case_opened", "proposal_made", "exception_routed", "case_closed")
    }
    for committed_at, together in groupby(facts, key=lambda fact: fact.committed_at):
        before = len(seen["exception_routed"])
        for fact in together:
            seen[fact.kind].add(fact.case_id)
        if len(seen["exception_routed"]) > before:
            counted = _exception_rate(seen)
            if _rolls_back(counted, contract, verdict):
                return committed_at, counted
    raise LookupError("no case on record justifies the rollback")


def _exception_rate(seen: Mapping[str, set[str]]) -> Count:
    """As the gate counts it: what left the AI path, and what is still on it."""
    entered = seen["proposal_made"]
    left = entered & (seen["case_closed"] | seen["exception_routed"])
    return Count(
        hits=len(entered & seen["exception_routed"]),
        cases=len(left),
        under_way=len(entered) - len(left),
    )


def _rolls_back(counted: Count, contract: WorkflowContract, verdict: GateVerdict) -> bool:
    if contract.gate is None:
        return False
    counts = {**verdict.evidence.counts, "exception_rate": counted}
    then = replace(verdict.evidence, counts=counts)
    return judge(then, contract.gate, contract.rollout).decision is GateDecision.ROLL_BACK


def _in_flight(facts: Sequence[Any], at: datetime) -> int:
    """Cases of the era that were opened by then and neither closed nor with a person."""
    by_then = [fact for fact in facts if fact.committed_at <= at]
    opened = {fact.case_id for fact in by_then if fact.kind == "case_opened"}
    settled = {f.case_id for f in by_then if f.kind in ("exception_routed", "case_closed")}
    return len(opened - settled)


def _rows(engine: Engine, name: str, **parameters: Any) -> Sequence[Any]:
    with engine.connect() as connection:
        return connection.execute(text(SQL[name]), parameters).all()
