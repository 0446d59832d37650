"""The kill switch: what a pause stops, who may set it, and that nothing is lost by it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from interlock.domain.action import ActionState
from interlock.domain.case import CaseState, ClosingOutcome, Handling, WaitsFor
from interlock.domain.event import StepReturned
from interlock.domain.ids import PersonId
from interlock.domain.pause import Pause, PauseScope, ScopeKind
from interlock.domain.people import Account, Grant, Right, Role
from interlock.domain.review import ReviewKind, Verb
from interlock.runtime.commands.pausing import (
    NotPaused,
    PauseRefused,
    ScopeUnknown,
    affected,
    held,
    may_set,
    pause,
    pauses,
    resume,
    scopes,
)
from interlock.storage import HouseNote
from tests.runtime.office import MONDAY, Office

EVERYTHING = PauseScope(kind=ScopeKind.EVERYTHING)
REFUNDS = PauseScope(kind=ScopeKind.WORKFLOW, workflow="refunds")
JUDGE = PauseScope(kind=ScopeKind.STEP, workflow="refunds", name="judge")
PAY = PauseScope(kind=ScopeKind.STEP, workflow="refunds", name="pay")
BOOK = PauseScope(kind=ScopeKind.ACTION, workflow="refunds", name="book")
PAY_OUT = PauseScope(kind=ScopeKind.ACTION, workflow="refunds", name="pay_out")
SMALL = PauseScope(kind=ScopeKind.AGENT, name="small-1")
WHY = "wrong postings"


def stop(office: Office, scope: PauseScope, by: str = "lead") -> Pause:
    """Somebody stops it."""
    return pause(office.context, scope, by, WHY)


def go(office: Office, scope: PauseScope, by: str = "lead") -> None:
    """Somebody lets it go on; the sweep looks, and the office works."""
    resume(office.context, scope, by, "it is mended")
    office.later(0)


def wide(scope: PauseScope) -> PauseScope:
    """The same scope with the actions that people decided."""
    return PauseScope(kind=scope.kind, workflow=scope.workflow, name=scope.name, also_actions=True)


def an_account(office: Office, name: str, *grants: Grant, **more: Any) -> None:
    """Somebody gets an account with these roles."""
    account = Account(id=PersonId(name), name=name, grants=grants, **more)
    note = HouseNote(at=MONDAY, actor="test", kind="account_added")
    office.store.save_account(account, note)


# --- what stops ------------------------------------------------------------------------------


@pytest.mark.parametrize("scope", [EVERYTHING, REFUNDS, JUDGE])
def test_a_paused_ai_step_does_not_begin_and_its_fallback_does_the_work(
    office: Office, scope: PauseScope
) -> None:
    """The business goes on when the AI is off."""
    stop(office, scope)

    office.handle()
    office.later(31)
    case = office.case("R-1")

    assert case.outcome is ClosingOutcome.COMPLETED
    assert case.handling is Handling.FALLBACK
    assert office.shop.met["judge"] == 0
    assert office.is_paid("R-1")
    assert "step_held" in office.events()


def test_a_step_without_fixed_rules_goes_to_a_person(small_office: Office) -> None:
    """`announce` falls back on people: the case waits for one, it is not lost."""
    stop(small_office, PauseScope(kind=ScopeKind.STEP, workflow="refunds", name="announce"))

    small_office.handle(amount=0.5)
    small_office.later(31)
    case = small_office.case("R-1")

    assert case.waits_for is WaitsFor.REVIEW
    assert small_office.task().kind is ReviewKind.HUMAN_STEP


@pytest.mark.parametrize("scope", [EVERYTHING, REFUNDS, JUDGE, SMALL])
def test_a_result_that_comes_back_while_paused_is_recorded_and_not_accepted(
    office: Office, scope: PauseScope
) -> None:
    """The model was asked before the pause; what it says after it must change nothing."""
    if scope is SMALL:
        office.handle("R-0")
    _while_the_model_thinks(office, lambda: stop(office, scope))

    office.handle()
    office.later(31)
    case = office.case("R-1")

    [said] = [
        event
        for event in office.store.events(case.id)
        if isinstance(event, StepReturned) and event.proposal is not None
    ]
    assert said.paused_by is not None
    assert said.paused_by.by == "lead"
    assert case.proposal is None
    assert case.decided_by_machine == {}
    assert case.handling is Handling.FALLBACK


@pytest.mark.parametrize("scope", [EVERYTHING, REFUNDS, JUDGE, PAY, PAY_OUT, SMALL])
def test_an_action_that_rests_on_the_machine_waits_and_goes_on_once_after_the_pause(
    office: Office, scope: PauseScope
) -> None:
    """The AI's result was accepted before the pause; its payment was still to come."""
    office.handle()
    stop(office, scope)

    office.later(31)
    case = office.case("R-1")

    assert (case.state, case.waits_for) == (CaseState.WAITING, WaitsFor.PAUSE)
    assert not office.is_paid("R-1")
    assert held(office.context) == {pauses(office.context)[0].id: 1}

    go(office, scope)

    assert office.case("R-1").outcome is ClosingOutcome.COMPLETED
    assert office.shop.done("R-1") == ["book", "pay_out"]
    assert held(office.context) == {}
    assert office.later(1).resumed == 0


