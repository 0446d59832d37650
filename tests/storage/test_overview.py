"""The overview: what is counted is what is there, for the tenants its reader may see."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from interlock.domain.action import ActionState
from interlock.domain.case import Arm, CaseState, ClosingOutcome, Handling, WaitsFor
from interlock.domain.fact import FactKind
from interlock.domain.ids import StepName, WorkflowId
from interlock.domain.review import Decision, ReviewKind, ReviewState, Verb
from interlock.storage import Store
from interlock.storage.overview import EntryQuery, OnTime
from interlock.storage.queries import load_queries
from tests.storage.builders import (
    ANNA,
    a_case,
    a_fact,
    a_task,
    an_action,
    an_opening,
    at,
    opened,
    recorded,
    waiting,
)

CLOSED: Mapping[str, Any] = {
    "state": CaseState.CLOSED,
    "outcome": ClosingOutcome.COMPLETED,
    "handling": Handling.ASSISTED,
}
OTHER = WorkflowId("service_desk")


def test_a_queues_load_says_what_is_late_and_what_stands_still(store: Store) -> None:
    """A task whose clock stands is neither late nor at risk, and it still waits."""
    case = waiting(a_case(tenant="north"))
    tasks = (
        a_task(case, 1, due_at=at(10), at_risk_at=at(5)),
        a_task(case, 2, due_at=at(90), at_risk_at=at(15), opened_at=at(-30)),
        a_task(case, 3, due_at=at(90), at_risk_at=at(80)),
        a_task(case, 4, due_at=at(1), at_risk_at=at(0), clock_stopped_at=at(0)),
        a_task(case, 5, state=ReviewState.WITHDRAWN),
    )
    opened(store, case, tasks=tuple(replace(task, tenant="north") for task in tasks))

    (load,) = store.queue_loads(now=at(20))

    assert (load.open, load.at_risk, load.late, load.asked) == (4, 1, 1, 1)
    assert load.oldest == at(-30)
    assert load.first_due == at(10)
    assert store.queue_loads(now=at(20), tenants={"south"}) == []
    assert store.queue_loads(now=at(20), tenants={"north"}) == [load]


def test_open_cases_are_counted_by_what_they_wait_for_and_where(store: Store) -> None:
    """Planted questions are no part of the business, so no count of cases has them."""
    opened(
        store,
        a_case(1),
        waiting(a_case(2)),
        waiting(a_case(3), waits_for=WaitsFor.HOLD, wake_at=at(9), step=StepName("pay")),
        waiting(a_case(4, arm=Arm.PROBE)),
        a_case(5, **CLOSED, closed_at=at(0)),
    )

    everywhere = {(row.state, row.waits_for): row.cases for row in store.open_counts()}
    by_step = {(r.step, r.waits_for): r.cases for r in store.step_counts("accounts_payable")}

    assert everywhere == {
        (CaseState.READY, None): 1,
        (CaseState.WAITING, WaitsFor.REVIEW): 1,
        (CaseState.WAITING, WaitsFor.HOLD): 1,
    }
    assert by_step == {
        ("read", None): 1,
        ("read", WaitsFor.REVIEW): 1,
        ("pay", WaitsFor.HOLD): 1,
    }
    assert store.step_counts("service_desk") == []
    assert store.visible_cases() == 4
    assert store.visible_cases("service_desk") == 0


def test_the_live_tasks_of_a_workflow_are_found_at_their_steps(store: Store) -> None:
    """The map shows where people are waited for, and for how long."""
    case = waiting(a_case(step=StepName("match")))
    tasks = (a_task(case, 1, due_at=at(5)), a_task(case, 2, opened_at=at(-60)))
    opened(store, case, tasks=tasks)

    (row,) = store.step_tasks("accounts_payable", now=at(10))

    assert (row.step, row.kind, row.queue) == ("match", ReviewKind.EXCEPTION, "ap_clerks")
    assert (row.tasks, row.late, row.oldest) == (2, 1, at(-60))


def test_what_stands_still_is_found(store: Store) -> None:
    """A case that is ready and not moved, and an action with no known end, need a look."""
    unknown = an_action(a_case(2), state=ActionState.UNKNOWN)
    opened(store, a_case(1, updated_at=at(-10)))
    opened(store, waiting(a_case(2)), actions=(unknown,))

    (stuck,) = store.stuck_cases(before=at(-5))
    (lost,) = store.unknown_actions()

    assert (stuck.count, stuck.since) == (1, at(-10))
    assert (lost.count, lost.case_id) == (1, "case_2")
    assert store.stuck_cases(before=at(-20)) == []
    assert store.unknown_actions(tenants=set()) == []


def test_closed_cases_are_counted_by_local_day(store: Store) -> None:
    """Half past eleven at night in UTC is tomorrow in Berlin."""
    late = datetime.fromisoformat("2026-03-02T23:30:00+00:00")
    opened(
        store,
        a_case(1, **CLOSED, closed_at=late),
        a_case(2, **CLOSED, closed_at=at(0)),
        a_case(3, **{**CLOSED, "handling": Handling.AUTONOMOUS}, closed_at=at(0)),
        a_case(4, **CLOSED, closed_at=at(0), arm=Arm.PROBE),
        a_case(5, **CLOSED, closed_at=at(-3 * 1440)),
    )

    days = store.closed_by_day(at(-600), zone_offset=timedelta(hours=1))
    ways = {row.handling: row.cases for row in store.closed_since(at(-600))}

    assert days == {
        (WorkflowId("accounts_payable"), date(2026, 3, 2)): 2,
        (WorkflowId("accounts_payable"), date(2026, 3, 3)): 1,
    }
    assert ways == {Handling.ASSISTED: 2, Handling.AUTONOMOUS: 1}


def test_on_time_counts_decisions_by_their_deadline_and_all_that_ran_late(store: Store) -> None:
    """A task that ran late and was then decided elsewhere in time did run late."""
    case = waiting(a_case())
    task = a_task(case, 1, state=ReviewState.DECIDED)
    (seen,) = opened(store, case, tasks=(task, a_task(case, 2, state=ReviewState.ESCALATED)))
    decision = Decision(task_id=task.id, case_id=case.id, verb=Verb.APPROVE, by=ANNA, at=at(30))
    breached = a_fact(case, FactKind.REVIEW_BREACHED, name="ap_clerks", detail="exception")
    recorded(store, seen, decision=decision, facts=(breached,))

    assert store.on_time(at(-10)) == {
        WorkflowId("accounts_payable"): OnTime(decided=1, on_time=1, late=1)
    }
    assert store.on_time(at(60)) == {}


def test_exceptions_are_counted_by_type_and_step(store: Store) -> None:
    """So that a pile-up is seen where it begins."""
    case = a_case()
    routed: dict[str, Any] = {
        "kind": FactKind.EXCEPTION_ROUTED,
        "name": "price_variance",
        "detail": "match",
    }
    facts = (
        a_fact(case, **routed),
        a_fact(case, **routed, at=at(-2000)),
        a_fact(case, **{**routed, "workflow": OTHER}),
        a_fact(case, FactKind.CASE_OPENED, name=""),
    )
    opened(store, case, facts=facts)

    (row,) = store.exception_counts(since=at(-3000), today=at(-60), workflow="accounts_payable")

    assert (row.exception_type, row.step, row.times, row.today) == ("price_variance", "match", 2, 1)
    assert len(store.exception_counts(since=at(-3000), today=at(-60))) == 2
    assert store.opened_since(at(-60)) == {WorkflowId("accounts_payable"): 1}


def test_the_logs_of_the_last_closed_cases_say_what_they_waited_for(store: Store) -> None:
    """Where a case spends its time is told from what really happened."""
    (case,) = opened(store, waiting(a_case()))
    closed = replace(case, **CLOSED, waits_for=None, closed_at=at(30))
    recorded(store, closed, at=at(30))

    moves = store.recent_moves("accounts_payable", limit=5)

    assert [(m.at, m.state, m.waits_for) for m in moves] == [
        (at(0), "waiting", "review"),
        (at(30), "closed", None),
    ]


def test_the_log_is_listed_newest_first_a_page_at_a_time(store: Store) -> None:
    """And only what the reader's tenants have."""
    (first,) = opened(store, a_case(1, tenant="north"))
    opened(store, a_case(2, tenant="south"))
    recorded(store, first, at=at(5), actor="anna")
    begin = EntryQuery(since=at(-60), before=(at(60), "", 0), limit=2)

    page = store.log_entries(begin)
    last = page[-1]
    rest = store.log_entries(replace(begin, before=(last.at, last.case_id, last.seq)))

    assert [(e.case_id, e.seq) for e in (*page, *rest)] == [
        ("case_1", 2),
        ("case_2", 1),
        ("case_1", 1),
    ]
    assert [e.actor for e in store.log_entries(replace(begin, actor="anna"))] == ["anna"]
    assert {e.case_id for e in store.log_entries(begin, tenants={"south"})} == {"case_2"}
    assert store.log_entries(replace(begin, kind="no_such_kind")) == []


