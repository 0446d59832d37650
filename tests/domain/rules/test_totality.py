"""`advance` answers every event in every state, the same way each time, and never raises."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from interlock.domain.case import Case, CaseState, OpenException
from interlock.domain.desk_event import (
    CaseCommented,
    CaseReopened,
    HeldReviewRefused,
    ReviewAssigned,
    ReviewHandedBack,
    ReviewHeld,
    ReviewTakenOver,
    ReviewUndone,
)
from interlock.domain.event import (
    ActionFailed,
    ActionHeld,
    ActionLookedUp,
    ActionLost,
    ActionStarted,
    ActionSucceeded,
    BudgetRefused,
    CaseCancelled,
    CaseOpened,
    CompensationFinished,
    Event,
    PauseLifted,
    QuestionAnswered,
    QuestionAsked,
    RemedyReturned,
    ReviewBreached,
    ReviewClaimed,
    ReviewDecided,
    ReviewEscalated,
    ReviewExpired,
    ReviewReleased,
    StateFoundChanged,
    StepFailed,
    StepHeld,
    StepRaised,
    StepReturned,
    TimerFired,
)
from interlock.domain.ids import ActionId, PersonId, StepName
from interlock.domain.pause import PausedBy, PauseId
from interlock.domain.review import Decision, ReviewTask, Verb
from interlock.domain.rules.advance import advance, is_out_of_place
from interlock.testing.builders import a_task
from tests.domain.random_play import RandomPlay, played
from tests.domain.support import NotAllowed, a_refit
from tests.domain.worlds import PEOPLE

people = st.sampled_from([*PEOPLE, "nobody"]).map(PersonId)
PAUSED = PausedBy(pause=PauseId(1), scope="everything", by=PersonId("carla"))
problems = st.sampled_from([None, OpenException(type="odd", detail="", step=None)])


def events(play: RandomPlay) -> st.SearchStrategy[Event]:
    """Any event at all: about this case's steps, actions and tasks, past ones too, or none."""
    actions = st.sampled_from([*(each.id for each in play.case.actions), ActionId("act_none")])
    steps = st.sampled_from([play.case.step or StepName("s0"), StepName("s1"), StepName("none")])
    attempts = st.sampled_from([play.case.attempt, 0, 7])
    step_names: dict[str, Any] = {"step": steps, "attempt": attempts}
    return st.one_of(
        st.builds(CaseOpened, case=st.just(play.case), problem=problems),
        st.builds(StepReturned, **step_names, value=st.just({})),
        st.builds(StepRaised, **step_names, exception=problems.filter(bool)),
        st.builds(StepFailed, **step_names, error=st.just("x"), timed_out=st.booleans()),
        st.builds(
            RemedyReturned,
            exception_type=st.sampled_from(["odd", "low_confidence", "*"]),
            refit=st.sampled_from([None, a_refit()]),
        ),
        st.builds(ActionStarted, action_id=actions),
        st.builds(ActionSucceeded, action_id=actions),
        st.builds(ActionFailed, action_id=actions, error=st.just("x"), exception=problems),
        st.builds(ActionLost, action_id=actions, error=st.just("x")),
        st.builds(ActionLookedUp, action_id=actions, found=st.sampled_from([True, False, None])),
        st.builds(
            StateFoundChanged, action_id=actions, detail=st.just(""), state_digest=st.just("")
        ),
        st.builds(
            BudgetRefused,
            action_id=actions,
            budget=st.just("send.count_per_hour"),
            detail=st.just(""),
            free_again_at=st.just(play.now + timedelta(hours=1)),
        ),
        st.builds(StepHeld, **step_names, paused_by=st.just(PAUSED)),
        st.builds(ActionHeld, action_id=actions, paused_by=st.just(PAUSED)),
        st.just(PauseLifted(pause=PAUSED.pause)),
        st.builds(CompensationFinished, action_id=actions, error=st.sampled_from(["", "closed"])),
        st.just(TimerFired()),
        review_events(play),
    )


def review_events(play: RandomPlay) -> st.SearchStrategy[Event]:
    """Any event about any task the case ever had, as it was at any time, or a strange one."""
    ever = [task for each in play.transitions for task in each.tasks]
    tasks = st.sampled_from([*ever, a_task()])
    text = st.just("?")
    return st.one_of(
        st.builds(CaseCancelled, by=people, task=st.one_of(st.none(), tasks)),
        st.builds(ReviewEscalated, task=tasks, by=st.one_of(st.none(), people)),
        st.builds(ReviewBreached, task=tasks),
        st.builds(ReviewExpired, task=tasks),
        st.builds(ReviewClaimed, task=tasks, by=people),
        st.builds(ReviewReleased, task=tasks, by=st.one_of(st.none(), people)),
        st.builds(QuestionAsked, task=tasks, by=people, text=text),
        st.builds(QuestionAnswered, task=tasks, by=text, text=text),
        st.builds(decision_on, tasks, st.sampled_from(Verb), people, st.booleans()),
        st.builds(held_on, tasks, st.sampled_from(Verb), people),
        st.builds(ReviewUndone, task=tasks, by=people),
        st.builds(HeldReviewRefused, task=tasks, reason=text),
        st.builds(ReviewTakenOver, task=tasks, by=people),
        st.builds(ReviewHandedBack, task=tasks, by=people),
        st.builds(ReviewAssigned, task=tasks, to=people, by=people),
    )


