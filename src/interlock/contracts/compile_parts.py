"""People, actions, approvals, queues, routes and the gate of the shape, as domain values."""

from __future__ import annotations

from interlock.contracts.compile_steps import retry
from interlock.contracts.conditions import Conditions
from interlock.contracts.draft import Draft
from interlock.contracts.functions import ActionFunction, WorkflowFunctions
from interlock.contracts.gate_expression import parsed
from interlock.contracts.opening_hours import business_hours
from interlock.contracts.shape import ContractShape
from interlock.contracts.shape_parts import QueueShape
from interlock.contracts.shape_steps import ActionShape, BudgetShape
from interlock.contracts.training_file import training_of
from interlock.domain.contract import (
    ActionRule,
    ApprovalTier,
    Budget,
    CaseSchema,
    ExceptionRoute,
    Person,
    Queue,
    Quorum,
    ReleaseGate,
)
from interlock.domain.ids import PersonId, QueueName
from interlock.domain.quality import Quality

GIVEN = frozenset({"document", "now", "idempotency_key"})  # by the runtime, not by the case


def persons(shape: ContractShape) -> dict[PersonId, Person]:
    """Everybody under `people`, by id."""
    return {
        PersonId(name): Person(
            id=PersonId(name),
            name=each.name,
            email=each.email or "",
            groups=tuple(each.groups),
            approve_up_to=each.approve_up_to,
        )
        for name, each in shape.people.items()
    }


def case_schema(draft: Draft) -> CaseSchema:
    """What a case is made of."""
    case = draft.shape.case
    return CaseSchema(
        schema=case.schema_,
        name=draft.case_name,
        key=tuple(case.key),
        title=case.title or "",
        amount_value=case.amount.value if case.amount else None,
        amount_currency=case.amount.currency if case.amount else None,
        tenant=case.tenant,
        segment=tuple(case.segment),
        deadline=case.deadline,
        protected=tuple(case.protected),
    )


def action_rules(draft: Draft, functions: WorkflowFunctions) -> dict[str, ActionRule]:
    """Every action with what its function says about it."""
    return {
        name: _action_rule(draft, name, rule, functions.actions[name])
        for name, rule in draft.shape.actions.items()
    }


def _action_rule(
    draft: Draft, name: str, rule: ActionShape, function: ActionFunction
) -> ActionRule:
    taken = (parameter.name for parameter in function.parameters)
    return ActionRule(
        name=name,
        system=rule.system,
        reversible=rule.reversible is True,
        compensate=rule.compensate,
        verify=rule.verify,
        idempotent=rule.idempotent,
        hold_minutes=rule.hold_minutes,
        budget=_budget(rule.budget),
        risk_units=rule.risk_units,
        amount_value=rule.amount,
        timeout_seconds=rule.timeout_seconds,
        retry=retry(rule.retry),
        says=rule.says or "",
        watches_state=function.state is not None,
        produces=function.produces,
        parameters=tuple(p for p in taken if p not in GIVEN and p not in draft.shape.systems),
    )


def _budget(shape: BudgetShape | None) -> Budget | None:
    if shape is None:
        return None
    return Budget(
        money_per_hour=shape.money_per_hour,
        money_per_day=shape.money_per_day,
        count_per_hour=shape.count_per_hour,
        count_per_day=shape.count_per_day,
        risk_per_hour=shape.risk_per_hour,
        risk_per_day=shape.risk_per_day,
        when_spent=shape.when_spent,
    )


def approval_tiers(shape: ContractShape, conditions: Conditions) -> tuple[ApprovalTier, ...]:
    """The tiers in the order they are written."""
    return tuple(
        ApprovalTier(
            action=tier.action,
            when=conditions.compiled(tier.when),
            tier=tuple(PersonId(name) for name in tier.tier),
            quorum=tier.quorum if isinstance(tier.quorum, int) else Quorum(tier.quorum),
            valid_minutes=tier.valid_minutes,
            name=tier.name or f"{tier.action} when {tier.when or 'always'}",
        )
        for tier in shape.approvals
    )


def queues(draft: Draft) -> dict[QueueName, Queue]:
    """The queues, by name."""
    return {
        QueueName(name): _queue(draft, name, queue) for name, queue in draft.shape.queues.items()
    }


def _queue(draft: Draft, name: str, queue: QueueShape) -> Queue:
    return Queue(
        name=QueueName(name),
        members=tuple(queue.members),
        hours=business_hours(queue.hours, queue.holidays),
        lease_minutes=queue.lease_minutes,
        minutes_per_task=queue.minutes_per_task,
        capacity=queue.capacity,
        expected_share=queue.expected_share,
        at_risk_share=queue.at_risk_share,
        escalate_to=tuple(queue.escalate_to),
        at_most=queue.at_most,
        undo_seconds=queue.undo_seconds,
        training=training_of(draft, name),
        blind=queue.blind,
    )


def quality(shape: ContractShape) -> Quality:
    """How closely review is watched; the plain `quality_sample` is the same as `quality.sample`."""
    written = shape.quality
    return Quality(
        sample=shape.quality_sample if written.sample is None else written.sample,
        queue=QueueName(written.queue) if written.queue else None,
        second_look=written.second_look,
        probes_per_day=written.probes_per_day,
        thinking_seconds=written.thinking_seconds,
    )


def routes(shape: ContractShape) -> tuple[ExceptionRoute, ...]:
    """The exception routes in the order they are written."""
    return tuple(
        ExceptionRoute(
            exception_type=route.exception_type,
            severity=route.severity,
            route_to=QueueName(route.route_to),
            sla_minutes=route.sla_minutes,
            automation_allowed=route.automation_allowed is True,
            reviewer_evidence=tuple(route.reviewer_evidence),
            remedy=route.remedy,
            question=route.question or "",
            reason_codes=tuple(route.reason_codes),
        )
        for route in shape.exceptions
    )


def gate(shape: ContractShape) -> ReleaseGate | None:
    """The release gate, its lines read."""
    written = shape.workflow_release_gate
    if written is None:
        return None
    return ReleaseGate(
        canary_traffic=written.canary_traffic,
        promotion_window_hours=written.promotion_window_hours,
        success_criteria=tuple(
            parsed(f"{metric} {line}") for metric, line in written.success_criteria.items()
        ),
        rollback_trigger=tuple(parsed(line) for line in written.rollback_trigger),
        fallback_mode=written.fallback_mode,
    )
