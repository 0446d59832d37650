"""Side effects: allowed, approved, held, intended, looked up, undone; never twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from interlock.domain.action import ActionState
from interlock.domain.case import CaseState, ClosingOutcome, Phase, WaitsFor
from interlock.domain.contract import Budget, Retry, WhenSpent
from interlock.domain.event import (
    ActionLookedUp,
    ActionStarted,
    ActionSucceeded,
    BudgetRefused,
    CompensationFinished,
    TimerFired,
)
from interlock.domain.ids import PersonId
from interlock.domain.review import ReviewKind, Verb
from interlock.domain.rules.advance import advance, is_out_of_place
from interlock.testing.builders import (
    a_case,
    a_contract,
    a_person,
    a_queue,
    a_route,
    a_step,
    a_tier,
    an_action_rule,
    at,
    euros,
)
from tests.domain.support import (
    Play,
    done,
    found,
    found_values,
    lost,
    moved,
    not_undone,
    output,
    raised,
    refused,
    requests,
    spent,
    started,
    undone,
)

S = ActionState
ONCE, TWICE = Retry(attempts=1), Retry(attempts=2)
CARLA, DORA = PersonId("carla"), PersonId("dora")

LATE_BUDGET = partial(BudgetRefused, budget="b", detail="", free_again_at=at("2026-03-02T10:00"))
LATE_LOOK_UP = partial(ActionLookedUp, found=True)


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


def posting_then_paying(**pay: Any) -> Any:
    """A contract that posts in one step and pays in the next."""
    return a_contract(
        steps=[a_step("one", actions=("post",)), a_step("two", actions=("pay",))],
        actions=[an_action_rule("post"), an_action_rule("pay", **pay)],
    )


# --- hold and budget ------------------------------------------------------------------------


def test_a_held_action_waits_for_its_window_to_pass() -> None:
    """In it a person can still stop it."""
    play = Play(sending(hold_minutes=60))
    assert play.case.waits_for is WaitsFor.HOLD
    assert play.case.wake_at == at("2026-03-02T10:00")

    play.pass_time(minutes=60)

    assert play.case.outcome is ClosingOutcome.COMPLETED


def test_a_case_stopped_in_the_hold_window_does_nothing() -> None:
    """That is what the window is for."""
    play = Play(sending(hold_minutes=60)).cancel()

    assert play.case.outcome is ClosingOutcome.CANCELLED
    assert play.actions() == [("send", S.WITHDRAWN)]


def test_a_spent_budget_makes_the_case_wait_for_the_next_window() -> None:
    """Where the contract says `wait`; then it is asked again."""
    budget = Budget(count_per_hour=1, when_spent=WhenSpent.WAIT)
    play = Play(sending(budget=budget), {"start_send": [spent(), started]})
    assert play.case.waits_for is WaitsFor.BUDGET
    assert play.intents() == []

    play.wake()

    assert play.case.outcome is ClosingOutcome.COMPLETED


def test_a_spent_budget_becomes_an_exception() -> None:
    """Where the contract says so, or says nothing."""
    play = Play(sending(budget=Budget(count_per_hour=1)), {"start_send": [spent(), started]})
    assert play.task.exception_type == "out_of_policy"

    play.approve()

    assert play.case.outcome is ClosingOutcome.COMPLETED


def test_the_intent_reserves_its_share_of_every_budget() -> None:
    """Money by the case's amount, in the currency of the budget; a credit note counts as much."""
    budget = Budget(money_per_day=euros("1000"), count_per_hour=5, risk_per_day=9)
    play = Play(sending(budget=budget, risk_units=3), case=a_case(amount=euros("-12.50")))

    [shares] = [t.reservations for t in play.transitions if t.reservations]

    assert {(s.budget, s.units, s.window[:13]) for s in shares} == {
        ("send.money_per_day", 12_500_000, "2026-03-02T00"),
        ("send.count_per_hour", 1, "2026-03-02T09"),
        ("send.risk_per_day", 3, "2026-03-02T00"),
    }


@pytest.mark.parametrize("minutes", [1, 61])
def test_a_retry_takes_its_share_once_in_each_window(minutes: int) -> None:
    """The same action must not use up a window twice, nor slip into another window for nothing."""
    contract = sending(budget=Budget(count_per_hour=5), retry=ONCE)
    play = Play(contract, {"send": [refused(), done()]})
    play.now += timedelta(minutes=minutes)

    play.approve()

    windows = [s.window for t in play.transitions for s in t.reservations]
    assert len(windows) == len(set(windows)) == (1 if minutes == 1 else 2)


@pytest.mark.parametrize(
    ("amount", "said"), [(None, "no amount"), ("USD", "the budget is in EUR and the case in USD")]
)
def test_a_money_budget_that_cannot_be_computed_stops(amount: str | None, said: str) -> None:
    """A guard that cannot be evaluated fails closed."""
    money = replace(euros("10"), currency=amount) if amount else None
    contract = sending(budget=Budget(money_per_day=euros("1000")))

    play = Play(contract, case=a_case(amount=money))

    assert play.task.exception_type == "out_of_policy"
    assert said in play.task.question
    assert play.intents() == []


