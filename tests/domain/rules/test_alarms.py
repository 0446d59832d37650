"""Who is asked about an alarm, by when, and which cases come first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.domain.alarm import AlarmId, AlarmReview
from interlock.domain.contract import StepMode, WorkflowContract
from interlock.domain.fact import Fact, FactKind
from interlock.domain.ids import CaseId, PersonId, QueueName
from interlock.domain.people import Grant, Role, Standing
from interlock.domain.rules.alarms import is_asked, most_unlike, opening, told
from interlock.domain.watching import Band, Measure, Reading, ReadingState
from interlock.testing.builders import (
    FINGERPRINT,
    MORNING,
    WORKFLOW,
    a_contract,
    a_person,
    a_queue,
    a_step,
)

HOUR = timedelta(hours=1)
NOBODY = Standing()
KIND = {
    Measure.CONFIDENCE: FactKind.PROPOSAL_MADE,
    Measure.LATENCY: FactKind.STEP_FINISHED,
    Measure.AMOUNT: FactKind.ACTION_FINISHED,
}


def contract(**monitoring: Any) -> WorkflowContract:
    """Three people in three queues: the desk escalates to the boss."""
    return replace(
        a_contract(
            steps=[a_step("sort", mode=StepMode.AGENTIC), a_step("close")],
            people=[a_person("anna"), a_person("boss"), a_person("late")],
            queues=[
                a_queue(members=("anna",), escalate_to=("boss",)),
                a_queue("boss", members=("boss",)),
                a_queue("late", members=("late",)),
            ],
        ),
        monitoring=monitoring,
    )


def an_alarm(queue: str = "", **changes: Any) -> AlarmReview:
    plain = AlarmReview(
        id=AlarmId(1),
        workflow=WORKFLOW,
        reading=a_reading(Measure.MIX),
        windows=1,
        pauses=(),
        queue=QueueName(queue),
        opened_at=MORNING,
        due_at=MORNING + 4 * HOUR,
    )
    return replace(plain, **changes)


def a_reading(measure: Measure, value: float = 1.0, **band: float) -> Reading:
    return Reading(
        workflow=WORKFLOW,
        measure=measure,
        step="sort" if measure in KIND and measure is not Measure.AMOUNT else "",
        begins=MORNING,
        ends=MORNING + HOUR,
        events=3,
        value=value,
        band=Band(**band),
        state=ReadingState.BREACH,
    )


def a_fact(kind: FactKind, case: str, value: float | None = None, **more: Any) -> Fact:
    name = "send" if kind is FactKind.ACTION_FINISHED else "sort"
    plain: dict[str, Any] = {"tenant": "", "segment": "", "arm": "release", "stage": "autonomous"}
    return Fact(
        case_id=CaseId(case),
        workflow=WORKFLOW,
        fingerprint=FINGERPRINT,
        kind=kind,
        at=MORNING,
        value=value,
        **{**plain, "name": name, "detail": "succeeded", **more},
    )


DESK = next(iter(contract().queues))


def test_without_a_queue_the_owners_have_four_hours() -> None:
    """Somebody always is asked, whatever the contract left out."""
    found = opening(contract(), MORNING)

    assert (found.queue, found.due_at) == ("", MORNING + 4 * HOUR)


def test_a_queue_is_asked_in_its_own_hours() -> None:
    """Its clock stands still at night, as it does for its tasks."""
    named = opening(contract(alerts_queue=DESK, alerts_sla_minutes=90), MORNING)
    gone = opening(contract(alerts_queue="nowhere"), MORNING)

    hours = contract().queues[QueueName(DESK)].hours
    assert (named.queue, named.due_at) == (DESK, hours.after(MORNING, timedelta(minutes=90)))
    assert gone.queue == ""


def test_members_are_asked_and_others_when_it_is_late() -> None:
    """The chain of the queue is whom it goes to when nobody of it had the time."""
    alarm, late = an_alarm(DESK), MORNING + 5 * HOUR

    def asked(person: str, now: Any) -> bool:
        return is_asked(contract(), alarm, PersonId(person), now, NOBODY).allowed

    assert [asked(each, MORNING) for each in ("anna", "boss", "late")] == [True, False, False]
    assert [asked(each, late) for each in ("anna", "boss", "late")] == [True, True, False]


def test_who_answers_for_the_workflow_is_always_asked() -> None:
    """By the contract or by a role that holds for all of it, and not for a part."""
    alarm, owner = an_alarm(DESK), contract().owners.governance

    def with_role(**where: Any) -> bool:
        standing = Standing(known=True, grants=(Grant(role=Role.GOVERNANCE, **where),))
        return is_asked(contract(), alarm, PersonId("zoe"), MORNING, standing).allowed

    assert is_asked(contract(), alarm, owner, MORNING, NOBODY).allowed
    assert with_role() and with_role(workflow=WORKFLOW)
    assert not with_role(tenant="north") and not with_role(queue=DESK)
    assert not with_role(workflow="other")


def test_a_group_of_an_account_and_an_absent_members_seat_count() -> None:
    """As they do for a task of the queue."""
    grouped = replace(
        contract(), queues={QueueName("desk"): a_queue("desk", members=("group:watch",))}
    )
    alarm, person = an_alarm("desk"), PersonId("zoe")

    assert is_asked(grouped, alarm, person, MORNING, Standing(groups=("watch",))).allowed
    seat = Standing(stands_in_for=(PersonId("anna"),))
    assert is_asked(contract(), an_alarm(DESK), person, MORNING, seat).allowed
    assert not is_asked(grouped, alarm, person, MORNING, NOBODY).allowed


def test_whom_to_tell() -> None:
    """The queue; when it is late those after it, whoever holds it, and the owner."""
    alarm, owner = an_alarm(DESK, held_by=PersonId("zoe")), contract().owners.operations

    assert told(contract(), an_alarm(), MORNING) == [owner]
    assert told(contract(), replace(alarm, held_by=None), MORNING) == ["anna"]
    assert told(contract(), alarm, MORNING + 5 * HOUR) == ["zoe", "anna", "boss", owner]


@pytest.mark.parametrize(
    ("band", "order"), [({"low": 5.0}, ["2", "1", "3"]), ({"high": 0.5}, ["3", "1", "2"])]
)
@pytest.mark.parametrize("measure", [Measure.CONFIDENCE, Measure.LATENCY])
def test_the_case_furthest_the_way_it_broke_comes_first(
    measure: Measure, band: dict[str, float], order: list[str]
) -> None:
    """Too low: the lowest; too high: the highest."""
    values = {"1": 2.0, "2": 1.0, "3": 3.0}
    facts = [a_fact(KIND[measure], case, value) for case, value in values.items()]
    other = a_fact(KIND[measure], "9", 9.0, name="close")

    found = most_unlike(a_reading(measure, **band), [*facts, other])

    assert [each.case_id for each in found] == order


def test_amounts_of_the_usual_currency_and_refusals_by_amount() -> None:
    """What has no number of its own comes largest amount first."""
    done = [
        a_fact(FactKind.ACTION_FINISHED, case, amount_micros=micros * 10**6, currency=currency)
        for case, micros, currency in (("1", 10, "EUR"), ("2", 30, "EUR"), ("3", 99, "YEN"))
    ]
    refused = [
        a_fact(
            FactKind.EXCEPTION_ROUTED, case, name="permission_denied", detail="", amount_micros=n
        )
        for case, n in (("4", 1), ("5", 2))
    ]

    amounts = most_unlike(a_reading(Measure.AMOUNT, high=1.0), done)
    refusals = most_unlike(a_reading(Measure.REFUSALS, high=0.1), [*done, *refused])

    assert [(each.case_id, each.value) for each in amounts] == [("2", 30.0), ("1", 10.0)]
    assert [(each.case_id, each.value) for each in refusals] == [("5", None), ("4", None)]


def test_of_a_mix_the_cases_of_the_most_frequent_action() -> None:
    """It is that one of which there was too much."""
    done = [
        a_fact(FactKind.ACTION_FINISHED, case, name=name)
        for case, name in (("1", "pay"), ("2", "pay"), ("3", "send"))
    ]
    failed = a_fact(FactKind.ACTION_FINISHED, "4", name="pay", detail="failed")

    found = most_unlike(a_reading(Measure.MIX, high=0.5), [*done, failed])

    assert [each.case_id for each in found] == ["1", "2"]


@given(
    measure=st.sampled_from(Measure),
    facts=st.lists(
        st.builds(
            a_fact,
            st.sampled_from(FactKind),
            st.sampled_from(["1", "2", "3", "4"]),
            st.none() | st.floats(0, 1),
            amount_micros=st.none() | st.integers(0, 10**9),
            currency=st.sampled_from([None, "EUR", "USD"]),
        )
    ),
    limit=st.integers(0, 5),
)
def test_whatever_the_window_held_each_case_is_named_once(
    measure: Measure, facts: list[Fact], limit: int
) -> None:
    """And only cases of the window, at most as many as asked for."""
    found = most_unlike(a_reading(measure, low=0.5), facts, limit)

    cases = [each.case_id for each in found]
    assert len(cases) == len(set(cases)) <= limit
    assert set(cases) <= {each.case_id for each in facts}
