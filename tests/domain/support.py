"""A case played through the rules with a scripted world, in memory and without I/O.

Events are applied in the order in which an episode applies them: an intent goes on record before
its action runs, a spent budget refuses the intent. Whatever was applied can be replayed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from interlock.domain.action import Action, ActionState
from interlock.domain.case import Case, CaseState, OpenException, ProposalRecord, RequestRecord
from interlock.domain.contract import WorkflowContract
from interlock.domain.desk_event import HeldReviewRefused, ReviewHeld
from interlock.domain.effect import (
    Compensate,
    Effect,
    LookUpAction,
    RunAction,
    RunRemedy,
    RunStep,
)
from interlock.domain.event import (
    ActionFailed,
    ActionLookedUp,
    ActionLost,
    ActionStarted,
    ActionSucceeded,
    BudgetRefused,
    CaseCancelled,
    CaseOpened,
    CaseRefit,
    CompensationFinished,
    Event,
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
    StepRaised,
    StepReturned,
    TimerFired,
)
from interlock.domain.ids import PersonId, StepName
from interlock.domain.review import Decision, EditTarget, ReviewState, ReviewTask, Verb
from interlock.domain.rules import asking, assign
from interlock.domain.rules.advance import advance, due, is_out_of_place
from interlock.domain.transition import Transition
from interlock.testing.builders import MORNING, a_case

Answer = Callable[[Any], Event]
World = Mapping[str, Sequence[Answer]]
MANY = 500  # events in one episode; a case that needs more never waits


class NotAllowed(AssertionError):
    """Somebody tried what the rules do not let them do."""


class Play:
    """One case, its clock, and everything that happened to it."""

    def __init__(
        self,
        contract: WorkflowContract,
        world: World | None = None,
        *,
        case: Case | None = None,
        problem: OpenException | None = None,
        now: datetime = MORNING,
        go: bool = True,
    ) -> None:
        self.contract, self.now, self.case = contract, now, case or a_case()
        self.world: dict[str, list[Answer]] = {k: list(v) for k, v in (world or {}).items()}
        self.transitions: list[Transition] = []
        self.tasks: dict[str, ReviewTask] = {}
        self.performed: list[Effect] = []
        self.apply(CaseOpened(case=self.case, problem=problem))
        if go:
            self.run()

    def apply(self, event: Event) -> Transition:
        """Applies one event, which must have a place."""
        transition = advance(self.contract, self.case, event, self.now)
        assert not is_out_of_place(transition), (event.kind, transition.notes)
        return self._take(transition)

    def _take(self, transition: Transition) -> Transition:
        self.case = transition.case
        self.tasks |= {task.id: task for task in transition.tasks}
        self.transitions.append(transition)
        return transition

    def run(self) -> Play:
        """Takes the case to its next wait or its end."""
        for _ in range(MANY):
            if not self.perform():
                return self
        raise AssertionError(f"{self.case.state} {self.case.phase} never ends")

    def perform(self) -> bool:
        """Performs the one effect that is due. False: nothing is."""
        effect = due(self.contract, self.case)
        if effect is None:
            return False
        self.performed.append(effect)
        event = self._answer(effect)
        if isinstance(event, BudgetRefused):
            intent = ActionStarted(action_id=event.action_id)
            asked = advance(self.contract, self.case, intent, self.now)
            if not asked.reservations:  # it never came to the budget
                event = intent
        watched = isinstance(effect, RunStep) and effect.is_shadow
        self.apply(replace(event, is_shadow=True) if watched else event)  # type: ignore[call-arg]
        return True

    def _answer(self, effect: Effect) -> Event:
        name, usual = _scripted(effect)
        answers = self.world.get(name, [])
        if not answers:
            return usual(effect)
        return (answers.pop(0) if len(answers) > 1 else answers[0])(effect)

    # --- people ---------------------------------------------------------------------------

    @property
    def task(self) -> ReviewTask:
        """The task the case waits on."""
        assert self.case.task is not None, f"no task: {self.case.state} {self.case.phase}"
        return self.tasks[self.case.task]

    def decide(self, verb: Verb, by: str, **given: Any) -> Play:
        """Claims the task and records the decision, as commands do. Raises: NotAllowed."""
        refit, value = given.pop("refit", None), given.pop("value", None)
        hold = given.pop("hold", False)
        person, task = PersonId(by), self.task
        allowed = assign.may_decide(
            self.contract, self.case, task, by, verb, self.now, **_permission_facts(given)
        )
        if not allowed.allowed:
            raise NotAllowed(allowed.rule, allowed.reason)
        if task.held_by != person or task.state is not ReviewState.CLAIMED:
            self.apply(ReviewClaimed(task=task, by=person))
        decision = Decision(
            task_id=task.id,
            case_id=task.case_id,
            verb=verb,
            by=person,
            at=self.now,
            value=value,
            **given,
        )
        if hold and self.contract.queues[task.queue].undo_seconds:
            self.apply(ReviewHeld(task=self.task, decision=decision))
            return self
        self.apply(ReviewDecided(task=self.task, decision=decision, refit=refit))
        return self.run()

    def approve(self, by: str = "anna", **given: Any) -> Play:
        return self.decide(Verb.APPROVE, by, **given)

    def reject(self, by: str = "anna", **given: Any) -> Play:
        return self.decide(Verb.REJECT, by, **given)

    def edit(self, value: Any = None, by: str = "anna", **given: Any) -> Play:
        return self.decide(Verb.EDIT, by, value=value, **given)

    def ask(self, by: str = "anna", text: str = "Which one?") -> Play:
        self.apply(QuestionAsked(task=self.task, by=PersonId(by), text=text))
        return self

    def answer(self, text: str = "The second one.") -> Play:
        self.apply(QuestionAnswered(task=self.task, by="the customer", text=text))
        return self

    def cancel(self, by: str = "carla") -> Play:
        task = self.tasks[self.case.task] if self.case.task else None
        self.apply(CaseCancelled(by=PersonId(by), task=task))
        return self.run()

    # --- time -----------------------------------------------------------------------------

    def pass_time(self, **span: float) -> Play:
        """Lets time pass and then does what a sweep does."""
        self.now += timedelta(**span)
        return self.sweep()

    def wake(self) -> Play:
        """Goes to the moment the case waits for."""
        assert self.case.wake_at is not None, f"no timer: {self.case.state} {self.case.waits_for}"
        self.now = max(self.now, self.case.wake_at)
        self.apply(TimerFired())
        return self.run()

    def sweep(self) -> Play:
        """What time itself brings about, once."""
        waiting = self.case.state is CaseState.WAITING
        if waiting and self.case.wake_at is not None and self.now >= self.case.wake_at:
            self.apply(TimerFired())
        elif self.case.task is not None:
            event = clock_event(self.contract, self.task, self.now)
            if event is not None:
                self.apply(event)
        return self.run()

    # --- what is to be seen -----------------------------------------------------------------

    @property
    def history(self) -> list[tuple[Event, datetime]]:
        return [(each.event, each.at) for each in self.transitions]

    @property
    def notes(self) -> list[tuple[str, str]]:
        return [(note.what, note.rule) for each in self.transitions for note in each.notes]

    def actions(self) -> list[tuple[str, ActionState]]:
        return [(each.name, each.state) for each in self.case.actions]

    def intents(self) -> list[Action]:
        """Every intent that was recorded, in order, as it was then."""
        return [
            action
            for each in self.transitions
            for action in each.actions
            if action.state is ActionState.INTENDED
        ]

    def ran(self) -> list[str]:
        """The functions and actions that were performed, in order."""
        return [_scripted(each)[0] for each in self.performed]


def clock_event(contract: WorkflowContract, task: ReviewTask, now: datetime) -> Event | None:
    """What a task's clocks say now, the weightiest first."""
    if task.held_decision is not None:
        ripe = task.takes_effect_at is not None and now >= task.takes_effect_at
        return held_effect(contract, task, now) if ripe else None
    if task.expires_at is not None and now >= task.expires_at:
        return ReviewExpired(task=task)
    if task.is_overdue(now) and task.breached_at is None:
        onward = asking.next_queue(contract, task)
        return ReviewEscalated(task=task) if onward else ReviewBreached(task=task)
    lapsed = task.lease_until is not None and now >= task.lease_until
    if task.state is ReviewState.CLAIMED and lapsed and task.clock_stopped_at is None:
        return ReviewReleased(task=task)
    return None


