"""From step to step: the way a case takes, and the ways around."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from interlock.domain.case import CaseState, ClosingOutcome, Handling, OpenException, WaitsFor
from interlock.domain.contract import (
    Confidence,
    Fallback,
    FallbackMode,
    Limits,
    Retry,
    Stage,
    StepMode,
)
from interlock.domain.fact import FactKind
from interlock.domain.ids import StepName
from interlock.domain.review import EditTarget, ReviewKind, Verb
from interlock.domain.rules.flow import END
from interlock.testing.builders import (
    Holds,
    a_case,
    a_contract,
    a_route,
    a_step,
    an_action_rule,
)
from tests.domain.support import (
    NotAllowed,
    Play,
    a_refit,
    crashed,
    found_values,
    output,
    proposed,
    raised,
    requests,
)

SURE = Confidence(accept_at=0.9)
BY_RULES = Fallback(mode=FallbackMode.DETERMINISTIC_PATH, step=StepName("by_rules"))
BY_PEOPLE = Fallback(mode=FallbackMode.HUMAN_REVIEW)
ONCE = Retry(attempts=1)


def coded(**changes: Any) -> Any:
    """An agentic step that files what it proposes."""
    plain = {"mode": StepMode.AGENTIC, "confidence": SURE, "actions": ("send",)}
    return a_step("code", **{**plain, **changes})


def playing(*steps: Any, **parts: Any) -> Any:
    """What a play of these steps needs; more parts of the contract by name."""
    return a_contract(steps=steps, actions=[an_action_rule()], **parts)


def test_a_case_that_nothing_stops_closes_as_autonomous() -> None:
    """The straight way: every step in order, its action done, no person asked."""
    play = Play(playing(a_step("read"), coded(), a_step("file")))

    assert play.ran() == ["read", "code", "start_send", "send", "file"]
    assert play.case.outcome is ClosingOutcome.COMPLETED
    assert play.case.handling is Handling.AUTONOMOUS


def test_a_step_whose_condition_does_not_hold_is_skipped() -> None:
    """And the record says which condition it was."""
    big = Holds("letter.pages > 9", lambda facts: facts["letter"]["pages"] > 9)

    play = Play(
        playing(a_step("read"), a_step("bind", when=big), a_step("file")),
        case=a_case(data={"pages": 2}),
    )

    assert play.ran() == ["read", "file"]
    assert ("skipped", "letter.pages > 9") in play.notes


@pytest.mark.parametrize(("after_read", "way"), [("file", ["read", "file"]), (END, ["read"])])
def test_next_says_where_a_step_leads(after_read: str, way: list[str]) -> None:
    """The contract decides the flow; `end` finishes the case."""
    play = Play(playing(a_step("read", next=after_read), a_step("bind"), a_step("file")))

    assert play.ran() == way
    assert play.case.outcome is ClosingOutcome.COMPLETED


def test_a_condition_that_cannot_be_answered_stops_at_a_person() -> None:
    """Unknown is never success: neither running nor skipping the step would be right."""
    broken = Holds("letter.pages > 9", lambda facts: facts["letter"]["pages"] > 9)
    play = Play(playing(a_step("read"), a_step("bind", when=broken), a_step("file")))
    assert play.task.exception_type == "policy_conflict"
    assert Verb.APPROVE not in play.task.verbs

    play.edit({"pages": 10}, refit=a_refit(pages=10))

    assert play.ran() == ["read", "read", "bind", "file"]


def test_an_approved_unsure_result_goes_on_as_it_was() -> None:
    """The person who approved is on record, and so is the result they saw."""
    play = Play(playing(coded()), {"code": [proposed({"account": "4711"}, 0.4)]})
    assert play.task.exception_type == "low_confidence"
    assert play.intents() == []

    play.approve()

    assert play.case.outputs["code"] == {"account": "4711"}
    assert len(play.intents()) == 1
    assert play.case.handling is Handling.ASSISTED


def test_an_approved_unsure_result_brings_the_actions_it_asked_for() -> None:
    """Not all the step may do: what was approved is what was proposed."""
    step = coded(actions=("send", "book"))
    contract = a_contract(steps=[step], actions=[an_action_rule(), an_action_rule("book")])
    asked = proposed({}, 0.4, requests=requests(book={}))

    play = Play(contract, {"code": [asked]}).approve()

    assert [action.name for action in play.intents()] == ["book"]


def test_an_edited_unsure_result_is_the_persons() -> None:
    """An edit is the reviewer's own work; four eyes count them as an author."""
    play = Play(playing(coded()), {"code": [proposed({"account": "4711"}, 0.4)]})

    play.edit({"account": "4712"})

    assert play.case.outputs["code"] == {"account": "4712"}
    assert play.case.authors == ("anna",)


