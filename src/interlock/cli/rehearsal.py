"""Plays one case to its end, telling every audit entry at the moment it is written.

One rule: a decision in a rehearsal goes through the same door as a real one, by somebody who may.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from interlock.bootstrap import Services
from interlock.cli.asking import ask_on_terminal
from interlock.domain.authoring import Document
from interlock.domain.case import Case, CaseState, WaitsFor
from interlock.domain.ids import CaseId
from interlock.domain.review import ReviewTask, Verb
from interlock.domain.rules import assign
from interlock.domain.rules.lens import lens_of
from interlock.papers.narrative import Told, tell
from interlock.papers.timeline import worth_telling
from interlock.runtime.commands import (
    DecisionRefused,
    decide_task,
    deliver,
    escalate_task,
)
from interlock.runtime.sweep import sweep
from interlock.runtime.workflow import Workflow

MOST_TURNS: Final = 60  # decisions and waits of one case; more is a workflow that goes in circles
WORKER: Final = "rehearsal"
SUPPLIED: Final = "seen in a rehearsal"  # what stands for evidence a real person would bring

__all__ = ["Rehearsal", "Told", "Verdict"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How questions are answered: with this verb, by a person on the terminal, or not at all."""

    verb: Verb | None = None
    asks: bool = False


class JumpingClock:
    """The services' own clock, moved on when a case waits for a moment."""

    def __init__(self, inner: Any) -> None:
        self._inner, self._ahead = inner, timedelta()

    def now(self) -> datetime:
        moment: datetime = self._inner.now() + self._ahead
        return moment

    def jump_to(self, moment: datetime) -> None:
        """It is at least this moment from now on."""
        self._ahead += max(moment - self.now(), timedelta())


class Rehearsal:
    """One workflow in memory, and those who listen to what happens in it."""

    def __init__(self, services: Services, workflow: Workflow) -> None:
        self._clock = JumpingClock(services.clock)
        self._store = services.store
        self._context = replace(services.context, clock=self._clock)
        self._runner = replace(services.runner, clock=self._clock)
        self._workflow = workflow
        self._lens = lens_of(workflow.contract)
        self._listeners: list[Callable[[Told], object]] = []
        self._answered: set[object] = set()
        self._told: dict[CaseId, int] = {}

    def listen(self, listener: Callable[[Told], object]) -> None:
        """The listener hears every entry from now on."""
        self._listeners.append(listener)

    def play(self, document: Document, verdict: Verdict) -> list[Case]:
        """The cases of a document, each as far as it goes."""
        delivered = deliver(self._context, self._workflow.contract.workflow, [document])
        return [self._to_its_end(each.case_id, verdict) for each in delivered]

    def _to_its_end(self, case_id: CaseId, verdict: Verdict) -> Case:
        for _ in range(MOST_TURNS):
            self._runner.run([case_id])
            self._tell_new(case_id)
            case = self._case(case_id)
            if case.state is CaseState.CLOSED or not self._go_on(case, verdict):
                return case
        return self._case(case_id)

    def _go_on(self, case: Case, verdict: Verdict) -> bool:
        """Brings about what the case waits for. False: nobody does."""
        if case.state is CaseState.READY:
            return True
        if case.wake_at is not None:
            self._clock.jump_to(case.wake_at)
            sweep(self._context, WORKER)
            return True
        if case.waits_for is not WaitsFor.REVIEW or case.task is None:
            return False
        return self._decide(case, self._store.task(case.task), verdict)

    def _decide(self, case: Case, task: ReviewTask, verdict: Verdict) -> bool:
        people = sorted(assign.eligible(self._workflow.contract, task))
        if verdict.asks:
            return ask_on_terminal(self._context, task, people)
        question = (task.kind, task.queue, task.approvers, task.question)
        if verdict.verb is None or verdict.verb not in task.verbs or question in self._answered:
            return False  # the same question again: the answer changed nothing
        self._answered.add(question)
        supplied = dict.fromkeys(task.missing, SUPPLIED)
        reason = task.reason_codes[0] if task.reason_codes else ""
        answers = {
            person: assign.may_decide(
                self._workflow.contract,
                case,
                task,
                person,
                verdict.verb,
                self._clock.now(),
                supplied=supplied,
                reason_code=reason,
            )
            for person in people
        }
        by = next((person for person, answer in answers.items() if answer.allowed), None)
        if by is None:
            return self._pass_on(task, {each: answer.reason for each, answer in answers.items()})
        decide_task(
            self._context,
            task.id,
            by,
            verdict.verb,
            reason_code=reason,
            supplied=supplied,
            seen_evidence=task.evidence_digest,
            via="try",
        )
        return True

    def _pass_on(self, task: ReviewTask, reasons: Mapping[str, str]) -> bool:
        """Nobody who is asked may decide it: the first of them passes it on, and says why."""
        for person, reason in reasons.items():
            try:
                escalate_task(self._context, task.id, person, note=reason)
            except DecisionRefused:
                continue
            return True
        return False

    def asked(self, case: Case) -> ReviewTask | None:
        """The question a case waits for, or None."""
        return self._store.task(case.task) if case.task else None

    def _case(self, case_id: CaseId) -> Case:
        return self._store.load([case_id])[0]

    def _tell_new(self, case_id: CaseId) -> None:
        """Tells what is on record and was not told yet."""
        seen = self._told.get(case_id, 0)
        fresh = [
            tell(entry, now=self._clock.now(), lens=self._lens)
            for entry in self._store.entries(case_id)[seen:]
        ]
        self._told[case_id] = seen + len(fresh)
        for said in worth_telling(fresh):
            for listener in self._listeners:
                listener(said)
