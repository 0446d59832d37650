"""Side effects: each at most once, each allowed, approved, paid for and undone when it must be."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest

from interlock import ActionRequest, OutOfPolicy
from interlock.domain.case import CaseState, ClosingOutcome, Handling, WaitsFor
from interlock.domain.review import Verb
from tests.runtime.office import Office

LOST = ConnectionError("the line went dead")
PAID = [("book", "succeeded"), ("pay_out", "succeeded")]


# --- deeds that got lost ------------------------------------------------------------------------


def test_a_deed_that_failed_before_it_took_effect_is_looked_up_and_tried_again(
    office: Office,
) -> None:
    """The system says it is not there, so once more is safe."""
    office.shop.trouble("book", "R-1", LOST)

    office.handle()
    office.later(1)

    assert office.shop.done("R-1") == ["book"]
    assert office.shop.met["is_booked"] == 1
    [booked, _] = office.case("R-1").actions
    assert (str(booked.state), booked.attempt) == ("succeeded", 2)


def test_a_deed_that_took_effect_before_the_line_went_dead_is_not_repeated(office: Office) -> None:
    """The system says it is there; its receipt is taken from what was found."""
    office.shop.trouble("book_after", "R-1", LOST)

    case = office.handle()

    assert office.shop.done("R-1") == ["book"]
    [booked, _] = case.actions
    assert (str(booked.state), booked.receipt) == ("verified", {"line": 1})
    assert case.waits_for is WaitsFor.HOLD


def test_the_same_key_is_used_however_often_a_deed_is_tried(small_office: Office) -> None:
    """A system that knows the key can refuse a second one itself."""
    small_office.shop.trouble("pay_out", "R-1", LOST)

    small_office.handle()
    small_office.later(30)
    small_office.later(1)

    [(_, _, key)] = [line for line in small_office.shop.lines if line[0] == "pay_out"]
    assert key == small_office.case("R-1").actions[1].id


def test_a_deed_that_ran_over_its_time_is_not_tried_again_while_it_may_still_happen(
    small_office: Office,
) -> None:
    """A look would say it is not there, a moment before it is."""
    go = Event()
    small_office.shop.trouble("pay_out", "R-1", lambda: go.wait(20))
    small_office.handle()

    small_office.later(30)
    early = small_office.case("R-1").actions[1]
    go.set()
    small_office.finish_threads()
    small_office.later(1)

    assert str(early.state) == "unknown"
    assert small_office.shop.done("R-1") == ["book", "pay_out"]
    assert small_office.deeds() == [("book", "succeeded"), ("pay_out", "verified")]
    assert small_office.case("R-1").state is CaseState.CLOSED


def test_a_deed_nobody_can_look_up_is_asked_about(small_office: Office) -> None:
    """Unknown never counts as success, nor as failure."""
    small_office.shop.trouble("book_after", "R-1", LOST)
    small_office.shop.trouble("is_booked", "R-1", LOST, LOST)

    small_office.handle()
    small_office.later(1)

    case = small_office.case("R-1")
    assert case.exception is not None
    assert "nobody can say whether book took effect" in case.exception.detail
    assert small_office.deeds()[0] == ("book", "unknown")

    small_office.decide("R-1", "lead", Verb.APPROVE)

    assert small_office.deeds()[0] == ("book", "verified")
    assert small_office.shop.done("R-1") == ["book"]


def test_saying_that_a_lost_deed_did_not_happen_ends_the_case_without_undoing_it(
    small_office: Office,
) -> None:
    """What is not there cannot be taken back."""
    small_office.shop.trouble("book", "R-1", LOST)
    small_office.shop.trouble("is_booked", "R-1", LOST, LOST)
    small_office.handle()
    small_office.later(1)

    case = small_office.decide("R-1", "lead", Verb.REJECT)

    assert case.outcome is ClosingOutcome.REJECTED
    assert small_office.shop.undone == []


@pytest.mark.parametrize("answer", [b"bytes", object()])
def test_a_look_up_that_returns_nonsense_is_no_answer(small_office: Office, answer: Any) -> None:
    """It must neither crash the worker nor count as found."""
    small_office.shop.trouble("book_after", "R-1", LOST)
    small_office.shop.answers["is_booked", "R-1"] = answer

    small_office.handle()
    small_office.later(1)

    assert small_office.deeds()[0] == ("book", "unknown")
    assert small_office.case("R-1").exception is not None


def test_a_deed_that_fails_every_time_is_a_persons_and_approve_tries_again(
    small_office: Office,
) -> None:
    """The person repairs the system and says: go on."""
    small_office.shop.trouble("book", "R-1", LOST, LOST)
    small_office.handle()
    small_office.later(1)

    stuck = small_office.case("R-1")
    case = small_office.decide("R-1", "lead", Verb.APPROVE)

    assert stuck.exception is not None
    assert "book failed 2 times: ConnectionError" in stuck.exception.detail
    assert case.waits_for is WaitsFor.HOLD
    assert small_office.shop.done("R-1") == ["book"]


def test_a_refusal_of_the_system_in_business_words_goes_its_route(small_office: Office) -> None:
    """A no with a reason is not an incident, and is not retried."""
    small_office.shop.trouble("book", "R-1", OutOfPolicy("the period is closed"))

    case = small_office.handle()

    assert case.exception is not None
    assert (case.exception.type, case.exception.detail) == ("out_of_policy", "the period is closed")
    assert small_office.shop.met["book"] == 1


# --- budgets ------------------------------------------------------------------------------------


def test_a_spent_budget_waits_for_the_next_day(office: Office) -> None:
    """1000 EUR a day: the last of four goes out tomorrow, by itself."""
    for number in ("R-1", "R-2", "R-3"):
        office.handle(number, 290)
    office.handle("R-4", 280)

    office.later(30)

    paid = [number for number in ("R-1", "R-2", "R-3", "R-4") if office.is_paid(number)]
    [late] = [number for number in ("R-1", "R-2", "R-3", "R-4") if number not in paid]
    waiting = office.case(late)
    assert waiting.waits_for is WaitsFor.BUDGET
    assert waiting.wake_at is not None
    assert waiting.wake_at.isoformat() == "2026-03-03T00:00:00+00:00"

    office.later(60 * 15)

    assert office.is_paid(late)
    assert office.case(late).handling is Handling.AUTONOMOUS


def test_what_was_tried_twice_in_one_day_is_counted_once(small_office: Office) -> None:
    """A retry is the same deed under the same key."""
    small_office.shop.trouble("pay_out", "R-1", LOST)
    small_office.handle(amount=290)

    small_office.later(30)
    small_office.later(1)

    today = "2026-03-02T00:00:00+00:00"
    assert small_office.is_paid("R-1")
    assert small_office.store.budget_used("refunds", "pay_out.money_per_day", today) == 290_000_000


def test_a_case_in_another_currency_has_no_place_in_the_budget(small_office: Office) -> None:
    """A budget that cannot be computed fails closed."""
    small_office.handle(currency="USD")

    small_office.later(30)

    case = small_office.case("R-1")
    assert case.exception is not None
    assert case.exception.detail == "the budget is in EUR and the case in USD"
    assert not small_office.is_paid("R-1")


# --- the state a deed rests on ------------------------------------------------------------------


def test_a_state_that_changed_stops_the_deed_and_a_person_lets_it_go_on(office: Office) -> None:
    """What was decided on an open account is not done to a closed one unasked."""
    office.handle()
    office.shop.accounts["R-1"] = "closed"
    office.later(30)

    stopped = office.case("R-1")
    case = office.decide("R-1", "lead", Verb.APPROVE)

    assert stopped.exception is not None
    assert stopped.exception.type == "state_changed"
    assert case.state is CaseState.CLOSED
    assert office.is_paid("R-1")


def test_a_state_that_changed_again_after_the_yes_stops_it_again(small_office: Office) -> None:
    """The yes was to the state that was seen."""
    small_office.handle()
    small_office.shop.accounts["R-1"] = "closed"
    small_office.later(30)
    small_office.shop.accounts["R-1"] = "seized"

    case = small_office.decide("R-1", "lead", Verb.APPROVE)

    assert case.exception is not None
    assert case.exception.type == "state_changed"
    assert not small_office.is_paid("R-1")


def test_saying_no_to_a_changed_state_undoes_what_was_done(small_office: Office) -> None:
    """The booking made before it is taken back."""
    small_office.handle()
    small_office.shop.accounts["R-1"] = "closed"
    small_office.later(30)

    case = small_office.decide("R-1", "lead", Verb.REJECT)

    assert case.outcome is ClosingOutcome.COMPENSATED
    assert small_office.shop.undone == [("book", "R-1")]


# --- holds and undoing --------------------------------------------------------------------------


def test_within_the_hold_window_nothing_is_paid_and_a_person_can_stop_it(office: Office) -> None:
    """Thirty minutes in which a mistake costs nothing."""
    office.handle()
    office.later(29)
    assert not office.is_paid("R-1")

    case = office.cancel("R-1")
    office.later(60)

    assert case.outcome is ClosingOutcome.COMPENSATED
    assert case.handling is Handling.HUMAN
    assert office.deeds() == [("book", "compensated"), ("pay_out", "withdrawn")]
    assert not office.is_paid("R-1")


def test_deeds_are_undone_last_first(small_office: Office) -> None:
    """What came second may rest on what came first."""
    small_office.shop.answers["announce", "R-1"] = [ActionRequest(action="call")]
    small_office.handle(amount=0.5)
    small_office.later(30)
    assert small_office.deeds() == PAID

    case = small_office.decide("R-1", "lead", Verb.REJECT)

    assert case.outcome is ClosingOutcome.COMPENSATED
    assert small_office.shop.undone == [("pay_out", "R-1"), ("book", "R-1")]


def test_an_undoing_that_fails_is_tried_again(small_office: Office) -> None:
    """A compensation is safe to repeat, and it is repeated."""
    small_office.handle()
    small_office.shop.trouble("unbook", "R-1", LOST)

    waiting = small_office.cancel("R-1")
    small_office.later(1)

    assert waiting.waits_for is WaitsFor.RETRY
    assert small_office.case("R-1").outcome is ClosingOutcome.COMPENSATED
    assert small_office.shop.undone == [("book", "R-1")]


def test_an_undoing_that_never_works_is_a_persons(small_office: Office) -> None:
    """Half undone is never called done."""
    small_office.handle()
    small_office.shop.trouble("unbook", "R-1", LOST, LOST)
    small_office.cancel("R-1")
    small_office.later(1)

    stuck = small_office.case("R-1")
    case = small_office.decide("R-1", "lead", Verb.APPROVE)

    assert stuck.exception is not None
    assert "book could not be undone: ConnectionError" in stuck.exception.detail
    assert stuck.state is CaseState.WAITING
    assert case.outcome is ClosingOutcome.COMPENSATED
