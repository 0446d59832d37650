"""The second reviewer: asked independently, heard by nobody, and counted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from interlock.domain.case import CaseState, Handling
from interlock.domain.contract import StepMode
from interlock.domain.event import ReviewReleased
from interlock.domain.fact import FactKind
from interlock.domain.ids import PersonId
from interlock.domain.quality import LookKind, Quality
from interlock.domain.review import EvidencePackage, ReviewKind, Verb
from interlock.domain.rules import assign
from interlock.domain.rules.advance import is_out_of_place, replay
from interlock.testing.builders import a_queue
from tests.domain.rules.watching import (
    ALL,
    QUESTION,
    an_ai_step,
    answer,
    facts_of,
    look_of,
    suggested,
    unasked,
    watched,
)
from tests.domain.support import Play


def package_of(play: Play, task_id: str) -> EvidencePackage:
    """What was frozen for a task."""
    found = [p for each in play.transitions for p in each.evidence if p.task_id == task_id]
    return found[0]


def test_the_same_question_goes_to_somebody_else_without_the_first_answer() -> None:
    """Whoever knows what a colleague said does not judge the case, but the colleague."""
    play = suggested()
    first = play.task
    play.approve("anna", note="looks like the last ones", reason_code="")
    second = look_of(play, LookKind.SECOND)

    content = package_of(play, second.id).content
    before = package_of(play, first.id).content

    assert (second.question, second.queue, second.about) == (QUESTION, "desk", (first.id,))
    assert second.kind is ReviewKind.QUALITY_SAMPLE
    assert set(second.verbs) == {Verb.APPROVE, Verb.EDIT, Verb.REJECT}
    assert content["proposal"] == before["proposal"]
    assert content["case"] == before["case"]
    assert "looks like the last ones" not in str(content)
    assert "anna" not in str(content)
    assert "anna" in second.excluded


def test_the_first_reviewer_cannot_give_the_second_answer() -> None:
    """Nobody agrees with anybody more than with themselves."""
    play = suggested()
    play.approve("anna")
    second = look_of(play, LookKind.SECOND)

    for person, allowed in (("anna", False), ("ben", True)):
        said = assign.may_decide(play.contract, play.case, second, person, Verb.APPROVE, play.now)
        assert said.allowed is allowed, said.reason


@pytest.mark.parametrize("verb", [Verb.APPROVE, Verb.REJECT, Verb.EDIT])
def test_the_second_answer_changes_nothing(verb: Verb) -> None:
    """It is a measurement; the case went on with the first answer, and stays there."""
    play = suggested()
    play.approve("anna")
    before = play.case
    more: dict[str, Any] = {"value": "Dear Madam"} if verb is Verb.EDIT else {}

    answer(play, look_of(play, LookKind.SECOND), verb, "ben", **more)

    assert before.state is CaseState.CLOSED
    assert replace(play.case, looks=before.looks, updated_at=before.updated_at) == before
    assert play.case.handling is Handling.ASSISTED


def test_two_who_agree_are_a_pair() -> None:
    """Kappa is computed from these facts alone."""
    play = suggested()
    play.approve("anna")

    answer(play, look_of(play, LookKind.SECOND), Verb.APPROVE, "ben")

    assert facts_of(play, FactKind.SECOND_LOOK) == [("desk/answer", "approve/approve")]
    assert len(play.case.looks) == 1
    assert play.case.looks[0].content is None  # what it kept for a third person is let go


def test_two_who_differ_are_heard_by_a_third() -> None:
    """Which of the two was right is said by somebody further up, who sees both without names."""
    play = suggested()
    play.approve("anna", note="fine by me")
    answer(play, look_of(play, LookKind.SECOND), Verb.REJECT, "ben", note="wrong greeting")
    third = look_of(play, LookKind.ADJUDICATION)
    content = package_of(play, third.id).content

    assert third.queue == "lead"
    assert {"anna", "ben"} <= set(third.excluded)
    assert sorted(each["verb"] for each in content["answers"]) == ["approve", "reject"]
    assert {each["note"] for each in content["answers"]} == {"fine by me", "wrong greeting"}
    assert "anna" not in str(content)
    assert "ben" not in str(content)
    assert content["proposal"]["value"] == "Dear Sir"

    answer(play, third, Verb.REJECT, "carla")

    assert facts_of(play, FactKind.SECOND_LOOK) == [
        ("desk/answer", "approve/reject"),
        ("lead/answer", "second_right"),
    ]
    assert play.case.state is CaseState.CLOSED


@pytest.mark.parametrize(
    ("first", "second", "detail"),
    [("Dear A", "Dear A", "edit/edit"), ("Dear A", "Dear B", "edit/edit_otherwise")],
)
def test_two_edits_agree_only_when_they_say_the_same(first: str, second: str, detail: str) -> None:
    """Two people who both changed it, each in another way, did not agree."""
    play = suggested()
    play.edit(first, "anna")

    answer(play, look_of(play, LookKind.SECOND), Verb.EDIT, "ben", value=second)

    assert facts_of(play, FactKind.SECOND_LOOK) == [("desk/answer", detail)]


def test_a_queue_of_one_person_has_no_second_reviewer() -> None:
    """A question nobody may answer would lie there for ever."""
    contract = watched(ALL, queues=[a_queue("desk", members=("anna",), escalate_to=("lead",))])

    assert suggested(contract).approve("anna").case.looks == ()


def test_only_suggestions_and_exceptions_are_asked_twice() -> None:
    """Work a person did themselves cannot be done a second time to compare it."""
    contract = watched(ALL, steps=[an_ai_step(StepMode.HUMAN_OWNED, has_function=False)])
    play = Play(contract, {})

    play.approve("anna")

    assert play.case.looks == ()


def test_none_is_drawn_where_the_share_is_none() -> None:
    """A contract that does not ask for it costs nobody's time."""
    assert suggested(watched(Quality())).approve("anna").case.looks == ()


