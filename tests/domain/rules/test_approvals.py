"""Approvals: the right people, for exactly these arguments, in time, and used once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from interlock.domain.action import ActionState
from interlock.domain.case import ClosingOutcome, WaitsFor
from interlock.domain.contract import Confidence, Quorum, Retry, StepMode
from interlock.domain.ids import PersonId
from interlock.domain.review import ReviewKind
from interlock.testing.builders import (
    Holds,
    a_case,
    a_contract,
    a_person,
    a_queue,
    a_route,
    a_step,
    a_tier,
    an_action_rule,
    at,
)
from tests.domain.support import (
    NotAllowed,
    Play,
    a_refit,
    done,
    found_values,
    proposed,
)

S = ActionState
ONCE, TWICE = Retry(attempts=1), Retry(attempts=2)
CARLA, DORA = PersonId("carla"), PersonId("dora")


def sending(*, tiers: Any = (), **rule: Any) -> Any:
    """A contract of one step that sends."""
    return a_contract(
        steps=[a_step(actions=("send",))],
        actions=[an_action_rule(**rule)],
        people=[a_person("dora"), a_person("eve", groups=("team",))],
        queues=[
            a_queue("dora", members=("dora",)),
            a_queue("team", members=("group:team",)),
            a_queue("lead", escalate_to=("dora",)),
        ],
        approvals=tuple(tiers),
    )


def test_an_action_over_its_threshold_waits_for_its_approver() -> None:
    """Nothing is intended before the yes, and the yes is used with the intent."""
    play = Play(sending(tiers=[a_tier()]))
    assert play.task.kind is ReviewKind.APPROVAL
    assert play.intents() == []

    play.approve("carla")

    assert play.actions() == [("send", S.SUCCEEDED)]
    assert play.case.actions[0].approved_by == ("carla",)
    assert [each.used for each in play.case.approvals] == [True]


def test_a_tier_whose_condition_does_not_hold_asks_nobody() -> None:
    """Small amounts go through; that is what the threshold is for."""
    over = Holds("letter.pay > 100", lambda facts: facts["letter"]["pay"] > 100)

    play = Play(sending(tiers=[a_tier(when=over)]), case=a_case(data={"pay": 100}))

    assert play.case.outcome is ClosingOutcome.COMPLETED


def test_a_threshold_that_cannot_be_answered_denies() -> None:
    """An amount nobody knows is not a small amount."""
    over = Holds("letter.pay > 100", lambda facts: facts["letter"]["pay"] > 100)

    play = Play(sending(tiers=[a_tier(when=over)]))

    assert play.task.exception_type == "permission_denied"
    assert play.actions() == [("send", S.WITHDRAWN)]


def test_all_approvers_of_a_tier_are_asked_one_after_the_other() -> None:
    """Sequential where several apply; the second is not asked before the first said yes."""
    play = Play(sending(tiers=[a_tier(tier=(CARLA, DORA))]))
    with pytest.raises(NotAllowed, match="named approver"):
        play.approve("dora")

    play.approve("carla")
    assert play.intents() == []
    play.approve("dora")

    assert play.case.actions[0].approved_by == ("carla", "dora")


def test_any_approver_is_enough_where_the_contract_says_any() -> None:
    """Whoever is there first."""
    play = Play(sending(tiers=[a_tier(tier=(CARLA, DORA), quorum=Quorum.ANY)])).approve("dora")

    assert play.case.outcome is ClosingOutcome.COMPLETED


def test_a_number_of_approvers_means_that_many_people() -> None:
    """Two yeses of one person are one."""
    tier = a_tier(tier=(CARLA, DORA, PersonId("team")), quorum=2)
    play = Play(sending(tiers=[tier])).approve("eve")
    with pytest.raises(NotAllowed, match="four eyes"):
        play.approve("eve")

    play.approve("dora")

    assert play.case.actions[0].approved_by == ("eve", "dora")


def test_two_of_one_team_means_two_people_of_it() -> None:
    """A team has one name in the contract and several heads."""
    contract = sending(tiers=[a_tier(tier=(PersonId("team"),), quorum=2)])
    finn = a_person("finn", groups=("team",))
    contract = replace(contract, people={**contract.people, finn.id: finn})
    play = Play(contract).approve("eve")
    assert play.intents() == []

    play.approve("finn")

    assert play.case.outcome is ClosingOutcome.COMPLETED


def test_one_yes_counts_in_every_tier_that_names_its_giver() -> None:
    """The lead's yes to more than 10,000 is the lead's part of the yes to more than 50,000."""
    tiers = [a_tier(), a_tier(tier=(CARLA, DORA))]

    play = Play(sending(tiers=tiers)).approve("carla").approve("dora")

    assert len([t for t in play.tasks.values() if t.kind is ReviewKind.APPROVAL]) == 2
    assert play.case.outcome is ClosingOutcome.COMPLETED


def test_an_author_does_not_approve_what_they_wrote() -> None:
    """Four eyes: who edited something is asked no more about the action it led to."""
    contract = sending(tiers=[a_tier()])
    odd = replace(contract.steps[0], when=Holds("letter.ok", lambda f: f["letter"]["ok"]))
    contract = replace(contract, steps=(odd,), exceptions=(a_route("*", route_to="lead"),))
    play = Play(contract).edit({"ok": True}, by="carla", refit=a_refit(ok=True))

    assert play.task.kind is ReviewKind.APPROVAL
    assert play.task.queue == "dora"
    with pytest.raises(NotAllowed, match="four eyes"):
        play.approve("carla")


def test_who_opened_a_case_is_not_asked_to_approve_it() -> None:
    """With nobody else in the approver's queue the question goes on along the chain at once."""
    play = Play(sending(tiers=[a_tier()]), case=a_case(opened_by=CARLA))

    assert play.task.queue == "dora"
    play.approve("dora")
    assert play.case.outcome is ClosingOutcome.COMPLETED