def held_effect(contract: WorkflowContract, task: ReviewTask, now: datetime) -> Event:
    """What becomes of a held decision whose window is over; the amount of time may forbid it."""
    decision = task.held_decision
    assert decision is not None
    if task.expires_at is not None and now >= task.expires_at:
        return HeldReviewRefused(task=task, reason="the time is over")
    edits_case = decision.verb is Verb.EDIT and task.edits is EditTarget.CASE
    return ReviewDecided(task=task, decision=decision, refit=a_refit() if edits_case else None)


def _permission_facts(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in ("supplied", "reason_code") if name in given}


def _scripted(effect: Effect) -> tuple[str, Answer]:
    """The name an effect has in the world, and what happens where the world says nothing."""
    match effect:
        case RunStep():
            return effect.function, proposed({}) if effect.is_ai else output({})
        case RunRemedy():
            return effect.function, found_nothing
        case RunAction():
            return effect.action.name, done()
        case LookUpAction():
            return f"find_{effect.action.name}", found(True)
        case Compensate():
            return f"undo_{effect.action.name}", undone
    return f"start_{effect.action.name}", started


# --- answers of the world ---------------------------------------------------------------------


def output(value: Any, **more: Any) -> Answer:
    """A step returns a value."""
    return lambda e: StepReturned(step=e.step, attempt=e.attempt, value=value, **more)


