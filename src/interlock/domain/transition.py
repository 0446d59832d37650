"""A change as a value: the new case and everything that must be written with it, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from interlock.domain.action import Action
from interlock.domain.case import Case
from interlock.domain.event import Event
from interlock.domain.fact import Fact
from interlock.domain.ids import ActionId, WorkflowId
from interlock.domain.money import Money
from interlock.domain.review import Decision, EvidencePackage, ReviewTask


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something decided on the way, with the rule that decided it; part of the audit entry."""

    what: str  # policy, guard, routed, task_opened, action_planned, …
    rule: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """A share of a cumulative budget one action needs; taken with the intent or not at all.

    window: the start of the UTC hour or day, as text; units: micros, actions or risk units.
    """

    action_id: ActionId
    workflow: WorkflowId
    budget: str  # e.g. schedule_payment.money_per_day
    window: str
    units: int
    limit: int
    free_again_at: datetime
    amount: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One event applied to one case. The store writes all of it in one transaction."""

    case: Case
    event: Event
    at: datetime
    actor: str  # person:anna, or worker, or intake
    notes: tuple[Note, ...] = ()
    tasks: tuple[ReviewTask, ...] = ()  # opened or changed, as they are now
    evidence: tuple[EvidencePackage, ...] = ()
    decision: Decision | None = None
    actions: tuple[Action, ...] = ()  # changed, as they are now
    reservations: tuple[Reservation, ...] = ()
    facts: tuple[Fact, ...] = ()