def decision_on(task: ReviewTask, verb: Verb, by: PersonId, refits: bool) -> ReviewDecided:
    """A decision, however little it fits its task."""
    decision = Decision(task_id=task.id, case_id=task.case_id, verb=verb, by=by, at=task.opened_at)
    return ReviewDecided(task=task, decision=decision, refit=a_refit() if refits else None)


def held_on(task: ReviewTask, verb: Verb, by: PersonId) -> ReviewHeld:
    """A decision with an undo window, however little it fits its task."""
    return ReviewHeld(task=task, decision=decision_on(task, verb, by, False).decision)


@settings(max_examples=100)
@given(data=st.data())
def test_every_event_has_an_answer_in_every_state(data: st.DataObject) -> None:
    """Late, doubled and strange events are part of life with many workers: none may break a
    case, and one that has no place changes nothing and says so."""
    play = played(data)

    for each in data.draw(st.lists(st.sampled_from(play.transitions), max_size=4)):
        stands_at(play, each.case)
        event = data.draw(events(play))
        now = play.now + timedelta(minutes=data.draw(st.sampled_from([0, 90, 5000])))
        first = advance(play.contract, play.case, event, now)

        assert advance(play.contract, play.case, event, now) == first
        if is_out_of_place(first):
            changed = (first.tasks, first.actions, first.evidence, first.facts, first.reservations)
            assert first.case == play.case
            assert not any(changed)
            assert first.decision is None


def stands_at(play: RandomPlay, case: Case) -> None:
    """Puts the play back to how its case once was."""
    play.case = replace(case)


@settings(max_examples=60)
@given(data=st.data())
def test_strange_events_on_the_way_break_no_rule(data: st.DataObject) -> None:
    """The oracle still holds when events come out of order in the middle of everything."""
    play = played(data, turns=4)

    for _ in range(8):
        event = data.draw(events(play))
        transition = advance(play.contract, play.case, event, play.now)
        if not is_out_of_place(transition) and not is_stale(play, event):
            play.apply(event)
        play.run()


def is_stale(play: RandomPlay, event: Event) -> bool:
    """True for a task as it no longer is; the store refuses it by its version."""
    task = getattr(event, "task", None)
    return isinstance(task, ReviewTask) and play.tasks.get(task.id) != task


@settings(max_examples=60)
@given(data=st.data())
def test_nothing_moves_a_closed_case(data: st.DataObject) -> None:
    """Closed is final: what comes later is noted nowhere but in its own refusal."""
    play = played(data)
    if play.case.state is not CaseState.CLOSED and play.case.closing is None:
        play.cancel()

    if play.case.state is CaseState.CLOSED:
        transition = advance(play.contract, play.case, data.draw(events(play)), play.now)
        assert is_out_of_place(transition)


@settings(max_examples=60)
@given(data=st.data())
def test_a_word_about_a_case_moves_nothing(data: st.DataObject) -> None:
    """A comment is on its record, in every state, and only there."""
    play = played(data)
    said = CaseCommented(by=PersonId("anna"), text="The customer called.")

    transition = advance(play.contract, play.case, said, play.now)

    assert transition.case == replace(play.case, updated_at=play.now)
    assert not (transition.tasks or transition.actions or transition.evidence)


@settings(max_examples=60)
@given(data=st.data())
def test_only_what_is_closed_is_opened_again(data: st.DataObject) -> None:
    """Then one question is open, nothing has been done by it, and nothing happens twice."""
    play = played(data)
    event = CaseReopened(by=PersonId("carla"), reason="It is wrong.")
    before = play.case.actions

    transition = advance(play.contract, play.case, event, play.now)

    if play.case.state is not CaseState.CLOSED:
        assert is_out_of_place(transition)
        return
    play.apply(event)
    assert play.case.state is CaseState.WAITING
    assert play.case.actions == before
    if Verb.APPROVE in play.task.verbs and play.task.edits is None:
        done = [each.id for each in play.case.actions]
        play.now += timedelta(minutes=1)
        for person in ("carla", "dora", "anna", "ben"):
            with suppress(NotAllowed):
                play.approve(person, supplied=dict.fromkeys(play.task.missing, "a letter"))
                break
        assert [each.id for each in play.case.actions] == done
