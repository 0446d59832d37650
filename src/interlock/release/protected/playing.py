"""Plays one protected case through `advance`, with nothing around it: no database, no engine, no
action.

Its one rule: what would be done is noted and answered as done; what a person must decide is
answered only where the case says how, else the case stops there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from interlock.canonical import canonical, content_digest, derived_id
from interlock.clock import Clock
from interlock.domain.authoring import Document
from interlock.domain.case import (
    Case,
    CaseState,
    OpenException,
    ProposalRecord,
    RequestRecord,
    Source,
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
    ActionLookedUp,
    ActionStarted,
    ActionSucceeded,
    CaseOpened,
    CompensationFinished,
    Event,
    RemedyReturned,
    StepFailed,
    StepRaised,
    StepReturned,
    TimerFired,
)
from interlock.domain.exceptions import CaseException
from interlock.domain.ids import CaseId, StepName
from interlock.domain.money import Money
from interlock.domain.protected import ExpectedAction, ProtectedCase, Seen, StepAnswer
from interlock.domain.review import ReviewKind, ReviewTask
from interlock.domain.rules.advance import advance, due, is_out_of_place
from interlock.domain.rules.protecting import approval_rule
from interlock.domain.transition import Transition
from interlock.release.protected.deciding import answer_for
from interlock.release.protected.frozen_world import CannotPlay, FrozenWorld
from interlock.runtime.calling import Arguments, Overruns, contained
from interlock.runtime.crash_points import CrashPlan
from interlock.runtime.performer import Performer
from interlock.runtime.plain import to_plain
from interlock.runtime.workflow import CaseUnfit

MOST_TURNS: Final = 400  # effects, decisions and waits of one case; more goes in circles
CHANNEL: Final = "protected"
FIELDS: Final = "fields.json"


class PlayClock:
    """A clock that stands still until the case waits for a moment."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def jump_to(self, moment: datetime) -> None:
        """It is at least this moment from now on."""
        self._now = max(self._now, moment)


@dataclass(slots=True)
class _Story:
    """What happened so far."""

    case: Case
    task: ReviewTask | None = None
    done: list[ExpectedAction] = field(default_factory=list)
    met: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    from_record: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    given: set[int] = field(default_factory=set)  # decisions that were used


def play(
    world: FrozenWorld,
    protected: ProtectedCase,
    *,
    now: datetime,
    threads: Executor,
    from_record: bool = False,
) -> Seen:
    """What comes of the case. from_record: the models' answers are those that were frozen.

    Raises: CannotPlay when it asks for what is not frozen, or goes in circles.
    """
    return asyncio.run(_Player(world, protected, now, threads, from_record).play())


