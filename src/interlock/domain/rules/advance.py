"""`advance`: what one event does to one case. The heart, pure and total.

Running, trying, replaying and every later form of looking ahead use this one function. For every
state and every event it gives the same transition; an event that has no place in the case's
state changes nothing and says so in its notes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from interlock.domain.action import HAPPENED, Action, ActionState
from interlock.domain.case import Case, CaseState, Phase, WaitsFor
from interlock.domain.contract import WorkflowContract
from interlock.domain.desk_event import (
    CaseCommented,
    CaseReopened,
    HeldReviewRefused,
    ReviewAssigned,
    ReviewHandedBack,
    ReviewHeld,
    ReviewTakenOver,
    ReviewUndone,
)
from interlock.domain.effect import (
    Compensate,
    Effect,
    LookUpAction,
    RunAction,
    RunRemedy,
    RunStep,
    StartAction,
)
from interlock.domain.event import (
    ActionFailed,
    ActionHeld,
    ActionLookedUp,
    ActionLost,
    ActionStarted,
    ActionSucceeded,
    BudgetRefused,
    CaseCancelled,
    CaseMigrated,
    CaseOpened,
    CompensationFinished,
    Event,
    OwnAnswerGiven,
    PauseLifted,
    QuestionAnswered,
    QuestionAsked,
    RemedyReturned,
    ReviewBreached,
    ReviewClaimed,
    ReviewDecided,
    ReviewEscalated,
    ReviewExpired,
    ReviewReleased,
    StateFoundChanged,
    StepFailed,
    StepHeld,
    StepRaised,
    StepReturned,
    TimerFired,
)
from interlock.domain.fact import FactKind
from interlock.domain.review import ReviewState, ReviewTask
from interlock.domain.rules import (
    acting,
    asking,
    flow,
    from_outside,
    handover,
    on_action,
    on_look,
    on_review,
    on_step,
    probing,
    shadowing,
    standing_down,
    undo,
)
from interlock.domain.rules.draft import Draft
from interlock.domain.transition import Transition

OUT_OF_PLACE: Final = "out_of_place"  # the note of an event the case's state has no place for
RUNNING: Final = frozenset({Phase.STEP, Phase.SHADOW, Phase.FALLBACK})


def advance(contract: WorkflowContract, case: Case, event: Event, now: datetime) -> Transition:
    """The case after the event, the effects' records, audit notes and facts; nothing is done."""
    draft = Draft(contract, case, event, now)
    if not _apply(draft, event) or probing.comes_alive(case, draft.case):
        draft = Draft(contract, case, event, now)
        draft.note(OUT_OF_PLACE, f"{event.kind} has no place in {case.state}, {case.phase}")
        return replace(draft.finish(_actor(event)), case=case)
    return draft.finish(_actor(event))


def is_out_of_place(transition: Transition) -> bool:
    """True when the event changed nothing because the case's state had no place for it."""
    return any(note.what == OUT_OF_PLACE for note in transition.notes)


def due(contract: WorkflowContract, case: Case) -> Effect | None:
    """What is due for a case, read from the case alone; None when it waits or is closed."""
    if case.state is not CaseState.READY:
        return None
    match case.phase:
        case Phase.STEP | Phase.SHADOW | Phase.FALLBACK:
            return _run(contract, case)
        case Phase.REMEDY if case.exception is not None:
            route = contract.route_for(case.exception.type)
            return RunRemedy(case_id=case.id, function=route.remedy or "", exception=case.exception)
        case Phase.ACTIONS:
            return _act(case)
        case Phase.UNDO:
            last = flow.to_undo(contract, case)
            return Compensate(case_id=case.id, action=last) if last else None
    return None


def replay(
    contract: WorkflowContract,
    history: Iterable[tuple[Event, datetime]],
    versions: Mapping[str, WorkflowContract] = MappingProxyType({}),
) -> Case | None:
    """The case a history of events gives, or None for an empty one. Its version is not counted.

    versions: contracts by fingerprint, for a case that was moved from one to another.
    """
    case: Case | None = None
    for event, at in history:
        if isinstance(event, CaseOpened):
            case = event.case
        if case is not None:
            to = event.fingerprint if isinstance(event, CaseMigrated) else case.fingerprint
            case = advance(versions.get(to, contract), case, event, at).case
    return case


