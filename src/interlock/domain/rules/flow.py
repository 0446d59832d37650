"""From step to step: entering, accepting, raising, falling back, closing.

Every way a case can move is here; what an event means for it is in on_step, on_action and
on_review.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from interlock.domain.action import HAPPENED, Action, ActionMove, ActionState, any_happened, move
from interlock.domain.case import (
    Case,
    CaseState,
    ClosingOutcome,
    Handling,
    OpenException,
    Phase,
    RequestRecord,
)
from interlock.domain.contract import (
    ConditionFailed,
    ExceptionRoute,
    FallbackMode,
    WorkflowContract,
    WorkflowStep,
)
from interlock.domain.fact import FactKind
from interlock.domain.rules import acting, asking, evidence, sampling, shadowing
from interlock.domain.rules.authority import Mandate, mandate, unlisted_action
from interlock.domain.rules.draft import Draft

HUMAN_REVIEW: Final = FallbackMode.HUMAN_REVIEW
END: Final = "end"  # `next: end` finishes the case


def start(draft: Draft) -> None:
    """The case enters the flow at its first step, with nothing done yet."""
    for action in draft.case.actions:
        if action.state is ActionState.PLANNED:
            draft.put_action(move(action, ActionMove.WITHDRAW))
    draft.change(outputs={}, states={}, evidence={}, proposal=None, exception=None)
    draft.change(decided_by_machine={}, shadows={})
    enter_from(draft, 0)


def enter_from(draft: Draft, index: int) -> None:
    """The case enters the first step, from this place on, whose condition holds."""
    steps = draft.contract.steps
    while index < len(steps):
        step = steps[index]
        try:
            applies = step.when is None or step.when.holds(draft.view())
        except ConditionFailed as failed:
            draft.change(step=step.step_name, visit=draft.case.visit + 1, attempt=0)
            draft.note("guard", "a condition that cannot be answered stops", step=step.step_name)
            raise_exception(draft, _exception(draft, "policy_conflict", str(failed)))
            return
        if applies:
            begin(draft, step)
            return
        draft.note("skipped", step.when.text if step.when else "", step=step.step_name)
        index += 1
    begin_closing(draft, ClosingOutcome.COMPLETED)


def go_on(draft: Draft) -> None:
    """The step is done with its actions; the case goes to the next one."""
    step = draft.step
    if step.next == END:
        begin_closing(draft, ClosingOutcome.COMPLETED)
        return
    names = [each.step_name for each in draft.contract.steps]
    place = names.index(step.next) if step.next else names.index(step.step_name) + 1
    enter_from(draft, place)


def begin(draft: Draft, step: WorkflowStep) -> None:
    """The step begins, as far as its mandate goes: it is run, handled without its AI, or asked."""
    draft.change(
        step=step.step_name,
        visit=draft.case.visit + 1,
        attempt=0,
        proposal=None,
        exception=None,
        task=None,
    )
    given = mandate(step, draft.case)
    if step.step_name in draft.contract.never_automate:
        given = Mandate.PERSON
    draft.note("mandate", f"{step.mode} at {draft.case.stage}", step=step.step_name, given=given)
    if given is Mandate.PERSON:
        asking.ask_for_work(draft, step, f"{step.step_name} is a person's work")
    elif given is Mandate.HIDDEN and shadowing.is_watched(draft.case, step):
        draft.make_ready(Phase.SHADOW)
    elif given is Mandate.HIDDEN:
        handle_without_ai(draft, step)
    elif step.has_function:
        draft.make_ready(Phase.STEP)
    else:
        settle(draft, acting.plan(draft, step, None))


def handle_without_ai(draft: Draft, step: WorkflowStep) -> None:
    """The step's real handling where its AI is only watched, or not even that."""
    fall_back(draft, step, f"the AI does not decide at {draft.case.stage}, {draft.case.arm}")


def accept(
    draft: Draft,
    step: WorkflowStep,
    value: Any,
    requests: tuple[RequestRecord, ...] | None,
    *,
    evidence_needed: bool = True,
    by_machine: str = "",
) -> None:
    """The step's output is taken, and its actions are planned.

    Evidence the step must leave behind is looked for first; without it the case does not go on.
    by_machine: the agent whose result it is when nobody was asked; then a pause holds its actions.
    """
    unlisted = unlisted_action(draft.contract, step, requests or ())
    if unlisted:
        draft.note("policy", unlisted.rule, answer="deny")
        raise_exception(draft, _exception(draft, unlisted.exception_type, unlisted.detail))
        return
    shadowing.compare(draft, step, value, requests)
    case = draft.case
    if by_machine or step.step_name in case.decided_by_machine:
        decided = {**case.decided_by_machine, step.step_name: by_machine}
        draft.change(decided_by_machine={name: by for name, by in decided.items() if by})
    draft.change(outputs={**case.outputs, step.step_name: value}, exception=None)
    if case.proposal is not None:
        draft.change(evidence={**case.evidence, **case.proposal.evidence})
    missing = evidence.missing(draft.contract, draft.case, step.evidence_required)
    if missing and evidence_needed:
        draft.note("guard", "required evidence is present", step=step.step_name, missing=missing)
        detail = f"{step.step_name} left no evidence of: {', '.join(missing)}"
        raise_exception(
            draft,
            replace(
                _exception(draft, "missing_data", detail),
                missing=missing,
                value=value,
                has_value=True,
                requests=requests,
            ),
        )
        return
    settle(draft, acting.plan(draft, step, requests))


def proceed(draft: Draft) -> None:
    """The next unfinished action goes as far as it can; a case that is to close goes there."""
    if draft.case.closing is not None:
        begin_closing(draft, draft.case.closing)
    else:
        settle(draft, acting.proceed(draft))


