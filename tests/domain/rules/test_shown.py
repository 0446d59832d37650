"""What a reviewer may see, and when: blind mode, and probes."""

from __future__ import annotations

from typing import Any

import pytest

from interlock.domain.case import Arm
from interlock.domain.contract import Stage
from interlock.domain.event import OwnAnswerGiven, ReviewClaimed
from interlock.domain.ids import PersonId
from interlock.domain.quality import LookKind, Quality
from interlock.domain.review import EvidencePackage, Verb
from interlock.domain.rules import assign, shown
from interlock.domain.rules.advance import advance, is_out_of_place
from interlock.testing.builders import a_case, a_queue, a_route
from tests.domain.rules.watching import (
    a_probe,
    a_probe_case,
    answer,
    look_of,
    suggested,
    watched,
)
from tests.domain.support import NotAllowed, Play, proposed

BLIND = a_queue("desk", members=("anna", "ben"), escalate_to=("lead",), blind=True)


def blind(quality: Quality | None = None) -> Play:
    """A suggestion that waits in a blind queue."""
    return suggested(watched(quality or Quality(), queues=[BLIND]))


def package(play: Play) -> EvidencePackage:
    """What was frozen for the task the case waits on."""
    return next(
        each for step in play.transitions for each in step.evidence if each.task_id == play.task.id
    )


def say_own(play: Play, by: str = "anna", **said: Any) -> None:
    """Takes the task and says what one would decide oneself."""
    play.apply(ReviewClaimed(task=play.task, by=PersonId(by)))
    play.apply(OwnAnswerGiven(task=play.task, by=PersonId(by), **said))


def test_the_suggestion_is_kept_back_until_ones_own_answer() -> None:
    """Who sees the AI's answer first checks it less than they think."""
    play = blind()
    whole = package(play)
    before = shown.shown_package(play.task, whole, "anna")

    say_own(play, text="Dear Sir, I should say")
    after = shown.shown_package(play.task, whole, "anna")

    assert "proposal" in whole.content
    assert "Dear Sir" not in str(before.content)
    assert "they asked" not in str(before.content)
    assert before.content[shown.HIDDEN] == ["proposal"]
    assert before.digest == whole.digest  # the decision is bound to what was frozen
    assert after == whole


def test_ones_own_answer_opens_nobody_elses_eyes() -> None:
    """Each reviewer answers for themselves first."""
    play = blind()
    say_own(play, "anna", text="Dear Sir")

    assert shown.is_hidden_from(play.task, "ben")
    assert not shown.is_hidden_from(play.task, "anna")


def test_nobody_approves_what_they_have_not_seen() -> None:
    """A yes to a hidden suggestion is no decision."""
    play = blind()

    with pytest.raises(NotAllowed, match="blind"):
        play.approve("anna")

    say_own(play, text="Dear Sir")
    play.approve("anna")
    assert play.case.outcome is not None


@pytest.mark.parametrize("verb", [Verb.EDIT, Verb.REJECT, Verb.ESCALATE, Verb.ASK])
def test_an_answer_of_ones_own_needs_no_other_first(verb: Verb) -> None:
    """To edit is to say what is right; to reject, to pass on and to ask approve nothing."""
    play = blind()

    said = assign.may_decide(play.contract, play.case, play.task, "anna", verb, play.now)

    assert said.allowed, said.reason


def test_only_the_holder_gives_an_answer_of_their_own() -> None:
    """An answer by somebody who does not hold the task would open it for the wrong person."""
    play = blind()
    event = OwnAnswerGiven(task=play.task, by=PersonId("anna"), text="x")

    assert is_out_of_place(advance(play.contract, play.case, event, play.now))


def test_an_exception_gives_its_suggestion_away_neither() -> None:
    """ "Confidence 0.50 is under the line" is half the answer, and the value is the other half."""
    routes = [a_route("low_confidence", reviewer_evidence=("proposal",))]
    contract = watched(Quality(), queues=[BLIND], exceptions=routes)
    play = Play(contract, {"answer": [proposed("Dear Sir", confidence=0.5)]})

    seen = shown.shown_package(play.task, package(play), "anna").content

    assert play.task.exception_type == "low_confidence"
    assert "Dear Sir" not in str(seen)
    assert "0.5" not in str(seen)
    assert seen["exception"] == {"type": "low_confidence", "missing": []}


def test_a_queue_that_is_not_blind_shows_everything() -> None:
    """Blind mode is what a contract asks for, queue by queue."""
    play = suggested(watched(Quality()))

    assert shown.shown_package(play.task, package(play), "anna") is package(play)


def test_what_is_decided_is_hidden_from_nobody() -> None:
    """Afterwards everybody may see what was suggested; that is how people learn."""
    play = blind()
    task, whole = play.task, package(play)
    play.reject("anna")

    assert shown.shown_package(play.tasks[task.id], whole, "ben") == whole


def test_a_second_look_in_a_blind_queue_is_blind_too() -> None:
    """Both reviewers must have had the same before them."""
    play = blind(Quality(second_look=1.0))
    play.edit("Dear Madam", "anna")

    second = look_of(play, LookKind.SECOND)

    assert second.blind
    assert is_out_of_place(answer(play, second, Verb.APPROVE, "ben"))
    assert not is_out_of_place(
        answer(play, play.tasks[second.id], Verb.EDIT, "ben", value="Dear Madam")
    )


def test_a_probe_shows_no_sign_of_it() -> None:
    """The arm and the right answer are in the case; no page may print them."""
    probe = a_probe_case(watched(), a_probe())

    seen = shown.shown_case(probe)

    assert (seen.arm, seen.probe) == (Arm.RELEASE, None)
    real = a_case(stage=Stage.ASSISTED)
    assert shown.shown_case(real) is real
