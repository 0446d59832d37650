"""Episodes: a case is taken from one wait to the next, and no crash of a step stops the house."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from typing import Any, cast

import pytest

from interlock import CaseException, OutOfPolicy, Proposal
from interlock.domain.case import CaseState, ClosingOutcome, Handling, WaitsFor
from interlock.domain.event import StepReturned
from interlock.domain.review import Verb
from interlock.domain.rules.advance import advance
from interlock.runtime import episode
from interlock.runtime.commands import cancel_case
from tests.runtime.office import Office

SLOW = 0.5  # seconds; more than the model's limit of 0.2


def test_a_case_without_trouble_closes_by_itself_with_each_deed_done_once(office: Office) -> None:
    """What needs nobody asks nobody; the hold window is waited for all the same."""
    held = office.handle()
    assert (held.state, held.waits_for) == (CaseState.WAITING, WaitsFor.HOLD)
    assert office.shop.done("R-1") == ["book"]

    office.later(30)

    closed = office.case("R-1")
    assert closed.state is CaseState.CLOSED
    assert closed.outcome is ClosingOutcome.COMPLETED
    assert closed.handling is Handling.AUTONOMOUS
    assert office.shop.done("R-1") == ["book", "pay_out"]
    assert office.deeds() == [("book", "succeeded"), ("pay_out", "succeeded")]
    assert closed.outputs["tell"] == {"text": "refund R-1 is paid: P2"}


def test_what_one_deed_returned_is_given_to_the_next(small_office: Office) -> None:
    """The payment takes the booking's receipt; its arguments are fixed once that is known."""
    small_office.handle()
    small_office.later(30)

    [book, pay_out] = small_office.case("R-1").actions

    assert book.receipt == {"line": 1}
    assert pay_out.approved_by == ()
    assert small_office.case("R-1").exceptions_seen == 0


