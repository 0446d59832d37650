"""What must hold after every transition, told in other words than the rules tell it.

Written from the semantics, not from the code: it recounts approvals from the decisions on record
and guards from the events, and trusts nothing that the case says of itself.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from interlock.canonical import digest
from interlock.domain.action import ACTION_MOVES, HAPPENED, Action, ActionState
from interlock.domain.case import Arm, Case, CaseState, ClosingOutcome, Handling, WaitsFor
from interlock.domain.contract import (
    ApprovalTier,
    ConditionFailed,
    Quorum,
    Stage,
    StepMode,
    WorkflowContract,
)
from interlock.domain.effect import Effect, RunStep
from interlock.domain.event import CaseCancelled, ReviewDecided, StateFoundChanged, StepReturned
from interlock.domain.review import REVIEW_MOVES, ReviewKind, ReviewState, ReviewTask, Verb
from interlock.domain.rules import assign
from interlock.domain.rules.advance import due
from interlock.domain.rules.facts import arguments_of, facts_of
from interlock.domain.transition import Transition

ENDED = {ActionState.PLANNED, ActionState.INTENDED, ActionState.UNKNOWN}
BY_PEOPLE = (ReviewDecided, CaseCancelled)


@dataclass(frozen=True)
class Yes:
    """An approval as the record has it."""

    by: str
    digest: str
    at: datetime
    expires_at: datetime
    passed_on: bool


@dataclass
class Oracle:
    """Follows one case and objects to whatever may not be."""

    contract: WorkflowContract
    tasks: dict[str, ReviewTask] = field(default_factory=dict)
    actions: dict[str, Action] = field(default_factory=dict)
    yeses: dict[str, list[Yes]] = field(default_factory=lambda: defaultdict(list))
    cleared: set[str] = field(default_factory=set)  # intended once, under full approval
    person_in_visit: set[int] = field(default_factory=set)
    rules_in_visit: set[int] = field(default_factory=set)  # its fixed rules gave the result
    sure_in_visit: set[int] = field(default_factory=set)  # the AI was sure enough, and may act
    people: int = 0
    writers: set[str] = field(default_factory=set)  # edited, or did a step's work

    def check(self, before: Case, transition: Transition) -> None:
        """Holds one transition to every rule. Raises: AssertionError."""
        self._listen(before, transition)
        for action in transition.actions:
            self._moved_along_an_arrow(action)
            if action.state is ActionState.INTENDED:
                self._may_be_intended(before, action, transition.at)
            self.actions[action.id] = action
        for task in transition.tasks:
            self._task_moved_along_an_arrow(task)
            self.tasks[task.id] = task
        self._is_never_stuck(transition.case)
        if transition.case.state is CaseState.CLOSED:
            self._closed_rightly(transition.case)

    def check_effect(self, case: Case, effect: Effect) -> None:
        """What is due may be done: a person's step is never run, a hidden AI is only watched."""
        if not isinstance(effect, RunStep):
            return
        step = self.contract.step(effect.step)
        assert step.mode is not StepMode.HUMAN_OWNED
        assert step.step_name not in self.contract.never_automate
        if effect.is_ai:
            assert effect.is_shadow == (case.stage is Stage.SHADOW)
            assert case.arm is not Arm.HOLDBACK

    def _listen(self, before: Case, transition: Transition) -> None:
        event = transition.event
        if isinstance(event, BY_PEOPLE):
            self.people += 1
        if isinstance(event, StepReturned) and event.is_shadow:
            assert transition.case.outputs == before.outputs, "a watched AI decides nothing"
            assert transition.case.actions == before.actions
        elif isinstance(event, StepReturned):
            self._hear_result(before, event)
        if isinstance(event, StateFoundChanged):
            self.yeses[event.action_id].clear()
            self.cleared.discard(event.action_id)
        if isinstance(event, ReviewDecided):
            task, decision = event.task, event.decision
            self.person_in_visit.add(before.visit)
            is_work = task.kind is ReviewKind.HUMAN_STEP and decision.verb is Verb.APPROVE
            if decision.verb is Verb.EDIT or is_work:
                self.writers.add(decision.by)
            if task.kind is ReviewKind.APPROVAL and decision.verb is Verb.APPROVE:
                assert task.action_id and task.action_digest and task.expires_at
                self._hear_yes(before, task, decision.by, transition.at)

    def _hear_result(self, before: Case, event: StepReturned) -> None:
        step = self.contract.step(event.step)
        proposal = event.proposal
        if not step.is_ai or proposal is None:
            self.rules_in_visit.add(before.visit)
            return
        acts = step.mode is StepMode.AGENTIC and (
            before.stage is Stage.AUTONOMOUS
            or (before.stage is Stage.CANARY and before.arm is Arm.CANARY)
        )
        line = step.confidence.line_for(before.segment) if step.confidence else 2.0
        accepted = acts and event.paused_by is None
        if accepted and line <= proposal.confidence <= 1.0:
            self.sure_in_visit.add(before.visit)

    def _hear_yes(self, before: Case, task: ReviewTask, by: str, at: datetime) -> None:
        assert task.action_id and task.action_digest and task.expires_at
        assert by != before.opened_by, "nobody approves their own case"
        assert by not in self.writers, "nobody approves what they wrote"
        assert at < task.expires_at
        yes = Yes(by, task.action_digest, at, task.expires_at, not task.deciders)
        self.yeses[task.action_id].append(yes)

    def _may_be_intended(self, before: Case, action: Action, now: datetime) -> None:
        step = self.contract.step(action.step)
        assert action.name in step.actions, "what is not listed is denied"
        assert action.name in self.contract.actions
        assert action.name not in self.contract.never_automate
        exact = arguments_of(self.contract, before, action.name, action.arguments)
        assert action.digest == digest([action.name, exact]), "what was planned is what runs"
        assert before.closing is None, "a case that is to end begins nothing"
        earlier = self.actions.get(action.id)
        if earlier is not None:
            assert earlier.state in (ActionState.PLANNED, ActionState.FAILED), "never twice"
        hold = self.contract.actions[action.name].hold_minutes
        assert not hold or (action.hold_until is not None and now >= action.hold_until)
        self._decided_by_somebody(before)
        self._approved(before, action, now)

    def _decided_by_somebody(self, before: Case) -> None:
        """A step's own result, its rules' or a person's; under the line only the last two."""
        step = self.contract.step(before.step or "")
        if step.is_ai:
            decided = self.person_in_visit | self.rules_in_visit | self.sure_in_visit
            assert before.visit in decided, "an unsure result became an action"
        if step.mode is StepMode.HUMAN_OWNED or step.step_name in self.contract.never_automate:
            assert before.visit in self.person_in_visit, "nobody did a person's step"

    def _approved(self, before: Case, action: Action, now: datetime) -> None:
        if action.id in self.cleared:
            return  # tried again under the same key, after a failure
        facts = {**facts_of(self.contract, before), "arguments": action.arguments}
        given = {
            yes.by: yes
            for yes in self.yeses[action.id]
            if yes.digest == action.digest and now < yes.expires_at
        }
        for tier in self.contract.approvals:
            if tier.action == action.name and _applies(tier, facts):
                self._tier_is_met(tier, list(given.values()))
        self.cleared.add(action.id)
        self.yeses[action.id].clear()  # used once

    def _tier_is_met(self, tier: ApprovalTier, given: list[Yes]) -> None:
        right = [yes for yes in given if yes.passed_on or yes.by in self._asked_by(tier)]
        match tier.quorum:
            case Quorum.ALL:
                assert len(right) >= len(tier.tier)
            case Quorum.ANY:
                assert len(right) >= 1
            case number:
                assert len(right) >= int(number)

    def _asked_by(self, tier: ApprovalTier) -> set[str]:
        return {p for name in tier.tier for p in assign.people_of(self.contract, name)}

    def _moved_along_an_arrow(self, action: Action) -> None:
        earlier = self.actions.get(action.id)
        if earlier is None:
            return
        arrows = {(old, new) for (old, _), new in ACTION_MOVES.items()}
        two = {(a, c) for a, b in arrows for x, c in arrows if b == x}  # in one transaction
        stays = earlier.state == action.state
        assert stays or (earlier.state, action.state) in arrows | two
        final = (ActionState.COMPENSATED, ActionState.WITHDRAWN)
        assert earlier.state not in final, "what is over stays so"

    def _task_moved_along_an_arrow(self, task: ReviewTask) -> None:
        earlier = self.tasks.get(task.id)
        if earlier is None:
            assert task.state is ReviewState.OPEN
            return
        arrows = {(old, new) for (old, _), new in REVIEW_MOVES.items()}
        stays = earlier.state == task.state and earlier.is_live
        assert stays or (earlier.state, task.state) in arrows
        assert task.evidence_digest == earlier.evidence_digest, "evidence is frozen"

    def _is_never_stuck(self, case: Case) -> None:
        live = [task.id for task in self.tasks.values() if task.is_live]
        assert live == ([case.task] if case.task else []), "one open question, the case's own"
        match case.state:
            case CaseState.READY:
                assert due(self.contract, case) is not None, f"stuck: ready in {case.phase}"
            case CaseState.WAITING:
                assert due(self.contract, case) is None
                paused = case.waits_for is WaitsFor.PAUSE
                things = [bool(live), case.wake_at is not None, paused]
                assert sum(things) == 1, "waits for one thing"
            case CaseState.CLOSED:
                assert due(self.contract, case) is None

    def _closed_rightly(self, case: Case) -> None:
        assert not [a for a in case.actions if a.state in ENDED], "closed over an open action"
        assert case.handling is not None
        assert (case.handling in (Handling.AUTONOMOUS, Handling.FALLBACK)) == (self.people == 0)
        left = [
            action.name
            for action in case.actions
            if action.state in HAPPENED
            and self.contract.actions[action.name].compensate
            and not action.kept
        ]
        undone = any(a.state is ActionState.COMPENSATED for a in case.actions)
        if case.outcome is ClosingOutcome.COMPLETED:
            assert not undone
        else:
            assert not left, "an action that can be undone was left standing"
            assert (case.outcome is ClosingOutcome.COMPENSATED) == undone


def _applies(tier: ApprovalTier, facts: dict[str, object]) -> bool:
    try:
        return tier.when is None or tier.when.holds(facts)
    except ConditionFailed:
        raise AssertionError("an action ran under a condition nobody could answer") from None
