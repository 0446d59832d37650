"""The record is the truth: from its events alone every case comes out as it is stored.

`assert_truth` looks at every office of this folder after its test; here the ends are named one by
one, and a random day in the office looks for those nobody thought of.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from interlock import OutOfPolicy
from interlock.domain.case import CaseState, ClosingOutcome, Handling
from interlock.domain.contract import Stage
from interlock.domain.review import Verb
from interlock.domain.rules import assign
from interlock.errors import InterlockError
from interlock.runtime.commands import (
    answer_question,
    ask_question,
    cancel_case,
    claim_task,
    decide_task,
    escalate_task,
    release_task,
)
from interlock.storage import CaseQuery, TaskQuery
from tests.runtime.office import Office
from tests.runtime.truth import assert_truth

LOST = ConnectionError("the line went dead")
DAY = 60 * 24  # minutes
STOP = "somebody stops the case at this moment"


# --- every kind of end --------------------------------------------------------------------------


def _by_itself(office: Office) -> None:
    office.handle()
    office.later(30)


def _by_fixed_rules(office: Office) -> None:
    office.shop.trouble("judge", "R-1", LOST, LOST)
    office.handle()
    office.later(1)
    office.later(30)


def _with_a_yes(office: Office) -> None:
    office.handle(amount=350)
    office.decide("R-1", "lead", Verb.APPROVE)
    office.later(30)


def _with_a_persons_work(office: Office) -> None:
    office.handle(amount=450)
    office.decide("R-1", "ben", Verb.APPROVE, supplied={"call_note": "she agreed"})
    office.decide("R-1", "lead", Verb.APPROVE)
    office.later(30)


def _refused(office: Office) -> None:
    office.shop.confidence["R-1"] = 0.1
    office.handle()
    office.decide("R-1", "anna", Verb.REJECT, reason_code="unclear")


def _refused_after_a_deed(office: Office) -> None:
    office.handle(amount=350)
    office.decide("R-1", "lead", Verb.REJECT)


def _stopped(office: Office) -> None:
    office.send()
    office.cancel("R-1")


def _corrected(office: Office) -> None:
    office.handle(order=None)
    office.decide("R-1", "ben", Verb.EDIT, changes={"order": "O-2"})
    office.later(30)


def _found_again(office: Office) -> None:
    office.shop.trouble("book_after", "R-1", LOST)
    office.shop.trouble("pay_out_after", "R-1", LOST)
    office.handle()
    office.later(30)


ENDS: list[tuple[Callable[[Office], None], ClosingOutcome, Handling]] = [
    (_by_itself, ClosingOutcome.COMPLETED, Handling.AUTONOMOUS),
    (_by_fixed_rules, ClosingOutcome.COMPLETED, Handling.FALLBACK),
    (_with_a_yes, ClosingOutcome.COMPLETED, Handling.ASSISTED),
    (_with_a_persons_work, ClosingOutcome.COMPLETED, Handling.HUMAN),
    (_refused, ClosingOutcome.REJECTED, Handling.HUMAN),
    (_refused_after_a_deed, ClosingOutcome.COMPENSATED, Handling.HUMAN),
    (_stopped, ClosingOutcome.CANCELLED, Handling.HUMAN),
    (_corrected, ClosingOutcome.COMPLETED, Handling.ASSISTED),
    (_found_again, ClosingOutcome.COMPLETED, Handling.AUTONOMOUS),
]


@pytest.mark.parametrize(("story", "outcome", "handling"), ENDS)
def test_every_kind_of_end_can_be_replayed(
    office: Office, story: Callable[[Office], None], outcome: ClosingOutcome, handling: Handling
) -> None:
    """The fixture then holds the record against what is stored."""
    story(office)

    case = office.case("R-1")
    assert (case.state, case.outcome, case.handling) == (CaseState.CLOSED, outcome, handling)


# --- a random day -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Did:
    """One thing that happens in the office; `values` are drawn for it."""

    what: str
    values: tuple[Any, ...] = ()


PLACES = ("check", "find_order", "judge", "book", "book_after", "is_booked", "unbook")
LATER_PLACES = ("pay_out", "pay_out_after", "is_paid", "take_back")
PEOPLE = ("anna", "ben", "lead", "head", "auditor", "mallory")
numbers = st.sampled_from(["R-1", "R-2", "R-3"])
which = st.integers(0, 3)
happenings = st.one_of(
    st.builds(
        lambda *values: Did("deliver", values),
        numbers,
        st.sampled_from([0.5, 100, 290, 350, 450, -1]),
        st.sampled_from(["O-1", "O-1", None, "odd"]),
        st.sampled_from([0.95, 0.95, 0.5, 7]),
    ),
    st.builds(
        lambda *values: Did("trouble", values),
        st.sampled_from(PLACES + LATER_PLACES),
        numbers,
        st.lists(st.sampled_from([LOST, OutOfPolicy("no"), SystemExit(1), None, STOP]), max_size=3),
    ),
    st.builds(lambda *values: Did("account", values), numbers, st.sampled_from(["open", "shut"])),
    st.builds(lambda minutes: Did("later", (minutes,)), st.sampled_from([1, 15, 30, 60, DAY])),
    st.builds(
        lambda *values: Did("decide", values),
        which,
        st.sampled_from(PEOPLE),
        st.sampled_from([Verb.APPROVE, Verb.APPROVE, Verb.EDIT, Verb.REJECT]),
        st.sampled_from([None, {"order": "O-9"}, {"accept": False}, {"amount": 120}]),
    ),
    st.builds(
        lambda *values: Did("task", values),
        st.sampled_from(["claim", "release", "escalate", "ask", "answer"]),
        which,
        st.sampled_from(PEOPLE),
    ),
    st.builds(lambda number: Did("cancel", (number,)), numbers),
)


def _happens(office: Office, did: Did) -> None:
    """Does it as a person would: what is refused is refused, and the day goes on."""
    with suppress(InterlockError):
        match did.what:
            case "deliver":
                number, amount, order, confidence = did.values
                office.shop.confidence[number] = confidence
                data = {"number": number, "amount": amount, "order": order}
                office.deliver(data)
            case "trouble":
                place, number, what = did.values
                office.shop.trouble(place, number, *(_meet(office, number, each) for each in what))
            case "account":
                office.shop.accounts[did.values[0]] = did.values[1]
            case "later":
                office.later(did.values[0])
            case "decide":
                _decides(office, *did.values)
            case "task":
                _handles(office, *did.values)
            case "cancel":
                cancel_case(office.context, did.values[0], "lead")
    office.run()


def _meet(office: Office, number: str, what: BaseException | str | None) -> Any:
    def meet() -> None:
        if isinstance(what, BaseException):
            raise what
        if what == STOP:
            with suppress(InterlockError):
                cancel_case(office.context, number, "lead")

    return meet


def _decides(office: Office, place: int, by: str, verb: Verb, changes: Any) -> None:
    task = _task(office, place)
    if task is not None:
        decide_task(
            office.context,
            task.id,
            by,
            verb,
            changes=changes if verb is Verb.EDIT else None,
            reason_code="clear" if task.reason_codes else "",
            supplied=dict.fromkeys(task.missing, "here it is"),
        )


def _handles(office: Office, what: str, place: int, by: str) -> None:
    task = _task(office, place)
    if task is None:
        return
    match what:
        case "claim":
            claim_task(office.context, task.id, by)
        case "release":
            release_task(office.context, task.id, by)
        case "escalate":
            escalate_task(office.context, task.id, by)
        case "ask":
            ask_question(office.context, task.id, by, "really?")
        case "answer":
            answer_question(office.context, task.id, by, "yes")


def _task(office: Office, place: int) -> Any:
    tasks = office.store.tasks(TaskQuery())
    return tasks[place] if place < len(tasks) else None


def _bring_to_an_end(office: Office) -> None:
    """The systems work again, questions are answered, and whoever may says no."""
    office.shop.troubles.clear()
    contract = office.workflow.contract
    for _ in range(12):
        for task in office.store.tasks(TaskQuery()):
            if task.clock_stopped_at is not None:
                answer_question(office.context, task.id, "customer", "yes")
            case = office.store.load([task.case_id])[0]
            mine = sorted(assign.eligible(contract, task) - {case.opened_by or ""})
            by = task.held_by or mine[0]
            reason = "unclear" if task.reason_codes else ""
            supplied = dict.fromkeys(task.missing, "here it is")
            decide_task(
                office.context, task.id, by, Verb.REJECT, reason_code=reason, supplied=supplied
            )
        office.run()
        office.later(DAY)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    day=st.lists(happenings, min_size=4, max_size=14),
    stage=st.sampled_from([Stage.AUTONOMOUS, Stage.AUTONOMOUS, Stage.ASSISTED, Stage.SHADOW]),
)
@example(
    day=[
        Did("trouble", ("book", "R-1", [LOST, LOST])),
        Did("trouble", ("is_booked", "R-1", [LOST, LOST])),
        Did("deliver", ("R-1", 100, "O-1", 0.95)),
        Did("cancel", ("R-1",)),
        Did("later", (1,)),
    ],
    stage=Stage.AUTONOMOUS,
)
def test_whatever_a_day_brings_the_record_tells_it_and_every_case_finds_an_end(
    day: list[Did], stage: Stage
) -> None:
    """No case is lost, none is stuck, no deed is done twice, and nothing unrecorded happened."""
    with TemporaryDirectory() as folder:
        office = Office.opened(f"sqlite:///{Path(folder) / 'day.sqlite'}", stage)
        try:
            for did in day:
                _happens(office, did)
            assert_truth(office)

            _bring_to_an_end(office)

            assert_truth(office)
            open_cases = [
                (case.key, case.phase, case.exception)
                for case in office.store.cases(CaseQuery())
                if case.state is not CaseState.CLOSED
            ]
            assert not open_cases
        finally:
            office.close()


def test_what_is_stored_is_what_can_be_told_again_without_the_cases(office: Office) -> None:
    """An auditor who has the log alone gets the same case, field by field."""
    office.shop.confidence["R-1"] = 0.5
    office.handle(amount=99.95, iban="CH93 0076 2011 6238 5295 7")
    case = office.decide("R-1", "ben", Verb.APPROVE, reason_code="clear")

    told = office.replayed(case)

    assert told is not None
    assert json.loads(json.dumps(told.data)) == case.data
    assert told.actions == case.actions
    assert told.approvals == case.approvals
