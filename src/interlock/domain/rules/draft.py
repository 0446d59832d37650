"""A transition in the making: the case as it is so far, and what goes on record with it."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from interlock.domain.action import Action
from interlock.domain.case import Case, CaseState, Phase, WaitsFor
from interlock.domain.contract import WorkflowContract, WorkflowStep
from interlock.domain.event import Event
from interlock.domain.fact import Fact, FactKind
from interlock.domain.review import Decision, EvidencePackage, ReviewTask
from interlock.domain.rules import facts
from interlock.domain.transition import Note, Reservation, Transition

CASE_FIELDS: Final = tuple(each.name for each in fields(Case))


class Draft:
    """Collects what one event does to one case. Lives only inside `advance`."""

    def __init__(self, contract: WorkflowContract, case: Case, event: Event, now: datetime) -> None:
        self.contract, self.event, self.now = contract, event, now
        self.case = _working_copy(case)
        self.notes: list[Note] = []
        self.tasks: list[ReviewTask] = []
        self.evidence: list[EvidencePackage] = []
        self.reservations: list[Reservation] = []
        self.facts: list[Fact] = []
        self.changed_actions: dict[str, Action] = {}
        self.decision: Decision | None = None

    @property
    def step(self) -> WorkflowStep:
        """The step the case is at. Raises: KeyError before the first step."""
        return self.contract.step(self.case.step or "")

    def change(self, **changes: Any) -> None:
        """Sets fields of the case."""
        for name, value in changes.items():
            object.__setattr__(self.case, name, value)

    def note(self, what: str, rule: str, **detail: Any) -> None:
        """Records something decided, with the rule that decided it. Never protected values."""
        self.notes.append(Note(what=what, rule=rule, detail=detail))

    def make_ready(self, phase: Phase) -> None:
        """The case is due for an episode, at this part of its step."""
        self.change(state=CaseState.READY, waits_for=None, wake_at=None, phase=phase, task=None)

    def wait_until(self, moment: datetime, why: WaitsFor) -> None:
        """The case waits for a moment; that costs its row and nothing else."""
        self.change(state=CaseState.WAITING, waits_for=why, wake_at=moment, task=None)

    def put_action(self, action: Action) -> None:
        """Adds the action to the case, or replaces its earlier self."""
        self.changed_actions[action.id] = action
        kept = tuple(action if each.id == action.id else each for each in self.case.actions)
        known = any(each.id == action.id for each in self.case.actions)
        self.change(actions=kept if known else (*kept, action))

    def view(self) -> facts.Facts:
        """The case as conditions see it."""
        return facts.facts_of(self.contract, self.case)

    def count(
        self, kind: FactKind, name: str = "", detail: str = "", value: float | None = None
    ) -> None:
        """Adds one fact for measuring."""
        case = self.case
        self.facts.append(
            Fact(
                case_id=case.id,
                workflow=case.workflow,
                fingerprint=case.fingerprint,
                tenant=case.tenant,
                segment=case.segment,
                arm=case.arm,
                stage=case.stage,
                kind=kind,
                at=self.now,
                name=name,
                detail=detail,
                value=value,
                amount_micros=case.amount.micros if case.amount else None,
                currency=case.amount.currency if case.amount else None,
                release=case.release,
            )
        )

    def finish(self, actor: str) -> Transition:
        """The whole change as a value."""
        self.change(updated_at=self.now)
        return Transition(
            case=self.case,
            event=self.event,
            at=self.now,
            actor=actor,
            notes=tuple(self.notes),
            tasks=tuple(self.tasks),
            evidence=tuple(self.evidence),
            decision=self.decision,
            actions=tuple(self.changed_actions.values()),
            reservations=tuple(self.reservations),
            facts=tuple(self.facts),
        )


def _working_copy(case: Case) -> Case:
    """A case of the draft's own, which alone may still be changed, and only until it is finished.

    A new frozen value for each of the ten or so changes an event makes would cost a third of all
    the time `advance` takes.
    """
    copy = object.__new__(Case)
    for name in CASE_FIELDS:
        object.__setattr__(copy, name, getattr(case, name))
    return copy
