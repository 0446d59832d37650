"""What an action's outcome means for its case.

A lost action is looked up, never blindly repeated.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TypeAlias

from interlock.domain.action import Action, ActionMove, ActionState, move
from interlock.domain.case import OpenException, Phase, WaitsFor
from interlock.domain.contract import WhenSpent
from interlock.domain.event import (
    ActionFailed,
    ActionHeld,
    ActionLookedUp,
    ActionLost,
    ActionStarted,
    ActionSucceeded,
    BudgetRefused,
    CompensationFinished,
    PauseLifted,
    StateFoundChanged,
)
from interlock.domain.fact import FactKind
from interlock.domain.rules import acting, flow
from interlock.domain.rules.draft import Draft
from interlock.domain.rules.retry import wait_before

ActionEvent: TypeAlias = (
    ActionStarted
    | ActionSucceeded
    | ActionFailed
    | ActionLost
    | ActionLookedUp
    | StateFoundChanged
    | BudgetRefused
    | ActionHeld
    | CompensationFinished
)


def find(draft: Draft, event: ActionEvent) -> Action | None:
    """The action an event is about, or None when the case has no such action."""
    return next((each for each in draft.case.actions if each.id == event.action_id), None)


def succeeded(draft: Draft, event: ActionSucceeded, action: Action) -> None:
    """The effect exists; its receipt is kept, and what it returned is known to later steps."""
    done = move(action, ActionMove.SUCCEED, receipt=event.receipt, finished_at=draft.now)
    _happened(draft, done)


def failed(draft: Draft, event: ActionFailed, action: Action) -> None:
    """Nothing happened: tried again with back-off, then a person is asked."""
    action = move(action, ActionMove.FAIL, error=event.error, finished_at=draft.now)
    draft.put_action(action)
    draft.count(FactKind.ACTION_FINISHED, name=action.name, detail=action.state)
    if event.exception is not None and draft.case.closing is None:
        flow.raise_exception(draft, replace(event.exception, action_id=action.id, may_retry=True))
        return
    _try_again(draft, action)


def lost(draft: Draft, event: ActionLost, action: Action) -> None:
    """Nobody knows whether it took effect: the system is asked before anything else."""
    unknown = move(action, ActionMove.LOSE, error=event.error)
    draft.put_action(unknown)
    rule = draft.contract.actions[action.name]
    draft.note("lost", "looked up before it is tried again", action=action.id)
    if rule.verify:
        draft.make_ready(Phase.ACTIONS)
    elif rule.idempotent and draft.case.closing is None and _tries_left(draft, action):
        _wait_to_repeat(draft, unknown)
    else:
        detail = f"nobody knows whether {action.name} took effect: {event.error}"
        _ask_a_person(draft, unknown, "workflow_failure", detail)


def looked_up(draft: Draft, event: ActionLookedUp, action: Action) -> None:
    """The system was asked: it is there, it is not there, or the system could not say."""
    if event.found:
        verified = move(action, ActionMove.VERIFY, receipt=event.receipt, finished_at=draft.now)
        _happened(draft, verified)
    elif event.found is False:
        _try_again(draft, move(action, ActionMove.REFUTE))
    else:
        _look_again(draft, event, action)


def state_changed(draft: Draft, event: StateFoundChanged, action: Action) -> None:
    """What the action rests on has moved; a person decides whether it still holds.

    Approvals given on the old state no longer count.
    """
    failed_one = move(action, ActionMove.FAIL, error=event.detail, finished_at=draft.now)
    draft.put_action(replace(failed_one, state_digest=event.state_digest, approved_by=()))
    approvals = tuple(
        replace(each, used=True) if each.action_id == action.id else each
        for each in draft.case.approvals
    )
    draft.change(approvals=approvals)
    draft.note("guard", "the state it rests on is unchanged", action=action.id, passed=False)
    if draft.case.closing is not None:
        flow.proceed(draft)
    else:
        _ask_a_person(draft, failed_one, "state_changed", event.detail)


def lifted(draft: Draft, event: PauseLifted) -> bool:
    """What was held goes on from where it stood. False: the case waits on no such pause."""
    paused_by = draft.case.paused_by
    if draft.case.waits_for is not WaitsFor.PAUSE or paused_by is None:
        return False
    if paused_by.pause != event.pause:
        return False
    draft.note("resumed", paused_by.scope, pause=paused_by.pause)
    draft.change(paused_by=None)
    flow.proceed(draft)
    return True


def budget_refused(draft: Draft, event: BudgetRefused, action: Action) -> None:
    """Nothing is left in a cumulative budget: the case waits for the next window, or is routed."""
    rule = draft.contract.actions[action.name]
    draft.note("guard", f"budget {event.budget} has enough left", action=action.id, passed=False)
    waits = rule.budget is not None and rule.budget.when_spent is WhenSpent.WAIT
    if waits and event.free_again_at > draft.now:
        draft.wait_until(event.free_again_at, WaitsFor.BUDGET)
        draft.change(phase=Phase.ACTIONS)
    else:
        _ask_a_person(draft, action, "out_of_policy", event.detail)


def compensated(draft: Draft, event: CompensationFinished, action: Action) -> None:
    """An action is undone, or its undoing is tried again, then a person is asked."""
    if not event.error:
        undone = move(action, ActionMove.COMPENSATE, finished_at=draft.now)
        draft.put_action(undone)
        draft.count(FactKind.ACTION_FINISHED, name=action.name, detail=undone.state)
        draft.change(attempt=0)
        flow.undo_next(draft)
        return
    tries = draft.case.attempt + 1
    draft.change(attempt=tries)
    wait = wait_before(draft.contract.actions[action.name].retry, tries)
    if wait is not None:
        draft.wait_until(draft.now + wait, WaitsFor.RETRY)
    else:
        detail = f"{action.name} could not be undone: {event.error}"
        _ask_a_person(draft, action, "workflow_failure", detail)


def _happened(draft: Draft, action: Action) -> None:
    draft.put_action(action)
    draft.count(FactKind.ACTION_FINISHED, name=action.name, detail=action.state)
    if action.receipt is not None:
        draft.change(outputs={**draft.case.outputs, action.name: action.receipt})
        acting.plan_again(draft)
    flow.proceed(draft)


def _tries_left(draft: Draft, action: Action) -> bool:
    retry = draft.contract.actions[action.name].retry
    return wait_before(retry, action.attempt) is not None


def _try_again(draft: Draft, action: Action) -> None:
    """It did not happen: once more after a wait, and after the last try a person is asked."""
    draft.put_action(action)
    if draft.case.closing is not None:
        flow.proceed(draft)
        return
    rule = draft.contract.actions[action.name]
    wait = wait_before(rule.retry, action.attempt)
    if wait is not None:
        draft.note("retry", f"attempt {action.attempt} of {rule.retry.attempts}", action=action.id)
        draft.wait_until(draft.now + wait, WaitsFor.RETRY)
        draft.change(phase=Phase.ACTIONS)
    else:
        detail = f"{action.name} failed {action.attempt} times: {action.error}"
        _ask_a_person(draft, action, "workflow_failure", detail)


def _wait_to_repeat(draft: Draft, unknown: Action) -> None:
    """Repeating is safe under the same key; until then nobody knows, and nothing pretends to."""
    retry = draft.contract.actions[unknown.name].retry
    wait = wait_before(retry, unknown.attempt)
    draft.note("retry", f"attempt {unknown.attempt} of {retry.attempts}", action=unknown.id)
    draft.wait_until(draft.now + (wait or timedelta()), WaitsFor.RETRY)
    draft.change(phase=Phase.ACTIONS)


def _look_again(draft: Draft, event: ActionLookedUp, action: Action) -> None:
    """The system could not say: asked again after a wait, and in the end a person is."""
    tries = draft.case.attempt + 1
    draft.change(attempt=tries)
    wait = wait_before(draft.contract.actions[action.name].retry, tries)
    if wait is not None:
        draft.wait_until(draft.now + wait, WaitsFor.RETRY)
        draft.change(phase=Phase.ACTIONS)
    else:
        detail = f"nobody can say whether {action.name} took effect: {event.error}"
        _ask_a_person(draft, action, "workflow_failure", detail)


def _ask_a_person(draft: Draft, action: Action, kind: str, detail: str) -> None:
    exception = OpenException(
        type=kind,
        detail=detail,
        step=draft.case.step,
        action_id=action.id,
        may_retry=action.state is not ActionState.UNKNOWN,
        has_value=action.state is ActionState.UNKNOWN,  # approving says: it did take effect
    )
    flow.raise_exception(draft, exception)
