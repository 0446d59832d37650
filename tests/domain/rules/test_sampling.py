"""The quality sample: drawn without choice, looked at without bias, changing nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.domain.case import CaseState, Handling
from interlock.domain.event import ReviewBreached, ReviewEscalated
from interlock.domain.fact import FactKind
from interlock.domain.ids import PersonId, QueueName
from interlock.domain.quality import LookKind, Quality
from interlock.domain.review import ReviewKind, ReviewState, Verb
from interlock.domain.rules import assign, looks, sampling
from interlock.domain.rules.advance import advance, is_out_of_place, replay
from interlock.domain.rules.outlook import consequences, silence
from interlock.testing.builders import a_queue
from tests.domain.rules.watching import answer, facts_of, look_of, suggested, unasked, watched

MANY = 20_000
SPREAD = 0.006  # three standard errors of a share near 0.05 over MANY draws, and a little more


def test_a_draw_takes_its_share_and_is_always_the_same() -> None:
    """A sample somebody could choose, or that changed when asked again, would measure nothing."""
    names = [f"case_{number}" for number in range(MANY)]

    taken = [name for name in names if sampling.drawn("quality_sample", name, 0.05)]

    assert abs(len(taken) / MANY - 0.05) < SPREAD
    assert taken == [name for name in names if sampling.drawn("quality_sample", name, 0.05)]


@given(subject=st.text(), low=st.floats(0, 1), high=st.floats(0, 1))
def test_a_larger_share_takes_everything_a_smaller_one_takes(
    subject: str, low: float, high: float
) -> None:
    """Raising the share adds cases; it never swaps those already looked at for others."""
    low, high = sorted((low, high))

    assert sampling.drawn("x", subject, high) or not sampling.drawn("x", subject, low)
    assert sampling.drawn("x", subject, 1.0)
    assert not sampling.drawn("x", subject, 0.0)


def test_a_case_nobody_saw_is_looked_at_and_stays_closed() -> None:
    """The look measures; whatever it finds, the case is closed as it was."""
    play = unasked()
    closed = play.case
    task = look_of(play, LookKind.SAMPLE)

    assert (closed.state, closed.handling, closed.task) == (
        CaseState.CLOSED,
        Handling.AUTONOMOUS,
        None,
    )
    assert (task.kind, task.question) == (ReviewKind.QUALITY_SAMPLE, "Was this handled right?")
    assert task.verbs == (Verb.APPROVE, Verb.REJECT)
    assert task.queue == "lead"  # carla's, who answers for the operations

    answer(play, task, Verb.APPROVE, "carla")

    assert play.tasks[task.id].state is ReviewState.DECIDED
    assert facts_of(play, FactKind.SAMPLE_CHECKED) == [("lead", "right")]
    kept = replace(play.case, looks=closed.looks, updated_at=closed.updated_at)
    assert kept == closed


def test_the_reviewer_sees_what_was_done_and_not_how_sure_the_ai_was() -> None:
    """Who reads a confident reason first looks for what confirms it."""
    play = unasked()

    [package] = [
        each
        for step in play.transitions
        for each in step.evidence
        if each.task_id == look_of(play, LookKind.SAMPLE).id
    ]

    assert package.content["outputs"] == {"answer": "Dear Sir"}
    assert package.content["outcome"] == "completed"
    assert "they asked" not in str(package.content)
    assert "0.95" not in str(package.content)


def test_wrong_needs_a_reason() -> None:
    """A sample that only says "wrong" cannot be learned from, nor be argued with."""
    play = unasked()
    task = look_of(play, LookKind.SAMPLE)

    without = answer(play, task, Verb.REJECT, "carla")
    assert is_out_of_place(without)

    answer(play, task, Verb.REJECT, "carla", note="the greeting is wrong")
    assert facts_of(play, FactKind.SAMPLE_CHECKED) == [("lead", "wrong")]
    assert sampling.found_wrong(play.case)
    assert play.case.state is CaseState.CLOSED


def test_nobody_looks_at_a_case_they_had_a_hand_in() -> None:
    """Everybody finds their own work right."""
    play = unasked(opened_by=PersonId("carla"))
    task = look_of(play, LookKind.SAMPLE)

    permission = assign.may_decide(play.contract, play.case, task, "carla", Verb.APPROVE, play.now)

    assert (permission.allowed, task.excluded) == (False, ("carla",))


def test_a_case_a_person_decided_is_no_part_of_the_sample() -> None:
    """The sample is about autonomy: what a person decided is measured by a second reviewer."""
    play = suggested(watched(Quality(sample=1.0)))

    play.approve()

    assert play.case.handling is Handling.ASSISTED
    assert play.case.looks == ()


def test_a_look_that_nobody_takes_goes_nowhere_and_is_marked_late() -> None:
    """No case waits for it, so nobody further up is troubled; and silence answers nothing."""
    play = unasked()
    task = look_of(play, LookKind.SAMPLE)
    play.now = task.due_at

    for event in (ReviewBreached(task=task), ReviewEscalated(task=task)):
        late = advance(play.contract, play.case, event, play.now)
        assert [each.breached_at for each in late.tasks] == [task.due_at]
        assert late.case.looks[0].answer is None
        assert late.case.task is None
    assert silence(play.contract, task).startswith("it stays here")


def test_the_sample_lies_where_the_contract_says() -> None:
    """A quality team of its own is named; without one the operations owner answers."""
    contract = watched(
        Quality(sample=1.0, queue=QueueName("quality")),
        queues=[a_queue("quality", members=("ben",))],
    )

    assert look_of(unasked(contract), LookKind.SAMPLE).queue == "quality"


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_the_plain_key_is_enough(share: float) -> None:
    """`quality_sample: 0.05` is what contracts already say."""
    play = unasked(watched(Quality(), quality_sample=share))

    assert len(play.case.looks) == share


def test_a_replay_gives_the_same_looks() -> None:
    """The record alone must say which cases were looked at."""
    play = unasked()
    answer(play, look_of(play, LookKind.SAMPLE), Verb.APPROVE, "carla")

    assert replay(play.contract, play.history) == play.case


def test_what_an_answer_causes_is_said_before_it_is_given() -> None:
    """Who says "wrong" must not think that they have stopped anything."""
    play = unasked()
    task = look_of(play, LookKind.SAMPLE)

    said = consequences(play.contract, play.case, task)

    assert set(said) == {Verb.APPROVE, Verb.REJECT}
    assert "stays closed until somebody reopens it" in said[Verb.REJECT]
    assert looks.says(LookKind.SAMPLE, Verb.APPROVE) == said[Verb.APPROVE]