def test_a_pause_between_two_actions_holds_the_second(office: Office) -> None:
    """The first one was done before anybody stopped anything; its intent was on record."""
    office.shop.trouble("book", "R-1", lambda: stop(office, PAY_OUT))

    office.handle()
    office.later(31)

    assert office.deeds() == [("book", "succeeded"), ("pay_out", "planned")]
    assert office.case("R-1").waits_for is WaitsFor.PAUSE


def test_an_action_a_person_approved_runs_while_ai_is_paused(office: Office) -> None:
    """A pause stops AI. What the lead approved under the contract is the lead's decision."""
    office.handle(amount=350)
    office.decide("R-1", "lead", Verb.APPROVE)
    office.later(0)
    stop(office, EVERYTHING)

    office.later(31)

    assert office.is_paid("R-1")


@pytest.mark.parametrize("scope", [wide(EVERYTHING), wide(REFUNDS), wide(PAY), PAY_OUT])
def test_an_action_a_person_approved_waits_when_actions_themselves_are_paused(
    office: Office, scope: PauseScope
) -> None:
    """Somebody found that payments are wrong, whoever decided them."""
    office.handle(amount=350)
    office.decide("R-1", "lead", Verb.APPROVE)
    stop(office, scope)

    office.later(31)

    assert office.case("R-1").waits_for is WaitsFor.PAUSE

    go(office, scope)

    assert office.is_paid("R-1")


def test_what_a_person_decided_instead_of_the_machine_runs(small_office: Office) -> None:
    """The model was not sure, a person said yes: nothing here rests on the machine alone."""
    small_office.unsure()
    stop(small_office, EVERYTHING)

    small_office.decide("R-1", "anna", Verb.APPROVE, reason_code="clear")
    small_office.later(31)

    assert small_office.case("R-1").decided_by_machine == {}
    assert small_office.is_paid("R-1")


def test_a_paused_action_holds_only_the_cases_that_come_to_it(small_office: Office) -> None:
    """Everything else of the workflow goes on."""
    stop(small_office, PAY_OUT)

    small_office.handle()

    assert small_office.deeds()[0] == ("book", "succeeded")
    assert small_office.shop.met["judge"] == 1


def test_an_agent_that_was_seen_is_not_asked_again(small_office: Office) -> None:
    """After its first proposal everybody knows which step it does."""
    small_office.handle("R-0")
    stop(small_office, SMALL)

    small_office.handle("R-1")

    assert small_office.shop.met["judge"] == 1
    assert "step_held" in small_office.events("R-1")


def test_a_case_held_by_two_pauses_goes_on_after_the_second(small_office: Office) -> None:
    """Each was set by somebody for a reason; both must be lifted."""
    small_office.handle()
    stop(small_office, EVERYTHING)
    stop(small_office, PAY_OUT, by="head")
    small_office.later(31)

    go(small_office, EVERYTHING)
    assert small_office.case("R-1").waits_for is WaitsFor.PAUSE

    go(small_office, PAY_OUT)
    assert small_office.case("R-1").outcome is ClosingOutcome.COMPLETED


def test_a_held_case_can_be_cancelled_and_what_was_done_is_undone(small_office: Office) -> None:
    """Undoing starts nothing; a pause is no reason to leave half of it standing."""
    small_office.handle()
    stop(small_office, EVERYTHING)
    small_office.later(31)

    case = small_office.cancel("R-1")

    assert case.outcome is ClosingOutcome.COMPENSATED
    assert case.paused_by is None
    assert held(small_office.context) == {}


def test_a_failed_action_is_not_tried_again_while_it_is_paused(small_office: Office) -> None:
    """A new try is a new start."""

    def refuse() -> None:
        stop(small_office, BOOK)
        raise OSError("closed")

    small_office.shop.trouble("book", "R-1", refuse)
    small_office.shop.answers["is_booked", "R-1"] = None
    small_office.handle()
    small_office.later(1)

    assert small_office.case("R-1").waits_for is WaitsFor.PAUSE
    assert small_office.shop.done("R-1") == []


