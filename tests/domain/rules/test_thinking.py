"""Thinking time: measured from taking a task, a signal and never a wall."""

from __future__ import annotations

from typing import Any

import pytest

from interlock.domain.contract import WorkflowContract
from interlock.domain.desk_event import ReviewTakenOver
from interlock.domain.event import ReviewClaimed
from interlock.domain.ids import PersonId
from interlock.domain.quality import Quality
from interlock.domain.review import Decision, Verb
from interlock.testing.builders import a_task
from tests.domain.rules.watching import suggested, watched
from tests.domain.support import Play

SHORTEST = 20  # seconds


def contract() -> WorkflowContract:
    """Faster than this is marked."""
    return watched(Quality(thinking_seconds=SHORTEST))


def decided_after(seconds: float, **more: Any) -> Decision:
    """Anna takes the suggestion, thinks, and approves."""
    play = suggested(contract())
    play.apply(ReviewClaimed(task=play.task, by=PersonId("anna")))
    play.pass_time(seconds=seconds)
    play.approve("anna", **more)
    return the_decision(play)


def the_decision(play: Play) -> Decision:
    """The one decision on record."""
    [decision] = [each.decision for each in play.transitions if each.decision]
    return decision


@pytest.mark.parametrize(
    ("seconds", "too_quick"), [(1, True), (19.9, True), (20, False), (600, False)]
)
def test_a_decision_faster_than_the_contract_thinks_possible_is_marked(
    seconds: float, too_quick: bool
) -> None:
    """It is recorded all the same: sometimes one look is enough, and the person knows."""
    decision = decided_after(seconds)

    assert decision.thinking_seconds == pytest.approx(seconds)
    assert decision.too_quick is too_quick
    assert decision.verb is Verb.APPROVE


def test_who_decides_without_taking_it_first_has_no_known_time() -> None:
    """Unknown is not zero; counted as zero it would say that everybody was quick."""
    play = suggested(contract())

    play.approve("anna")

    assert the_decision(play).thinking_seconds is None
    assert not the_decision(play).too_quick


def test_taking_it_again_does_not_start_the_time_anew() -> None:
    """A lease that is renewed is the same reading."""
    play = suggested(contract())
    play.apply(ReviewClaimed(task=play.task, by=PersonId("anna")))
    play.pass_time(minutes=5)
    play.apply(ReviewClaimed(task=play.task, by=PersonId("anna")))
    play.pass_time(minutes=5)

    play.approve("anna")

    assert the_decision(play).thinking_seconds == 600


def test_a_takeover_starts_the_time_of_the_next_person() -> None:
    """What another read nobody else has read."""
    play = suggested(contract())
    play.apply(ReviewClaimed(task=play.task, by=PersonId("anna")))
    play.pass_time(minutes=5)

    play.apply(ReviewTakenOver(task=play.task, by=PersonId("carla"), note="I know them"))

    assert play.task.claimed_at == play.now


def test_the_ais_confidence_is_kept_with_the_decision() -> None:
    """Calibration compares the two, and a rejected proposal is gone from the case."""
    play = suggested(contract())

    play.reject("anna")

    assert the_decision(play).confidence == 0.95
    assert play.case.proposal is None


def test_a_task_knows_since_when_it_is_held() -> None:
    """Nobody holds a task that lies in the queue."""
    assert a_task().claimed_at is None
