"""A question to a person: who is asked, until when, and what their word or silence does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from interlock.domain.case import CaseState, WaitsFor
from interlock.domain.contract import Stage, StepMode
from interlock.domain.event import ReviewClaimed, ReviewDecided, ReviewEscalated, ReviewReleased
from interlock.domain.ids import PersonId
from interlock.domain.review import Decision, ReviewState, Verb
from interlock.domain.rules.advance import advance, is_out_of_place
from interlock.testing.builders import (
    a_case,
    a_contract,
    a_queue,
    a_route,
    a_step,
    a_tier,
    an_action_rule,
    at,
)
from tests.domain.support import NotAllowed, Play, proposed, raised

ANNA, BEN = PersonId("anna"), PersonId("ben")


def asked(**route: Any) -> Play:
    """A case that waits at the desk for a person, within the hour."""
    contract = a_contract(steps=[a_step()], exceptions=[a_route(**route)])
    return Play(contract, {"check": [raised("odd", value=1, has_value=True)]})


def decided(play: Play, verb: Verb, by: str) -> ReviewDecided:
    """The bare event, as no command would record it."""
    task = play.task
    decision = Decision(
        task_id=task.id, case_id=task.case_id, verb=verb, by=PersonId(by), at=play.now
    )
    return ReviewDecided(task=task, decision=decision)


def refused(play: Play, event: Any) -> bool:
    """True when the event has no place and changes nothing."""
    transition = advance(play.contract, play.case, event, play.now)
    return is_out_of_place(transition) and transition.case == play.case


def test_a_late_question_goes_along_its_chain_to_the_end() -> None:
    """Desk, then lead; there it stays, marked as late. Nobody's silence decided anything."""
    play = asked()
    desk = play.task

    play.pass_time(minutes=60)
    lead = play.task
    play.pass_time(minutes=60)

    assert play.tasks[desk.id].state is ReviewState.ESCALATED
    assert play.tasks[desk.id].breached_at == at("2026-03-02T10:00")
    assert (lead.queue, lead.escalations) == ("lead", 1)
    assert play.task.breached_at == at("2026-03-02T11:00")
    assert play.case.state is CaseState.WAITING
    play.pass_time(days=30)
    assert play.case.state is CaseState.WAITING


def test_a_chain_of_several_queues_is_gone_through_in_its_order() -> None:
    """`escalate_to: [lead, owner]` means the lead first, and the owner when the lead is late."""
    chain = [
        a_queue("desk", escalate_to=("lead", "owner")),
        a_queue("lead"),
        a_queue("owner", escalate_to=("audit",)),
        a_queue("audit"),
    ]
    contract = a_contract(steps=[a_step()], queues=chain, exceptions=[a_route(route_to="desk")])
    play = Play(contract, {"check": [raised("odd")]})
    seen = [play.task.queue]

    for _ in range(4):
        play.pass_time(hours=9)
        seen.append(play.task.queue)

    assert seen == ["desk", "lead", "owner", "audit", "audit"]
    assert play.task.breached_at is not None


def test_an_escalated_question_keeps_its_words_and_its_evidence() -> None:
    """The next reader sees what the first one saw, and why it came to them."""
    play = asked()
    before = play.task

    play.pass_time(minutes=60)

    assert play.task.question == before.question
    assert play.task.why == "late in desk"
    assert play.task.id != before.id


def test_a_question_that_is_passed_on_is_not_late() -> None:
    """Escalating is a decision in time; the breach rate must not count it."""
    play = asked()
    first = play.task

    play.apply(ReviewEscalated(task=first, by=ANNA, note="not mine"))

    assert play.tasks[first.id].breached_at is None
    assert play.task.queue == "lead"


def test_a_steps_escalation_target_comes_before_its_queues_chain() -> None:
    """The step names who answers for it when time runs out."""
    step = a_step(mode=StepMode.HUMAN_OWNED, escalation_target=PersonId("dora"))
    contract = a_contract(steps=[step], queues=[a_queue("dora", members=("dora",))])
    play = Play(contract)

    play.pass_time(hours=8)

    assert play.task.queue == "dora"


def test_asking_stops_the_clock_until_the_answer() -> None:
    """The reviewer waits for somebody else; that time is not theirs."""
    play = asked()
    play.now += timedelta(minutes=20)
    play.ask()
    assert [play.case.waits_for] == [WaitsFor.ANSWER]

    play.pass_time(hours=5)
    assert play.task.queue == "desk"
    play.answer()

    assert play.task.due_at == play.now + timedelta(minutes=40)
    assert play.case.waits_for is WaitsFor.REVIEW
    assert [q.answer for q in play.task.questions] == ["The second one."]


@pytest.mark.parametrize("verb", [Verb.APPROVE, Verb.EDIT, Verb.REJECT])
def test_nothing_is_decided_while_a_question_is_open(verb: Verb) -> None:
    """Deciding without the answer one asked for would make the asking a gesture."""
    play = asked().ask()

    with pytest.raises(NotAllowed, match="question is open"):
        play.decide(verb, "anna")


def test_a_claim_is_a_lease_that_ends_by_itself() -> None:
    """Whoever goes home holds nobody up; and until then the task is theirs alone."""
    play = asked()
    play.apply(ReviewClaimed(task=play.task, by=ANNA))
    with pytest.raises(NotAllowed, match="anna holds it until"):
        play.approve("ben")

    play.pass_time(minutes=15)
    assert (play.task.state, play.task.held_by) == (ReviewState.OPEN, None)
    play.approve("ben")

    assert play.case.state is CaseState.CLOSED


