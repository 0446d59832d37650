"""A step's actions: planned, asked about, held, intended, one after the other.

An action is intended only when the policy allows it, every approval of exactly these arguments
is given and unused, its hold is over, and its share of every budget is reserved with the intent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final

from interlock.canonical import derived_id, digest
from interlock.domain.action import HAPPENED, Action, ActionMove, ActionState, move
from interlock.domain.case import Case, CaseState, OpenException, Phase, RequestRecord, WaitsFor
from interlock.domain.contract import ActionRule, Budget, WorkflowStep
from interlock.domain.fact import FactKind
from interlock.domain.ids import ActionId
from interlock.domain.money import Money
from interlock.domain.pause import PausedBy
from interlock.domain.rules import asking, policy
from interlock.domain.rules.draft import Draft
from interlock.domain.rules.facts import ARGUMENTS, arguments_of
from interlock.domain.transition import Reservation

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
OVER: Final = HAPPENED | {ActionState.WITHDRAWN, ActionState.COMPENSATED}
STARTABLE: Final = frozenset({ActionState.PLANNED, ActionState.FAILED})


class After(StrEnum):
    """Where a step's actions stand."""

    BUSY = "busy"  # one is intended, held or asked about
    DONE = "done"  # all have happened; the case goes on


def plan(
    draft: Draft, step: WorkflowStep, requests: tuple[RequestRecord, ...] | None
) -> After | OpenException:
    """The step's actions are planned; None means all it lists, in the contract's order."""
    wanted = requests if requests is not None else tuple(map(_listed, step.actions))
    for place, request in enumerate(wanted):
        draft.put_action(_planned(draft, step, place, request))
    return proceed(draft)


def proceed(draft: Draft, starting: Action | None = None) -> After | OpenException:
    """The next unfinished action of this step goes as far as it can.

    starting: the action whose turn has come; cleared once more, it is intended. Any other stays
    ready for its turn, so that the intent is a record of its own that a spent budget can refuse.
    An exception comes back when the policy denies it or its budget cannot be computed.
    """
    action = current(draft.case)
    if action is None:
        return After.DONE
    if action.state is ActionState.UNKNOWN:
        rule = draft.contract.actions[action.name]
        if rule.verify or not rule.idempotent:
            draft.make_ready(Phase.ACTIONS)  # nothing else is asked before it is known
            return After.BUSY
        action = move(action, ActionMove.REFUTE)  # the system refuses a second under the same key
        draft.put_action(action)
    answer = policy.ask(draft.contract, draft.step, action.name, draft.view(), action.arguments)
    draft.note("policy", answer.rule, action=action.name, answer=answer.answer)
    if answer.answer is policy.Answer.DENY:
        draft.put_action(move(action, ActionMove.WITHDRAW))
        detail = f"{action.name} is not allowed: {answer.rule} {answer.detail}".strip()
        return _about(draft, action, "permission_denied", detail)
    needed = _approval_needed(draft, action, answer)
    if needed is not None:
        asking.ask_for_approval(draft, action, needed)
    elif not _held(draft, action):
        if starting is not None and starting.id == action.id:
            return _intend(draft, action)
        draft.make_ready(Phase.ACTIONS)
    return After.BUSY


def hold(draft: Draft, action: Action, paused_by: PausedBy) -> None:
    """The case waits before the action's intent, until a person lifts the pause; that costs its
    row and nothing else."""
    draft.note("paused", paused_by.scope, pause=paused_by.pause, action=action.id)
    draft.count(FactKind.CASE_PAUSED, name=paused_by.scope, detail=action.name)
    draft.change(
        state=CaseState.WAITING,
        waits_for=WaitsFor.PAUSE,
        wake_at=None,
        phase=Phase.ACTIONS,
        task=None,
        paused_by=paused_by,
    )


def plan_again(draft: Draft) -> None:
    """The step's actions still to come, planned with what the one before them returned.

    Nobody was asked about them yet: the turn of each comes when all before it are over.
    """
    case = draft.case
    for action in case.actions:
        of_this_visit = action.step == case.step and action.visit == case.visit
        if of_this_visit and action.state is ActionState.PLANNED:
            free = _free(draft, action.arguments)
            exact = _digest(draft, action.name, free)
            if exact != action.digest:
                draft.put_action(replace(action, arguments=free, digest=exact))


def current(case: Case) -> Action | None:
    """The first action of this visit to the step that has not happened, or None."""
    for action in case.actions:
        of_this_visit = action.step == case.step and action.visit == case.visit
        if of_this_visit and action.state not in OVER:
            return action
    return None


def unsettled(actions: Iterable[Action]) -> Action | None:
    """The action of which nobody knows whether it took effect, or None."""
    return next((each for each in actions if each.state is ActionState.UNKNOWN), None)


def _approval_needed(
    draft: Draft, action: Action, answer: policy.PolicyAnswer
) -> policy.ApprovalNeeded | None:
    """The approval to ask for next. A retry under the same key is still the approved action."""
    if action.approved_by:
        return None
    return policy.next_approval(answer.tiers, action, draft.case.approvals, draft.now)


def _listed(name: str) -> RequestRecord:
    return RequestRecord(action=name)


def _planned(draft: Draft, step: WorkflowStep, place: int, request: RequestRecord) -> Action:
    case = draft.case
    free = _free(draft, request.arguments)
    action = Action(
        id=ActionId(derived_id("act", case.id, step.step_name, case.visit, place, request.action)),
        case_id=case.id,
        step=step.step_name,
        visit=case.visit,
        name=request.action,
        arguments=free,
        digest=_digest(draft, request.action, free),
        amount=_amount_moved(draft, request.action, free),
        state_digest=case.states.get(request.action),
    )
    draft.note("action_planned", step.step_name, action=action.id, name=action.name)
    return action