def test_a_case_that_breaks_our_own_rules_ends_with_a_person(
    small_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bug of ours must not fail the same episode for ever while nobody is told."""

    def broken(contract: Any, case: Any, event: Any, now: Any) -> Any:
        if isinstance(event, StepReturned) and case.key == "R-1":
            raise KeyError("a rule of ours")
        return advance(contract, case, event, now)

    monkeypatch.setattr(episode, "advance", broken)
    small_office.handle("R-1")
    other = small_office.handle("R-2")

    for _ in range(4):
        small_office.later(30)

    waiting = small_office.case("R-1")
    assert waiting.exception is not None
    assert waiting.exception.type == "workflow_failure"
    assert "a rule of ours" in waiting.exception.detail
    assert small_office.case(other.id).outcome is ClosingOutcome.COMPLETED


def test_a_slow_model_is_not_waited_for_again(small_office: Office) -> None:
    """The fixed rules take over at once; a second try would only be slow as well."""
    small_office.shop.trouble("judge", "R-1", SLOW)

    case = small_office.handle()

    assert case.fallback_used
    assert case.outputs["judge"] == {"accept": True, "reason": "by rule"}
    assert small_office.shop.met["judge"] == 1
    small_office.later(30)
    assert small_office.case("R-1").handling is Handling.FALLBACK


def test_a_model_that_fails_is_tried_again_later(small_office: Office) -> None:
    """An incident is often over a moment later; the case waits without costing anything."""
    small_office.shop.trouble("judge", "R-1", ConnectionError("no route"))

    waiting = small_office.handle()
    small_office.later(1)

    assert waiting.waits_for is WaitsFor.RETRY
    case = small_office.case("R-1")
    assert not case.fallback_used
    assert case.outputs["judge"]["reason"] == "order O-1 is known"


def test_a_model_that_keeps_failing_is_replaced_by_its_fallback(small_office: Office) -> None:
    """The business goes on when the AI is off."""
    down = ConnectionError("no route")
    small_office.shop.trouble("judge", "R-1", down, down)

    small_office.handle()
    small_office.later(1)

    case = small_office.case("R-1")
    assert case.fallback_used
    assert case.outputs["judge"]["reason"] == "by rule"


def test_a_step_that_keeps_crashing_becomes_a_question_and_approve_tries_again(
    small_office: Office,
) -> None:
    """An incident that outlives its tries is a person's, who may say: once more."""
    crash = RuntimeError("out of paper")
    small_office.shop.trouble("check", "R-1", crash, crash, crash)

    small_office.handle()
    for _ in range(2):
        small_office.later(1)
    stuck = small_office.case("R-1")

    assert stuck.exception is not None
    assert stuck.exception.type == "workflow_failure"
    assert "check failed 3 times: RuntimeError: out of paper" in stuck.exception.detail

    case = small_office.decide("R-1", "lead", Verb.APPROVE)

    assert case.waits_for is WaitsFor.HOLD
    assert small_office.shop.met["check"] == 4


def test_back_off_grows_between_tries(small_office: Office) -> None:
    """Two seconds, then eight: a system that is down is not hammered."""
    crash = RuntimeError("out of paper")
    small_office.shop.trouble("check", "R-1", crash, crash, crash)

    first = small_office.handle()
    begun = small_office.clock.now()
    small_office.later(1)
    second = small_office.case("R-1")

    assert first.wake_at is not None
    assert (first.wake_at - begun).total_seconds() == 2
    assert second.wake_at is not None
    assert (second.wake_at - small_office.clock.now()).total_seconds() == 8


def test_a_slow_case_holds_up_no_other_of_its_batch(small_office: Office) -> None:
    """The others go on record while it waits for a slow system."""
    others = ("R-2", "R-3")
    done = Event()
    small_office.shop.trouble("book", "R-1", lambda: done.wait(10))
    for number in ("R-1", *others):
        small_office.send(number)

    def record(changes: Any, **more: Any) -> Any:
        recorded = small_office.store.record(changes, **more)
        if all(small_office.case(other).waits_for is WaitsFor.HOLD for other in others):
            done.set()
        return recorded

    small_office.runner = replace(
        small_office.runner, store=cast("Any", _Seen(small_office.store, record))
    )
    small_office.run()

    assert done.is_set(), "the batch waited for its slowest case"
    assert small_office.case("R-1").waits_for is WaitsFor.HOLD


class _Seen:
    """A store that tells when something was recorded."""

    def __init__(self, store: Any, record: Any) -> None:
        self._store, self.record = store, record

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


ODD_OUTPUTS: list[tuple[str, Any, str]] = [
    ("check", {"order": None}, "order is None: input should be a valid string"),
    ("check", {}, "order is missing"),
    ("check", "an order", "the case is 'an order'"),
    ("check", None, "the case is None"),
    ("check", b"bytes", "a bytes cannot be kept in a case"),
    ("check", object(), "a object cannot be kept in a case"),
    ("check", Proposal(value={"order": "O-1"}, confidence=1), "is not an AI step"),
    ("judge", {"accept": True, "reason": "x"}, "is an AI step and returned no proposal"),
    ("judge", Proposal(value={"accept": "perhaps", "reason": ""}, confidence=1), "accept is"),
    ("judge", Proposal(value=object(), confidence=1), "a object cannot be kept"),
    ("judge", Proposal(value={}, confidence=float("nan")), "confidence is nan"),
    ("judge", Proposal(value={}, confidence="high"), "confidence is 'high', no number"),  # type: ignore[arg-type]
    ("judge", Proposal(value={}, confidence=1.2), "confidence is 1.2; it must lie between"),
    ("judge", Proposal(value={}, confidence=-0.1), "confidence is -0.1"),
    ("judge", Proposal(value={}, confidence=None), "confidence is None, no number"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("step", "returned", "says"), ODD_OUTPUTS)
def test_an_output_that_does_not_fit_is_never_taken(
    small_office: Office, step: str, returned: Any, says: str
) -> None:
    """What a function or a model returns is held against its schema before anything uses it."""
    small_office.shop.answers[step, "R-1"] = returned

    case = small_office.handle()

    assert case.exception is not None
    assert case.exception.type == "unexpected_output"
    assert says in case.exception.detail
    assert step not in case.outputs
    assert case.proposal is None
    assert small_office.task().queue == "lead"


def test_confidence_under_the_line_is_a_persons_decision(small_office: Office) -> None:
    """The proposal is shown, and taken only when somebody says so."""
    small_office.shop.confidence["R-1"] = 0.79

    asked = small_office.handle()
    case = small_office.decide("R-1", "ben", Verb.APPROVE, reason_code="clear")

    assert asked.exception is not None
    assert asked.exception.detail == "confidence 0.79 is under the line of 0.80"
    assert case.waits_for is WaitsFor.HOLD
    small_office.later(30)
    assert small_office.case("R-1").handling is Handling.ASSISTED


def test_a_proposal_without_the_evidence_it_owes_stops(small_office: Office) -> None:
    """A judgement nobody can check is not built on."""
    small_office.shop.answers["judge", "R-1"] = Proposal(
        value={"accept": True, "reason": None}, confidence=1
    )
    bare = Proposal(value={"accept": True, "reason": "because"}, confidence=1)
    small_office.shop.answers["judge", "R-2"] = bare

    unfit = small_office.handle("R-1")
    case = small_office.handle("R-2")

    assert unfit.exception is not None
    assert unfit.exception.type == "unexpected_output"
    assert case.exception is None, "a field of the output counts as the evidence of its name"


def test_an_exception_that_can_be_put_right_elsewhere_is_tried_again_on_a_yes(
    small_office: Office,
) -> None:
    """The person unblocks the customer in the shop, and says: once more."""
    blocked = OutOfPolicy("the customer is blocked", may_retry=True)
    small_office.shop.trouble("check", "R-1", blocked)
    small_office.handle()

    case = small_office.decide("R-1", "lead", Verb.APPROVE)

    assert case.waits_for is WaitsFor.HOLD
    assert small_office.shop.met["check"] == 2


def test_a_remedy_that_finds_what_is_missing_starts_the_case_again(small_office: Office) -> None:
    """What a lookup can answer is not asked of a person."""
    small_office.shop.orders["R-1"] = "O-7"

    case = small_office.handle(order=None)

    assert case.data["order"] == "O-7"
    assert case.remedied == ("missing_data",)
    assert case.waits_for is WaitsFor.HOLD


@pytest.mark.parametrize("trouble", [None, RuntimeError("the archive is closed"), SystemExit(3)])
def test_a_remedy_that_finds_nothing_leaves_it_to_a_person(
    small_office: Office, trouble: Any
) -> None:
    """A remedy that crashes is as good as none."""
    if trouble is not None:
        small_office.shop.trouble("find_order", "R-1", _raise(trouble))

    case = small_office.handle(order=None)
    mended = small_office.decide("R-1", "ben", Verb.EDIT, changes={"order": "O-3"})

    assert case.exception is not None
    assert case.exception.type == "missing_data"
    assert mended.waits_for is WaitsFor.HOLD
    assert mended.authors == ("ben",)


def test_a_remedy_is_tried_once_a_case(small_office: Office) -> None:
    """One that does not help must not go round for ever."""
    small_office.shop.orders["R-1"] = "odd"  # the check raises again, another exception

    case = small_office.handle(order=None)

    assert case.remedied == ("missing_data",)
    assert case.exception is not None
    assert case.exception.detail == "the order is odd"


def _raise(what: BaseException) -> Any:
    def meet() -> None:
        raise what

    return meet


class _Mute(Exception):
    def __str__(self) -> str:
        raise ValueError("no words")


ESCAPES: list[BaseException] = [
    SystemExit("enough"),
    _Mute(),
    CaseException("odd", value=object()),
    CaseException("odd", evidence={"photo": b"\x89PNG"}),
    CaseException(7),  # type: ignore[arg-type]
    RecursionError("deep"),
    BaseExceptionGroup("several", [ValueError("one")]),
]


@pytest.mark.parametrize("raised", ESCAPES, ids=lambda each: type(each).__name__)
def test_nothing_a_step_raises_gets_further_than_its_case(
    small_office: Office, raised: BaseException
) -> None:
    """One odd case must not stop the worker, nor the others of its batch."""
    small_office.shop.trouble("check", "R-1", *[_raise(raised)] * 3)
    small_office.send("R-1")
    small_office.send("R-2")

    small_office.run()
    for _ in range(2):
        small_office.later(1)

    assert small_office.case("R-2").waits_for is WaitsFor.HOLD
    assert small_office.case("R-1").exception is not None


def test_two_runners_given_the_same_case_handle_it_once(office: Office) -> None:
    """A claim is exclusive on either database, however close they are."""
    sent = office.send()
    office.store.beat("worker-1", version="test")
    office.store.beat("worker-2", version="test")
    other = office.second_runner("worker-2")

    with ThreadPoolExecutor(2) as both:
        ran = list(both.map(lambda runner: runner.run([sent.case_id]), (office.runner, other)))

    assert sorted(each.cases for each in ran) == [0, 1]
    assert office.shop.done("R-1") == ["book"]


def test_a_result_that_comes_after_the_case_was_cancelled_changes_nothing(office: Office) -> None:
    """A person can always stop a case, also while a model thinks."""
    sent = office.send()

    def cancel() -> None:
        cancel_case(office.context, sent.case_id, "lead")

    office.shop.trouble("check", "R-1", cancel)
    office.run()

    case = office.case("R-1")
    assert (case.state, case.outcome) == (CaseState.CLOSED, ClosingOutcome.CANCELLED)
    assert office.shop.done("R-1") == []
    assert office.events() == ["case_opened", "case_cancelled"]


def test_a_case_cancelled_while_a_deed_is_under_way_undoes_it(office: Office) -> None:
    """What happened is settled first; then it is taken back."""
    sent = office.send()
    office.shop.trouble(
        "book_after", "R-1", lambda: cancel_case(office.context, sent.case_id, "lead")
    )

    office.run()

    case = office.case("R-1")
    assert case.outcome is ClosingOutcome.COMPENSATED
    assert office.shop.done("R-1") == ["book"]
    assert office.shop.undone == [("book", "R-1")]


def test_a_case_of_a_contract_that_is_not_loaded_is_left_for_others(small_office: Office) -> None:
    """A worker that does not know a contract gives its cases back."""
    sent = small_office.send()
    small_office.store.beat("worker-1", version="test")
    small_office.forget_workflow()

    result = small_office.runner.run([sent.case_id])

    assert result.cases == 0
    known = small_office.context.workflows.fingerprints
    assert small_office.store.ready_unclaimed(known, 5) == [sent.case_id]
