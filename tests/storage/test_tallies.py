"""A tally: what a look reads of it, when it serves, and what it does not pass over."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from interlock.domain.case import Arm
from interlock.domain.fact import FactKind as K
from interlock.domain.release import EraId
from interlock.domain.rules.tallying import BUSINESS
from interlock.storage import Store, open_store, tallies, tally_moves
from tests.storage.builders import NOW
from tests.storage.tallied import TERMS, a_scope, moved, put, told, write


@pytest.mark.postgres
def test_a_fact_that_shows_late_is_not_passed_over(postgres_url: str) -> None:
    """PostgreSQL gives a slow worker's fact the lower number, and shows it after the higher one."""
    with open_store(postgres_url) as store:
        store.upgrade()
        era, now = EraId("rel_1.1"), NOW + timedelta(hours=1)
        with store.engine.connect() as slow:
            slow.begin()
            put(store, slow, [told(era, 1, K.PROPOSAL_MADE)])
            write(store, told(era, 2, K.PROPOSAL_MADE))

            early = moved(store, era, now)
            slow.commit()
        late = moved(store, era, now)

        assert (early, late) == (0, 2)
        assert store.era_counts(a_scope(era, now), TERMS.ai_steps).entered == 2


def test_a_look_reads_only_what_is_new(store: Store) -> None:
    """An era of a million facts is looked at every quarter of a minute, for weeks."""
    era, now = EraId("rel_1.1"), NOW + timedelta(hours=1)
    write(store, *(told(era, number, K.PROPOSAL_MADE) for number in range(50)))
    assert moved(store, era, now) == 50
    write(store, told(era, 51, K.PROPOSAL_MADE), told(era, 1, K.CASE_CLOSED, "autonomous"))
    database: Any = store._db
    read: list[int] = []
    rows = database.rows

    def counting(conn: Any, name: str, /, **parameters: Any) -> Any:
        found = rows(conn, name, **parameters)
        read.append(len(found))
        return found

    database.rows = counting

    seen = store.era_counts(a_scope(era, now), TERMS.ai_steps)

    assert (seen.entered, seen.left_it, seen.alone) == (51, 1, 1)
    assert sum(read) < 10


def test_what_is_new_is_found_by_its_number(store: Store) -> None:
    """By the era's index the database would read all of the era to find what is new in it."""
    era = EraId("rel_1.1")
    write(store, *(told(era, number % 40, K.PROPOSAL_MADE) for number in range(2_000)))
    with store.engine.begin() as conn:
        conn.execute(text("ANALYZE"))
    database: Any = store._db
    how = "EXPLAIN " if store.dialect == "postgresql" else "EXPLAIN QUERY PLAN "
    sql = text(
        how + database.sql["next_facts_of_era"].text.replace("IN :kinds", "= 'proposal_made'")
    )
    asked = {"era": era, "after": 1_990, "last": 2**62, "limit": 100}

    with store.engine.connect() as conn:
        plan = " ".join(str(row) for row in conn.execute(sql, asked))

    assert "pk_fact" in plan or "INTEGER PRIMARY KEY" in plan
    assert "ix_fact_release" not in plan


def test_a_tally_is_counted_on_by_one_worker_at_a_time(store: Store, ready_url: str) -> None:
    """Two sweeps at once would count the same facts twice."""
    era, now = EraId("rel_1.1"), NOW + timedelta(hours=1)
    write(store, *(told(era, number, K.PROPOSAL_MADE) for number in range(30)))
    store.move_tally(era, TERMS, now)

    def sweep(_: int) -> int:
        with open_store(ready_url) as other:
            return other.move_tally(era, TERMS, now)

    with ThreadPoolExecutor(3) as pool:
        counted = sum(pool.map(sweep, range(3)))

    assert counted == (30 if store.dialect == "postgresql" else 0)
    assert store.tally_faults(a_scope(era, now), TERMS.ai_steps) == []


