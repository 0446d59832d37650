"""Reading: what people look for is found, in the order they need it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from interlock.domain.action import ActionState
from interlock.domain.case import CaseState, ClosingOutcome, Handling, OpenException, WaitsFor
from interlock.domain.contract import Severity
from interlock.domain.fact import FactKind
from interlock.domain.ids import QueueName, TaskId, WorkflowId
from interlock.domain.money import Money
from interlock.domain.review import ReviewKind, ReviewState
from interlock.storage import (
    CaseAmbiguous,
    CaseQuery,
    CaseUnknown,
    Store,
    TaskAmbiguous,
    TaskQuery,
    TaskUnknown,
    reading,
)
from tests.storage.builders import (
    ANNA,
    a_case,
    a_fact,
    a_task,
    an_action,
    at,
    ids,
    opened,
    waiting,
)


def test_cases_are_listed_newest_first_a_page_at_a_time(store: Store) -> None:
    """The last case of a page begins the next one, whatever arrived meanwhile."""
    opened(store, *(a_case(number, opened_at=at(number // 2)) for number in range(5)))

    first = store.cases(CaseQuery(limit=2))
    opened(store, a_case(9, opened_at=at(60)))
    second = store.cases(CaseQuery(limit=2, after=first[-1].id))
    third = store.cases(CaseQuery(limit=2, after=second[-1].id))

    assert [ids(page) for page in (first, second, third)] == [
        ["case_4", "case_3"],
        ["case_2", "case_1"],
        ["case_0"],
    ]


_MISSING = OpenException(type="missing_data", detail="no order", step=None)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (CaseQuery(), ["case_1", "case_2", "case_3", "case_4"]),
        (CaseQuery(workflow="service_desk"), ["case_4"]),
        (CaseQuery(state=CaseState.WAITING), ["case_2", "case_3"]),
        (CaseQuery(waits_for=WaitsFor.REVIEW), ["case_2"]),
        (CaseQuery(exception_type="missing_data"), ["case_2"]),
        (CaseQuery(outcome=ClosingOutcome.COMPLETED), ["case_4"]),
        (CaseQuery(handling=Handling.HUMAN), ["case_4"]),
        (CaseQuery(text="PAPER"), ["case_1"]),
        (CaseQuery(text="supplier/3"), ["case_3"]),
        (CaseQuery(text="100%"), ["case_3"]),
        (CaseQuery(text="_"), []),
        (CaseQuery(text="no such"), []),
    ],
)
def test_cases_are_found_by_what_is_known_of_them(
    store: Store, query: CaseQuery, found: list[str]
) -> None:
    """Every filter narrows; letters that mean something to SQL mean themselves."""
    closed = {"state": CaseState.CLOSED, "outcome": ClosingOutcome.COMPLETED}
    opened(
        store,
        a_case(1, title="Paper for the printer"),
        waiting(a_case(2), exception=_MISSING),
        waiting(a_case(3, title="100% off"), waits_for=WaitsFor.HOLD, wake_at=at(9)),
        a_case(4, workflow=WorkflowId("service_desk"), handling=Handling.HUMAN, **closed),
    )

    assert sorted(ids(store.cases(query))) == found


def test_a_case_is_found_by_id_by_key_or_by_the_start_of_its_id(store: Store) -> None:
    """People copy what they have."""
    opened(store, a_case("ab12"), a_case("ab34"), a_case("ab"))

    assert store.find_case("case_ab12") == "case_ab12"
    assert store.find_case("case_ab3") == "case_ab34"
    assert store.find_case("supplier/ab34") == "case_ab34"
    assert store.find_case("case_ab") == "case_ab"


def test_a_text_that_fits_several_cases_names_them(store: Store) -> None:
    """The person chooses; we never guess."""
    opened(store, a_case("ab12"), a_case("ab34"), a_case("x", workflow=WorkflowId("other")))
    opened(store, a_case("y", key="supplier/x"))

    with pytest.raises(CaseAmbiguous, match="'case_a' fits several cases; write one of: case_ab12"):
        store.find_case("case_a")
    with pytest.raises(CaseAmbiguous, match="case_x, case_y"):
        store.find_case("supplier/x")


def test_a_text_that_fits_nothing_names_near_ones(store: Store) -> None:
    """A key typed without its first half is almost right."""
    opened(store, a_case("4711"))

    with pytest.raises(CaseUnknown, match=r"no case is called '471'; did you mean supplier/4711\?"):
        store.find_case("471")
    with pytest.raises(CaseUnknown, match="the list of cases"):
        store.find_case("nothing like it")
    with pytest.raises(CaseUnknown):
        store.find_case("")


def test_a_task_is_found_by_id_or_by_the_start_of_its_id(store: Store) -> None:
    """And when several fit, they are named."""
    case = waiting(a_case())
    tasks = [a_task(case, number, id=TaskId(f"task_{number}")) for number in (11, 12, 2)]
    opened(store, case, tasks=tuple(tasks))

    assert store.task("task_2").id == "task_2"
    assert store.task("task_11").id == "task_11"
    with pytest.raises(TaskAmbiguous, match="task_11, task_12"):
        store.task("task_1")
    with pytest.raises(TaskUnknown, match=r"did you mean task_11, task_12\?"):
        store.task("1")
    with pytest.raises(TaskUnknown, match="the list of review tasks"):
        store.task("task_3")


def test_a_queue_shows_its_most_urgent_task_first(store: Store) -> None:
    """By deadline, then by severity."""
    case = waiting(a_case())
    tasks = (
        a_task(case, 1, due_at=at(20)),
        a_task(case, 2, due_at=at(10), severity=Severity.LOW),
        a_task(case, 3, due_at=at(10), severity=Severity.CRITICAL),
        a_task(case, 4, due_at=at(5), state=ReviewState.DECIDED),
        a_task(case, 5, due_at=at(1), queue=QueueName("controllers")),
    )
    opened(store, case, tasks=tasks)

    mine = store.tasks(TaskQuery(queues=("ap_clerks",)))
    both = store.tasks(TaskQuery(queues=("ap_clerks", "controllers"), limit=2))

    assert ids(mine) == [tasks[n].id for n in (2, 1, 0)]
    assert ids(both) == [tasks[n].id for n in (4, 2)]


def test_tasks_are_found_by_case_state_and_kind(store: Store) -> None:
    """Also the ones that are over."""
    one, two = waiting(a_case(1)), waiting(a_case(2))
    over = a_task(one, 1, state=ReviewState.DECIDED)
    held = a_task(one, 2, state=ReviewState.CLAIMED, held_by=ANNA)
    approval = a_task(two, 1, kind=ReviewKind.APPROVAL)
    store.open_cases([])
    opened(store, one, tasks=(over, held))
    opened(store, two, tasks=(approval,))

    assert ids(store.tasks(TaskQuery(case_id=one.id))) == [held.id]
    assert ids(store.tasks(TaskQuery(case_id=one.id, states=()))) == [over.id, held.id]
    assert ids(store.tasks(TaskQuery(states=(ReviewState.DECIDED,)))) == [over.id]
    assert ids(store.tasks(TaskQuery(kind=ReviewKind.APPROVAL))) == [approval.id]
    assert ids(store.tasks(TaskQuery())) == [held.id, approval.id]


def test_actions_are_found_by_case_or_by_state(store: Store) -> None:
    """A sweep asks which are unknown; a person asks what a case did."""
    one, two = a_case(1), a_case(2)
    lost = an_action(one, 1, state=ActionState.UNKNOWN)
    done = an_action(one, 2, state=ActionState.SUCCEEDED)
    opened(store, one, actions=(lost, done))
    opened(store, two, actions=(an_action(two, 1, state=ActionState.UNKNOWN),))

    assert store.actions(case_id=one.id) == [lost, done]
    assert store.actions(case_id=one.id, states=[ActionState.SUCCEEDED]) == [done]
    assert len(store.actions(states=[ActionState.UNKNOWN])) == 2
    with pytest.raises(ValueError, match="give one of them"):
        store.actions()


def test_counts_say_how_much_work_there_is(store: Store) -> None:
    """Closed by handling and outcome, waiting by reason, open tasks by queue; for one workflow."""
    closed = {
        "state": CaseState.CLOSED,
        "outcome": ClosingOutcome.COMPLETED,
        "handling": Handling.AUTONOMOUS,
    }
    money = Money.of("10.50", "EUR")
    opened(
        store,
        a_case(1, amount=money, **closed),
        a_case(2, amount=money, **closed),
        a_case(3, amount=Money.of(1, "USD"), **closed),
        a_case(4, workflow=WorkflowId("other"), amount=money, **closed),
        waiting(a_case(5), exception=_MISSING),
    )
    case = waiting(a_case(6))
    opened(
        store,
        case,
        tasks=(
            a_task(case, 1, at_risk_at=at(5), due_at=at(9)),
            a_task(case, 2, at_risk_at=at(20), due_at=at(30)),
            a_task(case, 3, at_risk_at=at(1), due_at=at(2)),
            a_task(case, 4, at_risk_at=at(1), due_at=at(2), clock_stopped_at=at(1)),
            a_task(case, 5, at_risk_at=at(1), due_at=at(2), state=ReviewState.DECIDED),
        ),
    )

    counts = store.counts("accounts_payable", now=at(6))

    assert counts.states == {CaseState.CLOSED: 3, CaseState.WAITING: 2}
    assert [(c.handling, c.outcome, c.cases) for c in counts.closed] == [
        ("autonomous", "completed", 3)
    ]
    assert counts.money_closed == (Money.of(21, "EUR"), Money.of(1, "USD"))
    assert {(w.waits_for, w.exception_type, w.cases) for w in counts.waiting} == {
        ("review", "missing_data", 1),
        ("review", None, 1),
    }
    assert [(q.queue, q.open, q.at_risk, q.late) for q in counts.queues] == [("ap_clerks", 4, 1, 1)]
    assert sum(c.cases for c in store.counts(now=at(6)).closed) == 4


@pytest.mark.parametrize("page", [1, 2, 1000])
def test_facts_are_read_in_order_whatever_the_page(
    store: Store, page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Measuring reads millions of them without holding them all."""
    monkeypatch.setattr(reading, "PAGE", page)
    case = a_case()
    kinds = [FactKind.CASE_OPENED, FactKind.INCIDENT, FactKind.INCIDENT]
    facts = [a_fact(case, kind, at=at(number // 2)) for number, kind in enumerate(kinds)]
    late = a_fact(case, at=at(50), amount_micros=10**15, currency="EUR", value=None, detail="x\x00")
    elsewhere = replace(facts[0], workflow=WorkflowId("other"))
    opened(store, case, facts=(*facts, late, elsewhere))

    assert list(store.facts(workflow=case.workflow, until=at(50))) == facts
    assert list(store.facts(workflow=case.workflow, since=at(1))) == [
        facts[2],
        replace(late, detail="x\ufffd"),
    ]
    assert list(store.facts(kinds=[FactKind.INCIDENT])) == facts[1:]
    assert len(list(store.facts())) == 5
