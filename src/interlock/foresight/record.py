"""The record of one past case as a source of answers.

Its one rule: an answer serves only the same question: the same function with the same input, the
same action with the same arguments, the same question to people about the same thing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from dataclasses import replace
from typing import Any, Final, TypeAlias

from interlock.canonical import digest
from interlock.contracts import LoadedWorkflow
from interlock.domain.case import Case
from interlock.domain.contract import WorkflowContract
from interlock.domain.desk_event import CaseCommented, CaseReopened
from interlock.domain.effect import (
    Compensate,
    Effect,
    LookUpAction,
    RunAction,
    RunRemedy,
    RunStep,
    StartAction,
)
from interlock.domain.event import CaseCancelled, CaseOpened, Event, PauseLifted, TimerFired
from interlock.domain.review import ReviewKind, ReviewTask
from interlock.domain.rules.advance import due
from interlock.domain.rules.facts import facts_of
from interlock.foresight.replayed import Moment, ReplayedCase

Key: TypeAlias = Hashable
TIMER: Final = "timer"
# What people or the house did of themselves; it answers nothing the case asked.
UNASKED: Final = (CaseCancelled, CaseCommented, CaseReopened, PauseLifted)


class Record:
    """The answers one past case gives, each once, in the order in which they were given."""

    def __init__(self, past: ReplayedCase, candidate: LoadedWorkflow) -> None:
        self._past, self._candidate = past, candidate
        self._answers: dict[Key, deque[Moment]] = {}
        self._unasked: deque[Moment] = deque()
        self._last = past.moments[0]
        for moment in past.moments[1:]:
            self._sort_in(moment)

    @property
    def last(self) -> Moment:
        """The last moment that was used."""
        return self._last

    @property
    def is_at_its_end(self) -> bool:
        """True when its very last event was the last one used."""
        return self._last.place == len(self._past.moments) - 1

    def next_unasked(self) -> Moment | None:
        """What somebody did of themselves right after the last used moment, or None."""
        if self._unasked and self._unasked[0].place == self._last.place + 1:
            return self._use(self._unasked.popleft())
        return None

    def answer(self, key: Key) -> Moment | None:
        """The next recorded answer to this question, now used; None when there is none."""
        found = self._answers.get(key)
        return self._use(found.popleft()) if found else None

    def peek(self, key: Key) -> Moment | None:
        """The same, not used yet."""
        found = self._answers.get(key)
        return found[0] if found else None

    def knows_step(self, effect: RunStep) -> bool:
        """True when the step has an unused answer on record, whatever its input was."""
        return any(
            isinstance(key, tuple) and key[:3] == ("step", effect.step, effect.is_ai) and found
            for key, found in self._answers.items()
        )

    def _use(self, moment: Moment) -> Moment:
        self._last = moment
        return moment

    def _sort_in(self, moment: Moment) -> None:
        event = moment.event
        if isinstance(event, UNASKED):
            self._unasked.append(moment)
            return
        key = self._key_of(moment)
        if key is not None:
            self._answers.setdefault(key, deque()).append(moment)

    def _key_of(self, moment: Moment) -> Key | None:
        event, before = moment.event, moment.before
        if isinstance(event, TimerFired):
            return TIMER
        if isinstance(event, CaseOpened):
            return None
        task: ReviewTask | None = getattr(event, "task", None)
        if task is not None:
            return None if task.look is not None else question_key(before, task)
        effect = due(moment.contract, before)
        if effect is None:
            return None
        return effect_key(moment.contract, self._candidate, before, effect)


def effect_key(
    contract: WorkflowContract, candidate: LoadedWorkflow, case: Case, effect: Effect
) -> Key:
    """What tells one effect from another. contract: the one the case stands under.

    The input is what the candidate's function would be given, so that an answer is used again
    only for what that function would see.
    """
    match effect:
        case RunStep():
            given = _input(contract, candidate, case, effect.function)
            return ("step", effect.step, effect.is_ai, effect.function, given)
        case RunRemedy():
            given = digest([dict(case.data), effect.exception.type])
            return ("remedy", effect.function, given)
        case StartAction():
            return ("start", effect.action.name, effect.action.digest)
        case RunAction():
            return ("run", effect.action.name, effect.action.digest)
        case LookUpAction():
            return ("look_up", effect.action.name, effect.action.digest)
        case Compensate():
            return ("undo", effect.action.name, effect.action.digest)


def question_key(case: Case, task: ReviewTask) -> Key:
    """What tells one question to people from another, whichever queue it is put to."""
    about: Any = None
    if task.kind is ReviewKind.PROPOSAL and case.proposal is not None:
        about = [
            case.proposal.value,
            [[each.action, dict(each.arguments)] for each in case.proposal.requests],
        ]
    elif task.kind is ReviewKind.EXCEPTION and case.exception is not None:
        about = [case.exception.value, case.exception.has_value]
    elif task.kind is ReviewKind.APPROVAL:
        about = task.action_digest
    return ("ask", task.kind, task.step, task.exception_type, digest([dict(case.data), about]))


def _input(contract: WorkflowContract, candidate: LoadedWorkflow, case: Case, function: str) -> str:
    known = candidate.functions.steps.get(function)
    view = facts_of(contract, case)
    names = [each.name for each in known.parameters] if known is not None else sorted(view)
    document = case.source.document if case.source else None
    return digest([{name: view[name] for name in names if name in view}, document])


def put_to(event: Event, case: Case, task: ReviewTask) -> Event:
    """A recorded event about a task, said about this task of this case instead."""
    changes: dict[str, Any] = {"task": task}
    decision = getattr(event, "decision", None)
    if decision is not None:
        changes["decision"] = replace(decision, task_id=task.id, case_id=case.id)
    return replace(event, **changes)