@pytest.mark.parametrize("value", ["1E+999999999", "NaN", "Infinity", True, None, [], "12,50"])
def test_an_amount_a_model_made_up_stops(value: Any) -> None:
    """Whatever stands where the amount should, it is no amount, and nothing breaks."""
    budget = Budget(money_per_day=euros("1000"))
    contract = sending(budget=budget, amount_value="letter.pay")

    play = Play(contract, case=a_case(data={"pay": value}))

    assert play.task.exception_type == "out_of_policy"


# --- outcomes -------------------------------------------------------------------------------


def test_a_refused_action_is_tried_again_and_then_asked_about() -> None:
    """The same action under the same key, for the retries the contract gives it."""
    play = Play(sending(retry=TWICE), {"send": [refused(), refused(), done()]})
    assert play.case.waits_for is WaitsFor.RETRY
    play.wake()
    assert play.task.exception_type == "workflow_failure"

    play.approve()

    assert {action.id for action in play.intents()} == {play.case.actions[0].id}
    assert play.case.outcome is ClosingOutcome.COMPLETED


def test_a_retry_of_an_approved_action_is_still_the_approved_action() -> None:
    """It did not happen; nobody has to be asked twice for one payment."""
    play = Play(sending(tiers=[a_tier()], retry=TWICE), {"send": [refused(), done()]})

    play.approve("carla").wake()

    assert len(play.intents()) == 2
    assert play.case.outcome is ClosingOutcome.COMPLETED


def test_a_lost_action_that_is_found_is_not_done_again() -> None:
    """Looked up first: it had happened."""
    play = Play(sending(), {"send": [lost], "find_send": [found(True)]})

    assert play.ran().count("send") == 1
    assert play.actions() == [("send", S.VERIFIED)]
    assert play.case.outcome is ClosingOutcome.COMPLETED


def test_a_lost_action_that_is_not_found_is_done_again() -> None:
    """Looked up first: it had not happened."""
    play = Play(sending(), {"send": [lost, done()], "find_send": [found(False)]}).wake()

    assert play.ran().count("send") == 2
    assert play.actions() == [("send", S.SUCCEEDED)]


@pytest.mark.parametrize(
    ("verb", "state", "outcome"),
    [
        (Verb.APPROVE, S.VERIFIED, ClosingOutcome.COMPLETED),
        (Verb.REJECT, S.FAILED, ClosingOutcome.REJECTED),
    ],
)
@pytest.mark.parametrize("verify", ["find_send", None])
def test_when_nobody_can_say_a_person_does(
    verb: Verb, state: ActionState, outcome: ClosingOutcome, verify: str | None
) -> None:
    """Never a blind retry: a person says whether it took effect, and that is on record."""
    contract = sending(verify=verify, retry=ONCE)
    play = Play(contract, {"send": [lost], "find_send": [found(None)]})
    assert play.actions() == [("send", S.UNKNOWN)]
    assert "took effect" in play.task.question

    play.decide(verb, "anna")

    assert play.ran().count("send") == 1
    assert play.actions() == [("send", state)]
    assert play.case.outcome is outcome


def test_a_look_up_that_cannot_say_is_repeated_before_a_person_is_asked() -> None:
    """The system may only be out for a moment."""
    look_ups = [found(None), found(True)]

    play = Play(sending(retry=TWICE), {"send": [lost], "find_send": look_ups}).wake()

    assert play.actions() == [("send", S.VERIFIED)]


def test_a_lost_idempotent_action_is_safely_repeated_under_its_key() -> None:
    """The system itself refuses a second one."""
    play = Play(sending(verify=None, idempotent=True), {"send": [lost, done()]}).wake()

    assert len({action.id for action in play.intents()}) == 1
    assert play.case.outcome is ClosingOutcome.COMPLETED


def test_an_idempotent_action_that_stays_lost_is_not_called_a_failure() -> None:
    """After the last try nobody knows, and the record says so until a person does."""
    play = Play(sending(verify=None, idempotent=True, retry=TWICE), {"send": [lost]}).wake()

    assert play.actions() == [("send", S.UNKNOWN)]


def test_no_remedy_begins_a_case_anew_while_an_action_is_unknown() -> None:
    """It would plan the action a second time, and the first may have happened."""
    route = a_route("workflow_failure", automation_allowed=True, remedy="ask_supplier")
    contract = replace(sending(verify=None), exceptions=(route, a_route()))

    play = Play(contract, {"send": [lost], "ask_supplier": [found_values(pay=1)]})

    assert "ask_supplier" not in play.ran()
    assert play.task.exception_type == "workflow_failure"


def test_a_state_that_changed_since_stops_the_action() -> None:
    """What was decided rests on what is no longer so; approvals of it are void."""
    world = {"send": [moved("new"), done()]}
    play = Play(sending(tiers=[a_tier()]), world).approve("carla")
    assert play.task.exception_type == "state_changed"

    play.approve("anna")
    assert play.task.kind is ReviewKind.APPROVAL, "asked again, on the new state"
    play.approve("carla")

    assert play.case.actions[0].state_digest == "new"
    assert play.case.outcome is ClosingOutcome.COMPLETED


