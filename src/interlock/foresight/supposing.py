"""Answers that are drawn: what steps, systems and people are supposed to say.

Its one rule: every draw comes from one generator with a seed, so the same seed gives the same
cases. Draws of confidence are spread evenly over the sample, which keeps its error small.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any, Final

import numpy as np

from interlock.domain.case import Case, OpenException, ProposalRecord
from interlock.domain.contract import WorkflowContract
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
    CaseRefit,
    CompensationFinished,
    Event,
    RemedyReturned,
    ReviewDecided,
    StepFailed,
    StepRaised,
    StepReturned,
)
from interlock.domain.ids import StepName
from interlock.domain.review import Decision, EditTarget, ReviewTask, Verb
from interlock.domain.rules import assign
from interlock.errors import MissingExtra
from interlock.foresight.stated import Stated, StatedKind, StatedStep

SUPPOSED: Final = "supposed"
AS_RECORDED: Final = Stated()


@dataclass(slots=True)
class Drawn:
    """The answers of one supposed case. place: of how many cases of its kind it is which.

    learned: outputs on record, which a fixed rule is supposed to give again.
    """

    contract: WorkflowContract
    stated: Stated
    kind: StatedKind | None
    random: np.random.Generator
    place: tuple[int, int]
    decisions: Mapping[Verb, float]
    learned: Mapping[str, Any] = field(default_factory=dict)
    wrong: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)  # AI steps of which it is known

    def effect(self, effect: Effect, case: Case) -> Event:
        """What a step or a system is supposed to answer."""
        match effect:
            case RunStep():
                return self._step(effect, case)
            case RunRemedy():
                return RemedyReturned(exception_type=effect.exception.type)
            case StartAction():
                return ActionStarted(action_id=effect.action.id)
            case RunAction():
                return ActionSucceeded(action_id=effect.action.id, receipt={})
            case LookUpAction():
                return ActionLookedUp(action_id=effect.action.id, found=True, receipt={})
            case Compensate():
                return CompensationFinished(action_id=effect.action.id)

    def _step(self, effect: RunStep, case: Case) -> Event:
        supposed = self.stated.step(self.kind, effect.function)
        trouble = self._trouble(effect, case, supposed)
        if trouble is not None:
            return trouble
        value = _filled(supposed.returns, case) or self.learned.get(effect.step) or {}
        step = self.contract.step(effect.step)
        evidence = dict.fromkeys(step.evidence_required, SUPPOSED)
        if not effect.is_ai:
            return StepReturned(
                step=effect.step, attempt=effect.attempt, value=value, evidence=evidence
            )
        self._judge(effect.step, supposed)
        proposal = ProposalRecord(
            step=StepName(effect.step),
            value=value,
            confidence=self._confidence(supposed),
            evidence=evidence,
            model=SUPPOSED,
        )
        return StepReturned(step=effect.step, attempt=effect.attempt, proposal=proposal)

    def _trouble(self, effect: RunStep, case: Case, supposed: StatedStep) -> Event | None:
        if case.exceptions_seen:  # somebody looked into it: it does not happen again
            return None
        drawn = float(self.random.random())
        for kind, share in supposed.raises.items():
            if drawn < share:
                exception = OpenException(type=kind, detail=SUPPOSED, step=StepName(effect.step))
                return StepRaised(step=effect.step, attempt=effect.attempt, exception=exception)
            drawn -= share
        if drawn < supposed.fails:
            return StepFailed(step=effect.step, attempt=effect.attempt, error=SUPPOSED)
        return None

    def _confidence(self, supposed: StatedStep) -> float:
        sure = supposed.confidence
        if sure is None:
            return 1.0
        if isinstance(sure, float):
            return sure
        number, of = self.place
        self.place = (0, 1)  # a second AI step of the case is drawn apart from the first
        even = (number + float(self.random.random())) / of
        return float(_beta().ppf(min(max(even, 1e-9), 1 - 1e-9), *sure))

    def _judge(self, step: str, supposed: StatedStep) -> None:
        if supposed.wrong is None:
            return
        self.known.add(step)
        if float(self.random.random()) < supposed.wrong:
            self.wrong.add(step)

    def person(self, case: Case, task: ReviewTask, now: datetime) -> Event | None:
        """What somebody who may is supposed to decide; None when nobody may decide anything."""
        offered = [verb for verb in task.verbs if self.decisions.get(verb, 0) > 0]
        verbs = offered or [verb for verb in task.verbs if verb in assign.DECIDING]
        weights = [self.decisions.get(verb, 0) or 1e-9 for verb in verbs]
        verb = verbs[_chosen(weights, float(self.random.random()))]
        reason = task.reason_codes[0] if task.reason_codes else ""
        supplied = dict.fromkeys(task.missing, SUPPOSED)
        for person in sorted(assign.eligible(self.contract, task)):
            may = assign.may_decide(
                self.contract,
                case,
                task,
                person,
                verb,
                now,
                supplied=supplied,
                reason_code=reason,
            )
            if may.allowed:
                value, refit = self._edit(case, task) if verb is Verb.EDIT else (None, None)
                decision = Decision(
                    task_id=task.id,
                    case_id=case.id,
                    verb=verb,
                    by=person,
                    at=now,
                    reason_code=reason,
                    value=value,
                    supplied=supplied,
                    via=SUPPOSED,
                )
                return ReviewDecided(task=task, decision=decision, refit=refit)
        return None

    def _edit(self, case: Case, task: ReviewTask) -> tuple[Any, CaseRefit | None]:
        """What an edit says: the step's supposed output, or the case's fields as they are."""
        if task.edits is EditTarget.CASE:
            return None, _same(case)
        return _filled(self.stated.step(self.kind, task.step or "").returns, case), None


def _filled(returns: Mapping[str, Any], case: Case) -> dict[str, Any]:
    """A stated output; a value "{field}" is the case's own field."""
    return {
        name: case.data.get(said[1:-1], said)
        if isinstance(said, str) and said.startswith("{") and said.endswith("}")
        else said
        for name, said in returns.items()
    }


def _beta() -> Any:
    """scipy.stats.beta, imported when a number is drawn: it is heavy, and optional."""
    try:
        return import_module("scipy.stats").beta
    except ImportError:
        raise MissingExtra("scipy", "foresight") from None


def _chosen(weights: Sequence[float], drawn: float) -> int:
    total, passed = sum(weights), 0.0
    for place, weight in enumerate(weights):
        passed += weight / total
        if drawn < passed:
            return place
    return len(weights) - 1


def _same(case: Case) -> CaseRefit:
    return CaseRefit(
        data=case.data,
        key=case.key,
        title=case.title,
        tenant=case.tenant,
        segment=case.segment,
        amount_micros=case.amount.micros if case.amount else None,
        amount_currency=case.amount.currency if case.amount else None,
        deadline=case.deadline,
    )