def test_a_rejected_unsure_result_ends_the_case() -> None:
    """A refused exception is the end of the case, with nothing done."""
    play = Play(playing(coded()), {"code": [proposed({}, 0.4)]}).reject()

    assert play.case.outcome is ClosingOutcome.REJECTED
    assert play.intents() == []


@pytest.mark.parametrize("mode", [StepMode.ASSISTIVE, StepMode.AGENTIC])
def test_an_assisted_proposal_waits_for_a_person(mode: StepMode) -> None:
    """However sure the model is: at this stage a person decides."""
    play = Play(
        playing(coded(mode=mode)),
        {"code": [proposed({"account": "1"}, 1.0)]},
        case=a_case(stage=Stage.ASSISTED),
    )
    assert play.task.kind is ReviewKind.PROPOSAL
    assert play.intents() == []

    play.approve()

    assert play.case.outputs["code"] == {"account": "1"}
    assert play.case.handling is Handling.ASSISTED


def test_an_assisted_proposal_can_be_edited() -> None:
    """The edit takes the proposal's place."""
    play = Play(playing(coded()), case=a_case(stage=Stage.ASSISTED))

    play.edit({"account": "2"})

    assert play.case.outputs["code"] == {"account": "2"}
    assert play.case.outcome is ClosingOutcome.COMPLETED


@pytest.mark.parametrize("fallback", [BY_RULES, BY_PEOPLE, None])
def test_a_rejected_proposal_is_replaced_by_the_fallback(fallback: Fallback | None) -> None:
    """The business goes on without the AI: by fixed rules, else by a person."""
    play = Play(playing(coded(fallback=fallback)), case=a_case(stage=Stage.ASSISTED))

    play.reject()

    if fallback is BY_RULES:
        assert "by_rules" in play.ran()
        assert play.case.state is CaseState.CLOSED
    else:
        assert play.task.kind is ReviewKind.HUMAN_STEP
    assert play.case.proposal is None


def test_an_incident_is_tried_again_later_each_time() -> None:
    """Back-off: the second wait is longer than the first, and then it works."""
    step = a_step("read", retry=Retry(attempts=3, first_wait_seconds=2, factor=4))
    play = Play(playing(step), {"read": [crashed(), crashed(), output({})]})
    assert play.case.waits_for is WaitsFor.RETRY
    waits = []
    while play.case.wake_at is not None:
        waits.append((play.case.wake_at - play.now).total_seconds())
        play.wake()

    assert waits == [2, 8]
    assert play.case.outcome is ClosingOutcome.COMPLETED


def test_tries_used_up_become_a_workflow_failure_that_can_be_tried_again() -> None:
    """An incident that stays is no longer a matter for machines."""
    step = a_step("read", retry=Retry(attempts=2))
    play = Play(playing(step), {"read": [crashed(), crashed("IOError: disk"), output({})]})
    play.wake()
    assert play.task.exception_type == "workflow_failure"

    play.approve()

    assert play.case.outcome is ClosingOutcome.COMPLETED


def test_a_failing_model_is_replaced_by_its_fallback() -> None:
    """After its tries, not before; and the case says that it was the fallback."""
    play = Play(playing(coded(retry=Retry(attempts=2), fallback=BY_RULES)), {"code": [crashed()]})

    play.wake()

    assert play.ran() == ["code", "code", "by_rules", "start_send", "send"]
    assert play.case.handling is Handling.FALLBACK


def test_a_slow_model_is_replaced_at_once() -> None:
    """Waiting again for a model that is too slow helps nobody."""
    step = coded(fallback=BY_RULES, limits=Limits(timeout_seconds=20))

    play = Play(playing(step), {"code": [crashed(timed_out=True)]})

    assert play.ran()[:2] == ["code", "by_rules"]


def test_a_fallback_that_crashes_is_tried_again_itself() -> None:
    """Its tries are its own; the AI is not asked again behind its back."""
    step = coded(fallback=BY_RULES, retry=ONCE, limits=Limits(timeout_seconds=20))
    step = replace(step, retry=Retry(attempts=2))
    world = {"code": [crashed(timed_out=True)], "by_rules": [crashed(), output({})]}

    play = Play(playing(step), world).wake()

    assert play.ran()[:3] == ["code", "by_rules", "by_rules"]
    assert play.case.outcome is ClosingOutcome.COMPLETED


