"""Recording: each change whole or not at all, and everything applied in one transaction."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import Connection

from interlock.domain.action import ActionState
from interlock.domain.case import CaseState, ClosingOutcome, Handling, Phase
from interlock.domain.event import StepReturned
from interlock.domain.ids import CaseId, StepName
from interlock.domain.review import Decision, ReviewState, Verb
from interlock.storage import Recorded, RecordedKind, Store
from tests.storage.builders import (
    ANNA,
    NOW,
    a_case,
    a_change,
    a_fact,
    a_reservation,
    a_step,
    a_task,
    an_action,
    an_evidence_package,
    at,
    ids,
    opened,
    recorded,
    waiting,
)

APPLIED, STALE = RecordedKind.APPLIED, RecordedKind.STALE


def test_a_change_writes_all_that_its_transitions_bring(store: Store) -> None:
    """A state change and its audit entries, facts, tasks and actions are one transaction."""
    (case,) = opened(store, a_case())
    action = an_action(case)
    asked = waiting(case, updated_at=at(2))
    task = a_task(case)
    steps = (
        a_step(replace(case, visit=1), at=at(1), actions=(action,)),
        a_step(
            asked,
            at=at(2),
            tasks=(task,),
            evidence=(an_evidence_package(task, seen="yes"),),
            actions=(replace(action, state=ActionState.INTENDED, intended_at=at(2)),),
        ),
    )

    (answer,) = store.record([a_change(1, *steps)])

    assert answer == Recorded(kind=APPLIED, case_id=case.id, version=2)
    assert store.load([case.id]) == [replace(asked, version=2)]
    assert ids(store.actions(case_id=case.id)) == [action.id]
    assert store.actions(states=[ActionState.INTENDED]) == [steps[1].actions[0]]
    assert store.task(task.id) == replace(task, version=1)
    assert [entry.seq for entry in store.entries(case.id)] == [1, 2, 3]
    assert [entry.at for entry in store.entries(case.id)] == [NOW, at(1), at(2)]
    assert len(list(store.facts())) == 3


def test_a_change_seen_at_another_version_is_stale(store: Store) -> None:
    """Two writers of one case: the second has not seen what the first did."""
    (case,) = opened(store, a_case())
    assert recorded(store, case, actor="first").kind is APPLIED

    late = recorded(store, case, actor="second")

    assert (late.kind, late.version) == (STALE, 2)
    assert [entry.actor for entry in store.entries(case.id)] == ["intake", "first"]


def test_a_case_that_does_not_exist_is_stale(store: Store) -> None:
    """Nothing is recorded about a case that was never opened."""
    assert recorded(store, a_case("ghost", version=1)).kind is STALE
    assert list(store.all_entries()) == []


def test_of_a_batch_only_what_holds_is_written(store: Store) -> None:
    """One late case must not cost the other forty-nine their work."""
    first, second, third = opened(store, a_case(1), a_case(2), a_case(3))
    recorded(store, second)

    answers = store.record([a_change(1, a_step(case)) for case in (first, second, third)])

    assert [answer.kind for answer in answers] == [APPLIED, STALE, APPLIED]
    assert [len(store.entries(case.id)) for case in (first, second, third)] == [2, 2, 2]


def test_a_refused_change_leaves_no_trace(store: Store) -> None:
    """None of its transitions, tasks, actions, facts or budget shares may stay behind."""
    (case,) = opened(store, a_case())
    recorded(store, case)
    action = an_action(case)
    step = a_step(
        waiting(case),
        tasks=(a_task(case),),
        actions=(action,),
        facts=(a_fact(case), a_fact(case)),
        reservations=(a_reservation(action, 5, 10),),
    )
    before = len(list(store.facts()))

    (answer,) = store.record([a_change(1, step)])

    assert answer.kind is STALE
    assert store.actions(case_id=case.id) == []
    assert len(list(store.facts())) == before
    assert (
        store.budget_used("accounts_payable", "schedule_payment.money_per_day", "2026-03-02") == 0
    )
    assert store.load([case.id])[0].state is CaseState.READY


def test_the_second_change_of_a_case_in_one_batch_is_stale(store: Store) -> None:
    """Both saw the same version, so only one of them can be right."""
    (case,) = opened(store, a_case())

    answers = store.record([a_change(1, a_step(case)), a_change(1, a_step(case))])

    assert [answer.kind for answer in answers] == [APPLIED, STALE]


def test_also_failing_rolls_everything_back(store: Store) -> None:
    """A decision and the resumption it causes are one transaction."""
    (case,) = opened(store, a_case())

    def fail(_: Connection) -> None:
        raise RuntimeError("no engine")

    with pytest.raises(RuntimeError, match="no engine"):
        store.record([a_change(1, a_step(case))], also=fail)

    assert store.load([case.id])[0].version == 1
    assert len(store.entries(case.id)) == 1


def test_also_sees_what_was_written_and_only_when_something_was(store: Store) -> None:
    """An engine enqueues there; for a refused change there is nothing to do."""
    (case,) = opened(store, a_case())
    seen: list[int] = []

    def count(conn: Connection) -> None:
        seen.append(conn.exec_driver_sql("SELECT count(*) FROM audit_entry").scalar_one())

    store.record([a_change(1, a_step(case))], also=count)
    store.record([a_change(1, a_step(case))], also=count)

    assert seen == [2]


def test_a_task_may_be_changed_only_as_it_was_seen(store: Store) -> None:
    """Two reviewers press at once: one of them saw an old task."""
    task = a_task(a_case())
    (case,) = opened(store, waiting(a_case()), tasks=(task,))
    held = replace(store.task(task.id), state=ReviewState.CLAIMED, held_by=ANNA)
    assert recorded(store, case, tasks=(held,)).kind is APPLIED
    (case,) = store.load([case.id])

    late = recorded(store, case, tasks=(held,))
    new = recorded(store, case, tasks=(replace(held, version=2),))

    assert (late.kind, new.kind) == (STALE, APPLIED)
    assert store.task(task.id).version == 3


def test_a_task_is_opened_only_once(store: Store) -> None:
    """Its id is derived; a second opening means that the writer did not see the first."""
    task = a_task(a_case())
    (case,) = opened(store, waiting(a_case()), tasks=(task,))

    assert recorded(store, case, tasks=(task,)).kind is STALE


def test_of_many_that_race_for_a_task_exactly_one_wins(store: Store, other_store: Store) -> None:
    """Whoever claims a task holds it alone."""
    task = a_task(a_case())
    (case,) = opened(store, waiting(a_case()), tasks=(task,))
    seen = store.task(task.id)

    def press(number: int) -> RecordedKind:
        held = replace(seen, state=ReviewState.CLAIMED, held_by=f"person_{number}")
        return recorded((store, other_store)[number % 2], case, tasks=(held,)).kind

    with ThreadPoolExecutor(8) as threads:
        kinds = list(threads.map(press, range(8)))

    assert sorted(kinds) == [APPLIED, *[STALE] * 7]
    assert len(store.entries(case.id)) == 2


def test_an_edit_cannot_take_anothers_key(store: Store) -> None:
    """A corrected number that another invoice has is a duplicate, and a person must see it."""
    one, _ = opened(store, a_case(1), a_case(2))

    answer = recorded(store, replace(one, key="supplier/2"))

    assert (answer.kind, answer.other_case) == (RecordedKind.KEY_TAKEN, "case_2")
    assert store.load([one.id])[0].key == "supplier/1"


def test_two_edits_of_a_batch_cannot_take_the_same_key(store: Store) -> None:
    """The rule holds inside a batch too."""
    one, two = opened(store, a_case(1), a_case(2))

    answers = store.record([a_change(1, a_step(replace(case, key="same"))) for case in (one, two)])

    assert [answer.kind for answer in answers] == [APPLIED, RecordedKind.KEY_TAKEN]
    assert answers[1].other_case == one.id


def test_edits_that_race_for_a_key_leave_one_case_with_it(store: Store, other_store: Store) -> None:
    """The database's own rule decides; nobody gets an error for being second."""
    cases = opened(store, *(a_case(number) for number in range(8)))

    def edit(case: object) -> RecordedKind:
        index = cases.index(case)  # type: ignore[arg-type]
        return recorded((store, other_store)[index % 2], replace(cases[index], key="same")).kind

    with ThreadPoolExecutor(8) as threads:
        kinds = list(threads.map(edit, cases))

    assert sorted(kinds) == [APPLIED, *[RecordedKind.KEY_TAKEN] * 7]


