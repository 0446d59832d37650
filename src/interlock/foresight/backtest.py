"""`backtest`: a changed contract over the cases on record, and what would have differed.

Its one rule: nothing is done and nothing is guessed. What the record does not answer is counted
as unknown, with the reason.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from interlock.contracts import LoadedWorkflow
from interlock.domain.contract import Stage, WorkflowContract
from interlock.domain.ids import Fingerprint, QueueName, WorkflowId
from interlock.domain.money import Money
from interlock.foresight.differences import CaseDifference, Difference, compared
from interlock.foresight.follow import Live, follow
from interlock.foresight.replayed import LeftOut, ReplayedCase
from interlock.foresight.trail import Trail, TrailEnd, counted
from interlock.runtime.workflow import Workflow


class AnswersFrom(StrEnum):
    RECORD = "record"  # what the AI said then
    LIVE = "live"  # the candidate's AI is asked now


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """So many cases, and what they come to in each currency."""

    cases: int = 0
    money: tuple[Money, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """In whose hands cases are: nobody was asked, a person was, or it is not known (or open)."""

    machine: int = 0
    person: int = 0
    neither_yet: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLoad:
    """Questions put to a queue, and the minutes its contract allows for them."""

    queue: QueueName
    was: int
    would_be: int
    minutes_was: float
    minutes_would_be: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentDifferences:
    """One segment: how many cases were compared, and how many differ in each way."""

    segment: str
    compared: int
    kinds: Mapping[Difference, Tally]


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestReport:
    """What a changed contract would have made of the cases on record.

    compared: cases that were followed. left_out: cases that could not be, by reason. unknown:
    cases whose trail breaks off, by reason. older_code: steps whose function differs from the
    one that gave the recorded answers that were used.
    """

    workflow: WorkflowId
    fingerprint: Fingerprint
    answers: AnswersFrom
    stage: Stage | None
    compared: int
    left_out: Mapping[str, int]
    kinds: Mapping[Difference, Tally]
    segments: tuple[SegmentDifferences, ...]
    was: Hands
    would_be: Hands
    queues: tuple[QueueLoad, ...]
    unknown: Mapping[str, int]
    older_code: tuple[str, ...]
    differing: tuple[CaseDifference, ...]
    since: datetime | None = None
    until: datetime | None = None

    @property
    def differs(self) -> bool:
        """True when any case would have gone another way."""
        return bool(self.differing)


def backtest(
    candidate: Workflow,
    cases: Iterable[ReplayedCase | LeftOut],
    *,
    stage: Stage | None = None,
    live: Live | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    seen: Callable[[int], object] = lambda _: None,
) -> BacktestReport:
    """What would have differed had these cases met the candidate.

    cases: as `replayed_cases` gives them. stage: instead of each one's own. live: runs AI steps
    now (see LiveSteps); without it the answers are those on record. since, until: said in the
    report. seen: told after each case how many are done.
    """
    sums = _Sums(candidate)
    for number, past in enumerate(cases, start=1):
        if isinstance(past, LeftOut):
            sums.left_out[past.why] += 1
        else:
            sums.add(past, follow(candidate, past, stage=stage, live=live), is_live=bool(live))
        seen(number)
    return sums.report(stage, AnswersFrom.LIVE if live else AnswersFrom.RECORD, since, until)


@dataclass(slots=True)
class _Sums:
    candidate: Workflow
    left_out: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    compared: Counter[str] = field(default_factory=Counter)  # by segment
    kinds: dict[tuple[str, Difference], list[Money | None]] = field(default_factory=dict)
    was: Counter[str] = field(default_factory=Counter)
    would_be: Counter[str] = field(default_factory=Counter)
    asked_was: Counter[QueueName] = field(default_factory=Counter)
    asked_would: Counter[QueueName] = field(default_factory=Counter)
    minutes_was: Counter[QueueName] = field(default_factory=Counter)
    older: dict[Fingerprint, frozenset[str]] = field(default_factory=dict)
    differing: list[CaseDifference] = field(default_factory=list)

    def add(self, past: ReplayedCase, trail: Trail, *, is_live: bool) -> None:
        segment = past.case.segment
        self.compared[segment] += 1
        self.was[_hands(past.trail)] += 1
        self.would_be[_hands(trail)] += 1
        self._count_questions(past, trail)
        self._note_older_code(past.loaded, is_live=is_live)
        found = compared(past, trail)
        if found is None:
            return
        self.differing.append(found)
        for kind in found.kinds:
            self.kinds.setdefault((segment, kind), []).append(found.amount)
        if Difference.UNKNOWN in found.kinds:
            self.unknown[trail.why or str(trail.end)] += 1

    def _count_questions(self, past: ReplayedCase, trail: Trail) -> None:
        for queue, count in counted(past.trail.asked).items():
            self.asked_was[queue] += count
            minutes = past.contract.queues[queue].minutes_per_task
            self.minutes_was[queue] += count * minutes  # type: ignore[assignment]
        for queue, count in counted(trail.asked).items():
            self.asked_would[queue] += count

    def _note_older_code(self, loaded: LoadedWorkflow, *, is_live: bool) -> None:
        fingerprint = loaded.contract.fingerprint
        if fingerprint not in self.older:
            self.older[fingerprint] = _changed_steps(loaded, self.candidate.loaded, is_live)

    def report(
        self,
        stage: Stage | None,
        answers: AnswersFrom,
        since: datetime | None,
        until: datetime | None,
    ) -> BacktestReport:
        contract = self.candidate.contract
        return BacktestReport(
            workflow=contract.workflow,
            fingerprint=contract.fingerprint,
            answers=answers,
            stage=stage,
            compared=self.compared.total(),
            left_out=dict(self.left_out),
            kinds=self._kinds(None),
            segments=tuple(
                SegmentDifferences(segment=name, compared=count, kinds=self._kinds(name))
                for name, count in sorted(self.compared.items())
            ),
            was=Hands(**self.was),
            would_be=Hands(**self.would_be),
            queues=self._queues(contract),
            unknown=dict(self.unknown.most_common()),
            older_code=tuple(sorted(frozenset().union(*self.older.values()))),
            differing=tuple(self.differing),
            since=since,
            until=until,
        )

    def _kinds(self, segment: str | None) -> dict[Difference, Tally]:
        found: dict[Difference, list[Money | None]] = {}
        for (name, kind), amounts in self.kinds.items():
            if segment is None or name == segment:
                found.setdefault(kind, []).extend(amounts)
        order = list(Difference)
        return {kind: tally(found[kind]) for kind in sorted(found, key=order.index)}

    def _queues(self, contract: WorkflowContract) -> tuple[QueueLoad, ...]:
        names = sorted({*self.asked_was, *self.asked_would})
        return tuple(
            QueueLoad(
                queue=name,
                was=self.asked_was[name],
                would_be=self.asked_would[name],
                minutes_was=float(self.minutes_was[name]),
                minutes_would_be=self.asked_would[name] * _minutes(contract, name),
            )
            for name in names
        )


def tally(amounts: Iterable[Money | None]) -> Tally:
    """How many there are, and their sum in each currency."""
    cases, sums = 0, Counter[str]()
    for amount in amounts:
        cases += 1
        if amount is not None:
            sums[amount.currency] += amount.micros
    money = tuple(Money(micros=sums[each], currency=each) for each in sorted(sums))
    return Tally(cases=cases, money=money)


def _minutes(contract: WorkflowContract, queue: QueueName) -> float:
    found = contract.queues.get(queue)
    return found.minutes_per_task if found else 0.0


def _hands(trail: Trail) -> str:
    if trail.by_person:
        return "person"
    settled = trail.end is TrailEnd.CLOSED or trail.by_machine
    return "machine" if settled else "neither_yet"


def _changed_steps(old: LoadedWorkflow, new: LoadedWorkflow, is_live: bool) -> frozenset[str]:
    """Steps whose recorded answers came from another code than the candidate's."""
    if old.contract.fingerprint == new.contract.fingerprint:
        return frozenset()
    steps = {str(each.step_name): each for each in new.contract.steps}
    return frozenset(
        name
        for name in old.functions.steps.keys() & new.functions.steps.keys()
        if not (is_live and name in steps and steps[name].is_ai)
        and _text(old.functions.steps[name].function) != _text(new.functions.steps[name].function)
    )


def _text(function: Callable[..., object]) -> str:
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return repr(function)  # no text to compare: counts as changed
