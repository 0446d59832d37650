"""A release is taken back while its cases are on their way: nothing the machine decided starts
any more, and every case still ends."""

from __future__ import annotations

import pytest

from interlock.domain.case import Case, CaseState, ClosingOutcome, Handling, WaitsFor
from interlock.domain.contract import FallbackMode, Stage
from interlock.domain.fact import FactKind
from interlock.domain.pause import ScopeKind
from interlock.domain.review import ReviewKind, Verb
from interlock.domain.rules import standing_down
from interlock.release import taking_back
from tests.release.rollouts import OWNER, WHY, at_stage, falls_back_to, started
from tests.runtime.office import Office

ON_PHONE = 450  # over 400, the customer is called before anything is paid


def take_back(office: Office) -> None:
    """The office's release, taken back by hand."""
    taking_back.roll_back(office.context, "refunds", OWNER, WHY)


def on_the_phone(office: Office) -> Case:
    """A case the machine has decided, in which nothing was done yet."""
    case = office.handle("R-1", ON_PHONE)
    assert case.decided_by_machine == {"judge": "small-1"}
    assert office.task().kind is ReviewKind.HUMAN_STEP
    return case


def called(office: Office) -> Case:
    """Somebody did the call."""
    return office.decide("R-1", "anna", Verb.APPROVE, supplied={"call_note": "confirmed"})


def test_what_the_machine_decided_is_taken_out_and_decided_by_the_rules(office: Office) -> None:
    """The case goes back to the step the machine decided, and ends without it."""
    at_stage(office, Stage.AUTONOMOUS)
    on_the_phone(office)
    take_back(office)

    case = called(office)

    assert case.decided_by_machine == {}
    assert case.outputs["judge"] == {"accept": True, "reason": "by rule"}
    assert "book" not in office.shop.done("R-1")
    case = called(office)
    assert case.step == "pay"
    assert office.shop.done("R-1") == ["book"]


def test_where_something_was_done_a_person_gets_the_whole_story(office: Office) -> None:
    """What stands cannot be thought away: somebody says whether to go on or to undo it."""
    at_stage(office, Stage.AUTONOMOUS)
    case = office.handle("R-1", 100)
    assert (case.waits_for, office.shop.done("R-1")) == (WaitsFor.HOLD, ["book"])
    take_back(office)

    office.later(31)

    case = office.case("R-1")
    assert case.exception is not None
    assert case.exception.type == standing_down.TAKEN_BACK
    assert "after book was done" in case.exception.detail
    assert not office.is_paid("R-1")


def test_a_person_may_let_the_half_done_case_go_on(office: Office) -> None:
    """From then on it rests on that person's word, and nothing holds it any more."""
    at_stage(office, Stage.AUTONOMOUS)
    office.handle("R-1", 100)
    take_back(office)
    office.later(31)

    case = office.decide("R-1", "lead", Verb.APPROVE)

    assert office.is_paid("R-1")
    assert case.handling is Handling.ASSISTED


def test_a_person_may_end_the_half_done_case(office: Office) -> None:
    """Then what was done on the machine's word is undone."""
    at_stage(office, Stage.AUTONOMOUS)
    office.handle("R-1", 100)
    take_back(office)
    office.later(31)

    case = office.decide("R-1", "lead", Verb.REJECT)

    assert case.outcome is ClosingOutcome.COMPENSATED
    assert office.shop.undone == [("book", "R-1")]
    assert not office.is_paid("R-1")


@pytest.mark.parametrize(
    ("mode", "by_rules"),
    [(FallbackMode.DETERMINISTIC_PATH, True), (FallbackMode.HUMAN_REVIEW, False)],
)
def test_a_case_that_was_about_to_ask_the_ai_takes_the_fallback(
    office: Office, mode: FallbackMode, by_rules: bool
) -> None:
    """The gate's fallback says whether fixed rules or a person do the step."""
    falls_back_to(office, mode)
    at_stage(office, Stage.AUTONOMOUS)
    office.send("R-1", 100)
    take_back(office)

    office.run()

    case = office.case("R-1")
    assert office.shop.met["judge"] == 0
    if by_rules:
        assert case.outputs["judge"] == {"accept": True, "reason": "by rule"}
    else:
        assert office.task().kind is ReviewKind.HUMAN_STEP


def test_new_cases_join_the_new_era_and_nothing_waits_for_a_lifting(office: Office) -> None:
    """An era that is taken back stays so; its pause is never one a case waits on."""
    before = at_stage(office, Stage.AUTONOMOUS)
    for number in range(4):
        office.handle(f"R-{number}", 100)
    take_back(office)

    office.later(31)
    after = office.store.running_release("refunds")

    assert after is not None
    assert after.stand.stage is Stage.SHADOW
    assert office.handle("R-9", 100).release == after.stand.era != before.stand.era
    assert office.store.held_counts() == {}
    paused = {each.scope.name for each in office.store.pauses_in_force()}
    assert paused == {f"{before.id}.{number}" for number in (1, 2, 3)}
    assert {each.scope.kind for each in office.store.pauses_in_force()} == {ScopeKind.ERA}


def test_a_proposal_that_people_are_deciding_stays_theirs(office: Office) -> None:
    """A person's own yes is no act of the machine."""
    started(office, Stage.ASSISTED)
    office.handle("R-1", 100)
    take_back(office)

    case = office.decide("R-1", "anna", Verb.APPROVE)

    assert case.decided_by_machine == {}
    assert office.shop.done("R-1") == ["book"]


def test_what_is_taken_back_is_counted(office: Office) -> None:
    """Whoever reads the record sees which cases a rollback reached."""
    at_stage(office, Stage.AUTONOMOUS)
    on_the_phone(office)
    take_back(office)
    called(office)

    kinds = [each.kind for each in office.store.facts() if each.kind is FactKind.STOOD_DOWN]

    assert len(kinds) == 1
    assert office.case("R-1").state is CaseState.WAITING