def test_a_task_can_be_given_back() -> None:
    """With everything it had."""
    play = asked()
    play.apply(ReviewClaimed(task=play.task, by=ANNA))

    play.apply(ReviewReleased(task=play.task, by=ANNA))

    assert play.task.state is ReviewState.OPEN
    assert play.task.lease_until is None


@pytest.mark.parametrize("verb", [Verb.ASK, Verb.ESCALATE])
def test_asking_and_passing_on_are_never_taken_for_a_yes(verb: Verb) -> None:
    """Both are among the verbs a task offers; recorded as a decision they must do nothing."""
    play = asked()
    play.apply(ReviewClaimed(task=play.task, by=ANNA))

    assert refused(play, decided(play, verb, "anna"))


def test_a_decision_without_a_claim_has_no_place() -> None:
    """A decision is made by somebody who held the task; no arrow leads there from open."""
    assert refused(asked(), decided(asked(), Verb.APPROVE, "anna"))


@pytest.mark.parametrize("by", ["ben", "carla", "nobody"])
def test_whoever_may_not_decide_gets_no_decision_on_record(by: str) -> None:
    """The rule is asked where the record is made, so no path can go round it."""
    play = asked()
    play.apply(ReviewClaimed(task=play.task, by=ANNA))

    assert refused(play, decided(play, Verb.APPROVE, by))


def test_an_outsider_who_holds_a_task_still_may_not_decide_it() -> None:
    """Holding is no right; the queue's members have it."""
    play = asked()
    play.apply(ReviewClaimed(task=play.task, by=PersonId("carla")))

    assert refused(play, decided(play, Verb.APPROVE, "carla"))


def test_a_question_nobody_waits_for_any_more_has_no_place() -> None:
    """A decided task is evidence; a second decision on it changes nothing."""
    play = asked()
    play.apply(ReviewClaimed(task=play.task, by=ANNA))
    late = decided(play, Verb.REJECT, "anna")
    play.approve("anna")

    assert refused(play, late)


def test_the_evidence_is_frozen_when_the_question_is_put() -> None:
    """What the reviewer saw is what the record shows, under its digest."""
    play = asked()
    [package] = [e for t in play.transitions for e in t.evidence]

    assert package.digest == play.task.evidence_digest
    assert package.content["exception"]["value"] == 1


def test_a_reason_code_is_asked_for_where_the_contract_says_so() -> None:
    """And only one of those it lists."""
    play = asked(reason_codes=("agreed", "mistake"))
    for wrong in ("", "because"):
        with pytest.raises(NotAllowed, match="reason code"):
            play.approve(reason_code=wrong)

    play.approve(reason_code="agreed")

    assert play.case.state is CaseState.CLOSED


def test_text_from_outside_never_fills_placeholders() -> None:
    """An error text with braces is shown as it is; it neither reads the case nor grows."""
    hostile = "see {letter} and {number:>999999999}"

    play = Play(a_contract(), {"check": [raised("odd", hostile)]})

    assert play.task.question == f"What should happen: {hostile}"


def test_values_of_the_case_never_fill_placeholders() -> None:
    """The contract's sentence is filled once; what it was filled with is not filled again."""
    contract = a_contract(
        steps=[a_step(actions=("send",))],
        actions=[an_action_rule(says="sends to {name}")],
        approvals=(a_tier(),),
    )

    play = Play(contract, case=a_case(data={"name": "{number:>999999999}"}))

    assert play.task.question == "Approve this? It sends to {number:>999999999}."


@pytest.mark.parametrize("says", ["sends {sum:,.2f}", "sends {sum[0]}", "sends {", "sends {0}"])
def test_a_sentence_that_cannot_be_filled_stays_as_it_is(says: str) -> None:
    """A question with a visible placeholder is better than no question."""
    contract = a_contract(
        steps=[a_step(actions=("send",))],
        actions=[an_action_rule(says=says)],
        approvals=(a_tier(),),
    )

    play = Play(contract, case=a_case(data={"sum": None}))

    assert play.task.question == f"Approve this? It {says}."


def test_a_models_evidence_does_not_reword_the_question() -> None:
    """The question is filled from the case; a name the model also uses stays the case's."""
    route = a_route("low_confidence", question="Pay {amount} to {who}?")
    step = a_step(mode=StepMode.AGENTIC)
    unsure = proposed({}, 0.2, evidence={"amount": 1, "who": "the supplier"})

    play = Play(
        a_contract(steps=[step], exceptions=[route]),
        {"check": [unsure]},
        case=a_case(data={"amount": 9000}),
    )

    assert play.task.question == "Pay 9000 to the supplier?"


def test_the_cases_own_deadline_comes_first_when_it_is_sooner() -> None:
    """On time for the queue would be too late for the business."""
    case = a_case(stage=Stage.ASSISTED, deadline=at("2026-03-02T09:30"))
    contract = a_contract(exceptions=[a_route(sla_minutes=60)])

    play = Play(contract, {"check": [raised("odd")]}, case=case)

    assert play.task.due_at == at("2026-03-02T09:30")
    assert play.task.is_at_risk(at("2026-03-02T09:23"))
    assert not play.task.is_at_risk(at("2026-03-02T09:30"))
