"""A person can always stop a case, in whatever part of it; nothing half-done is left behind."""

from __future__ import annotations

from typing import Any

import pytest

from interlock.domain.action import ActionState
from interlock.domain.case import CaseState, ClosingOutcome, Handling, OpenException, Phase
from interlock.domain.contract import Retry, Stage, StepMode
from interlock.domain.event import ActionFailed, ActionLost, CaseCancelled
from interlock.domain.ids import PersonId
from interlock.domain.review import ReviewState
from interlock.domain.rules.advance import advance, due, is_out_of_place
from interlock.testing.builders import (
    a_case,
    a_contract,
    a_route,
    a_step,
    a_task,
    a_tier,
    an_action_rule,
)
from tests.domain.support import (
    Play,
    crashed,
    found,
    lost,
    proposed,
    raised,
    refused,
)

S = ActionState
BEFORE_THE_DEED = 2  # effects: the step, then the intent


def a_play(world: Any = None, *, go: bool = True, **rule: Any) -> Play:
    """A case of one step that sends; `go=False` stops before its first effect."""
    contract = a_contract(steps=[a_step(actions=("send",))], actions=[an_action_rule(**rule)])
    return Play(contract, world, go=go)


def intended(world: Any = None, **rule: Any) -> Play:
    """A case whose action is intended and under way."""
    play = a_play(world, go=False, **rule)
    for _ in range(BEFORE_THE_DEED):
        play.perform()
    assert play.actions() == [("send", S.INTENDED)]
    return play


def cancelled_midway(play: Play) -> Play:
    """Stopped while its action is under way, before the outcome is known."""
    play.apply(CaseCancelled(by=PersonId("carla")))
    return play


def test_a_ready_case_stops_before_its_next_step() -> None:
    """The step's result, should it still come, has no place any more."""
    play = a_play(go=False).cancel()

    assert play.ran() == []
    assert play.case.outcome is ClosingOutcome.CANCELLED


@pytest.mark.parametrize(
    ("world", "parts"),
    [
        ({"check": [proposed({}, 0.1)]}, {"mode": StepMode.AGENTIC}),
        ({"check": [raised("odd")]}, {}),
        ({"check": [crashed()]}, {}),
        ({"check": [crashed()]}, {"retry": Retry(attempts=1)}),
        ({}, {"mode": StepMode.HUMAN_OWNED}),
    ],
)
def test_a_waiting_case_stops_with_its_question_withdrawn(world: Any, parts: Any) -> None:
    """No reviewer is left with a question about a case that is over."""
    play = Play(a_contract(steps=[a_step(**parts)]), world)
    assert play.case.state is CaseState.WAITING

    play.cancel()

    assert play.case.outcome is ClosingOutcome.CANCELLED
    assert all(task.state is ReviewState.WITHDRAWN for task in play.tasks.values())


def test_a_case_that_waits_for_approval_stops_with_its_action_withdrawn() -> None:
    """A planned action of a closed case must never come up again."""
    contract = a_contract(
        steps=[a_step(actions=("send",))], actions=[an_action_rule()], approvals=(a_tier(),)
    )

    play = Play(contract).cancel()

    assert play.actions() == [("send", S.WITHDRAWN)]
    assert [task.state for task in play.tasks.values()] == [ReviewState.WITHDRAWN]


def test_a_stopped_case_undoes_what_it_did() -> None:
    """Cancelled after some actions is compensated."""
    contract = a_contract(
        steps=[a_step("one", actions=("send",)), a_step("two")], actions=[an_action_rule()]
    )

    play = Play(contract, {"two": [raised("odd")]}).cancel()

    assert play.actions() == [("send", S.COMPENSATED)]
    assert play.case.outcome is ClosingOutcome.COMPENSATED


def test_an_action_under_way_gets_its_outcome_and_is_then_undone() -> None:
    """It cannot be called back, so it is awaited, recorded and undone."""
    play = cancelled_midway(intended())
    assert play.case.state is CaseState.READY

    play.run()

    assert play.actions() == [("send", S.COMPENSATED)]
    assert play.case.outcome is ClosingOutcome.COMPENSATED


@pytest.mark.parametrize("kind", [None, "odd"])
def test_an_action_under_way_that_is_refused_is_not_tried_again(kind: str | None) -> None:
    """The case is over; nobody is asked about a refusal that no longer matters."""
    play = cancelled_midway(intended({"send": [refused(kind=kind)]})).run()

    assert play.actions() == [("send", S.FAILED)]
    assert play.case.outcome is ClosingOutcome.CANCELLED