# --- undoing --------------------------------------------------------------------------------


def test_what_was_done_is_undone_last_first() -> None:
    """A case that fails after some actions leaves none of them standing."""
    contract = a_contract(
        steps=[
            a_step("one", actions=("post", "pay"), has_function=False),
            a_step("two"),
        ],
        actions=[an_action_rule("post"), an_action_rule("pay")],
    )
    play = Play(contract, {"two": [raised("odd")]}).reject()

    assert play.ran()[-2:] == ["undo_pay", "undo_post"]
    assert play.case.outcome is ClosingOutcome.COMPENSATED


def test_a_compensation_is_tried_again_and_then_asked_about() -> None:
    """An effect that cannot be undone is somebody's business, never silently dropped."""
    contract = a_contract(
        steps=[a_step("one", actions=("post",)), a_step("two")],
        actions=[an_action_rule("post", retry=TWICE)],
    )
    play = Play(contract, {"two": [raised("odd")], "undo_post": [not_undone] * 2 + [undone]})
    play.reject().wake()
    assert "could not be undone" in play.task.question
    assert play.case.phase is Phase.PERSON

    play.approve()

    assert play.actions() == [("post", S.COMPENSATED)]
    assert play.case.outcome is ClosingOutcome.COMPENSATED


def test_what_cannot_be_undone_is_left_when_a_person_says_so() -> None:
    """Somebody must be able to end a case whose undoing never succeeds, and the log says who."""
    contract = a_contract(
        steps=[a_step("one", actions=("post",)), a_step("two")],
        actions=[an_action_rule("post", retry=TWICE)],
    )
    play = Play(contract, {"two": [raised("odd")], "undo_post": [not_undone] * 9})
    play.reject().wake()

    play.reject()

    assert play.case.outcome is ClosingOutcome.REJECTED
    assert play.actions() == [("post", S.SUCCEEDED)]
    assert play.case.actions[0].kept


def test_a_lost_idempotent_action_stays_unknown_until_it_is_repeated() -> None:
    """Between two tries nobody knows, so a case that is stopped then asks before it closes."""
    play = Play(sending(verify=None, idempotent=True), {"send": [lost, done()]})
    assert play.actions() == [("send", S.UNKNOWN)]

    play.cancel()

    assert play.case.outcome is None
    assert "nobody knows" in play.task.question


def test_an_action_moves_the_amount_its_contract_points_at() -> None:
    """A payment of an invoice in another currency counts, and is limited, in the books' own."""
    contract = a_contract(
        steps=[a_step(actions=("send",))],
        actions=[an_action_rule(amount_value="arguments.net")],
        approvals=[a_tier()],
        currency="EUR",
    )
    play = Play(contract, {"check": [output(1, requests=requests(send={"net": "12.50"}))]})

    assert play.task.amount == euros("12.50")


def test_a_step_goes_on_only_after_all_its_actions() -> None:
    """In the contract's order, one intent at a time."""
    play = Play(posting_then_paying())

    assert play.ran() == ["one", "start_post", "post", "two", "start_pay", "pay"]
    assert play.case.state is CaseState.CLOSED


# --- too late -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [ActionSucceeded, ActionStarted, LATE_BUDGET, LATE_LOOK_UP])
def test_what_is_said_of_an_action_that_waits_for_approval_has_no_place(kind: Any) -> None:
    """A late event must not orphan the open question, nor go round it."""
    play = Play(sending(tiers=[a_tier()]))

    late = kind(action_id=play.case.actions[0].id)

    assert is_out_of_place(advance(play.contract, play.case, late, play.now))


def test_a_late_look_up_does_not_answer_for_the_person_who_is_asked() -> None:
    """The question is theirs now; two answers to it could disagree."""
    play = Play(sending(verify=None), {"send": [lost]})
    late = ActionLookedUp(action_id=play.case.actions[0].id, found=False)

    assert is_out_of_place(advance(play.contract, play.case, late, play.now))


def test_only_the_action_that_is_being_undone_can_have_been_undone() -> None:
    """Out of order, or of an action that never happened, it is noted as out of place."""
    contract = a_contract(
        steps=[a_step("one", actions=("post", "pay")), a_step("two")],
        actions=[an_action_rule("post"), an_action_rule("pay", retry=TWICE)],
    )
    play = Play(contract, {"two": [raised("odd")], "undo_pay": [not_undone]}).reject()
    assert play.case.waits_for is WaitsFor.RETRY

    for action in play.case.actions:
        early = CompensationFinished(action_id=action.id)
        assert is_out_of_place(advance(play.contract, play.case, early, play.now))


def test_an_event_without_a_place_leaves_the_case_as_it_was() -> None:
    """Not even the time of its last change moves."""
    play = Play(sending(hold_minutes=60))

    after = advance(play.contract, play.case, TimerFired(), play.now + timedelta(minutes=1))

    assert is_out_of_place(after)
    assert after.case == play.case