def test_what_every_person_holds_is_counted(store: Store) -> None:
    """Work in progress is what somebody holds now."""
    case = waiting(a_case())
    opened(store, case, tasks=(a_task(case, state=ReviewState.CLAIMED, held_by=ANNA),))

    assert store.tasks_in_hand() == {("anna", "ap_clerks"): 1}
    assert store.tasks_in_hand(tenants={"elsewhere"}) == {}


SERVED: Mapping[str, Mapping[str, Any]] = {
    "overview_queues": {"now": at(3)},
    "overview_closed": {"since": at(3000)},
    "overview_opened": {"since": at(3000)},
    "overview_moved_late": {"since": at(3000)},
    "overview_exceptions": {"since": at(3000), "today": at(3000), "workflow": None},
    "overview_steps": {"workflow": "service_desk"},
    "overview_on_time": {"since": at(3000)},
    "overview_entries": {
        "since": at(3000),
        "before_at": at(4000),
        "before_case": "",
        "before_seq": 0,
        "case_id": None,
        "actor": None,
        "kind": None,
        "limit": 5,
    },
}


@pytest.mark.parametrize("name", SERVED)
def test_every_count_reads_an_index(store: Store, name: str) -> None:
    """A count over ten million cases must cost what it counts, not what there is."""
    for begin in range(0, 1500, 500):
        store.open_cases([_opening(number) for number in range(begin, begin + 500)])
    with store.engine.begin() as conn:
        conn.execute(text("ANALYZE"))

    plan = _plan(store, name, SERVED[name])

    scanned = re.findall(r"(?:Seq Scan on|SCAN) (\w+)(?! USING)", plan)
    assert not {"case_file", "review_task", "audit_entry", "fact", "decision"} & set(scanned), plan


def _opening(number: int) -> Any:
    case = waiting(a_case(number)) if number % 4 else a_case(number, **CLOSED, closed_at=at(number))
    task = a_task(case, state=ReviewState.DECIDED)
    verb, moment = Verb.APPROVE, at(number)
    decision = Decision(task_id=task.id, case_id=case.id, verb=verb, by=ANNA, at=moment)
    return an_opening(case, tasks=(task,), decision=decision)


def _plan(store: Store, name: str, parameters: Mapping[str, Any]) -> str:
    query = load_queries(store.dialect)[name]
    word = "EXPLAIN QUERY PLAN" if store.dialect == "sqlite" else "EXPLAIN"
    bound = {
        key: value.isoformat(timespec="microseconds")
        if store.dialect == "sqlite" and isinstance(value, datetime)
        else value
        for key, value in parameters.items()
    }
    bound |= {"every_tenant": True, "tenants": []}
    lists = [query._bindparams["tenants"]]
    with store.engine.begin() as conn:
        rows = conn.execute(text(f"{word} {query.text}").bindparams(*lists), bound).all()
    return "\n".join(str(row[-1]) for row in rows)
