"""What a person says in a protected case: the decision that was frozen, by somebody who may.

Its one rule: a question nobody's frozen decision is about is left unanswered.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from interlock.domain.case import Case
from interlock.domain.event import CaseRefit, Event, ReviewClaimed, ReviewDecided
from interlock.domain.ids import PersonId
from interlock.domain.people import Standing
from interlock.domain.protected import GivenDecision, ProtectedCase
from interlock.domain.review import Decision, EditTarget, ReviewTask, Verb
from interlock.domain.rules import assign
from interlock.domain.rules.advance import advance
from interlock.release.protected.frozen_world import CannotPlay
from interlock.runtime.workflow import CaseUnfit, Workflow

SUPPLIED: Final = "frozen with the case"  # stands for evidence a person brought


def answer_for(
    workflow: Workflow,
    case: Case,
    task: ReviewTask,
    protected: ProtectedCase,
    given: set[int],
    now: datetime,
) -> list[Event]:
    """The events of the decision that answers this question; none when no decision is about it.

    given: the decisions used so far, by place; the one used now is added.
    Raises: CannotPlay when nobody could have decided so.
    """
    place = _place(task, case, protected, given)
    if place is None:
        return []
    given.add(place)
    said = protected.decisions[place]
    return _decided(workflow, case, task, said, now)


def _place(task: ReviewTask, case: Case, protected: ProtectedCase, given: set[int]) -> int | None:
    """An exception is known by its type, an approval by its action, the rest by their step."""
    action = next((each.name for each in case.actions if each.id == task.action_id), None)
    names = {task.exception_type, action, None if task.exception_type else task.step} - {None}
    for place, each in enumerate(protected.decisions):
        same_kind = each.kind is None or each.kind is task.kind
        if place not in given and each.about in names and same_kind:
            return place
    return None


def _decided(
    workflow: Workflow, case: Case, task: ReviewTask, said: GivenDecision, now: datetime
) -> list[Event]:
    supplied = dict.fromkeys(task.missing, SUPPLIED)
    reason = said.reason_code or (task.reason_codes[0] if task.reason_codes else "")
    refit, value = _edit(workflow, case, task, said)
    training = workflow.contract.queues[task.queue].training
    standing = Standing(trained=(training.digest,) if training else ())
    refusals = []
    for person in sorted(assign.eligible(workflow.contract, task)):
        by = PersonId(person)
        claim = ReviewClaimed(task=task, by=by)
        decision = Decision(
            task_id=task.id,
            case_id=case.id,
            verb=said.verb,
            by=by,
            at=now,
            reason_code=reason,
            value=value,
            evidence_digest=task.evidence_digest,
            supplied=supplied,
            via="eval",
        )
        allowed = assign.may_decide(
            workflow.contract,
            case,
            task,
            by,
            said.verb,
            now,
            standing=standing,
            supplied=supplied,
            reason_code=reason,
        )
        if allowed.allowed:
            held = next(
                each
                for each in advance(workflow.contract, case, claim, now).tasks
                if each.id == task.id
            )
            return [
                claim,
                ReviewDecided(task=held, decision=decision, refit=refit, standing=standing),
            ]
        refusals.append(allowed.reason)
    why = refusals[0] if refusals else f"nobody works in {task.queue}"
    raise CannotPlay(
        f"nobody could answer {said.about} with {said.verb}: {why}", "correct decisions:"
    )


def _edit(
    workflow: Workflow, case: Case, task: ReviewTask, said: GivenDecision
) -> tuple[CaseRefit | None, Any]:
    if said.verb is not Verb.EDIT:
        return None, said.value
    if task.edits is not EditTarget.CASE:
        return None, _merged(case, said.value)
    try:
        refit = workflow.fit({**case.data, **dict(said.value or {})})
    except CaseUnfit as unfit:
        raise CannotPlay(f"the edit of {said.about} does not fit: {unfit}", "correct it") from None
    return refit, said.value


def _merged(case: Case, value: Any) -> Any:
    """What was shown, with the edited fields on top, as the desk does it."""
    shown = case.exception.value if case.exception and case.exception.has_value else None
    if shown is None and case.proposal is not None:
        shown = case.proposal.value
    if isinstance(shown, Mapping) and isinstance(value, Mapping):
        return {**shown, **value}
    return value