def _act(case: Case) -> Effect | None:
    action = acting.current(case)
    if action is None:
        return None
    match action.state:
        case ActionState.INTENDED:
            return RunAction(case_id=case.id, action=action)
        case ActionState.UNKNOWN:
            return LookUpAction(case_id=case.id, action=action)
    return StartAction(case_id=case.id, action=action)


def _run(contract: WorkflowContract, case: Case) -> RunStep:
    step = contract.step(case.step or "")
    falls_back = case.phase is Phase.FALLBACK
    function = step.fallback.step if falls_back and step.fallback else step.step_name
    watched = case.phase is Phase.SHADOW
    seconds = step.limits.timeout_seconds
    return RunStep(
        case_id=case.id,
        step=step.step_name,
        function=function or step.step_name,
        attempt=case.attempt,
        timeout_seconds=shadowing.patience(seconds) if watched else seconds,
        is_ai=step.is_ai and not falls_back,
        is_shadow=watched,
    )


def _apply(draft: Draft, event: Event) -> bool:
    """Applies the event. False: it has no place here, and nothing was decided."""
    match event:
        case CaseOpened():
            return _opened(draft, event)
        case StepReturned() | StepRaised() | StepFailed() | StepHeld():
            return _step_event(draft, event)
        case RemedyReturned():
            return _remedy_returned(draft, event)
        case TimerFired():
            return _timer_fired(draft)
        case PauseLifted():
            return on_action.lifted(draft, event)
        case CaseCancelled() | CaseCommented() | CaseReopened() | CaseMigrated():
            return from_outside.happened(draft, event)
        case (
            ActionStarted()
            | ActionSucceeded()
            | ActionFailed()
            | ActionLost()
            | ActionLookedUp()
            | StateFoundChanged()
            | BudgetRefused()
            | ActionHeld()
            | CompensationFinished()
        ):
            return _action_event(draft, event)
        case _:
            return _review_event(draft, event)


def _opened(draft: Draft, event: CaseOpened) -> bool:
    if draft.case.version or draft.case.phase is not Phase.INTAKE or draft.case.tasks_made:
        return False
    if draft.case.probe is not None:
        return probing.opened(draft)
    draft.count(FactKind.CASE_OPENED)
    if draft.case.release:
        why = event.placed or f"where its release stands: {draft.case.stage}"
        draft.note("placed", why, release=draft.case.release, arm=draft.case.arm)
    if event.problem is not None:
        flow.raise_exception(draft, event.problem)
    else:
        flow.start(draft)
    return True


def _step_event(draft: Draft, event: StepReturned | StepRaised | StepFailed | StepHeld) -> bool:
    case = draft.case
    fits = (
        case.state is CaseState.READY
        and case.phase in RUNNING
        and event.step == case.step
        and event.attempt == case.attempt
    )
    if not fits:
        return False
    if case.phase is Phase.SHADOW:
        return shadowing.watched(draft, event)
    if getattr(event, "is_shadow", False):
        return False  # what was only watched is nothing here
    match event:
        case StepReturned():
            on_step.returned(draft, event)
        case StepRaised():
            on_step.raised(draft, event)
        case StepFailed():
            on_step.failed(draft, event)
        case StepHeld() if draft.step.is_ai and case.phase is Phase.STEP:
            on_step.held(draft, event.paused_by)
        case _:
            return False
    return True


def _remedy_returned(draft: Draft, event: RemedyReturned) -> bool:
    case = draft.case
    due_now = case.state is CaseState.READY and case.phase is Phase.REMEDY
    if not due_now or case.exception is None or case.exception.type != event.exception_type:
        return False
    on_step.remedied(draft, event)
    return True