def test_a_pause_of_another_workflow_or_step_stops_nothing_here(small_office: Office) -> None:
    """A scope is no wider than it says."""
    stop(small_office, PauseScope(kind=ScopeKind.STEP, workflow="refunds", name="announce"))

    small_office.handle()
    small_office.later(31)

    assert small_office.is_paid("R-1")
    assert small_office.case("R-1").handling is Handling.AUTONOMOUS


def test_the_events_alone_give_a_held_case_again(small_office: Office) -> None:
    """What was paused is part of the record, so a replay needs no list of pauses."""
    small_office.handle()
    stop(small_office, EVERYTHING)
    small_office.later(31)

    case = small_office.case("R-1")
    replayed = small_office.replayed(case)

    assert replayed is not None
    assert replayed.paused_by == case.paused_by
    assert replayed.waits_for is WaitsFor.PAUSE


def test_a_held_case_says_in_its_log_who_paused_it(small_office: Office) -> None:
    """Whoever asks why a payment was late finds it in the case."""
    small_office.handle()
    set_by = stop(small_office, REFUNDS)
    small_office.later(31)

    entry = small_office.store.entries(small_office.case("R-1").id)[-1]

    assert entry.kind == "action_held"
    noted = next(note for note in entry.body["notes"] if note["what"] == "paused")
    assert noted["rule"] == "workflow refunds"
    assert noted["detail"]["pause"] == set_by.id


# --- who may ---------------------------------------------------------------------------------


def test_without_an_account_only_the_four_owners_may(small_office: Office) -> None:
    """A laptop has no accounts; the contract still names who answers for the workflow."""
    for owner in ("head", "lead", "engineer", "auditor"):
        stop(small_office, EVERYTHING, by=owner)
    with pytest.raises(PauseRefused, match="anna is no owner of refunds"):
        stop(small_office, EVERYTHING, by="anna")
    with pytest.raises(PauseRefused, match="is no owner"):
        go(small_office, EVERYTHING, by="anna")

    assert len(pauses(small_office.context)) == 1


@pytest.mark.parametrize(
    ("role", "stops", "resumes"),
    [
        (Role.VIEWER, False, False),
        (Role.REVIEWER, False, False),
        (Role.OPERATOR, True, False),
        (Role.OWNER, True, True),
        (Role.GOVERNANCE, True, True),
        (Role.ADMIN, False, False),
    ],
)
def test_an_accounts_roles_decide(
    small_office: Office, role: Role, stops: bool, resumes: bool
) -> None:
    """Whoever has an account is judged by it, even an owner of the contract."""
    an_account(small_office, "lead", Grant(role=role))
    context = small_office.context

    assert may_set(context, REFUNDS, "lead", Right.PAUSE).allowed is stops
    assert may_set(context, REFUNDS, "lead", Right.RESUME).allowed is resumes


def test_no_program_may_ever(small_office: Office) -> None:
    """Rule 5: a person can always stop it, and what was stopped never starts itself again."""
    stop(small_office, EVERYTHING)
    an_account(small_office, "bot", Grant(role=Role.GOVERNANCE), is_agent=True)

    with pytest.raises(PauseRefused, match="no program may resume"):
        go(small_office, EVERYTHING, by="bot")
    with pytest.raises(PauseRefused, match="no program may pause"):
        stop(small_office, REFUNDS, by="bot")


@pytest.mark.parametrize(
    "grant",
    [
        Grant(role=Role.OWNER, workflow="other"),
        Grant(role=Role.OWNER, tenant="north"),
        Grant(role=Role.OWNER, queue="clerks"),
    ],
)
def test_a_role_of_one_place_stops_nothing_beyond_it(small_office: Office, grant: Grant) -> None:
    """A pause stops everybody's work in its scope, so the role must reach as far."""
    an_account(small_office, "olga", grant)

    with pytest.raises(PauseRefused):
        stop(small_office, REFUNDS, by="olga")


def test_a_switched_off_account_may_not(small_office: Office) -> None:
    """Who left the house decides nothing in it."""
    an_account(small_office, "olga", Grant(role=Role.OWNER), active=False)

    with pytest.raises(PauseRefused, match="switched off"):
        stop(small_office, EVERYTHING, by="olga")


@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 501])
def test_a_reason_is_required_to_stop_and_to_go_on(small_office: Office, reason: str) -> None:
    """Everyone affected sees it."""
    with pytest.raises(PauseRefused, match="reason"):
        pause(small_office.context, EVERYTHING, "lead", reason)
    stop(small_office, EVERYTHING)
    with pytest.raises(PauseRefused, match="reason"):
        resume(small_office.context, EVERYTHING, "lead", reason)


