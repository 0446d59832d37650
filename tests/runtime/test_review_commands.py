"""What people do with review tasks: who may, what is refused, and what a decision sets going."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from interlock.domain.case import CaseState, Handling, WaitsFor
from interlock.domain.ids import PersonId
from interlock.domain.review import ReviewState, Verb
from interlock.runtime.commands import (
    DecisionRefused,
    TaskMoved,
    ask_question,
    claim_task,
    decide_task,
    escalate_task,
    release_task,
)
from interlock.runtime.commands.editing import EditRefused
from interlock.storage import TaskUnknown
from tests.runtime.office import Office

LEASE = 15  # minutes


# --- claims -------------------------------------------------------------------------------------


def test_a_claimed_task_is_its_holders_until_the_lease_is_over(office: Office) -> None:
    """Two people must not work on the same question without knowing."""
    task = office.unsure()
    claim_task(office.context, task, "anna")

    with pytest.raises(DecisionRefused, match="anna holds it until 09:15 UTC"):
        claim_task(office.context, task, "ben")
    with pytest.raises(DecisionRefused, match="anna holds it until 09:15 UTC"):
        decide_task(office.context, task, "ben", Verb.APPROVE, reason_code="clear")

    case = office.decide("R-1", "anna", Verb.APPROVE, reason_code="clear")
    assert case.waits_for is WaitsFor.HOLD


def test_a_lease_ends_by_itself(office: Office) -> None:
    """A reviewer who went home holds nothing up."""
    task = office.unsure()
    claim_task(office.context, task, "anna")

    office.later(LEASE)

    assert office.task().state is ReviewState.OPEN
    assert office.task().held_by is None
    assert office.events()[-1] == "review_released"


def test_after_the_lease_another_may_take_over_even_before_a_sweep(small_office: Office) -> None:
    """Nobody waits for a clock that has run out."""
    task = small_office.unsure()
    claim_task(small_office.context, task, "anna")
    small_office.pass_time(LEASE)

    taken = claim_task(small_office.context, task, "ben")

    assert taken.task.held_by == "ben"
    with pytest.raises(DecisionRefused, match="ben holds it"):
        decide_task(small_office.context, task, "anna", Verb.APPROVE, reason_code="clear")


def test_only_its_holder_gives_a_task_back(small_office: Office) -> None:
    """And it comes back with everything it had."""
    task = small_office.unsure()
    before = small_office.task()
    with pytest.raises(DecisionRefused, match="nobody holds it"):
        release_task(small_office.context, task, "anna")
    claim_task(small_office.context, task, "anna")
    with pytest.raises(DecisionRefused, match="anna holds it"):
        release_task(small_office.context, task, "ben")

    back = release_task(small_office.context, task, "anna").task

    assert (back.state, back.held_by, back.due_at) == (ReviewState.OPEN, None, before.due_at)


# --- refusals -----------------------------------------------------------------------------------

Refusal = tuple[str, dict[str, Any], str]
REFUSALS: list[Refusal] = [
    ("mallory", {"verb": Verb.APPROVE}, "mallory is not a person of this contract"),
    ("", {"verb": Verb.APPROVE}, " is not a person of this contract"),
    ("Anna", {"verb": Verb.APPROVE}, "Anna is not a person of this contract"),
    ("lead", {"verb": Verb.APPROVE}, "you are not a member of queue clerks"),
    ("head", {"verb": Verb.REJECT}, "you are not a member of queue clerks"),
    ("ben", {"verb": Verb.ESCALATE}, "escalate decides nothing and has a command of its own"),
    ("ben", {"verb": Verb.ASK}, "ask decides nothing and has a command of its own"),
    (
        "ben",
        {"verb": "wave_through"},
        "this task cannot be answered with wave_through; choose one of: approve, edit, reject,",
    ),
    ("ben", {"verb": Verb.APPROVE}, "a reason code is needed and none was given: clear, unclear"),
    (
        "ben",
        {"verb": Verb.APPROVE, "reason_code": "CLEAR"},
        "a reason code is needed and 'CLEAR' is not one: clear, unclear",
    ),
    (
        "ben",
        {"verb": Verb.APPROVE, "reason_code": "clear", "changes": {"accept": False}},
        "changes come with edit, not with approve",
    ),
    ("ben", {"verb": Verb.EDIT, "reason_code": "clear"}, "no field was changed; name what changes"),
    (
        "ben",
        {"verb": Verb.EDIT, "reason_code": "clear", "changes": {"acept": True}},
        "there is no field 'acept'; did you mean accept?",
    ),
    (
        "ben",
        {"verb": Verb.EDIT, "reason_code": "clear", "changes": {"zzz": 1}},
        "there is no field 'zzz'; there are: accept, reason",
    ),
    (
        "ben",
        {"verb": Verb.EDIT, "reason_code": "clear", "changes": {"accept": "perhaps"}},
        "accept is 'perhaps': input should be a valid boolean",
    ),
    (
        "ben",
        {"verb": Verb.EDIT, "reason_code": "clear", "changes": {"reason": None}},
        "reason is None: input should be a valid string",
    ),
    (
        "ben",
        {"verb": Verb.EDIT, "reason_code": "clear", "changes": {"reason": 7, "accept": []}},
        "accept is []: input should be a valid boolean; reason is 7: input should be a valid str",
    ),
]


@pytest.mark.parametrize(("by", "given", "says"), REFUSALS)
def test_a_decision_that_may_not_be_is_refused_in_words_and_leaves_no_trace(
    small_office: Office, by: str, given: dict[str, Any], says: str
) -> None:
    """The reason tells the person what to do instead."""
    task = small_office.unsure()
    before = small_office.events()

    with pytest.raises((DecisionRefused, EditRefused)) as refused:
        decide_task(small_office.context, task, by, **given)

    assert says in str(refused.value)
    assert str(refused.value).endswith("nothing was recorded")
    assert small_office.events() == before
    assert small_office.task().state is ReviewState.OPEN


def test_a_task_is_found_by_the_beginning_of_its_name(small_office: Office) -> None:
    """People type what they see; a name that fits nothing says so."""
    task = small_office.unsure()

    claimed = claim_task(small_office.context, task[:12], "ben")

    assert claimed.task.id == task
    with pytest.raises(TaskUnknown):
        claim_task(small_office.context, "task_nothing", "ben")


def test_who_has_a_limit_decides_up_to_it(small_office: Office) -> None:
    """Anna may decide up to 500; saying no needs no limit."""
    task = small_office.unsure(amount=600)

    with pytest.raises(DecisionRefused, match=r"you may decide up to EUR 500\.00; this is EUR 600"):
        decide_task(small_office.context, task, "anna", Verb.APPROVE, reason_code="clear")

    case = small_office.decide("R-1", "anna", Verb.REJECT, reason_code="unclear")
    assert case.state is CaseState.CLOSED


def test_a_limit_in_one_currency_says_nothing_of_another(small_office: Office) -> None:
    """Nobody converts money behind a reviewer's back."""
    task = small_office.unsure(amount=10, currency="USD")

    with pytest.raises(DecisionRefused, match=r"your limit is in EUR and this is USD 10\.00"):
        decide_task(small_office.context, task, "anna", Verb.APPROVE, reason_code="clear")