def _action_event(draft: Draft, event: on_action.ActionEvent) -> bool:
    action = on_action.find(draft, event)
    if action is None or not _is_due(draft, action):
        return False
    intended = action.state is ActionState.INTENDED
    match event:
        case ActionStarted() if action.state in acting.STARTABLE:
            flow.start_action(draft, action)
        case ActionSucceeded() if intended:
            on_action.succeeded(draft, event, action)
        case ActionFailed() if intended:
            on_action.failed(draft, event, action)
        case ActionLost() if intended:
            on_action.lost(draft, event, action)
        case StateFoundChanged() if intended:
            on_action.state_changed(draft, event, action)
        case ActionLookedUp() if action.state is ActionState.UNKNOWN:
            on_action.looked_up(draft, event, action)
        case BudgetRefused() if action.state in acting.STARTABLE:
            on_action.budget_refused(draft, event, action)
        case ActionHeld() if action.state in acting.STARTABLE:
            standing_down.held(draft, action, event.paused_by)
        case CompensationFinished() if action.state in HAPPENED:
            on_action.compensated(draft, event, action)
        case _:
            return False
    return True


def _is_due(draft: Draft, action: Action) -> bool:
    """True for the one action this case works on now; whatever else is said of one is too late."""
    case = draft.case
    if case.state is not CaseState.READY:
        return False
    if case.phase is Phase.UNDO:
        return flow.to_undo(draft.contract, case) == action
    return case.phase is Phase.ACTIONS and acting.current(case) == action


def _review_event(draft: Draft, event: Event) -> bool:
    task = getattr(event, "task", None)
    if task is None or not on_look.is_task_of(draft, task) or not task.is_live:
        return False
    match event:
        case ReviewDecided() if undo.takes_effect(draft, event):
            return on_look.decided(draft, event, task)
        case ReviewUndone() if _may_undo(draft, event):
            undo.undone(draft, event)
        case HeldReviewRefused() if undo.is_ripe(draft, task):
            undo.refused(draft, event)
        case _ if task.held_decision is not None:
            return False  # it is decided; nothing comes between that and its effect
        case ReviewHeld() if undo.may_be_held(draft, event):
            undo.held(draft, event)
        case ReviewTakenOver() | ReviewHandedBack() | ReviewAssigned():
            return handover.handed_on(draft, event)
        case _:
            return _on_open_task(draft, event, task)
    return True


def _on_open_task(draft: Draft, event: Event, task: ReviewTask) -> bool:
    beside = None if isinstance(event, ReviewDecided) else on_look.instead(draft, event, task)
    if beside is not None:
        return beside
    match event:
        case OwnAnswerGiven() if task.held_by == event.by:
            on_review.said_own(draft, event)
        case ReviewEscalated() if asking.next_queue(draft.contract, task) is not None:
            if event.by is None and not task.is_overdue(draft.now):
                return False
            on_review.escalated(draft, event)
        case ReviewBreached() if task.is_overdue(draft.now):
            on_review.breached(draft, event)
        case ReviewExpired() if task.expires_at is not None and draft.now >= task.expires_at:
            on_review.expired(draft, event)
        case ReviewClaimed():
            on_review.claimed(draft, event)
        case ReviewReleased() if task.state is ReviewState.CLAIMED:
            on_review.released(draft, event)
        case QuestionAsked() if task.clock_stopped_at is None:
            on_review.asked(draft, event)
        case QuestionAnswered() if task.clock_stopped_at is not None and task.questions:
            on_review.answered(draft, event)
        case _:
            return False
    return True


def _may_undo(draft: Draft, event: ReviewUndone) -> bool:
    held = event.task.held_decision
    return held is not None and held.by == event.by and not undo.is_ripe(draft, event.task)


def _timer_fired(draft: Draft) -> bool:
    case = draft.case
    if case.state is not CaseState.WAITING or case.wake_at is None or draft.now < case.wake_at:
        return False
    if case.phase is Phase.ACTIONS:
        flow.proceed(draft)
    else:
        draft.make_ready(case.phase)
    draft.note("timer", str(case.waits_for or WaitsFor.RETRY))
    return True


def _actor(event: Event) -> str:
    by = getattr(event, "by", None)
    if isinstance(event, ReviewDecided | ReviewHeld):
        by = event.decision.by
    if by:
        return f"person:{by}"
    return "intake" if isinstance(event, CaseOpened) else "worker"
