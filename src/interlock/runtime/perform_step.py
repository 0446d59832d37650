"""Performing steps and remedies: each is answered with exactly one event, whatever happens.

This is the step edge: nothing a user's function raises goes further than this file.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import replace
from time import perf_counter
from typing import Any

from pydantic import ValidationError

from interlock.canonical import digest
from interlock.clock import Clock
from interlock.contracts import type_name
from interlock.domain.authoring import Proposal, StepResult
from interlock.domain.case import Case, ProposalRecord, RequestRecord
from interlock.domain.effect import RunRemedy, RunStep
from interlock.domain.event import Event, RemedyReturned, StepFailed, StepRaised, StepReturned
from interlock.domain.exceptions import CaseException, UnexpectedOutput
from interlock.domain.ids import StepName
from interlock.observe import STEP_FINISHED, Span, log
from interlock.runtime.calling import Arguments, call, contained
from interlock.runtime.crash_points import CrashPlan, CrashPoint
from interlock.runtime.plain import plain_text, to_plain, typed
from interlock.runtime.reported import open_exception, said_by, too_late, where_in_code
from interlock.runtime.workflow import CaseUnfit, Workflow, in_words


class StepPerformer:
    """Runs the steps and remedies of one workflow's cases."""

    def __init__(
        self,
        workflow: Workflow,
        arguments: Arguments,
        clock: Clock,
        threads: Executor,
        crash: CrashPlan,
    ) -> None:
        self._workflow, self._arguments, self._clock = workflow, arguments, clock
        self._threads, self._crash = threads, crash

    async def run(self, effect: RunStep, case: Case, seen: Span) -> Event:
        """The event that answers a step."""
        function = self._workflow.loaded.functions.steps[effect.function]
        started = perf_counter()
        event: StepReturned | StepRaised | StepFailed
        where = ""

        def took() -> int:
            return round((perf_counter() - started) * 1000)

        try:
            returned = await call(
                function,
                self._arguments.of(function, case, self._clock.now()),
                timeout_seconds=effect.timeout_seconds,
                threads=self._threads,
                in_thread=effect.is_ai,
            )
            self._crash.reach(CrashPoint.STEP_DONE)
            event = self._returned(effect, case, returned, took())
        except CaseException as raised:
            event = _raised(effect, raised, took())
        except TimeoutError as slow:
            limit = too_late(slow, effect.timeout_seconds)
            event = _failed(effect, limit, took(), timed_out=True)
        except Exception as crash:  # noqa: BLE001  (the step edge: an incident, not our crash)
            event = _failed(effect, said_by(crash), took())
            where = where_in_code(crash)
        event = replace(event, is_shadow=effect.is_shadow)
        _describe(seen, event)
        _log(effect, case, event, where)
        return event

    def _returned(self, effect: RunStep, case: Case, returned: Any, took_ms: int) -> StepReturned:
        """The step's result, held against its schema. Raises: UnexpectedOutput."""
        value, proposal, requests, evidence = None, None, None, {}
        if isinstance(returned, Proposal):
            if not effect.is_ai:
                raise UnexpectedOutput(f"{effect.function} is not an AI step and made a proposal")
            proposal = self._proposal(effect, returned)
        elif isinstance(returned, StepResult):
            value = self._value(effect, returned.value)
            requests = _requests(returned.actions) if returned.actions else None
            evidence = to_plain(returned.evidence)
        else:
            value = self._value(effect, returned)
        return StepReturned(
            step=effect.step,
            attempt=effect.attempt,
            value=value,
            proposal=proposal,
            requests=requests,
            evidence=evidence,
            states=self._states(effect, case, proposal.value if proposal else value),
            took_ms=took_ms,
        )

    def _proposal(self, effect: RunStep, proposal: Proposal[Any]) -> ProposalRecord:
        try:
            confidence = float(proposal.confidence)
        except (TypeError, ValueError):
            raise UnexpectedOutput(f"confidence is {proposal.confidence!r}, no number") from None
        if not 0.0 <= confidence <= 1.0:
            raise UnexpectedOutput(f"confidence is {confidence}; it must lie between 0 and 1")
        return ProposalRecord(
            step=StepName(effect.step),
            value=self._value(effect, proposal.value),
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

    def _value(self, effect: RunStep, value: Any) -> Any:
        """The value as plain JSON, after it was held against the function's own type.

        A model the author's own code made was validated when it was made; what an AI step
        returned is validated here whatever it is.
        """
        wanted = self._workflow.loaded.functions.steps[effect.function].value_type
        try:
            plain = to_plain(value)
            if wanted in (None, Any) or (type(value) is wanted and not effect.is_ai):
                return plain
            return to_plain(typed(wanted, plain))
        except ValidationError as failed:
            protected = self._workflow.contract.case.protected
            said = "; ".join(in_words(failed, protected)[0])
            raise UnexpectedOutput(
                f"{effect.function} returned what does not fit: {said}"
            ) from None
        except TypeError as failed:
            raise UnexpectedOutput(f"{effect.function}: {failed}") from None

    def _states(self, effect: RunStep, case: Case, value: Any) -> dict[str, str]:
        """Digests of the business states that can be read for the first time after this step."""
        functions = self._workflow.loaded.functions.actions
        unread = [
            (name, record.state)
            for name, record in functions.items()
            if record.state is not None and name not in case.states
        ]
        if not unread:
            return {}
        after = replace(case, outputs={**case.outputs, effect.step: value})
        found: dict[str, str] = {}
        for name, read in unread:
            if not self._arguments.can_give(read, after):
                continue
            given = self._arguments.of(read, after, self._clock.now())
            found[name] = digest(to_plain(contained(read.function, **given)))
        return found

    async def run_remedy(self, effect: RunRemedy, case: Case) -> RemedyReturned:
        """The event that answers a remedy."""
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
            return RemedyReturned(exception_type=effect.exception.type, error=said_by(crash))


def _raised(effect: RunStep, raised: CaseException, took_ms: int) -> StepRaised:
    exception = open_exception(raised, StepName(effect.step))
    return StepRaised(
        step=effect.step, attempt=effect.attempt, exception=exception, took_ms=took_ms
    )


def _failed(effect: RunStep, error: str, took_ms: int, *, timed_out: bool = False) -> StepFailed:
    return StepFailed(
        step=effect.step,
        attempt=effect.attempt,
        error=error,
        timed_out=timed_out,
        took_ms=took_ms,
    )


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


def _log(
    effect: RunStep, case: Case, event: StepReturned | StepRaised | StepFailed, where: str
) -> None:
    """One wide event a step: names and numbers, no word of the case or of an error."""
    log().info(
        STEP_FINISHED,
        case_id=case.id,
        workflow=case.workflow,
        step=effect.step,
        function=effect.function,
        attempt=effect.attempt,
        outcome=event.kind,
        error=event.error.partition(":")[0] if isinstance(event, StepFailed) else "",
        exception_type=event.exception.type if isinstance(event, StepRaised) else "",
        where=where,
        took_ms=event.took_ms,
    )


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
