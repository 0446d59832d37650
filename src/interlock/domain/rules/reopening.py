"""A closed case that is said to be wrong, and what is written about a case on the way.

Its one rule: reopening undoes nothing by itself; a person is asked, and only what did not happen
can happen again.
"""

from __future__ import annotations

from typing import Final

from interlock.domain.case import CaseState, ClosingOutcome, OpenException, Phase
from interlock.domain.desk_event import CaseCommented, CaseReopened
from interlock.domain.fact import FactKind
from interlock.domain.rules import flow
from interlock.domain.rules.draft import Draft

REOPENED: Final = "reopened"  # the exception type of a case that was closed as something wrong


def commented(draft: Draft, event: CaseCommented) -> bool:
    """Somebody said something about the case. False: there is nothing to say it about."""
    if draft.case.phase is Phase.INTAKE or not event.text.strip():
        return False
    draft.note("commented", "on the record, and nothing else")
    draft.count(FactKind.CASE_COMMENTED)
    return True


def reopened(draft: Draft, event: CaseReopened) -> bool:
    """The case waits for a person again. False: it is not closed, or nobody said why."""
    case = draft.case
    if case.state is not CaseState.CLOSED or case.outcome is None or not event.reason.strip():
        return False
    draft.count(FactKind.CASE_REOPENED, name=case.handling or "", detail=case.outcome)
    exception = OpenException(
        type=REOPENED, detail=event.reason.strip(), step=case.step, closed_as=case.outcome
    )
    draft.change(outcome=None, handling=None, closed_at=None, closing=None, proposal=None)
    flow.raise_exception(draft, exception, person_first=True)
    return True


def approved(draft: Draft, exception: OpenException) -> None:
    """It was right as it closed, and closes so again; a case that had ended without its work
    done begins anew."""
    if exception.closed_as is ClosingOutcome.COMPLETED:
        draft.change(exception=None)
        flow.begin_closing(draft, ClosingOutcome.COMPLETED)
    else:
        flow.start(draft)