def test_nobody_decides_about_a_case_of_their_own(small_office: Office) -> None:
    """Who asks for money does not approve it."""
    small_office.shop.confidence["R-1"] = 0.5
    small_office.send("R-1", opened_by=PersonId("ben"))
    small_office.run()
    task = small_office.task().id

    with pytest.raises(DecisionRefused, match="you opened this case; somebody else must"):
        decide_task(small_office.context, task, "ben", Verb.APPROVE, reason_code="clear")
    with pytest.raises(DecisionRefused, match="you opened this case"):
        claim_task(small_office.context, task, "ben")

    assert small_office.decide("R-1", "anna", Verb.APPROVE, reason_code="clear").exception is None


def test_who_edited_a_case_does_not_approve_its_payment(small_office: Office) -> None:
    """Four eyes: the lead corrects the order, so the head must approve."""
    small_office.shop.trouble("check", "R-1", *[RuntimeError("no")] * 3)
    small_office.handle(amount=350)
    small_office.later(1)
    small_office.later(1)
    small_office.decide("R-1", "lead", Verb.EDIT, changes={"order": "O-2"})

    task = small_office.task()

    assert (task.queue, task.deciders) == ("head", ())
    with pytest.raises(DecisionRefused):
        decide_task(small_office.context, task.id, "lead", Verb.APPROVE)
    assert small_office.decide("R-1", "head", Verb.APPROVE).waits_for is WaitsFor.HOLD


def test_a_person_step_is_not_done_without_its_evidence(small_office: Office) -> None:
    """The note of the call is part of the decision, or there is none."""
    small_office.handle(amount=450)
    task = small_office.task()
    assert task.missing == ("call_note",)

    with pytest.raises(DecisionRefused, match="required evidence is missing: call_note; supply it"):
        decide_task(small_office.context, task.id, "anna", Verb.APPROVE)
    with pytest.raises(DecisionRefused, match="required evidence is missing"):
        decide_task(
            small_office.context, task.id, "anna", Verb.APPROVE, supplied={"call_note": "  "}
        )

    case = small_office.decide("R-1", "anna", Verb.APPROVE, supplied={"call_note": "she agreed"})

    assert case.evidence["call_note"] == "she agreed"
    assert case.person_worked
    assert small_office.task().queue == "lead"