@pytest.mark.parametrize("there", [True, False])
def test_a_lost_action_of_a_stopped_case_is_looked_up_first(there: bool) -> None:
    """No case closes over an effect that may exist."""
    play = cancelled_midway(intended({"find_send": [found(there)]}))
    play.apply(ActionLost(action_id=play.case.actions[0].id, error="the worker stopped"))

    play.run()

    assert play.actions() == [("send", S.COMPENSATED if there else S.FAILED)]
    assert play.case.state is CaseState.CLOSED


def test_between_two_look_ups_a_stopped_case_is_still_looked_up() -> None:
    """The timer of the second look-up must not close the case over the open question."""
    world = {"send": [lost], "find_send": [found(None), found(True)]}
    play = a_play(world, retry=Retry(attempts=3))
    assert play.actions() == [("send", S.UNKNOWN)]

    play.cancel()

    assert play.actions() == [("send", S.COMPENSATED)]


@pytest.mark.parametrize("idempotent", [True, False])
def test_a_lost_action_nobody_can_look_up_is_asked_about_before_the_end(idempotent: bool) -> None:
    """A person says whether it took effect; until then the case is not closed."""
    play = cancelled_midway(intended({"send": [lost]}, verify=None, idempotent=idempotent)).run()
    assert play.case.state is CaseState.WAITING
    assert "took effect" in play.task.question

    play.approve()

    assert play.actions() == [("send", S.COMPENSATED)]
    assert play.case.outcome is ClosingOutcome.COMPENSATED


def test_stopping_a_case_that_asks_about_a_lost_action_asks_again() -> None:
    """The question outlives the case's plans: somebody has to say what happened."""
    play = a_play({"send": [lost]}, verify=None)
    first = play.task

    play.cancel()
    assert play.task.id != first.id
    assert play.tasks[first.id].state is ReviewState.WITHDRAWN
    play.reject()

    assert play.actions() == [("send", S.FAILED)]
    assert play.case.outcome is ClosingOutcome.CANCELLED


def test_a_stopped_case_was_not_handled_autonomously() -> None:
    """A person decided that it ends; the rate of autonomous cases must not count it."""
    assert a_play(go=False).cancel().case.handling is Handling.HUMAN


def test_a_closed_or_closing_case_cannot_be_stopped() -> None:
    """It is over; or it is on the way there and what it did is being undone."""
    play = a_play()

    again = advance(play.contract, play.case, CaseCancelled(by=PersonId("carla")), play.now)

    assert is_out_of_place(again)
    assert again.case == play.case


@pytest.mark.parametrize("task", [None, a_task()])
def test_a_case_is_not_stopped_without_its_own_question(task: Any) -> None:
    """Else the question would stay in a queue with no case behind it."""
    play = Play(a_contract(), {"check": [raised("odd")]})
    stop = CaseCancelled(by=PersonId("carla"), task=task)

    assert is_out_of_place(advance(play.contract, play.case, stop, play.now))


def test_malformed_input_can_be_stopped() -> None:
    """A case that never began is closed like any other."""
    problem = OpenException(type="schema_change", detail="no number", step=None)

    play = Play(a_contract(), problem=problem).cancel()

    assert play.case.outcome is ClosingOutcome.CANCELLED


def test_a_late_outcome_has_no_place_in_a_case_that_waits() -> None:
    """The action was refused and a person is asked; a second outcome changes nothing."""
    play = a_play({"send": [refused()]}, retry=Retry(attempts=1))
    assert play.case.phase is Phase.PERSON

    late = ActionFailed(action_id=play.case.actions[0].id, error="again")

    assert is_out_of_place(advance(play.contract, play.case, late, play.now))


def test_a_remedy_never_begins_a_stopped_case_anew() -> None:
    """`closing` is a promise: the case goes to its end and nowhere else."""
    route = a_route("workflow_failure", automation_allowed=True, remedy="ask_supplier")
    contract = a_contract(
        steps=[a_step(actions=("send",))],
        actions=[an_action_rule(verify=None)],
        exceptions=[route],
    )
    play = Play(contract, {"send": [lost]}, case=a_case(stage=Stage.AUTONOMOUS)).cancel()

    assert "ask_supplier" not in play.ran()
    assert due(play.contract, play.case) is None
