"""Steps of the shape as steps of the contract."""

from __future__ import annotations

from interlock.contracts.conditions import Conditions
from interlock.contracts.draft import Draft
from interlock.contracts.functions import WorkflowFunctions
from interlock.contracts.shape_steps import (
    ConfidenceShape,
    FallbackShape,
    LimitsShape,
    RetryShape,
    StepShape,
)
from interlock.domain.contract import (
    Confidence,
    Fallback,
    Limits,
    Retry,
    StepMode,
    WorkflowStep,
)
from interlock.domain.ids import PersonId, QueueName, StepName


def workflow_steps(
    draft: Draft, functions: WorkflowFunctions, conditions: Conditions
) -> tuple[WorkflowStep, ...]:
    """The steps in the order of the flow."""
    return tuple(_step(draft, functions, conditions, step) for _, step in draft.steps)


def _step(
    draft: Draft, functions: WorkflowFunctions, conditions: Conditions, step: StepShape
) -> WorkflowStep:
    mode = step.mode or StepMode.HUMAN_OWNED
    return WorkflowStep(
        step_name=StepName(step.step_name),
        mode=mode,
        owner=PersonId(step.owner),
        evidence_required=tuple(step.evidence_required),
        max_response_minutes=step.max_response_minutes,
        escalation_target=PersonId(step.escalation_target) if step.escalation_target else None,
        queue=QueueName(step.queue) if step.queue else None,
        title=step.title or "",
        question=step.question or "",
        reason_codes=tuple(step.reason_codes),
        when=conditions.compiled(step.when),
        next=StepName(step.next) if step.next else None,
        task_boundary=tuple(step.task_boundary),
        confidence=_confidence(step.confidence),
        limits=_limits(step.limits),
        retry=retry(step.retry),
        fallback=_fallback(step.fallback),
        actions=tuple(step.actions),
        produces=draft.produced_by(step),
        has_function=step.step_name in functions.steps and mode is not StepMode.HUMAN_OWNED,
    )


def _confidence(shape: ConfidenceShape | None) -> Confidence | None:
    return None if shape is None else Confidence(accept_at=shape.accept_at, segments=shape.segments)


def _limits(shape: LimitsShape | None) -> Limits:
    if shape is None:
        return Limits()
    return Limits(
        timeout_seconds=shape.timeout_seconds, cost=shape.cost, model_calls=shape.model_calls
    )


def retry(shape: RetryShape | None) -> Retry:
    """How incidents are retried; the usual way when the contract says nothing."""
    return Retry() if shape is None else Retry(**shape.model_dump())


def _fallback(shape: FallbackShape | None) -> Fallback | None:
    if shape is None:
        return None
    return Fallback(mode=shape.mode, step=StepName(shape.step) if shape.step else None)