def test_evidence_the_first_reviewer_added_is_there_for_the_second() -> None:
    """Both judge the same evidence, or their answers could not be compared."""
    contract = watched(ALL, steps=[an_ai_step(evidence_required=("call_note",))])
    play = suggested(contract)

    play.approve("anna", supplied={"call_note": "they rang at ten"})
    second = look_of(play, LookKind.SECOND)

    assert second.missing == ()
    assert package_of(play, second.id).content["required"] == {"call_note": "they rang at ten"}


def test_a_look_is_claimed_and_given_back_like_any_task() -> None:
    """Whoever takes it holds it, so that two do not look at once."""
    play = suggested()
    play.approve("anna")
    second = look_of(play, LookKind.SECOND)

    answer(play, second, Verb.EDIT, "carla")  # not of this queue: claimed, and refused
    held = play.tasks[second.id]
    play.apply(ReviewReleased(task=held, by=PersonId("carla")))

    assert held.held_by == "carla"
    assert play.tasks[second.id].held_by is None
    assert not is_out_of_place(answer(play, play.tasks[second.id], Verb.APPROVE, "ben"))


def test_a_replay_gives_the_same_looks_and_pairs() -> None:
    """The record alone says who was asked twice, and what came of it."""
    play = suggested()
    play.approve("anna")
    answer(play, look_of(play, LookKind.SECOND), Verb.REJECT, "ben")
    answer(play, look_of(play, LookKind.ADJUDICATION), Verb.APPROVE, "carla")

    assert replay(play.contract, play.history) == play.case


def test_a_sample_and_a_second_look_do_not_meet() -> None:
    """One case is either somebody's decision or nobody's."""
    assert [look.kind for look in unasked().case.looks] == [LookKind.SAMPLE]
    assert [look.kind for look in suggested().approve().case.looks] == [LookKind.SECOND]