def start_action(draft: Draft, action: Action) -> None:
    """The action whose turn has come is intended, if everything still allows it."""
    if draft.case.closing is not None:
        begin_closing(draft, draft.case.closing)
    else:
        settle(draft, acting.proceed(draft, starting=action))


def settle(draft: Draft, after: acting.After | OpenException) -> None:
    """What became of the step's actions decides what becomes of the case."""
    if isinstance(after, OpenException):
        raise_exception(draft, after)
    elif after is acting.After.DONE:
        go_on(draft)


def raise_exception(draft: Draft, exception: OpenException, *, person_first: bool = False) -> None:
    """The exception goes its route: an allowed remedy first, else a person."""
    case = draft.case
    route = draft.contract.route_for(exception.type)
    draft.change(exception=exception, exceptions_seen=case.exceptions_seen + 1, attempt=0)
    draft.note(
        "routed",
        f"{exception.type} → {route.route_to}",
        exception_type=exception.type,
        severity=route.severity,
        sla_minutes=route.sla_minutes,
    )
    draft.count(FactKind.EXCEPTION_ROUTED, name=exception.type, detail=exception.step or "intake")
    if not person_first and _remedy_is_due(draft, route, exception):
        draft.change(remedied=(*case.remedied, exception.type))
        draft.make_ready(Phase.REMEDY)
    else:
        asking.ask_about_exception(draft, route)


def _remedy_is_due(draft: Draft, route: ExceptionRoute, exception: OpenException) -> bool:
    """A remedy runs once a case, only where allowed, and never on top of actions that were done
    or may have been: it begins the case anew."""
    if not (route.automation_allowed and route.remedy) or exception.type in draft.case.remedied:
        return False
    actions = draft.case.actions
    may_have_happened = any_happened(actions) or acting.unsettled(actions) is not None
    return draft.case.step is not None and draft.case.closing is None and not may_have_happened


def fall_back(draft: Draft, step: WorkflowStep, why: str, *, release_says: bool = False) -> None:
    """The step is done without its AI: by fixed rules, else by a person.

    release_says: its release was taken back; where the gate falls back to human review, a person
    does it even where there are fixed rules.
    """
    fallback, gate = step.fallback, draft.contract.gate
    to_people = release_says and gate is not None and gate.fallback_mode is HUMAN_REVIEW
    by_rules = (
        fallback is not None
        and fallback.mode is FallbackMode.DETERMINISTIC_PATH
        and fallback.step is not None
        and not to_people
    )
    draft.note("fallback", why, step=step.step_name, by="rules" if by_rules else "person")
    draft.change(fallback_used=True, attempt=0)
    draft.count(FactKind.FALLBACK_USED, name=step.step_name)
    if by_rules:
        draft.make_ready(Phase.FALLBACK)
    else:
        asking.ask_for_work(draft, step, why)


def begin_closing(draft: Draft, outcome: ClosingOutcome) -> None:
    """The case is over: at once when it is completed, else after its actions are undone.

    An action nobody knows the outcome of is settled first: no case closes over it.
    """
    dropped = [
        move(each, ActionMove.WITHDRAW)
        for each in draft.case.actions
        if each.state is ActionState.PLANNED
    ]
    for action in dropped:
        draft.put_action(action)
    draft.change(closing=outcome, task=None, attempt=0)
    lost = acting.unsettled(draft.case.actions)
    if lost is not None:
        _settle_first(draft, lost)
    elif outcome is ClosingOutcome.COMPLETED:
        _close(draft, outcome)
    else:
        undo_next(draft)


def _settle_first(draft: Draft, lost: Action) -> None:
    if draft.contract.actions[lost.name].verify:
        draft.make_ready(Phase.ACTIONS)
        return
    detail = f"nobody knows whether {lost.name} took effect: {lost.error}"
    exception = _exception(draft, "workflow_failure", detail)
    raise_exception(draft, replace(exception, action_id=lost.id, has_value=True))


def undo_next(draft: Draft) -> None:
    """The latest action that can still be undone is due; with none left the case closes."""
    case = draft.case
    if to_undo(draft.contract, case) is not None:
        draft.make_ready(Phase.UNDO)
        return
    undone = any(each.state is ActionState.COMPENSATED for each in case.actions)
    closing = case.closing or ClosingOutcome.CANCELLED
    _close(draft, ClosingOutcome.COMPENSATED if undone else closing)


def to_undo(contract: WorkflowContract, case: Case) -> Action | None:
    """The next action whose compensation is due, last first, or None."""
    for action in reversed(case.actions):
        to_go = action.state in HAPPENED and not action.kept
        if to_go and contract.actions[action.name].compensate:
            return action
    return None


def _close(draft: Draft, outcome: ClosingOutcome) -> None:
    case = draft.case
    handling = _handling(draft)
    draft.change(
        state=CaseState.CLOSED,
        waits_for=None,
        wake_at=None,
        phase=Phase.DONE,
        task=None,
        outcome=outcome,
        handling=handling,
        closed_at=draft.now,
    )
    seconds = (draft.now - case.opened_at) / timedelta(seconds=1)
    draft.note("closed", outcome, handling=handling)
    draft.count(FactKind.CASE_CLOSED, name=handling, detail=outcome, value=seconds)
    sampling.consider(draft)


def _handling(draft: Draft) -> Handling:
    case = draft.case
    if case.person_worked:
        return Handling.HUMAN
    if case.person_decided:
        return Handling.ASSISTED
    return Handling.FALLBACK if case.fallback_used else Handling.AUTONOMOUS


def _exception(draft: Draft, kind: str, detail: str) -> OpenException:
    return OpenException(type=kind, detail=detail, step=draft.case.step)
