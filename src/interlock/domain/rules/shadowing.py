"""Shadow: an AI step is run beside the real handling, and what it says decides nothing.

Its result is kept in `Case.shadows`, hidden until the case is closed; its actions are recorded as
intended and never executed. When the step is really handled, the two are compared. A watched AI
that fails or is slow is recorded as failed, and the real handling begins all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from interlock.canonical import digest
from interlock.domain.case import Arm, Case, RequestRecord, ShadowRecord
from interlock.domain.contract import Stage, StepMode, WorkflowStep
from interlock.domain.event import StepFailed, StepHeld, StepRaised, StepReturned
from interlock.domain.fact import FactKind
from interlock.domain.rules import flow
from interlock.domain.rules.authority import failed_guard, no_probability
from interlock.domain.rules.draft import Draft

PATIENCE_SECONDS: Final = 30.0  # for a watched AI whose step has no time limit of its own
WHOLE: Final = "value"  # the name of what differs when there are no fields to compare
ACTIONS: Final = "actions"
SAME, DIFFERENT, FAILED = "same", "different", "failed"


def is_watched(case: Case, step: WorkflowStep) -> bool:
    """True when the step's AI is run and watched; in the holdback arm it is not even run."""
    in_shadow = case.stage is Stage.SHADOW and case.arm not in (Arm.HOLDBACK, Arm.PROBE)
    is_new = step.step_name not in case.shadows
    return in_shadow and is_new and step.is_ai and step.has_function


def patience(timeout_seconds: float | None) -> float:
    """How long the real handling waits for a watched AI at most, in seconds."""
    return PATIENCE_SECONDS if timeout_seconds is None else timeout_seconds


def watched(draft: Draft, event: StepReturned | StepRaised | StepFailed | StepHeld) -> bool:
    """What the watched AI said is kept, and the real handling begins. False: it has no place."""
    match event:
        case StepReturned(is_shadow=True):
            record = _said(draft, event)
        case StepRaised(is_shadow=True):
            record = _silent(draft, f"it raised {event.exception.type}", event.took_ms)
        case StepFailed(is_shadow=True):
            said = "too slow" if event.timed_out else event.error.partition(":")[0]
            record = _silent(draft, said, event.took_ms)
        case StepHeld():
            record = _silent(draft, f"paused: {event.paused_by.scope}", 0)
        case _:
            return False
    step = draft.step
    draft.change(shadows={**draft.case.shadows, step.step_name: record}, attempt=0)
    draft.note("shadow", "watched only; it decides nothing", step=step.step_name)
    draft.count(FactKind.STEP_FINISHED, name=step.step_name, value=record.took_ms)
    flow.handle_without_ai(draft, step)
    return True


def compare(
    draft: Draft,
    step: WorkflowStep,
    value: Any,
    requests: tuple[RequestRecord, ...] | None,
) -> None:
    """The step was really handled: whether the watched AI came to the same is on record."""
    record = draft.case.shadows.get(step.step_name)
    if record is None or record.agrees is not None:
        return
    differs = () if record.error else _differences(record, value, requests)
    agrees = not record.error and not differs
    found = FAILED if record.error else SAME if agrees else DIFFERENT
    judged = replace(record, agrees=agrees, differs=differs)
    draft.change(shadows={**draft.case.shadows, step.step_name: judged})
    draft.count(
        FactKind.SHADOW_COMPARED, name=step.step_name, detail=found, value=record.confidence
    )


def _said(draft: Draft, event: StepReturned) -> ShadowRecord:
    proposal = event.proposal
    if proposal is None:
        return _silent(draft, "it is an AI step and returned no proposal", event.took_ms)
    if no_probability(proposal) is not None:
        return _silent(draft, "its confidence is no probability", event.took_ms)
    passes = failed_guard(draft.contract, draft.step, draft.case, proposal) is None
    return ShadowRecord(
        step=draft.step.step_name,
        value=proposal.value,
        confidence=proposal.confidence,
        requests=proposal.requests,
        model=proposal.model,
        would_act=passes and draft.step.mode is StepMode.AGENTIC,
        took_ms=event.took_ms,
    )


def _silent(draft: Draft, why: str, took_ms: int) -> ShadowRecord:
    return ShadowRecord(step=draft.step.step_name, error=why, took_ms=took_ms)


def _differences(
    record: ShadowRecord, value: Any, requests: tuple[RequestRecord, ...] | None
) -> tuple[str, ...]:
    found = _fields_that_differ(record.value, value)
    if _wanted(record.requests) != _wanted(requests):
        found = (*found, ACTIONS)
    return found


def _fields_that_differ(said: Any, done: Any) -> tuple[str, ...]:
    """The names of the fields that came out otherwise; a plain value counts as one."""
    if isinstance(said, Mapping) and isinstance(done, Mapping):
        names = sorted({*said, *done})
        return tuple(name for name in names if _mark(said, name) != _mark(done, name))
    return () if digest(said) == digest(done) else (WHOLE,)


def _mark(fields: Mapping[str, Any], name: str) -> str:
    return digest([fields[name]]) if name in fields else ""


def _wanted(requests: tuple[RequestRecord, ...] | None) -> list[str]:
    return sorted(digest([each.action, dict(each.arguments)]) for each in requests or ())
