"""Performing effects: each is answered with exactly one event, whatever happens.

This is the step edge: nothing a user's function raises goes further than this file.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from pydantic import ValidationError

from interlock.canonical import digest
from interlock.clock import Clock
from interlock.contracts import type_name
from interlock.domain.action import Action
from interlock.domain.authoring import Proposal, StepResult
from interlock.domain.case import Case, OpenException, ProposalRecord, RequestRecord
from interlock.domain.effect import Compensate, Effect, LookUpAction, RunAction, RunRemedy, RunStep
from interlock.domain.event import (
    ActionFailed,
    ActionLookedUp,
    ActionLost,
    ActionStarted,
    ActionSucceeded,
    CompensationFinished,
    Event,
    RemedyReturned,
    StateFoundChanged,
    StepFailed,
    StepRaised,
    StepReturned,
)
from interlock.domain.exceptions import CaseException, UnexpectedOutput
from interlock.domain.ids import StepName
from interlock.observe import STEP_FINISHED, Span, log, span
from interlock.runtime.calling import Arguments, Overruns, call, contained
from interlock.runtime.crash_points import CrashPlan, CrashPoint
from interlock.runtime.plain import plain_text, to_plain, typed
from interlock.runtime.workflow import CaseUnfit, Workflow, in_words


class Performer:
    """Performs the effects of one workflow's cases."""

    def __init__(
        self,
        workflow: Workflow,
        arguments: Arguments,
        clock: Clock,
        threads: Executor,
        crash: CrashPlan,
        overruns: Overruns,
    ) -> None:
        self._workflow, self._arguments, self._clock = workflow, arguments, clock
        self._threads, self._crash, self._overruns = threads, crash, overruns

    async def perform(self, effect: Effect, case: Case) -> Event:
        """The event that answers the effect."""
        match effect:
            case RunStep():
                with span("step", case=case.id, step=effect.step, attempt=effect.attempt) as seen:
                    return await self._run_step(effect, case, seen)
            case RunRemedy():
                with span("remedy", case=case.id, function=effect.function):
                    return await self._run_remedy(effect, case)
            case RunAction():
                with span("action", case=case.id, action=effect.action.name):
                    return await self._run_action(effect.action, case)
            case LookUpAction():
                with span("look_up", case=case.id, action=effect.action.name):
                    return await self._look_up(effect.action, case)
            case Compensate():
                with span("compensate", case=case.id, action=effect.action.name):
                    return await self._compensate(effect.action, case)
        return ActionStarted(action_id=effect.action.id)

    async def _run_step(self, effect: RunStep, case: Case, seen: Span) -> Event:
        function = self._workflow.loaded.functions.steps[effect.function]
        started = perf_counter()
        event: StepReturned | StepRaised | StepFailed
        where = ""
        try:
            returned = await call(
                function,
                self._arguments.of(function, case, self._clock.now()),
                timeout_seconds=effect.timeout_seconds,
                threads=self._threads,
                in_thread=effect.is_ai,
            )
            self._crash.reach(CrashPoint.STEP_DONE)
            event = self._returned(effect, case, returned)
        except CaseException as raised:
            event = _raised(effect, raised)
        except TimeoutError as slow:
            limit = _too_late(slow, effect.timeout_seconds)
            event = StepFailed(
                step=effect.step, attempt=effect.attempt, error=limit, timed_out=True
            )
        except Exception as crash:  # noqa: BLE001  (the step edge: an incident, not our crash)
            event = StepFailed(step=effect.step, attempt=effect.attempt, error=_said(crash))
            where = _where(crash)
        took = replace(event, took_ms=round((perf_counter() - started) * 1000))
        _describe(seen, took)
        log().info(
            STEP_FINISHED,
            case_id=case.id,
            workflow=case.workflow,
            step=effect.step,
            function=effect.function,
            attempt=effect.attempt,
            outcome=took.kind,
            error=took.error.partition(":")[0] if isinstance(took, StepFailed) else "",
            exception_type=took.exception.type if isinstance(took, StepRaised) else "",
            where=where,
            took_ms=took.took_ms,
        )
        return took

    def _returned(self, effect: RunStep, case: Case, returned: Any) -> StepReturned:
        """The step's result, held against its schema. Raises: UnexpectedOutput."""
        event = StepReturned(step=effect.step, attempt=effect.attempt)
        if isinstance(returned, Proposal):
            if not effect.is_ai:
                raise UnexpectedOutput(f"{effect.function} is not an AI step and made a proposal")
            event = replace(event, proposal=self._proposal(effect, returned))
        elif isinstance(returned, StepResult):
            event = replace(
                event,
                value=self._value(effect.function, returned.value),
                requests=_requests(returned.actions) if returned.actions else None,
                evidence=to_plain(returned.evidence),
            )
        else:
            event = replace(event, value=self._value(effect.function, returned))
        return replace(event, states=self._states(effect, case, event))

    def _proposal(self, effect: RunStep, proposal: Proposal[Any]) -> ProposalRecord:
        try:
            confidence = float(proposal.confidence)
        except (TypeError, ValueError):
            raise UnexpectedOutput(f"confidence is {proposal.confidence!r}, no number") from None
        if not 0.0 <= confidence <= 1.0:
            raise UnexpectedOutput(f"confidence is {confidence}; it must lie between 0 and 1")
        return ProposalRecord(
            step=StepName(effect.step),
            value=self._value(effect.function, proposal.value),
            confidence=confidence,
            rationale=plain_text(str(proposal.rationale)),
            weak_point=plain_text(str(proposal.weak_point)),
            evidence=_named(proposal.evidence),
            requests=_requests(proposal.actions),
            model=plain_text(str(proposal.model)),
            cost_micros=int(proposal.cost_micros),
            tokens_in=int(proposal.tokens_in),
            tokens_out=int(proposal.tokens_out),
        )

    def _value(self, function: str, value: Any) -> Any:
        """The value as plain JSON, after it was held against the function's own type."""
        wanted = self._workflow.loaded.functions.steps[function].value_type
        try:
            plain = to_plain(value)
            return to_plain(typed(wanted, plain)) if wanted not in (None, Any) else plain
        except ValidationError as failed:
            said = "; ".join(in_words(failed)[0])
            raise UnexpectedOutput(f"{function} returned what does not fit: {said}") from None
        except TypeError as failed:
            raise UnexpectedOutput(f"{function}: {failed}") from None

    def _states(self, effect: RunStep, case: Case, event: StepReturned) -> dict[str, str]:
        """Digests of the business states that can be read for the first time after this step."""
        functions = self._workflow.loaded.functions.actions
        unread = [
            (name, record.state)
            for name, record in functions.items()
            if record.state is not None and name not in case.states
        ]
        if not unread:
            return {}
        value = event.proposal.value if event.proposal else event.value
        after = replace(case, outputs={**case.outputs, effect.step: value})
        found: dict[str, str] = {}
        for name, read in unread:
            if not self._arguments.can_give(read, after):
                continue
            given = self._arguments.of(read, after, self._clock.now())
            found[name] = digest(to_plain(contained(read.function, **given)))
        return found

    async def _run_remedy(self, effect: RunRemedy, case: Case) -> RemedyReturned:
        function = self._workflow.loaded.functions.steps[effect.function]
        try:
            given = self._arguments.of(
                function, case, self._clock.now(), exception=effect.exception
            )
            changes = await call(
                function, given, timeout_seconds=None, threads=self._threads, in_thread=True
            )
            if not changes:
                return RemedyReturned(exception_type=effect.exception.type)
            plain = to_plain(changes)
            refit = self._workflow.fit({**case.data, **plain})
            return RemedyReturned(exception_type=effect.exception.type, changes=plain, refit=refit)
        except CaseUnfit as unfit:
            return RemedyReturned(exception_type=effect.exception.type, error=str(unfit))
        except Exception as crash:  # noqa: BLE001  (the step edge: then a person is asked)
            return RemedyReturned(exception_type=effect.exception.type, error=_said(crash))

    async def _run_action(self, action: Action, case: Case) -> Event:
        """The deed. What is not known to have happened is lost, never taken for a failure."""
        record = self._workflow.loaded.functions.actions[action.name]
        rule = self._workflow.contract.actions[action.name]
        try:
            changed = self._state_moved(action, case)
            if changed is not None:
                return changed
            given = self._action_arguments(record, action, case)
        except Exception as crash:  # noqa: BLE001  (nothing was started)
            return ActionFailed(action_id=action.id, error=_said(crash))
        started = perf_counter()
        try:
            receipt = await call(
                record,
                given,
                timeout_seconds=rule.timeout_seconds,
                threads=self._threads,
                in_thread=True,
                started=partial(self._overruns.watch, action.id),
            )
            self._crash.reach(CrashPoint.ACTION_DONE)
            took = round((perf_counter() - started) * 1000)
            return ActionSucceeded(action_id=action.id, receipt=to_plain(receipt), took_ms=took)
        except CaseException as refused:
            exception = _open_exception(refused, case.step)
            return ActionFailed(action_id=action.id, error=str(refused), exception=exception)
        except TimeoutError as slow:
            limit = _too_late(slow, rule.timeout_seconds)
            return ActionLost(action_id=action.id, error=limit)
        except Exception as crash:  # noqa: BLE001  (it may have happened before it crashed)
            return ActionLost(action_id=action.id, error=_said(crash))

    def _state_moved(self, action: Action, case: Case) -> StateFoundChanged | None:
        """The state the action rests on, read again; a state nobody can read has moved."""
        record = self._workflow.loaded.functions.actions[action.name].state
        if record is None:
            return None
        try:
            given = self._arguments.of(record, case, self._clock.now(), free=action.arguments)
            now = digest(to_plain(contained(record.function, **given)))
        except Exception as crash:  # noqa: BLE001  (fails closed)
            detail = f"the state {action.name} rests on could not be read: {_said(crash)}"
            return StateFoundChanged(action_id=action.id, detail=detail, state_digest="")
        if now == action.state_digest:
            return None
        detail = f"what {action.name} rests on changed since it was decided"
        return StateFoundChanged(action_id=action.id, detail=detail, state_digest=now)

    async def _look_up(self, action: Action, case: Case) -> ActionLookedUp:
        verify = self._workflow.loaded.functions.actions[action.name].verify
        if verify is None:
            return ActionLookedUp(action_id=action.id, found=None, error="it has no verification")
        if self._overruns.is_running(action.id):  # a look now would miss what it does next
            error = f"{action.name} ran over its time and has not ended"
            return ActionLookedUp(action_id=action.id, found=None, error=error)
        rule = self._workflow.contract.actions[action.name]
        try:
            receipt = await call(
                verify,
                self._action_arguments(verify, action, case),
                timeout_seconds=rule.timeout_seconds,
                threads=self._threads,
                in_thread=True,
            )
            found = receipt is not None and receipt is not False
            return ActionLookedUp(action_id=action.id, found=found, receipt=to_plain(receipt))
        except Exception as crash:  # noqa: BLE001  (it could not say)
            return ActionLookedUp(action_id=action.id, found=None, error=_said(crash))

    async def _compensate(self, action: Action, case: Case) -> CompensationFinished:
        undo = self._workflow.loaded.functions.actions[action.name].compensate
        if undo is None:
            return CompensationFinished(action_id=action.id, error="it has no compensation")
        rule = self._workflow.contract.actions[action.name]
        try:
            given = self._action_arguments(undo, action, case, key=f"{action.id}:undo")
            await call(
                undo,
                given,
                timeout_seconds=rule.timeout_seconds,
                threads=self._threads,
                in_thread=True,
            )
            self._crash.reach(CrashPoint.COMPENSATION_DONE)
        except Exception as crash:  # noqa: BLE001  (tried again, then a person is asked)
            return CompensationFinished(action_id=action.id, error=_said(crash))
        return CompensationFinished(action_id=action.id)

    def _action_arguments(
        self, record: Any, action: Action, case: Case, key: str | None = None
    ) -> dict[str, Any]:
        offered: dict[str, Any] = {"idempotency_key": key or action.id}
        for parameter in record.parameters:
            if parameter.name == "receipt":
                offered["receipt"] = (
                    typed(parameter.annotation, action.receipt)
                    if parameter.annotation not in (None, Any)
                    else action.receipt
                )
        return self._arguments.of(record, case, self._clock.now(), free=action.arguments, **offered)