def test_what_a_person_did_not_look_at_is_not_decided(small_office: Office) -> None:
    """A decision names the evidence it rests on."""
    task = small_office.unsure()
    seen = small_office.task().evidence_digest

    with pytest.raises(TaskMoved, match="was changed by somebody else; nothing was recorded"):
        decide_task(
            small_office.context, task, "ben", Verb.APPROVE, reason_code="clear", seen_evidence="0"
        )
    decide_task(
        small_office.context, task, "ben", Verb.APPROVE, reason_code="clear", seen_evidence=seen
    )

    [decision] = small_office.store.decisions(small_office.case("R-1").id)
    assert decision.evidence_digest == seen


# --- decisions ----------------------------------------------------------------------------------


def test_an_edit_replaces_what_the_model_said_and_is_held_against_its_schema(
    office: Office,
) -> None:
    """The edit, not the proposal, is what later steps see."""
    office.unsure()

    case = office.decide(
        "R-1", "ben", Verb.EDIT, reason_code="unclear", changes={"reason": "by hand"}
    )

    assert case.outputs["judge"] == {"accept": True, "reason": "by hand"}
    assert case.authors == ("ben",)
    office.later(30)
    assert office.case("R-1").handling is Handling.ASSISTED


def test_a_decision_is_taken_once(small_office: Office) -> None:
    """The second click finds nothing left to decide."""
    task = small_office.unsure()
    small_office.decide("R-1", "ben", Verb.APPROVE, reason_code="clear")

    with pytest.raises(DecisionRefused, match="the task is decided; there is nothing left"):
        decide_task(small_office.context, task, "ben", Verb.APPROVE, reason_code="clear")
    with pytest.raises(DecisionRefused, match="the task is decided"):
        claim_task(small_office.context, task, "anna")
    with pytest.raises(DecisionRefused, match="the task is decided"):
        escalate_task(small_office.context, task, "anna")

    assert small_office.decisions() == [("ben", "approve")]


def test_of_two_people_who_decide_at_once_one_decides(office: Office) -> None:
    """Whoever is first on record; the other is told that it moved."""
    for number in (f"R-{n}" for n in range(4)):
        task = office.unsure(number, amount=10)

        def decide(by: str, task: str = task) -> str:
            try:
                decide_task(office.context, task, by, Verb.REJECT, reason_code="unclear")
            except (TaskMoved, DecisionRefused):
                return "refused"
            return "decided"

        with ThreadPoolExecutor(2) as both:
            results = sorted(both.map(decide, ("anna", "ben")))

        assert results == ["decided", "refused"]
        assert len(office.decisions(number)) == 1


def test_a_case_that_went_on_between_two_looks_is_a_moved_task(
    small_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The task was read, then somebody decided it, then the case was read."""
    task = small_office.unsure()
    as_it_was = small_office.store.task(task)
    small_office.decide("R-1", "anna", Verb.REJECT, reason_code="unclear")
    monkeypatch.setattr(small_office.store, "task", lambda _: as_it_was)

    late: list[Callable[[], object]] = [
        lambda: decide_task(small_office.context, task, "ben", Verb.REJECT, reason_code="unclear"),
        lambda: claim_task(small_office.context, task, "ben"),
        lambda: escalate_task(small_office.context, task, "ben"),
        lambda: ask_question(small_office.context, task, "ben", "Which shop?"),
    ]
    for stale in late:
        with pytest.raises(TaskMoved, match="was changed by somebody else; nothing was recorded"):
            stale()


def test_a_decision_and_the_resumption_it_causes_are_one_transaction(office: Office) -> None:
    """A yes that nobody acts on, or an act without the yes, cannot be."""
    task = office.unsure()
    before = office.case("R-1")

    def fail(*_: Any) -> None:
        raise ConnectionError("the engine is gone")

    object.__setattr__(office.engine, "enqueue", fail)
    with pytest.raises(ConnectionError):
        decide_task(office.context, task, "ben", Verb.APPROVE, reason_code="clear")

    assert office.case("R-1") == before
    assert office.decisions() == []
    assert office.task().state is ReviewState.OPEN


def test_a_rejected_proposal_is_handled_by_the_fixed_rules(assisted_office: Office) -> None:
    """No to the model is not no to the customer."""
    assisted_office.handle()

    case = assisted_office.decide("R-1", "ben", Verb.REJECT)

    assert case.outputs["judge"] == {"accept": True, "reason": "by rule"}
    assert case.fallback_used


def test_a_proposal_is_shown_as_it_was_made(assisted_office: Office) -> None:
    """What the person saw is frozen, with the model's reason and confidence."""
    assisted_office.handle()
    task = assisted_office.task()

    shown = assisted_office.store.evidence(task.id)

    assert shown.digest == task.evidence_digest
    assert shown.content["proposal"]["confidence"] == 0.95
    assert shown.content["proposal"]["rationale"] == "the order is known"
    assert assisted_office.decide("R-1", "anna", Verb.APPROVE).waits_for is WaitsFor.HOLD
