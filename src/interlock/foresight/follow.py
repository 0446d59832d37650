"""Following one past case under another contract, through `advance` itself.

Its one rule: what the case needs next is answered from its record, or live where a step may be
run, or the trail ends there and says what is not known. No action is ever performed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Protocol, TypeAlias

from interlock.domain.case import Case, CaseState, OpenException
from interlock.domain.contract import Stage
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
    ActionStarted,
    CaseOpened,
    Event,
    ReviewBreached,
    ReviewClaimed,
    ReviewDecided,
    ReviewEscalated,
    StepHeld,
    TimerFired,
)
from interlock.domain.money import Money
from interlock.domain.review import ReviewTask
from interlock.domain.rules import asking
from interlock.domain.rules.advance import advance, due, is_out_of_place
from interlock.foresight.record import TIMER, Record, effect_key, put_to, question_key
from interlock.foresight.replayed import Moment, ReplayedCase
from interlock.foresight.trail import Trail, TrailEnd, TrailMaker
from interlock.runtime.workflow import CaseUnfit, Workflow

MOST_EVENTS: Final = 500  # of one case; more is a contract that goes in circles

Live: TypeAlias = Callable[[RunStep | RunRemedy, Case, datetime], Event]


class Supposed(Protocol):
    """Answers for what the record does not say, where supposing is what is wanted."""

    def effect(self, effect: Effect, case: Case) -> Event:
        """What answers an effect."""
        ...

    def person(self, case: Case, task: ReviewTask, now: datetime) -> Event | None:
        """What a person would say; None: nobody may say anything."""
        ...


def follow(
    candidate: Workflow,
    past: ReplayedCase,
    *,
    stage: Stage | None = None,
    live: Live | None = None,
    supposed: Supposed | None = None,
) -> Trail:
    """What the case would have met under the candidate.

    stage: instead of the case's own. live: runs a step's function; AI steps are then always run,
    others where the record has no answer for their input. supposed: answers what nothing else
    does; people then answer at once, for their time is somebody else's to reckon.
    """
    return _Walk(candidate, past, stage, live, supposed).to_its_end()


@dataclass(slots=True)
class _Walk:
    candidate: Workflow
    past: ReplayedCase
    stage: Stage | None
    live: Live | None
    supposed: Supposed | None
    record: Record = field(init=False)
    maker: TrailMaker = field(default_factory=TrailMaker)
    case: Case = field(init=False)
    now: datetime = field(init=False)
    in_step: bool = True  # with the record: nothing has gone another way so far

    def to_its_end(self) -> Trail:
        self.record = Record(self.past, self.candidate.loaded)
        self.now = self.past.moments[0].at
        opened = self._opened()
        self.case = opened.case
        self._apply(opened)
        for _ in range(MOST_EVENTS):
            ended = self.in_step and self.record.is_at_its_end
            if ended and (self.supposed is None or self.case.state is CaseState.CLOSED):
                return self.maker.finish(self.case)
            stop = self._one_event()
            if stop is not None:
                return stop
        return self._unknown(f"it went on for over {MOST_EVENTS} events")

    def _one_event(self) -> Trail | None:
        """Brings about what comes next; the finished trail when nothing does."""
        unasked = self.record.next_unasked() if self.in_step else None
        if unasked is not None:
            self._unasked(unasked)
            return None
        if self.case.state is CaseState.CLOSED:
            return self.maker.finish(self.case)
        effect = due(self.candidate.contract, self.case)
        if effect is not None:
            return self._answer(effect)
        task = self.maker.open_task(self.case)
        if task is not None:
            return self._ask(task)
        if self.case.wake_at is not None:
            self._wake(self.case.wake_at)
            return None
        return self.maker.finish(self.case)

    def _opened(self) -> CaseOpened:
        """The opening, with the case as the candidate reads its fields."""
        [first, *_] = self.past.moments
        opening = first.event
        assert isinstance(opening, CaseOpened)
        was, contract = opening.case, self.candidate.contract
        case = replace(was, fingerprint=contract.fingerprint, stage=self.stage or was.stage)
        if opening.problem is not None or contract.fingerprint == was.fingerprint:
            return replace(opening, case=case)
        try:
            refit = self.candidate.fit(dict(was.data))
        except CaseUnfit as unfit:
            kind = "missing_data" if unfit.absent else "schema_change"
            detail = "; ".join(unfit.problems)
            problem = OpenException(type=kind, detail=detail, step=None, missing=unfit.absent)
            return replace(opening, case=case, problem=problem)
        amount = None
        if refit.amount_micros is not None and refit.amount_currency is not None:
            amount = Money(micros=refit.amount_micros, currency=refit.amount_currency)
        return CaseOpened(
            case=replace(
                case,
                data=refit.data,
                segment=refit.segment,
                amount=amount,
                deadline=refit.deadline,
            )
        )

    def _answer(self, effect: Effect) -> Trail | None:
        """What is due is answered: a step live or from the record, an action from the record."""
        if isinstance(effect, RunStep | RunRemedy) and self._runs_live(effect):
            self._run_live(effect)
            return None
        moment = self._recorded(effect)
        if moment is not None:
            if _watched(moment.event) != _watched(effect):
                self.in_step = False  # the same was said, and it counts for something else
            self._apply(_readdressed(moment.event, effect, self.case))
            return None
        if isinstance(effect, StartAction):  # nothing in the world: that it begins is known
            self.in_step = False
            self._apply(ActionStarted(action_id=effect.action.id))
            return None
        if self.supposed is not None:
            self.in_step = False
            self._apply(self.supposed.effect(effect, self.case))
            return None
        return self._unknown(_missing(effect, known=self._has_other_answer(effect)))

    def _runs_live(self, effect: RunStep | RunRemedy) -> bool:
        if self.live is None:
            return False
        if isinstance(effect, RunStep) and effect.is_ai:
            return True
        return self.record.peek(self._key(effect)) is None

    def _run_live(self, effect: RunStep | RunRemedy) -> None:
        assert self.live is not None
        recorded = self._recorded(effect)  # its time is used, and the next one is next
        event = self.live(effect, self.case, self.now)
        self.in_step = self.in_step and recorded is not None
        self._apply(event)

    def _key(self, effect: Effect) -> object:
        return effect_key(self.candidate.contract, self.candidate.loaded, self.case, effect)

    def _has_other_answer(self, effect: Effect) -> bool:
        return isinstance(effect, RunStep) and self.record.knows_step(effect)

    def _recorded(self, effect: Effect) -> Moment | None:
        return self._take(self._key(effect))

    def _take(self, key: object, *, not_before: datetime | None = None) -> Moment | None:
        """The recorded answer, at the time it took on the record."""
        before = self.record.last
        moment = self.record.answer(key)
        if moment is None:
            return None
        self.in_step = self.in_step and moment.place == before.place + 1
        gap = moment.at - self.past.moments[moment.place - 1].at
        moved = self.now if self.supposed is not None else self.now + gap
        self.now = max(moved, not_before or self.now)
        return moment

    def _ask(self, task: ReviewTask) -> Trail | None:
        """The recorded answer to the same question, if whoever gave it may answer it here."""
        key = question_key(self.case, task)
        coming = self.record.peek(key)
        if coming is None:
            return self._suppose_person(task, "a person would be asked")
        if self._falls_late(task, coming):
            return None
        moment = self._take(key)
        assert moment is not None
        event = put_to(moment.event, self.case, task)
        if isinstance(event, ReviewDecided) and task.held_by != event.decision.by:
            self.in_step = False
            self._apply(ReviewClaimed(task=task, by=event.decision.by))
            task = self.maker.open_task(self.case) or task
            event = put_to(moment.event, self.case, task)
        if not self._apply(event) and isinstance(event, ReviewDecided):
            why = f"a person would be asked: {event.decision.by} may not answer it here"
            return self._suppose_person(self.maker.open_task(self.case) or task, why)
        return None

    def _suppose_person(self, task: ReviewTask, why: str) -> Trail | None:
        """What a person might say, where that is asked for; else the trail ends at the question."""
        self.in_step = False
        event = None
        if self.supposed is not None:
            event = self.supposed.person(self.case, task, self.now)
        if event is None:
            return self.maker.finish(self.case, TrailEnd.PERSON, why)
        by = event.decision.by if isinstance(event, ReviewDecided) else None
        if by is not None and task.held_by != by:
            self._apply(ReviewClaimed(task=task, by=by))
            event = put_to(event, self.case, self.maker.open_task(self.case) or task)
        return None if self._apply(event) else self.maker.finish(self.case, TrailEnd.PERSON, why)

    def _falls_late(self, task: ReviewTask, coming: Moment) -> bool:
        """Where the candidate gives less time than the record had, silence comes first."""
        recorded: ReviewTask | None = getattr(coming.event, "task", None)
        if recorded is None or task.breached_at is not None or not task.clock_runs:
            return False
        less = task.due_at - task.opened_at < recorded.due_at - recorded.opened_at
        comes_at = self.now + (coming.at - self.past.moments[coming.place - 1].at)
        if not less or comes_at < task.due_at:
            return False
        self.in_step, self.now = False, max(self.now, task.due_at)
        onward = asking.next_queue(self.candidate.contract, task)
        late = ReviewBreached(task=task) if onward is None else ReviewEscalated(task=task)
        return self._apply(late)

    def _wake(self, moment: datetime) -> None:
        fired = self._take(TIMER, not_before=moment)
        if fired is None:
            self.in_step, self.now = False, max(self.now, moment)
        self._apply(TimerFired())

    def _unasked(self, moment: Moment) -> None:
        self.now += moment.at - self.past.moments[moment.place - 1].at
        task = self.maker.open_task(self.case)
        event = moment.event
        if task is not None and getattr(event, "task", None) is not None:
            event = put_to(event, self.case, task)
        self._apply(event)

    def _apply(self, event: Event) -> bool:
        """False: it had no place, and nothing changed."""
        transition = advance(self.candidate.contract, self.case, event, self.now)
        if is_out_of_place(transition):
            self.in_step = False
            return False
        self.maker.add(transition)
        self.case = transition.case
        return True

    def _unknown(self, why: str) -> Trail:
        return self.maker.finish(self.case, TrailEnd.UNKNOWN, why)


def _readdressed(event: Any, effect: Effect, case: Case) -> Any:
    """The recorded answer, addressed to this attempt or this action."""
    if isinstance(effect, RunStep):
        said = replace(event, attempt=case.attempt)
        # What was watched then may count here, and the reverse: the AI said the same.
        return said if isinstance(event, StepHeld) else replace(said, is_shadow=effect.is_shadow)
    if isinstance(effect, RunRemedy):
        return event
    return replace(event, action_id=effect.action.id)


def _watched(said: Event | Effect) -> bool:
    """Whether this is the AI's work beside the real handling."""
    return bool(getattr(said, "is_shadow", False))


def _missing(effect: Effect, *, known: bool) -> str:
    match effect:
        case RunStep() if known:
            return f"{effect.function} was recorded on other input"
        case RunStep():
            return f"{effect.function} has no answer on record"
        case RunRemedy():
            return f"remedy {effect.function} has no answer on record"
        case Compensate():
            return f"undoing {effect.action.name} is not on record"
        case LookUpAction() | RunAction() | StartAction():
            return f"{effect.action.name} with these arguments was never done"