def test_an_approval_request_expires_and_that_is_no_yes() -> None:
    """Nobody decided: somebody is told, and is asked whether to ask again."""
    play = Play(sending(tiers=[a_tier(valid_minutes=60)])).pass_time(minutes=61)
    assert play.task.exception_type == "stalled_handoff"

    play.approve("anna")

    assert play.task.kind is ReviewKind.APPROVAL
    assert play.intents() == []


def test_an_expired_request_sets_no_remedy_in_motion() -> None:
    """A remedy changes the case and begins it anew; silence must not be able to do that."""
    route = a_route("stalled_handoff", automation_allowed=True, remedy="ask_supplier")
    contract = replace(sending(tiers=[a_tier(valid_minutes=60)]), exceptions=(route, a_route()))

    play = Play(contract, {"ask_supplier": [found_values(pay=1)]}).pass_time(minutes=61)

    assert "ask_supplier" not in play.ran()
    assert play.task.exception_type == "stalled_handoff"


def test_a_yes_that_grew_old_while_others_were_asked_is_asked_for_again() -> None:
    """Each approval holds for its own time; the intent needs all of them valid at once."""
    tier = a_tier(tier=(CARLA, DORA), valid_minutes=60)
    play = Play(sending(tiers=[tier], hold_minutes=5)).approve("carla")
    play.now = at("2026-03-02T09:59")
    play.approve("dora")
    assert play.case.waits_for is WaitsFor.HOLD

    play.wake()

    assert play.task.approvers == ("carla",)
    assert play.intents() == []


def test_a_yes_that_expires_during_the_hold_is_no_yes_any_more() -> None:
    """The hold outlasts the approval: it must be given again before anything is intended."""
    contract = sending(tiers=[a_tier(valid_minutes=30)], hold_minutes=60)
    play = Play(contract).approve("carla")
    assert play.case.waits_for is WaitsFor.HOLD

    play.wake()

    assert play.task.kind is ReviewKind.APPROVAL
    assert play.intents() == []


def test_a_tier_that_names_nobody_lets_nothing_through() -> None:
    """An empty list of approvers is met by nobody, not by everybody."""
    play = Play(sending(tiers=[a_tier(tier=())]))

    assert play.task.exception_type == "permission_denied"


def test_the_approver_sees_the_exact_arguments() -> None:
    """A digest binds the yes; the reviewer decides on the values behind it."""
    contract = sending(tiers=[a_tier()], parameters=("number",))

    play = Play(contract)
    [package] = [e for t in play.transitions for e in t.evidence]

    assert package.content["action"]["arguments"] == {"number": "1"}
    assert package.content["action"]["arguments_digest"] == play.task.action_digest


def test_an_approval_covers_what_the_action_before_returned() -> None:
    """The second action takes the first one's receipt; what is approved is what then runs."""
    contract = a_contract(
        steps=[a_step(actions=("post", "send"))],
        actions=[an_action_rule("post"), an_action_rule(parameters=("post",))],
        approvals=(a_tier(),),
    )
    play = Play(contract, {"post": [done({"entry": 7})]})
    package = play.transitions[-1].evidence[-1]
    assert package.content["action"]["arguments"] == {"post": {"entry": 7}}

    play.approve("carla")

    assert play.case.outcome is ClosingOutcome.COMPLETED


@pytest.mark.parametrize("name", ["pay", "letter"])
def test_a_model_cannot_speak_under_a_name_of_the_case(name: str) -> None:
    """A threshold reads the case's own amount, whatever the model calls its result."""
    over = Holds("pay > 100", lambda facts: facts["pay"] > 100 and facts["letter"]["pay"] > 100)
    step = a_step(
        mode=StepMode.AGENTIC,
        confidence=Confidence(accept_at=0.9),
        actions=("send",),
        produces=(name,),
    )
    contract = a_contract(steps=[step], actions=[an_action_rule()], approvals=(a_tier(when=over),))
    small = {"pay": 1} if name == "letter" else 1

    play = Play(contract, {"check": [proposed(small)]}, case=a_case(data={"pay": 5000}))

    assert play.task.kind is ReviewKind.APPROVAL