def proposed(value: Any, confidence: float = 0.99, *, states: Any = None, **more: Any) -> Answer:
    """An AI step returns a proposal."""

    def answer(effect: RunStep) -> Event:
        record = ProposalRecord(step=effect.step, value=value, confidence=confidence, **more)
        known = dict(states or {})
        return StepReturned(step=effect.step, attempt=effect.attempt, proposal=record, states=known)

    return answer


def requests(**actions: Mapping[str, Any]) -> tuple[RequestRecord, ...]:
    """Requests for these actions, with these arguments."""
    return tuple(RequestRecord(action=name, arguments=given) for name, given in actions.items())


def raised(kind: str, detail: str = "it is odd", **more: Any) -> Answer:
    """A step raises a business exception."""

    def answer(effect: RunStep) -> Event:
        exception = OpenException(type=kind, detail=detail, step=StepName(effect.step), **more)
        return StepRaised(step=effect.step, attempt=effect.attempt, exception=exception)

    return answer


def crashed(error: str = "ValueError: no", **more: Any) -> Answer:
    """A step crashes, or with timed_out=True overruns its time."""
    return lambda e: StepFailed(step=e.step, attempt=e.attempt, error=error, **more)


def started(effect: Any) -> Event:
    return ActionStarted(action_id=effect.action.id)


def spent(*, hours: float = 1) -> Answer:
    """A cumulative budget has nothing left for so many hours; asked at `start_NAME`."""

    def answer(effect: Any) -> Event:
        free = effect.action.intended_at or MORNING
        return BudgetRefused(
            action_id=effect.action.id,
            budget=f"{effect.action.name}.count_per_hour",
            detail="nothing is left",
            free_again_at=free + timedelta(hours=hours),
        )

    return answer


def done(receipt: Any = None) -> Answer:
    return lambda e: ActionSucceeded(action_id=e.action.id, receipt=receipt)


def refused(error: str = "closed", kind: str | None = None) -> Answer:
    """The system says no; with a kind, the action raises it as a business exception."""

    def answer(effect: RunAction) -> Event:
        exception = OpenException(type=kind, detail=error, step=None) if kind else None
        return ActionFailed(action_id=effect.action.id, error=error, exception=exception)

    return answer


def lost(effect: RunAction) -> Event:
    return ActionLost(action_id=effect.action.id, error="no answer")


def moved(digest: str = "new") -> Answer:
    """The state an action rests on has changed."""
    return lambda e: StateFoundChanged(
        action_id=e.action.id, detail="it changed", state_digest=digest
    )


def found(there: bool | None) -> Answer:
    return lambda e: ActionLookedUp(action_id=e.action.id, found=there)


def undone(effect: Compensate) -> Event:
    return CompensationFinished(action_id=effect.action.id)


def not_undone(effect: Compensate) -> Event:
    return CompensationFinished(action_id=effect.action.id, error="closed")


def found_nothing(effect: RunRemedy) -> Event:
    return RemedyReturned(exception_type=effect.exception.type)


def found_values(**changes: Any) -> Answer:
    """A remedy finds new values for case fields."""
    return lambda e: RemedyReturned(
        exception_type=e.exception.type, changes=changes, refit=a_refit(**changes)
    )


def a_refit(key: str = "1", **data: Any) -> CaseRefit:
    """The case's own fields after an edit."""
    plain = CaseRefit(
        data={"number": key},
        key=key,
        title=f"Letter {key}",
        tenant="",
        segment="",
        amount_micros=None,
        amount_currency=None,
        deadline=None,
    )
    return replace(plain, data={**plain.data, **data})
