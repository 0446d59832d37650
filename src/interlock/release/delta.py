"""The autonomy delta with its weight: what moves, in how many recorded cases, with how much money.

Its one rule: which way a change points is read from the contracts alone; the record only says how
much it would have touched, and says so where it cannot tell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from interlock.domain.contract import StepMode, WorkflowContract, WorkflowStep
from interlock.domain.delta import (
    AutonomyDelta,
    Change,
    DeltaLine,
    DeltaOnRecord,
    Direction,
    Moved,
    PastCase,
    Touched,
)
from interlock.domain.ids import Fingerprint, StepName, WorkflowId
from interlock.domain.money import Money
from interlock.domain.rules.delta import autonomy_changes
from interlock.errors import InterlockError
from interlock.release.touching import is_about_cases, touches


class NotTheSameWorkflow(InterlockError):
    """Two contracts of different workflows cannot be compared."""

    code = "not_the_same_workflow"

    def __init__(self, old: WorkflowId, new: WorkflowId) -> None:
        super().__init__(old, new)
        self.old, self.new = old, new

    def __str__(self) -> str:
        return f"one contract is of {self.old!r}, the other of {self.new!r}; name two of the same"


def autonomy_delta(
    old: WorkflowContract,
    new: WorkflowContract,
    cases: Iterable[PastCase],
    *,
    same_code: bool | None = None,
) -> AutonomyDelta:
    """What the new contract moves from people to the machine, or back, and what that touches.

    cases: recorded ones that were handled under the old contract or one like it. same_code: see
    `autonomy_changes`. Raises: NotTheSameWorkflow.
    """
    if old.workflow != new.workflow:
        raise NotTheSameWorkflow(old.workflow, new.workflow)
    record = tuple(cases)
    changes = autonomy_changes(old, new, same_code=same_code)
    answers = [[touches(each, past, old, new) for past in record] for each in changes]
    widening = [found for each, found in zip(changes, answers, strict=True) if _counts(each)]
    return AutonomyDelta(
        workflow=new.workflow,
        old=old.fingerprint,
        new=new.fingerprint,
        moved=tuple(
            Moved(change=each, touched=_summed(record, found) if is_about_cases(each) else None)
            for each, found in zip(changes, answers, strict=True)
        ),
        cases=len(record),
        touched=_summed(record, [_any(found) for found in zip(*widening, strict=True)]),
    )


def first_delta(new: WorkflowContract, cases: Iterable[PastCase]) -> AutonomyDelta:
    """What a first version moves: each step in which AI may act by itself, and the recorded cases
    that went through that step. With no version in force there is nothing to compare with, so
    all of it is new.
    """
    record = tuple(cases)
    steps = [each for each in new.steps if _may_act(new, each)]
    answers = [[_went_through(past, each.step_name) for past in record] for each in steps]
    return AutonomyDelta(
        workflow=new.workflow,
        old=new.fingerprint,
        new=new.fingerprint,
        moved=tuple(
            Moved(change=_all_new(each), touched=_summed(record, found))
            for each, found in zip(steps, answers, strict=True)
        ),
        cases=len(record),
        touched=_summed(record, [_any(found) for found in zip(*answers, strict=True)]),
    )


def on_record(
    found: AutonomyDelta,
    *,
    old: Fingerprint | None,
    at: datetime,
    days: int,
    with_amounts: bool = True,
) -> DeltaOnRecord:
    """The delta as it is kept with a proposal. old: None when no version was in force. days: how
    far back its cases reach. with_amounts: False where a case's amount is protected; the amount of
    one touched case would be told to whoever may read a release."""
    found = found if with_amounts else _without_amounts(found)
    return DeltaOnRecord(
        old=old,
        new=found.new,
        at=at,
        days=days,
        cases=found.cases,
        lines=tuple(_line(each) for each in found.moved),
        touched=found.touched,
    )


def _without_amounts(found: AutonomyDelta) -> AutonomyDelta:
    def bare(touched: Touched) -> Touched:
        return replace(touched, money=(), smallest=None, largest=None)

    moved = (
        replace(each, touched=bare(each.touched)) if each.touched else each for each in found.moved
    )
    return replace(found, moved=tuple(moved), touched=bare(found.touched))


def _line(moved: Moved) -> DeltaLine:
    return DeltaLine(
        direction=moved.change.direction,
        words=moved.change.words,
        where=".".join(moved.change.path),
        segment=moved.change.segment,
        touched=moved.touched,
    )


def _may_act(new: WorkflowContract, step: WorkflowStep) -> bool:
    return step.mode is StepMode.AGENTIC and step.step_name not in new.never_automate


def _all_new(step: WorkflowStep) -> Change:
    words = f"{step.step_name}: the AI may act, where people did"
    path = ("steps", str(step.step_name), "mode")
    return Change(direction=Direction.WIDENS, path=path, words=words)


def _went_through(past: PastCase, step: StepName) -> bool | None:
    """Whether a case came to the step; None: not yet, and it is still under way."""
    return True if step in past.steps else False if past.closed else None


def _counts(change: Change) -> bool:
    return change.widens and is_about_cases(change)


def _any(found: Iterable[bool | None]) -> bool | None:
    """True when any is; else None when any is unknown."""
    answers = set(found)
    return True if True in answers else None if None in answers else False


def _summed(record: Sequence[PastCase], found: Sequence[bool | None]) -> Touched:
    pairs = list(zip(record, found, strict=False))
    cases = [past for past, answer in pairs if answer]
    money: Counter[str] = Counter()
    for past in cases:
        if past.amount is not None:
            money[past.amount.currency] += past.amount.micros
    amounts = _amounts(cases)
    return Touched(
        cases=len(cases),
        unknown=sum(answer is None for _, answer in pairs),
        money=tuple(Money(micros=money[name], currency=name) for name in sorted(money)),
        segments=tuple(Counter(past.segment for past in cases).most_common()),
        smallest=min(amounts, key=lambda each: each.micros, default=None),
        largest=max(amounts, key=lambda each: each.micros, default=None),
    )


def _amounts(cases: Sequence[PastCase]) -> list[Money]:
    """The amounts in the currency most of these cases are in; two currencies never mix."""
    amounts = [past.amount for past in cases if past.amount is not None]
    usual = Counter(each.currency for each in amounts).most_common(1)
    return [each for each in amounts if each.currency == usual[0][0]] if usual else []