def test_a_failing_model_without_rules_to_fall_back_on_goes_to_a_person() -> None:
    """With a human fallback the step becomes a person's work."""
    play = Play(playing(coded(retry=ONCE, fallback=BY_PEOPLE)), {"code": [crashed()]})
    assert play.task.kind is ReviewKind.HUMAN_STEP

    play.edit({"account": "1"})

    assert play.case.handling is Handling.HUMAN


def test_a_remedy_that_finds_something_sends_the_case_back_to_its_start() -> None:
    """The case is read again with what was found, and no person was needed."""
    route = a_route("missing_data", automation_allowed=True, remedy="ask_supplier")
    play = Play(
        playing(a_step("read"), exceptions=[route]),
        {"read": [raised("missing_data"), output({})], "ask_supplier": [found_values(order="7")]},
    )

    assert play.ran() == ["read", "ask_supplier", "read"]
    assert play.case.data == {"number": "1", "order": "7"}
    assert play.case.handling is Handling.AUTONOMOUS


def test_a_remedy_that_finds_nothing_leaves_it_to_a_person() -> None:
    """The same exception, with its evidence, and no second try of the remedy."""
    route = a_route("missing_data", automation_allowed=True, remedy="ask_supplier")
    play = Play(playing(a_step("read"), exceptions=[route]), {"read": [raised("missing_data")]})
    assert play.ran() == ["read", "ask_supplier"]
    assert play.task.exception_type == "missing_data"

    play.edit({"order": "7"}, refit=a_refit(order="7"))

    assert play.ran() == ["read", "ask_supplier", "read"]


def test_a_remedy_runs_only_where_the_route_allows_it() -> None:
    """`automation_allowed: false` means that a person comes first."""
    route = a_route("missing_data", automation_allowed=False, remedy="ask_supplier")

    play = Play(playing(a_step("read"), exceptions=[route]), {"read": [raised("missing_data")]})

    assert play.ran() == ["read"]


def test_a_person_does_a_step_that_is_theirs() -> None:
    """Nothing is run; the person's word is the step's output, and they are on record."""
    step = a_step("call", mode=StepMode.HUMAN_OWNED, has_function=False)
    play = Play(playing(step))
    assert play.ran() == []

    play.approve(note="I called them")

    assert play.case.outputs["call"] == {"done_by": "anna", "note": "I called them"}
    assert play.case.handling is Handling.HUMAN


def test_a_step_without_its_evidence_does_not_go_on() -> None:
    """Evidence the contract asks for is missing: a person supplies it, and it is kept."""
    step = a_step("read", evidence_required=("source",))
    route = a_route("missing_data", reviewer_evidence=("source",))
    play = Play(playing(step, exceptions=[route]), {"read": [output({"pages": 2})]})
    assert play.task.missing == ("source",)
    with pytest.raises(NotAllowed, match="evidence"):
        play.approve()

    play.approve(supplied={"source": "scan 12"})

    assert play.case.evidence["source"] == "scan 12"
    assert play.case.outcome is ClosingOutcome.COMPLETED


def test_an_exception_with_a_value_can_be_approved_as_it_is() -> None:
    """The step said what it would have returned; the person lets it stand."""
    odd = raised("price_variance", value={"pay": 10}, has_value=True)

    play = Play(playing(a_step("match")), {"match": [odd]}).approve()

    assert play.case.outputs["match"] == {"pay": 10}


def test_malformed_input_waits_as_a_case_and_goes_on_once_it_is_corrected() -> None:
    """Input that does not fit is never dropped; a person says what it means."""
    problem = OpenException(type="schema_change", detail="no number", step=None)
    play = Play(playing(a_step("read")), problem=problem)
    assert play.case.state is CaseState.WAITING
    assert play.task.edits is EditTarget.CASE
    assert Verb.APPROVE not in play.task.verbs

    play.edit({"number": "9"}, refit=a_refit(key="9"))

    assert play.case.key == "9"
    assert play.ran() == ["read"]
    assert play.case.outcome is ClosingOutcome.COMPLETED


def test_malformed_input_that_is_rejected_is_closed_with_nothing_done() -> None:
    """A person may say that it is no case at all."""
    problem = OpenException(type="schema_change", detail="an advertisement", step=None)

    play = Play(playing(a_step("read")), problem=problem).reject()

    assert play.ran() == []
    assert play.case.outcome is ClosingOutcome.REJECTED


def test_every_routed_exception_is_counted_once() -> None:
    """exception_rate is measured from these facts, so one must not be missed or doubled."""
    play = Play(playing(coded()), {"code": [proposed({}, 0.4)]}).approve()

    counted = [
        f.name for t in play.transitions for f in t.facts if f.kind is FactKind.EXCEPTION_ROUTED
    ]
    assert counted == ["low_confidence"]