class _Player:
    def __init__(
        self,
        world: FrozenWorld,
        protected: ProtectedCase,
        now: datetime,
        threads: Executor,
        from_record: bool,
    ) -> None:
        self._world, self._protected = world, protected
        self._workflow, self._contract = world.workflow, world.workflow.contract
        self._clock: Clock = PlayClock(protected.at or now)
        self._from_record = from_record
        self._document = protected.document or _as_document(protected)
        arguments = Arguments(self._workflow, lambda _: self._document)
        self._performer = Performer(
            self._workflow, arguments, self._clock, threads, CrashPlan(), Overruns()
        )

    async def play(self) -> Seen:
        opened = self._open()
        story = _Story(case=opened.case)
        self._listen(story, opened)
        for _ in range(MOST_TURNS):
            events = await self._next(story)
            if not events:
                return self._seen(story)
            for event in events:
                self._apply(story, event)
        raise CannotPlay(
            f"after {MOST_TURNS} turns it had not come to an end", "look for a step that repeats"
        )

    async def _next(self, story: _Story) -> list[Event]:
        """What happens next, or nothing when it ended or waits for a person."""
        case = story.case
        if case.state is CaseState.CLOSED:
            return []
        effect = due(self._contract, case)
        if effect is not None:
            return [await self._perform(effect, story)]
        if case.wake_at is not None:
            assert isinstance(self._clock, PlayClock)
            self._clock.jump_to(case.wake_at)
            return [TimerFired()]
        if story.task is None:
            return []
        return answer_for(
            self._workflow, case, story.task, self._protected, story.given, self._clock.now()
        )

    async def _perform(self, effect: Effect, story: _Story) -> Event:
        match effect:
            case RunStep() | RunRemedy():
                return await self._called(effect, story)
            case StartAction():
                return ActionStarted(action_id=effect.action.id)
            case RunAction():
                action = effect.action
                story.done.append(ExpectedAction(name=action.name, arguments=self._facts(action)))
                receipt = self._protected.receipts.get(action.name)
                return ActionSucceeded(action_id=action.id, receipt=receipt)
            case LookUpAction():
                return ActionLookedUp(action_id=effect.action.id, found=True)
            case Compensate():
                return CompensationFinished(action_id=effect.action.id)

    def _facts(self, action: Any) -> dict[str, Any]:
        """What can be held to a value: the arguments the step gave, and the amount."""
        amount = {"amount": f"{action.amount.amount:.2f}"} if action.amount else {}
        return {**amount, **to_plain(action.arguments)}

    async def _called(self, effect: RunStep | RunRemedy, story: _Story) -> Event:
        frozen = self._protected.answers.get(effect.function)
        sealed = self._world.cannot_call(effect.function)
        wants_record = self._from_record and isinstance(effect, RunStep) and effect.is_ai
        if frozen is not None and (sealed or wants_record):
            story.from_record.append(effect.function)
            return self._frozen(effect, frozen, story.case)
        if sealed or wants_record:
            missing = f"system {sealed}, which is not frozen" if sealed else "the record"
            raise CannotPlay(
                f"{effect.function} asks for {missing}, and has no frozen answer",
                f"write what it holds under systems:, or answers: {{{effect.function}: …}}",
            )
        event = await self._performer.perform(effect, story.case)
        if isinstance(event, StepFailed):
            said = self._masked(f"{effect.function}: {event.error}", story.case)
            story.notes.append(said)
        return event

    def _frozen(self, effect: RunStep | RunRemedy, answer: StepAnswer, case: Case) -> Event:
        if isinstance(effect, RunRemedy):
            return self._frozen_remedy(effect, answer, case)
        step, attempt = StepName(effect.step), effect.attempt
        if answer.failed:
            return StepFailed(step=step, attempt=attempt, error=answer.failed)
        if answer.raises:
            exception = OpenException(
                type=answer.raises,
                detail=answer.detail,
                step=step,
                missing=answer.missing,
                value=answer.value,
                has_value=answer.may_approve,
                requests=_requests(answer),
                may_retry=answer.may_retry,
                evidence=answer.evidence,
            )
            return StepRaised(step=step, attempt=attempt, exception=exception)
        proposal = None
        if answer.confidence is not None:
            proposal = ProposalRecord(
                step=step,
                value=answer.value,
                confidence=answer.confidence,
                evidence=answer.evidence,
                requests=_requests(answer) or (),
                model=answer.model,
            )
        return StepReturned(
            step=step,
            attempt=attempt,
            value=None if proposal else answer.value,
            proposal=proposal,
            requests=None if proposal else _requests(answer),
            evidence={} if proposal else answer.evidence,
        )

    def _frozen_remedy(self, effect: RunRemedy, answer: StepAnswer, case: Case) -> Event:
        kind = effect.exception.type
        if not answer.value:
            return RemedyReturned(exception_type=kind, error=answer.failed)
        try:
            refit = self._workflow.fit({**case.data, **answer.value})
        except CaseUnfit as unfit:
            return RemedyReturned(exception_type=kind, error=str(unfit))
        return RemedyReturned(exception_type=kind, changes=answer.value, refit=refit)

    def _apply(self, story: _Story, event: Event) -> None:
        transition = advance(self._contract, story.case, event, self._clock.now())
        if is_out_of_place(transition):
            raise CannotPlay(
                f"{event.kind} has no place in {story.case.state}", "report this as a bug"
            )
        self._listen(story, transition)

    def _listen(self, story: _Story, transition: Transition) -> None:
        story.case = case = transition.case
        if case.exception is not None and case.exception.type not in story.met:
            story.met.append(case.exception.type)
            story.notes.append(
                self._masked(f"{case.exception.type}: {case.exception.detail}", case)
            )
        story.task = next((t for t in transition.tasks if t.id == case.task), story.task)
        if case.task is None:
            story.task = None
        for task in transition.tasks:
            if task.id == case.task and task.is_live:
                story.asked += [each for each in self._rules(task) if each not in story.asked]

    def _masked(self, text: str, case: Case) -> str:
        """The text without the protected values of the case."""
        for name in self._contract.case.protected:
            if case.data.get(name):
                text = text.replace(str(case.data[name]), "…")
        return text

    def _rules(self, task: ReviewTask) -> list[str]:
        """What a question touches: its step, the action, and the approval rule that asks."""
        found = [task.step or ""] if task.kind is not ReviewKind.EXCEPTION else []
        for place, tier in enumerate(self._contract.approvals, 1):
            named = tier.name and task.why.endswith(f": {tier.name}")
            if task.kind is ReviewKind.APPROVAL and (
                named or (not tier.name and set(task.approvers) & set(tier.tier))
            ):
                found += [approval_rule(place, tier.name), tier.action]
        return [each for each in found if each]

    def _seen(self, story: _Story) -> Seen:
        case, task = story.case, story.task
        waits = task is not None and case.state is not CaseState.CLOSED
        return Seen(
            outcome=case.outcome,
            handled=case.handling,
            waits_at=str(case.step or "intake") if waits else None,
            exception=task.exception_type if task is not None and waits else None,
            route=task.queue if task is not None and waits else None,
            segment=case.segment,
            outputs=case.outputs,
            actions=tuple(story.done),
            met=tuple(dict.fromkeys(story.met)),
            asked=tuple(story.asked),
            from_record=tuple(dict.fromkeys(story.from_record)),
            notes=tuple(dict.fromkeys(story.notes)),
        )

    def _open(self) -> Transition:
        data, problem = self._input()
        now = self._clock.now()
        case = Case(
            id=CaseId(derived_id("case", "protected", self._protected.name)),
            workflow=self._contract.workflow,
            fingerprint=self._contract.fingerprint,
            key=self._protected.name,
            data=data,
            opened_at=now,
            updated_at=now,
            stage=self._protected.stage,
            source=self._source(),
        )
        if problem is None:
            case = self._fitted(case, data)
        return advance(self._contract, case, CaseOpened(case=case, problem=problem), now)

    def _source(self) -> Source:
        digest = content_digest(self._document.content)
        return Source(document=digest, name=self._document.name, channel=self._document.channel)

    def _fitted(self, case: Case, data: Mapping[str, Any]) -> Case:
        refit = self._workflow.fit(data)
        amount = None
        if refit.amount_micros is not None and refit.amount_currency is not None:
            amount = Money(micros=refit.amount_micros, currency=refit.amount_currency)
        return replace(
            case,
            key=refit.key,
            data=refit.data,
            title=refit.title,
            tenant=refit.tenant,
            segment=refit.segment,
            amount=amount,
            deadline=refit.deadline,
        )

    def _input(self) -> tuple[dict[str, Any], OpenException | None]:
        """The case's fields, or the exception its input opens it with, as intake would."""
        try:
            data = dict(self._protected.data) if self._protected.data is not None else self._read()
        except CaseException as raised:
            return {}, OpenException(
                type=raised.type, detail=raised.detail, step=None, missing=raised.missing
            )
        except CannotPlay:
            raise
        except Exception as crash:  # noqa: BLE001  (user code read the document)
            detail = f"{type(crash).__name__}: {crash}"
            return {}, OpenException(type="schema_change", detail=detail, step=None)
        try:
            self._workflow.fit(data)
        except CaseUnfit as unfit:
            kind = "missing_data" if unfit.absent else "schema_change"
            detail = "; ".join(unfit.problems)
            return data, OpenException(type=kind, detail=detail, step=None, missing=unfit.absent)
        return data, None

    def _read(self) -> dict[str, Any]:
        reader = self._workflow.loaded.functions.reader
        if reader is None:
            raise CannotPlay(
                "it has a document and the workflow has no reader", "write input: instead"
            )
        found = contained(reader, self._document)
        records = list(found) if isinstance(found, list | tuple) else [found]
        if len(records) != 1:
            raise CannotPlay(f"its document holds {len(records)} cases", "keep one case a document")
        record = records[0]
        return dict(record if isinstance(record, dict) else to_plain(record))


def _requests(answer: StepAnswer) -> tuple[RequestRecord, ...] | None:
    if answer.requests is None:
        return None
    return tuple(RequestRecord(action=name, arguments=given) for name, given in answer.requests)


def _as_document(protected: ProtectedCase) -> Document:
    """The fields as a file of JSON, as they arrive through the API."""
    content = canonical(to_plain(dict(protected.data or {})))
    return Document(name=FIELDS, content=content, channel=CHANNEL)