def _raised(effect: RunStep, raised: CaseException) -> StepRaised:
    exception = _open_exception(raised, StepName(effect.step))
    return StepRaised(step=effect.step, attempt=effect.attempt, exception=exception)


def _open_exception(raised: CaseException, step: StepName | None) -> OpenException:
    """The exception as it is kept. What it brought along and cannot be kept is named instead."""
    plain = OpenException(
        type=plain_text(str(raised.type)),
        detail=plain_text(str(raised.detail)),
        step=step,
        missing=tuple(plain_text(str(name)) for name in raised.missing),
    )
    try:
        return replace(
            plain,
            value=to_plain(raised.value),
            has_value=raised.value is not None,
            may_retry=raised.may_retry,
            evidence=to_plain(raised.evidence),
        )
    except Exception as crash:  # noqa: BLE001  (the step edge: the question is asked all the same)
        return replace(plain, detail=f"{plain.detail} ({_said(crash)})")


def _named(evidence: Any) -> dict[str, Any]:
    """Evidence by name: as given, or a list whose items are named after their own types."""
    if isinstance(evidence, Mapping):
        return dict(to_plain(evidence))
    named: dict[str, Any] = {}
    for item in evidence:
        name = type_name(type(item)) or "evidence"
        if name == "evidence":
            named.setdefault(name, []).append(to_plain(item))
        else:
            named[name] = to_plain(item)
    return named