# --- what is recorded -------------------------------------------------------------------------


def test_a_pause_and_its_end_are_in_the_house_log(office: Office) -> None:
    """A state change and its entry are one transaction."""
    stop(office, PAY_OUT)
    go(office, PAY_OUT, by="head")

    newest, first = office.store.house_entries()[:2]

    assert (first.kind, first.actor, first.body["reason"]) == ("pause_set", "person:lead", WHY)
    assert (newest.kind, newest.actor) == ("pause_lifted", "person:head")
    assert first.body["scope"] == "action" and first.body["name"] == "pay_out"
    assert office.store.house_faults() == []


def test_a_second_pause_of_the_same_scope_changes_nothing_but_may_widen_it(
    office: Office,
) -> None:
    """Two people press the button: the first one's word stands, the wider one's reach."""
    first = stop(office, EVERYTHING)
    again = pause(office.context, wide(EVERYTHING), "head", "payments too")
    narrower = stop(office, EVERYTHING)

    assert (again.id, again.by, again.reason) == (first.id, "lead", WHY)
    assert again.scope.also_actions and narrower.scope.also_actions
    assert len(pauses(office.context)) == 1
    assert [each.kind for each in office.store.house_entries()] == ["pause_set"] * 3


def test_what_is_not_paused_cannot_be_resumed(office: Office) -> None:
    """Else somebody believes that they let something go on."""
    stop(office, PAY_OUT)

    with pytest.raises(NotPaused, match=r"in force: action refunds\.pay_out"):
        go(office, EVERYTHING)


@pytest.mark.parametrize(
    ("scope", "near"),
    [
        (PauseScope(kind=ScopeKind.WORKFLOW, workflow="refund"), "workflow refunds"),
        (PauseScope(kind=ScopeKind.STEP, workflow="refunds", name="juge"), "refunds.judge"),
        (PauseScope(kind=ScopeKind.STEP, workflow="refunds", name="check"), "refunds.judge"),
        (PauseScope(kind=ScopeKind.ACTION, workflow="refunds", name="pay"), "refunds.pay_out"),
        (PauseScope(kind=ScopeKind.AGENT, name="smal-1"), "none is known yet"),
    ],
)
def test_a_pause_of_nothing_is_refused(small_office: Office, scope: PauseScope, near: str) -> None:
    """A misspelled name in an emergency must not look like safety."""
    with pytest.raises(ScopeUnknown, match=near):
        stop(small_office, scope)

    assert pauses(small_office.context) == []


def test_everything_that_can_be_paused_is_listed(small_office: Office) -> None:
    """For those who choose from a list."""
    small_office.handle()

    listed = {str(each) for each in scopes(small_office.context)}

    assert {"everything", "workflow refunds", "step refunds.judge", "agent small-1"} <= listed
    assert "action refunds.pay_out" in listed
    assert "step refunds.check" not in listed  # no AI and no action: nothing to stop


def test_affected_counts_what_is_in_ai_hands(office: Office) -> None:
    """Said before somebody presses the button."""
    for number in ("R-1", "R-2"):
        office.handle(number)  # paid in half an hour, on the machine's word
    office.handle("R-3", 350)  # a person is asked about it
    office.send("R-4")  # about to be looked at

    context = office.context

    assert affected(context, EVERYTHING) == 2
    assert affected(context, REFUNDS) == 2
    assert affected(context, JUDGE) == 2
    assert affected(context, PAY_OUT) == 2
    assert affected(context, SMALL) == 2
    assert affected(context, PauseScope(kind=ScopeKind.WORKFLOW, workflow="other")) == 0


def test_nothing_is_lost_when_many_cases_wait(small_office: Office) -> None:
    """The sweep lets them go on in batches, each exactly once."""
    for number in range(30):
        small_office.handle(f"R-{number}", 10)
    stop(small_office, EVERYTHING)
    small_office.clock.pass_time(timedelta(minutes=31))
    small_office.later(0)
    assert sum(held(small_office.context).values()) == 30

    go(small_office, EVERYTHING)

    for number in range(30):
        assert small_office.shop.done(f"R-{number}") == ["book", "pay_out"]
        assert small_office.case(f"R-{number}").actions[-1].state is ActionState.SUCCEEDED


def _while_the_model_thinks(office: Office, meanwhile: Callable[[], object]) -> None:
    """Something happens between the question to the model and its answer."""

    async def meet(_place: str, _number: str) -> None:
        meanwhile()

    office.shop.meet_async = meet
