"""What people do to a case beside answering its questions: stop it, say something, reopen it,
move it to another version.

Its one rule: nothing here begins anything; a stopped case only ends what was begun.
"""

from __future__ import annotations

from typing import TypeAlias

from interlock.domain.action import ActionState
from interlock.domain.case import CaseState, ClosingOutcome
from interlock.domain.desk_event import CaseCommented, CaseReopened
from interlock.domain.event import CaseCancelled, CaseMigrated
from interlock.domain.review import ReviewAction
from interlock.domain.review import move as move_task
from interlock.domain.rules import flow, migrating, reopening, undo
from interlock.domain.rules.draft import Draft

FromOutside: TypeAlias = CaseCancelled | CaseCommented | CaseReopened | CaseMigrated


def happened(draft: Draft, event: FromOutside) -> bool:
    """What it means for the case. False: it has no place here."""
    match event:
        case CaseCancelled():
            return cancelled(draft, event)
        case CaseCommented():
            return reopening.commented(draft, event)
        case CaseReopened():
            return reopening.reopened(draft, event)
    return migrating.migrated(draft, event)


def cancelled(draft: Draft, event: CaseCancelled) -> bool:
    """A person stopped the case. False: it is over, or its open question does not come with it."""
    case = draft.case
    if case.state is CaseState.CLOSED or case.closing is not None:
        return False
    if case.task != (event.task.id if event.task else None):
        return False  # the open task must be withdrawn with it, or it would outlive its case
    if event.task is not None:
        if not event.task.is_live:
            return False
        dropped = undo.freed(event.task)  # a held decision never takes effect: the stop wins
        draft.tasks.append(move_task(dropped, ReviewAction.WITHDRAW, ended_at=draft.now))
    # Stopping it was a person's decision, and nothing can hold it any more.
    draft.change(person_decided=True, person_worked=True, paused_by=None)
    if any(each.state is ActionState.INTENDED for each in case.actions):
        draft.change(closing=ClosingOutcome.CANCELLED)  # first what is under way gets its outcome
    else:
        flow.begin_closing(draft, ClosingOutcome.CANCELLED)
    return True