def _requests(requests: Any) -> tuple[RequestRecord, ...]:
    return tuple(
        RequestRecord(action=str(each.action), arguments=to_plain(each.arguments))
        for each in requests
    )


def _said(crash: BaseException) -> str:
    try:
        text = f"{type(crash).__name__}: {crash}"
    except Exception:  # noqa: BLE001  (an error that cannot even say what it is)
        text = type(crash).__name__
    return plain_text(text[:500])  # a message, not a dump


def _too_late(slow: TimeoutError, limit: float | None) -> str:
    """The limit that was overrun; without one, what the function itself said of a timeout."""
    return _said(slow) if limit is None else f"TimeoutError: no answer within {limit:g} s"


def _where(crash: BaseException) -> str:
    """The place in the author's code, for the operator: file and line, never the message."""
    frames = traceback.extract_tb(crash.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""


def _describe(seen: Span, event: StepReturned | StepRaised | StepFailed) -> None:
    """What the span says of a model call, in the names of the GenAI conventions."""
    seen.set("outcome", event.kind)
    seen.set("took_ms", event.took_ms)
    proposal = event.proposal if isinstance(event, StepReturned) else None
    if proposal is not None:
        seen.set("gen_ai.operation.name", "invoke_agent")
        seen.set("gen_ai.request.model", proposal.model)
        seen.set("gen_ai.usage.input_tokens", proposal.tokens_in)
        seen.set("gen_ai.usage.output_tokens", proposal.tokens_out)
        seen.set("interlock.confidence", proposal.confidence)
