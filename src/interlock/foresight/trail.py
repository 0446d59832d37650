"""A trail: what a case met on its way, as far as it was followed.

Its one rule: a trail is read off transitions alone, so the trail of what happened and the trail
of what would have happened are made by the same code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from interlock.domain.action import ActionState
from interlock.domain.case import Case, CaseState, ClosingOutcome, Handling
from interlock.domain.event import ActionStarted
from interlock.domain.fact import FactKind
from interlock.domain.ids import PersonId, QueueName, TaskId
from interlock.domain.money import Money
from interlock.domain.review import ReviewKind, ReviewTask, Verb
from interlock.domain.transition import Transition


class TrailEnd(StrEnum):
    CLOSED = "closed"
    PERSON = "person"  # a person is asked, and what they say is not on record
    WAITING = "waiting"  # on a timer, an answer or a pause, where the record ends too
    UNKNOWN = "unknown"  # what comes next is not on record


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question to people."""

    kind: ReviewKind
    queue: QueueName
    step: str | None
    exception_type: str | None
    approvers: tuple[PersonId, ...]
    opened_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted:
    """One action that was begun. digest: of its name and exact arguments."""

    name: str
    digest: str
    amount: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person decided on one question."""

    kind: ReviewKind
    step: str | None
    exception_type: str | None
    verb: Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """What a case met. met_ai: its AI path was entered. why: what is missing at an unknown end."""

    case: Case
    asked: tuple[Asked, ...]
    acted: tuple[Acted, ...]
    said: tuple[Said, ...]
    met_ai: bool
    exceptions: tuple[str, ...]
    end: TrailEnd
    why: str = ""

    @property
    def outcome(self) -> ClosingOutcome | None:
        return self.case.outcome

    @property
    def by_person(self) -> bool:
        """True when a person was asked anything on the way."""
        return bool(self.asked)

    @property
    def by_machine(self) -> bool:
        """True when nobody was asked and the case ended, or something was done in the world."""
        settled = self.end is TrailEnd.CLOSED and self.case.handling in UNATTENDED
        return not self.asked and (settled or bool(self.acted))


UNATTENDED = frozenset({Handling.AUTONOMOUS, Handling.FALLBACK})
AI_FACTS = frozenset({FactKind.PROPOSAL_MADE, FactKind.FALLBACK_USED})


@dataclass(slots=True)
class TrailMaker:
    """Collects a trail, transition by transition; knows the tasks as they are now."""

    tasks: dict[TaskId, ReviewTask] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    acted: list[Acted] = field(default_factory=list)
    exceptions: list[str] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    met_ai: bool = False

    def add(self, transition: Transition) -> None:
        """Takes in one transition."""
        for task in transition.tasks:
            if task.look is None and task.id not in self.tasks:
                self.asked.append(_asked(task))
            self.tasks[task.id] = task
        if isinstance(transition.event, ActionStarted):
            self.acted += [
                Acted(name=each.name, digest=each.digest, amount=each.amount)
                for each in transition.actions
                if each.state is ActionState.INTENDED
            ]
        decided: ReviewTask | None = getattr(transition.event, "task", None)
        if transition.decision is not None and decided is not None and decided.look is None:
            self.said.append(_said(decided, transition.decision.verb))
        self.met_ai = self.met_ai or any(each.kind in AI_FACTS for each in transition.facts)
        self.exceptions += [
            each.name for each in transition.facts if each.kind is FactKind.EXCEPTION_ROUTED
        ]

    def finish(self, case: Case, end: TrailEnd | None = None, why: str = "") -> Trail:
        """The trail so far. end None: read from the case."""
        return Trail(
            case=case,
            asked=tuple(self.asked),
            acted=tuple(self.acted),
            said=tuple(self.said),
            met_ai=self.met_ai,
            exceptions=tuple(self.exceptions),
            end=end or _end_of(case),
            why=why,
        )

    def open_task(self, case: Case) -> ReviewTask | None:
        """The review task the case waits on, or None."""
        return self.tasks.get(case.task) if case.task else None


def _end_of(case: Case) -> TrailEnd:
    if case.state is CaseState.CLOSED:
        return TrailEnd.CLOSED
    return TrailEnd.PERSON if case.task else TrailEnd.WAITING


def _said(task: ReviewTask, verb: Verb) -> Said:
    return Said(kind=task.kind, step=task.step, exception_type=task.exception_type, verb=verb)


def _asked(task: ReviewTask) -> Asked:
    return Asked(
        kind=task.kind,
        queue=task.queue,
        step=task.step,
        exception_type=task.exception_type,
        approvers=task.approvers,
        opened_at=task.opened_at,
        due_at=task.due_at,
    )


def counted(asked: tuple[Asked, ...]) -> Mapping[QueueName, int]:
    """How many questions each queue got."""
    found: dict[QueueName, int] = {}
    for each in asked:
        found[each.queue] = found.get(each.queue, 0) + 1
    return found
