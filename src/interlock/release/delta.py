"""The autonomy delta with its weight: what moves, in how many recorded cases, with how much money.

Its one rule: which way a change points is read from the contracts alone; the record only says how
much it would have touched, and says so where it cannot tell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from interlock.domain.contract import WorkflowContract
from interlock.domain.delta import AutonomyDelta, Change, Moved, PastCase, Touched
from interlock.domain.ids import WorkflowId
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