def test_a_closed_case_keeps_how_it_was_handled(store: Store) -> None:
    """The typed columns say the same as the case itself."""
    (case,) = opened(store, a_case())
    done = replace(
        case,
        state=CaseState.CLOSED,
        phase=Phase.DONE,
        outcome=ClosingOutcome.COMPLETED,
        handling=Handling.AUTONOMOUS,
        closed_at=at(3),
    )

    recorded(store, done)

    (count,) = store.counts(now=at(4)).closed
    assert (count.handling, count.outcome, count.cases) == ("autonomous", "completed", 1)


def test_decisions_are_kept_in_order(store: Store) -> None:
    """What people decided about a case, with what they saw."""
    task = a_task(a_case())
    (case,) = opened(store, waiting(a_case()), tasks=(task,))
    yes = Decision(
        task_id=task.id, case_id=case.id, verb=Verb.APPROVE, by=ANNA, at=at(1), note="fine"
    )
    decided = replace(store.task(task.id), state=ReviewState.DECIDED, ended_at=at(1))

    recorded(store, replace(case, state=CaseState.READY), tasks=(decided,), decision=yes)

    assert store.decisions(case.id) == [yes]


def test_what_happened_reads_back_as_events(store: Store) -> None:
    """Replay needs the events exactly."""
    (case,) = opened(store, a_case())
    event = StepReturned(step=StepName("read"), attempt=2, value={"a": [1, 2.5, None, "é\x00"]})

    recorded(store, case, event=event)

    assert store.events(case.id)[1] == event


def test_nothing_to_record_is_nothing(store: Store) -> None:
    """An empty batch opens no transaction."""
    assert store.record([]) == []
    assert store.open_cases([]) == []
    assert store.load([]) == []


def test_load_answers_in_the_order_asked(store: Store) -> None:
    """A caller pairs what it asked with what it gets."""
    opened(store, a_case(1), a_case(2))

    assert ids(store.load([CaseId("case_2"), CaseId("ghost"), CaseId("case_1")])) == [
        "case_2",
        "case_1",
    ]
