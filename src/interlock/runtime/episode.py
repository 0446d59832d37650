"""An episode: a batch of cases, each taken from one wait to the next.

load → advance (pure) → record → perform → again. An AI result is on record before anything is
built on it, an action's intent before it starts, its outcome before the next intent. Steps with
fixed rules may run again after a crash; nothing else can.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from time import perf_counter

from sqlalchemy.exc import DBAPIError

from interlock.clock import Clock
from interlock.domain.action import ActionState
from interlock.domain.authoring import Document
from interlock.domain.case import Case, CaseState
from interlock.domain.contract import WorkflowContract
from interlock.domain.effect import Compensate, Effect, RunAction, RunStep, StartAction
from interlock.domain.event import (
    ActionHeld,
    ActionLost,
    ActionStarted,
    BudgetRefused,
    Event,
    RemedyReturned,
    StepFailed,
    StepHeld,
    StepReturned,
)
from interlock.domain.ids import CaseId
from interlock.domain.pause import Pause
from interlock.domain.rules.advance import advance, due, is_out_of_place
from interlock.domain.transition import Transition
from interlock.errors import InterlockError
from interlock.observe import CASE_BROKE, EPISODE_FINISHED, log, span
from interlock.runtime.calling import Arguments, Overruns
from interlock.runtime.crash_points import CrashPlan, CrashPoint
from interlock.runtime.pause_watch import PauseWatch
from interlock.runtime.performer import Performer
from interlock.runtime.plain import plain_text
from interlock.runtime.recorder import Recorder
from interlock.runtime.workflow import Workflows
from interlock.storage import Change, DatabaseUnreachable, Recorded, RecordedKind, Store


class ClaimLost(InterlockError):
    """This worker may no longer act for its cases: it has not said it is alive in time."""

    code = "claim_lost"

    def __init__(self, worker: str) -> None:
        super().__init__(worker)
        self.worker = worker

    def __str__(self) -> str:
        return f"worker {self.worker} was silent too long and gave up its cases; another takes them"


class Fence:
    """Whether this worker may still start an action. Stands open where nobody else could act."""

    def mark(self) -> int:
        """A sign to be read before a claim or an intent is written, for `may_act`."""
        return 0

    def may_act(self, mark: int) -> bool:  # noqa: ARG002  (the heartbeat's fence reads it)
        """False when others may have taken this worker for dead since the mark was read."""
        return True


@dataclass(slots=True)
class _Work:
    """One case under way, with what is decided and not yet recorded."""

    case: Case
    seen_version: int
    mark: int  # the fence's, from before the last thing that proved the claim
    recorded: Case  # as it was last read or recorded
    unrecorded: list[Transition] = field(default_factory=list)
    has_result: bool = False  # something unrecorded that nothing may be built on yet
    before_last: Case | None = None

    def add(self, transition: Transition) -> None:
        self.before_last = self.case
        self.case = transition.case
        self.unrecorded.append(transition)


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeResult:
    """How many cases an episode brought to a wait or an end, and how long it took."""

    cases: int
    took_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeRunner:
    """Runs episodes for one worker."""

    store: Store
    workflows: Workflows
    clock: Clock
    threads: Executor
    worker: str
    crash: CrashPlan = field(default_factory=CrashPlan)
    fence: Fence = field(default_factory=Fence)
    overruns: Overruns = field(default_factory=Overruns)

    def run(self, case_ids: Sequence[CaseId]) -> EpisodeResult:
        """Claims what is ready among these cases and takes each to its next wait.

        A case another living worker holds is left to it. Raises: what the store raises.
        """
        mark = self.fence.mark()
        held = self.store.claim(self.worker, case_ids)
        return self.run_claimed(held, mark=mark)

    def run_ready(self, limit: int) -> EpisodeResult:
        """The same for the oldest cases that are ready and nobody's, at most so many."""
        mark = self.fence.mark()
        held = self.store.claim_ready(self.worker, self.workflows.fingerprints, limit)
        return self.run_claimed(held, mark=mark)

    def run_claimed(self, held: Sequence[Case], *, mark: int | None = None) -> EpisodeResult:
        """The same for cases this worker has claimed already.

        mark: the fence's, read before the claim; without one, the claim counts as made just now.
        """
        started = perf_counter()
        mark = self.fence.mark() if mark is None else mark
        mine = [case for case in held if self.workflows.knows(case.fingerprint)]
        strange = [case.id for case in held if not self.workflows.knows(case.fingerprint)]
        if strange:
            self.store.unclaim(self.worker, strange)
        if mine:
            self.crash.reach(CrashPoint.EPISODE_CLAIMED)
            with span("episode", cases=len(mine)):
                asyncio.run(self._all(mine, mark))
            self.crash.reach(CrashPoint.EPISODE_ENDED)
        took_ms = round((perf_counter() - started) * 1000)
        log().debug(EPISODE_FINISHED, cases=len(mine), took_ms=took_ms, worker=self.worker)
        return EpisodeResult(cases=len(mine), took_ms=took_ms)

    async def _all(self, cases: Sequence[Case], mark: int) -> None:
        recorder, watch = Recorder(self.store, self.crash), PauseWatch(self.store)
        results = await asyncio.gather(
            *(self._one(case, recorder, watch, mark) for case in cases), return_exceptions=True
        )
        failed = [each for each in results if isinstance(each, BaseException)]
        if failed:
            self.store.unclaim(self.worker, [case.id for case in cases])
            raise failed[0]

    async def _one(self, case: Case, recorder: Recorder, watch: PauseWatch, mark: int) -> None:
        """Takes one case to its next wait. One that breaks our own rules becomes an incident:
        retried, then a person's, instead of failing its episodes for ever."""
        try:
            await self._take_on(case, recorder, watch, mark)
        except (ClaimLost, DatabaseUnreachable, DBAPIError):
            raise
        except Exception as crash:
            [now] = self.store.load([case.id])
            if not await self._as_incident(now, crash, recorder):
                raise

    async def _as_incident(self, case: Case, crash: Exception, recorder: Recorder) -> bool:
        """True when the step that is due could be recorded as failed."""
        effect = due(self._contract(case), case)
        if not isinstance(effect, RunStep):
            return False
        log().error(CASE_BROKE, case_id=case.id, step=effect.step, error=type(crash).__name__)
        mark = self.fence.mark()
        work = _Work(case=case, seen_version=case.version, mark=mark, recorded=case)
        said = f"{type(crash).__name__}: {crash}"
        failed = StepFailed(
            step=effect.step,
            attempt=effect.attempt,
            error=plain_text(said[:500]),
            is_shadow=effect.is_shadow,
        )
        self._apply(work, failed)
        return await self._flush(work, recorder)

    async def _take_on(self, case: Case, recorder: Recorder, watch: PauseWatch, mark: int) -> None:
        performer = self._performer(case)
        work = _Work(case=case, seen_version=case.version, mark=mark, recorded=case)
        self._find_lost_action(work)
        while True:
            effect = due(self._contract(work.case), work.case)
            if effect is None:
                if not work.unrecorded or not await self._flush(work, recorder):
                    return
                continue  # what somebody else recorded meanwhile may have made something due
            if work.unrecorded and _needs_the_record(effect, work):
                if not await self._flush(work, recorder):
                    return
                continue  # what was refused on the way to the record may have changed what is due
            if _is_deed(effect):
                self.crash.reach(CrashPoint.INTENT_RECORDED)
                if not self.fence.may_act(work.mark):
                    raise ClaimLost(self.worker)
            event = await _held(effect, work.case, watch)
            if event is None:
                event = await performer.perform(effect, work.case)
            self._apply(work, event)
            work.has_result = work.has_result or _is_result(event)

    def _performer(self, case: Case) -> Performer:
        workflow = self.workflows.of(case.fingerprint)
        arguments = Arguments(workflow, self._document)
        return Performer(workflow, arguments, self.clock, self.threads, self.crash, self.overruns)

    def _document(self, digest: str) -> Document:
        row = self.store.document(digest)
        return Document(name=row.name, content=row.content, channel=row.channel)

    def _contract(self, case: Case) -> WorkflowContract:
        return self.workflows.of(case.fingerprint).contract

    def _find_lost_action(self, work: _Work) -> None:
        """An intent found on loading was left by a crash: nobody knows what became of it."""
        for action in work.case.actions:
            if action.state is ActionState.INTENDED:
                lost = ActionLost(
                    action_id=action.id, error="the worker stopped before it was done"
                )
                self._apply(work, lost)

    def _apply(self, work: _Work, event: Event) -> None:
        contract = self._contract(work.case)
        transition = advance(contract, work.case, event, self.clock.now())
        if not is_out_of_place(transition):
            work.add(transition)

    async def _flush(self, work: _Work, recorder: Recorder) -> bool:
        """Records what is unrecorded. False: the case is no longer this episode's business."""
        while work.unrecorded:
            change = Change(
                seen_version=work.seen_version,
                transitions=tuple(work.unrecorded),
                claimed_by=self.worker,
            )
            if work.has_result:
                self.crash.reach(CrashPoint.AI_RESULT_BEFORE_RECORD)
            mark = self.fence.mark()
            recorded = await recorder.record(change)
            if recorded.kind is RecordedKind.APPLIED:
                work.seen_version += 1
                work.mark = mark
                work.case = work.recorded = replace(work.case, version=work.seen_version)
                had_outcome, had_result = _has_outcome(work.unrecorded), work.has_result
                work.unrecorded, work.has_result = [], False
                if had_result:
                    self.crash.reach(CrashPoint.AI_RESULT_RECORDED)
                if had_outcome:
                    self.crash.reach(CrashPoint.OUTCOME_RECORDED)
                continue
            if recorded.kind is RecordedKind.STALE:
                if not self._taken_up_again(work):
                    return False
                continue
            self._refused(work, recorded)
        return True

    def _taken_up_again(self, work: _Work) -> bool:
        """Puts what was done on top of what somebody else recorded meanwhile, such as a stop.

        False: the case is not this episode's any more; whoever changed it made it ready again.
        """
        [now] = self.store.load([work.case.id])
        if now.state is not CaseState.READY:
            return False
        if now.version != work.seen_version + 1:
            self.store.unclaim(self.worker, [now.id])  # it may be ours still: let the sweep find it
            return False
        # One change that left the case ready did not end the claim: nobody else works on it.
        events = [each.event for each in work.unrecorded]
        work.case = work.recorded = now
        work.seen_version, work.unrecorded = now.version, []
        for event in events:
            self._apply(work, event)
        return True

    def _refused(self, work: _Work, recorded: Recorded) -> None:
        """A transition could not be written: it is taken back and answered differently."""
        if recorded.kind is RecordedKind.PAUSED and recorded.pause is not None:
            self._stopped(work, recorded.place, recorded.pause)
            return
        refused = work.unrecorded.pop()
        work.case = work.before_last or refused.case
        reservation = recorded.reservation
        if recorded.kind is RecordedKind.BUDGET and reservation is not None:
            detail = (
                f"{reservation.budget} allows {reservation.limit} and {recorded.used} are used; "
                f"this needs {reservation.units}"
            )
            event: Event = BudgetRefused(
                action_id=reservation.action_id,
                budget=reservation.budget,
                detail=detail,
                free_again_at=reservation.free_again_at,
            )
        else:
            taken = f"the corrected key belongs to case {recorded.other_case}"
            exception_type = work.case.exception.type if work.case.exception else ""
            event = RemedyReturned(exception_type=exception_type, error=taken)
        self._apply(work, event)

    def _stopped(self, work: _Work, place: int, pause: Pause) -> None:
        """A start met a pause on its way to the record: what rests on it is taken back, and it
        goes on record as stopped."""
        stopped = work.unrecorded[place].event
        work.unrecorded = work.unrecorded[:place]
        work.case = work.unrecorded[-1].case if work.unrecorded else work.recorded
        if isinstance(stopped, ActionStarted):
            self._apply(work, ActionHeld(action_id=stopped.action_id, paused_by=pause.mark))
        elif isinstance(stopped, StepReturned):
            self._apply(work, replace(stopped, paused_by=pause.mark))


async def _held(effect: Effect, case: Case, watch: PauseWatch) -> Event | None:
    """What answers an AI step that is paused; None for everything that may begin."""
    if not isinstance(effect, RunStep) or not effect.is_ai:
        return None
    pause = await watch.what_stops(case, effect)
    if pause is None:
        return None
    return StepHeld(step=effect.step, attempt=effect.attempt, paused_by=pause.mark)


def _is_deed(effect: Effect) -> bool:
    """True for what acts on the world; its intent is on record first."""
    return isinstance(effect, RunAction | Compensate)


def _is_result(event: Event) -> bool:
    """An AI result, before anything is built on it; a new key, before anything relies on it."""
    if isinstance(event, RemedyReturned):
        return event.refit is not None
    return isinstance(event, StepReturned) and event.proposal is not None


def _needs_the_record(effect: Effect, work: _Work) -> bool:
    """True when what is decided must be on record before this effect is performed.

    An action that starts performs nothing yet: its intent shares the record of what led to it.
    """
    return _is_deed(effect) or (work.has_result and not isinstance(effect, StartAction))


def _has_outcome(transitions: Sequence[Transition]) -> bool:
    return any(
        action.state is not ActionState.INTENDED for each in transitions for action in each.actions
    )
