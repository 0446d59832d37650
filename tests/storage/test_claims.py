"""Claims: a case is worked on by one worker at a time, and by another when that one dies."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from interlock.domain.case import CaseState, WaitsFor
from interlock.domain.ids import Fingerprint
from interlock.domain.review import ReviewState
from interlock.storage import DEAD_AFTER_SECONDS, RecordedKind, Store
from interlock.storage.database import moment_text
from interlock.storage.tables import worker as worker_table
from tests.storage.builders import (
    ANNA,
    a_case,
    a_task,
    at,
    ids,
    opened,
    recorded,
    waiting,
)

FINGERPRINT = "f" * 64  # of the cases the builders make


def test_a_claimed_case_is_nobody_elses(store: Store) -> None:
    """Neither another worker's nor another episode's of the same worker."""
    (case,) = opened(store, a_case())
    _alive(store, "w1", "w2")

    assert store.claim("w1", [case.id]) == [case]
    assert store.claim("w2", [case.id]) == []
    assert store.claim("w1", [case.id]) == []
    assert store.ready_unclaimed([FINGERPRINT], 10) == []


def test_only_ready_cases_can_be_claimed(store: Store) -> None:
    """A waiting case has nothing due."""
    opened(store, waiting(a_case(1)), a_case(2))
    _alive(store, "w1")

    assert ids(store.claim("w1", [a_case(1).id, a_case(2).id])) == ["case_2"]


def test_a_dead_workers_cases_are_free_again(store: Store) -> None:
    """A crash loses no case: the next sweep gives it to somebody who is alive."""
    opened(store, a_case(1), a_case(2))
    _alive(store, "w1", "w2")
    store.claim_ready("w1", [FINGERPRINT], 10)

    _let_die(store, "w1")

    assert [(row.worker, row.is_alive) for row in store.workers()] == [("w1", False), ("w2", True)]
    assert store.ready_unclaimed([FINGERPRINT], 10) == ["case_1", "case_2"]
    assert ids(store.claim("w2", [a_case(1).id])) == ["case_1"]
    assert ids(store.claim_ready("w2", [FINGERPRINT], 10)) == ["case_2"]


def test_a_worker_that_beats_again_holds_what_nobody_took(store: Store) -> None:
    """A pause of the machine is not a crash."""
    opened(store, a_case(1))
    _alive(store, "w1", "w2")
    store.claim_ready("w1", [FINGERPRINT], 10)
    _let_die(store, "w1")

    store.beat("w1", version="1")

    assert store.claim_ready("w2", [FINGERPRINT], 10) == []


def test_what_a_worker_lost_it_cannot_record(store: Store) -> None:
    """It was dead for the others, who go on with the case; its own view is stale."""
    (case,) = opened(store, a_case())
    _alive(store, "w1", "w2")
    store.claim("w1", [case.id])
    _let_die(store, "w1")
    store.claim("w2", [case.id])

    assert recorded(store, case, claimed_by="w1").kind is RecordedKind.STALE
    assert recorded(store, case, claimed_by="w2").kind is RecordedKind.APPLIED


def test_a_case_that_is_no_longer_ready_loses_its_claim(store: Store) -> None:
    """When it is ready again, anybody may go on with it."""
    (case,) = opened(store, a_case())
    _alive(store, "w1", "w2")
    store.claim("w1", [case.id])
    recorded(store, waiting(case), claimed_by="w1")
    (case,) = store.load([case.id])

    recorded(store, replace(case, state=CaseState.READY, waits_for=None))

    assert ids(store.claim("w2", [case.id])) == [case.id]


def test_a_case_that_stays_ready_keeps_its_claim(store: Store) -> None:
    """An episode records on its way."""
    (case,) = opened(store, a_case())
    _alive(store, "w1", "w2")
    store.claim("w1", [case.id])

    recorded(store, case, claimed_by="w1")

    assert store.claim("w2", [case.id]) == []


def test_given_back_is_free(store: Store) -> None:
    """And nobody gives back what another holds."""
    opened(store, a_case(1), a_case(2))
    _alive(store, "w1", "w2")
    store.claim("w1", [a_case(1).id])
    store.claim("w2", [a_case(2).id])

    store.unclaim("w1", [a_case(1).id, a_case(2).id])

    assert store.ready_unclaimed([FINGERPRINT], 10) == ["case_1"]


def test_a_worker_that_stops_gives_back_everything(store: Store) -> None:
    """A clean stop needs no waiting for its death."""
    opened(store, a_case(1), a_case(2))
    _alive(store, "w1")
    store.claim_ready("w1", [FINGERPRINT], 10)

    store.retire("w1")

    assert store.workers() == []
    assert store.ready_unclaimed([FINGERPRINT], 10) == ["case_1", "case_2"]


def test_the_oldest_ready_cases_come_first(store: Store) -> None:
    """Nobody is overtaken for ever; a limit and the contracts known here narrow it."""
    elsewhere = a_case(9, fingerprint=Fingerprint("e" * 64), opened_at=at(-9))
    cases = [a_case(number, opened_at=at(-number)) for number in (1, 3, 2)]
    opened(store, elsewhere, *cases)
    _alive(store, "w1")

    assert store.ready_unclaimed(["e" * 64, FINGERPRINT], 2) == ["case_9", "case_3"]
    assert ids(store.claim_ready("w1", [FINGERPRINT], 2)) == ["case_3", "case_2"]
    assert ids(store.claim_ready("w1", ["e" * 64, FINGERPRINT], 5)) == ["case_9", "case_1"]


def test_many_workers_share_the_cases_without_overlap(store: Store, other_store: Store) -> None:
    """No case is handled twice."""
    opened(store, *(a_case(number) for number in range(60)))
    names = [f"w{number}" for number in range(6)]
    _alive(store, *names)

    def work(number: int) -> list[str]:
        mine: list[str] = []
        while batch := (store, other_store)[number % 2].claim_ready(
            names[number], [FINGERPRINT], 4
        ):
            mine += ids(batch)
        return mine

    with ThreadPoolExecutor(6) as threads:
        taken = [case_id for mine in threads.map(work, range(6)) for case_id in mine]

    assert len(taken) == len(set(taken)) == 60


def test_one_sweeper_at_a_time(store: Store, other_store: Store) -> None:
    """Exactly one of many workers fires the timers; when it is gone, the next one does."""
    assert store.sweep_lock("timers", "w1", 30)
    assert not other_store.sweep_lock("timers", "w2", 30)
    assert store.sweep_lock("timers", "w1", 0)
    assert other_store.sweep_lock("timers", "w2", 30)
    assert store.sweep_lock("other", "w1", 30)


def test_due_timers_come_in_the_order_they_are_due(store: Store) -> None:
    """A case that waits for a person has no timer and is never due."""
    retry = {"waits_for": WaitsFor.RETRY}
    opened(
        store,
        waiting(a_case(1), wake_at=at(5), **retry),
        waiting(a_case(2), wake_at=at(2), **retry),
        waiting(a_case(3), wake_at=at(6), **retry),
        waiting(a_case(4)),
        a_case(5, wake_at=at(1)),
    )

    assert store.due_cases([FINGERPRINT], at(5), 10) == ["case_2", "case_1"]
    assert store.due_cases([FINGERPRINT], at(5), 1) == ["case_2"]
    assert store.due_cases([FINGERPRINT], at(1), 10) == []


def test_a_task_is_due_for_its_deadline_its_lease_or_its_expiry(store: Store) -> None:
    """What is decided, breached already or has its clock stopped is not due."""
    case = waiting(a_case())
    held = {"state": ReviewState.CLAIMED, "held_by": ANNA}
    tasks = (
        a_task(case, 1, due_at=at(10)),
        a_task(case, 2, due_at=at(99), lease_until=at(8), **held),
        a_task(case, 3, due_at=at(99), expires_at=at(9)),
        a_task(case, 4, due_at=at(1), breached_at=at(2)),
        a_task(case, 5, due_at=at(1), clock_stopped_at=at(0)),
        a_task(case, 6, due_at=at(1), state=ReviewState.DECIDED),
        a_task(case, 7, due_at=at(11)),
    )
    opened(store, case, tasks=tasks)

    assert ids(store.due_tasks([FINGERPRINT], at(10), 10)) == [tasks[n].id for n in (1, 2, 0)]
    assert ids(store.due_tasks([FINGERPRINT], at(10), 1)) == [tasks[1].id]


def _alive(store: Store, *workers: str) -> None:
    for name in workers:
        store.beat(name, version="1")


def _let_die(store: Store, worker: str) -> None:
    """Sets the last beat back, as time would."""
    long_ago = datetime.now(UTC) - timedelta(seconds=DEAD_AFTER_SECONDS + 1)
    stored = moment_text(long_ago) if store.dialect == "sqlite" else long_ago
    with store.engine.begin() as conn:
        conn.execute(update(worker_table).where(worker_table.c.id == worker).values(beat_at=stored))
