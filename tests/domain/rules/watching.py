"""Plays of the quality of review: tasks beside a case, and cases that never were."""

from __future__ import annotations

from typing import Any

from interlock.domain.case import Arm, Case, ProposalRecord
from interlock.domain.contract import Confidence, Stage, StepMode, WorkflowContract
from interlock.domain.event import Event, ReviewClaimed, ReviewDecided
from interlock.domain.fact import FactKind
from interlock.domain.ids import PersonId
from interlock.domain.quality import LookKind, Probe, Quality
from interlock.domain.review import Decision, ReviewTask, Verb
from interlock.domain.rules import probing
from interlock.domain.rules.advance import advance, is_out_of_place
from interlock.domain.transition import Transition
from interlock.testing.builders import a_case, a_contract, a_step
from tests.domain.support import Play, proposed

QUESTION = "Send this answer?"
ALL = Quality(sample=1.0, second_look=1.0)


def an_ai_step(mode: StepMode = StepMode.AGENTIC, **changes: Any) -> Any:
    """A step whose AI must be 80% sure, asked about at the desk."""
    plain = {"confidence": Confidence(accept_at=0.8), "question": QUESTION, "mode": mode}
    return a_step("answer", **{**plain, **changes})


def watched(quality: Quality = ALL, **changes: Any) -> WorkflowContract:
    """A contract of one AI step whose review is watched this closely."""
    return a_contract(**{"steps": [an_ai_step()], "quality": quality, **changes})


def unasked(contract: WorkflowContract | None = None, **case: Any) -> Play:
    """A case that closed with nobody asked."""
    world = {"answer": [proposed("Dear Sir", confidence=0.95, rationale="they asked")]}
    return Play(contract or watched(), world, case=a_case(**case))


def suggested(contract: WorkflowContract | None = None, **case: Any) -> Play:
    """A case whose AI only suggests: a person at the desk is asked."""
    world = {"answer": [proposed("Dear Sir", confidence=0.95, rationale="they asked")]}
    chosen = a_case(**{"stage": Stage.ASSISTED, **case})
    return Play(contract or watched(), world, case=chosen)


def look_of(play: Play, kind: LookKind) -> ReviewTask:
    """The task of the case's look of this kind."""
    [look] = [each for each in play.case.looks if each.kind is kind]
    return play.tasks[look.task]


def answer(
    play: Play, task: ReviewTask, verb: Verb, by: str, *, quick: bool = True, **given: Any
) -> Transition:
    """Claims the task, thinks, and decides it; what came of it, whether it had a place or not."""
    if task.held_by != by:
        _applied(play, ReviewClaimed(task=task, by=PersonId(by)))
    if not quick:
        play.pass_time(minutes=1)
    decision = Decision(
        task_id=task.id, case_id=task.case_id, verb=verb, by=PersonId(by), at=play.now, **given
    )
    return _applied(play, ReviewDecided(task=play.tasks[task.id], decision=decision))


def _applied(play: Play, event: Event) -> Transition:
    transition = advance(play.contract, play.case, event, play.now)
    return transition if is_out_of_place(transition) else play.apply(event)


def a_probe(**changes: Any) -> Probe:
    """A planted error: the AI is said to have suggested another answer than the right one."""
    plain: dict[str, Any] = {
        "name": "wrong_answer",
        "step": "answer",
        "data": {"number": "A-{n}"},
        "value": {"text": "Dear Madam", "copies": 1},
        "confidence": 0.97,
        "is_planted": True,
        "correct": {"text": "Dear Sir"},
    }
    return Probe(**{**plain, **changes})


def a_probe_case(contract: WorkflowContract, probe: Probe) -> Case:
    """The case of a probe, before it is opened, at a stage where people decide."""
    return a_case(
        arm=Arm.PROBE,
        stage=Stage.ASSISTED,
        step=contract.step(probe.step).step_name,
        proposal=ProposalRecord(step=probe.step, value=probe.value, confidence=probe.confidence),
        exception=probing.exception_of(contract, probe),
        probe=probing.card_of(probe),
    )


def probed(probe: Probe | None = None, **changes: Any) -> Play:
    """A planted question that waits at the desk."""
    contract = watched(**changes)
    return Play(contract, {}, case=a_probe_case(contract, probe or a_probe()))


def facts_of(play: Play, kind: FactKind) -> list[tuple[str, str]]:
    """The facts of this kind, by name and detail."""
    return [
        (fact.name, fact.detail)
        for each in play.transitions
        for fact in each.facts
        if fact.kind is kind
    ]