def _amount_moved(draft: Draft, name: str, free: Mapping[str, Any]) -> Money | None:
    """What the action moves: the case's amount, or what the contract says to read instead."""
    path, currency = draft.contract.actions[name].amount_value, draft.contract.currency
    if path is None or currency is None:
        return draft.case.amount
    try:
        return _money_at(draft, path, free, currency)
    except _BudgetUnclear:
        return None


def _free(draft: Draft, arguments: Mapping[str, Any]) -> dict[str, Any]:
    fixed = draft.view()
    return {name: value for name, value in arguments.items() if name not in fixed}


def _digest(draft: Draft, name: str, free: Mapping[str, Any]) -> str:
    return digest([name, arguments_of(draft.contract, draft.case, name, free)])


def _held(draft: Draft, action: Action) -> bool:
    """True while the hold window, in which a person can still stop it, is open."""
    minutes = draft.contract.actions[action.name].hold_minutes
    if not minutes:
        return False
    until = action.hold_until or draft.now + timedelta(minutes=minutes)
    if draft.now >= until:
        return False
    if action.hold_until is None:
        draft.put_action(replace(action, hold_until=until))
        draft.note("held", f"hold_minutes {minutes}", action=action.id)
    draft.wait_until(until, WaitsFor.HOLD)
    draft.change(phase=Phase.ACTIONS)
    return True


def _intend(draft: Draft, action: Action) -> After | OpenException:
    rule = draft.contract.actions[action.name]
    if _digest(draft, action.name, action.arguments) != action.digest:
        detail = f"the arguments of {action.name} are not those it was planned with"
        return _about(draft, action, "state_changed", detail)
    try:
        reservations = list(_reservations(draft, rule, action))
    except _BudgetUnclear as unclear:
        return _about(draft, action, "out_of_policy", str(unclear))
    approvals = policy.valid_approvals(action, draft.case.approvals, draft.now)
    used = tuple(
        replace(each, used=True) if each in approvals else each for each in draft.case.approvals
    )
    intended = move(
        action,
        ActionMove.INTEND,
        attempt=action.attempt + 1,
        intended_at=draft.now,
        approved_by=tuple(each.by for each in approvals) or action.approved_by,
        error="",
    )
    draft.change(approvals=used)
    draft.put_action(intended)
    draft.reservations.extend(reservations)
    draft.make_ready(Phase.ACTIONS)
    return After.BUSY


class _BudgetUnclear(Exception):
    """A budget cannot be computed for this case; then nothing is spent."""


def _reservations(draft: Draft, rule: ActionRule, action: Action) -> Iterator[Reservation]:
    """The share of every budget this action takes. A retry takes none twice in one window."""
    if rule.budget is None:
        return
    for name, limit, span in _limits(rule.budget):
        start = _window(draft.now, span)
        if action.intended_at is not None and _window(action.intended_at, span) == start:
            continue
        units = _units(draft, rule, action, name, limit)
        yield Reservation(
            action_id=action.id,
            workflow=draft.case.workflow,
            budget=f"{rule.name}.{name}",
            window=start.isoformat(),
            units=units,
            limit=limit.micros if isinstance(limit, Money) else limit,
            free_again_at=start + span,
            amount=limit if isinstance(limit, Money) else None,
        )


def _limits(budget: Budget) -> Iterator[tuple[str, Money | int, timedelta]]:
    for name, limit, span in (
        ("money_per_hour", budget.money_per_hour, HOUR),
        ("money_per_day", budget.money_per_day, DAY),
        ("count_per_hour", budget.count_per_hour, HOUR),
        ("count_per_day", budget.count_per_day, DAY),
        ("risk_per_hour", budget.risk_per_hour, HOUR),
        ("risk_per_day", budget.risk_per_day, DAY),
    ):
        if limit is not None:
            yield name, limit, span


def _units(draft: Draft, rule: ActionRule, action: Action, name: str, limit: Money | int) -> int:
    if name.startswith("count"):
        return 1
    if name.startswith("risk"):
        return rule.risk_units
    assert isinstance(limit, Money)
    return abs(_amount(draft, rule, action, limit.currency).micros)


def _amount(draft: Draft, rule: ActionRule, action: Action, currency: str) -> Money:
    """What the action moves, in the budget's currency.

    Raises: _BudgetUnclear when it is not known or in another currency.
    """
    if rule.amount_value is not None:
        return _money_at(draft, rule.amount_value, action.arguments, currency)
    if action.amount is None:
        raise _BudgetUnclear(f"{rule.name} has a money budget and the case has no amount")
    if action.amount.currency != currency:
        seen = action.amount.currency
        raise _BudgetUnclear(f"the budget is in {currency} and the case in {seen}")
    return action.amount


def _money_at(draft: Draft, path: str, free: Mapping[str, Any], currency: str) -> Money:
    """The money under a path such as `book_amount.payable`. Raises: _BudgetUnclear."""
    value: Any = {**draft.view(), ARGUMENTS: free}
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    try:
        return Money.of(Decimal(str(value)), currency)
    except (InvalidOperation, ValueError):
        raise _BudgetUnclear(f"{path} is {value!r}, not an amount") from None


def _window(now: datetime, span: timedelta) -> datetime:
    start = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return start if span == HOUR else start.replace(hour=0)


def _about(draft: Draft, action: Action, kind: str, detail: str) -> OpenException:
    return OpenException(
        type=kind, detail=detail, step=draft.case.step, action_id=action.id, may_retry=False
    )