def test_a_long_backlog_is_counted_in_portions(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An upgraded house has eras of a million facts, and workers that must not wait for it."""
    monkeypatch.setattr(tally_moves, "BATCH", 7)
    era, now = EraId("rel_1.1"), NOW + timedelta(hours=1)
    write(store, *(told(era, number, K.PROPOSAL_MADE) for number in range(30)))

    monkeypatch.setattr(tally_moves, "MOST_AT_ONCE", 20)

    assert moved(store, era, now) in (21, 30)  # PostgreSQL's first only sets its mark
    moved(store, era, now)
    assert moved(store, era, now) == 0
    assert store.tally_faults(a_scope(era, now), TERMS.ai_steps) == []


def test_a_look_far_behind_counts_anew(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker ran for a week: the database counts a million facts sooner than a look does."""
    era, now = EraId("rel_1.1"), NOW + timedelta(hours=1)
    write(store, told(era, 1, K.PROPOSAL_MADE))
    moved(store, era, now)
    write(store, *(told(era, number, K.CASE_OPENED) for number in range(10)))
    monkeypatch.setattr(tallies, "MOST_NEWS", 5)

    assert store.tally_faults(a_scope(era, now), TERMS.ai_steps) is None
    assert store.segments_of_eras([era]) == [""]


def test_a_fact_from_a_clock_ahead_waits(store: Store) -> None:
    """A look by the slower clock must not find what has not happened yet for it."""
    era, now = EraId("rel_1.1"), NOW + timedelta(minutes=1)
    write(
        store,
        told(era, 1, K.PROPOSAL_MADE),
        told(era, 2, K.PROPOSAL_MADE, at=now + timedelta(seconds=5)),
        told(era, 3, K.PROPOSAL_MADE),
    )

    assert moved(store, era, now) == 1
    assert store.era_counts(a_scope(era, now), TERMS.ai_steps).entered == 2
    assert moved(store, era, now + timedelta(minutes=1)) == 2


@pytest.mark.postgres
def test_a_restored_database_is_counted_on(postgres_url: str) -> None:
    """Another server numbers its transactions from the beginning; the mark of the old one would
    be waited for in vain."""
    with open_store(postgres_url) as store:
        store.upgrade()
        era, now = EraId("rel_1.1"), NOW + timedelta(hours=1)
        write(store, told(era, 1, K.PROPOSAL_MADE))
        store.move_tally(era, TERMS, now)
        with store.engine.begin() as conn:
            conn.execute(text("UPDATE era_tally SET mark_transaction = 9000000000"))

        assert moved(store, era, now) + moved(store, era, now) == 1


def test_who_sees_some_tenants_gets_the_counts_of_those(store: Store) -> None:
    """The tally knows no tenants, and tells nobody of the others'."""
    era, now = EraId("rel_1.1"), NOW + timedelta(hours=1)
    write(store, told(era, 1, K.PROPOSAL_MADE))
    moved(store, era, now)

    assert store.tally_faults(a_scope(era, now), TERMS.ai_steps) == []
    view = store.seen_by(frozenset({"nobody"}))
    assert view.tally_faults(a_scope(era, now), TERMS.ai_steps) is None


def test_what_is_judged_no_more_is_forgotten(store: Store) -> None:
    """A tally can be made again from the facts; of a release that ended nobody asks for it."""
    ended, running, now = EraId("rel_1.1"), EraId("rel_2.1"), NOW + timedelta(hours=1)
    for era in (ended, running):
        write(store, told(era, 1, K.PROPOSAL_MADE))
        moved(store, era, now)

    assert store.forget_tallies([running]) == [ended]
    assert store.forget_tallies([running]) == []
    assert store.era_counts(a_scope(ended, now), TERMS.ai_steps).entered == 1
    assert store.tally_faults(a_scope(ended, now), TERMS.ai_steps) is None


def test_a_tally_that_was_tampered_with_is_found(store: Store) -> None:
    """It is no record of its own: the facts are, and they are counted against it."""
    era, now = EraId("rel_1.1"), NOW + timedelta(hours=1)
    write(store, told(era, 1, K.PROPOSAL_MADE), told(era, 1, K.EXCEPTION_ROUTED, "low_confidence"))
    moved(store, era, now)
    with store.engine.begin() as conn:
        conn.execute(text("UPDATE era_count SET hits = 40 WHERE counts = 'cases'"))

    faults = store.tally_faults(a_scope(era, now), TERMS.ai_steps)

    assert faults is not None
    assert "entered: 40 in the tally, 1 by the facts" in faults


def test_proposals_and_comparisons_are_of_all_business(store: Store) -> None:
    """A canary's errors are its own cases'; what people say of proposals is of both arms."""
    era, now = EraId("rel_1.1"), NOW + timedelta(hours=1)
    write(
        store,
        told(era, 1, K.PROPOSAL_DECIDED, "judge", "approve"),
        replace(told(era, 2, K.PROPOSAL_DECIDED, "judge", "edit"), arm=Arm.RELEASE),
        replace(told(era, 3, K.PROPOSAL_DECIDED, "judge", "edit"), arm=Arm.HOLDBACK),
    )
    moved(store, era, now)

    assert store.era_proposals_decided(a_scope(era, now, arms=BUSINESS)) == (1, 2)
    assert store.era_proposals_decided(a_scope(era, now)) == (0, 1)  # of one arm: counted anew


def test_an_era_in_which_nothing_happens_is_left_alone(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eras of earlier stages are many; each sweep would write for each of them."""
    still, busy, now = EraId("rel_1.1"), EraId("rel_1.2"), NOW + timedelta(hours=1)
    write(store, told(still, 1, K.PROPOSAL_MADE))
    moved(store, still, now)
    written: list[int] = []
    monkeypatch.setattr(store, "_moved", lambda *_: written.append(1) or 0)

    write(store, told(busy, 1, K.PROPOSAL_MADE))
    store.move_tally(still, TERMS, now)
    assert written == []

    monkeypatch.setattr(tally_moves, "MOST_PASSED_BY", 0)
    store.move_tally(still, TERMS, now)
    assert written == [1], "but it does not read all of the others' facts for ever"
