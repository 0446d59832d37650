"""A tally gives what counting every fact gives, whatever commits late, dies or is overtaken."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from interlock.domain.case import Arm
from interlock.domain.fact import Fact
from interlock.domain.fact import FactKind as K
from interlock.domain.ids import CaseId
from interlock.domain.release import EraId
from interlock.domain.rules.tallying import BUSINESS, Terms
from interlock.storage import Store, open_store, tallies, tally_moves
from interlock.storage.rows import fact_row
from interlock.storage.verdicts import EraScope
from tests.domain.rules.test_tallying import SAID
from tests.storage.builders import NOW, WORKFLOW, a_case, a_fact

TERMS: Final = Terms(ai_steps=frozenset({"judge"}), case_arms=frozenset({"canary"}))
OPEN_AT_MOST: Final = 3
_eras = itertools.count(1)


def a_scope(era: EraId, until: datetime, **fields: Any) -> EraScope:
    plain: dict[str, Any] = {
        "workflow": WORKFLOW,
        "era": era,
        "since": NOW,
        "until": until,
        "arms": TERMS.case_arms,
    }
    return EraScope(**{**plain, **fields})


def told(era: str, number: int, kind: K, name: str = "", detail: str = "", **fields: Any) -> Fact:
    """A fact of a case of the era."""
    case = a_case(number, release=era, arm=Arm.CANARY)
    return a_fact(case, kind, name=name, detail=detail, release=era, **fields)


def write(store: Store, *facts: Fact) -> None:
    with store.engine.begin() as conn:
        put(store, conn, facts)


def put(store: Store, conn: Any, facts: Any) -> None:
    database: Any = store._db
    database.append(conn, "append_facts", [fact_row(each) for each in facts])


def moved(store: Store, era: EraId, now: datetime, terms: Terms = TERMS) -> int:
    """Moves the tally on as two sweeps do: the mark of the first is final at the second."""
    return store.move_tally(era, terms, now) + store.move_tally(era, terms, now)


@contextmanager
def dying(store: Store) -> Iterator[None]:
    """Within it a process dies just before it has moved a tally on."""
    database: Any = store._db
    run = database.run

    def dies(conn: Any, name: str, /, **parameters: Any) -> Any:
        if name == "move_tally":
            raise KeyboardInterrupt
        return run(conn, name, **parameters)

    database.run = dies
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        del database.run


class TallyAgainstFacts(RuleBasedStateMachine):
    """Writers that commit when they like, sweeps that come when they like, and looks between."""

    url: str

    def __init__(self) -> None:
        super().__init__()
        self.store = open_store(self.url)
        self.era = EraId(f"rel_{next(_eras)}.1")
        self.now = NOW
        self.rest = ExitStack()
        self.writers: list[Any] = []
        self.seen: list[Fact] = []  # of this era, committed
        self.late: list[list[Fact]] = []  # of each open writer

    said = st.sampled_from([(kind, *said) for kind, all_said in SAID.items() for said in all_said])
    some_facts = st.lists(
        st.tuples(
            st.integers(1, 30),
            said,
            st.sampled_from(["", "travel", "office"]),
            st.sampled_from(list(Arm)),
            st.sampled_from([-2, 0, 45]),  # seconds by which another worker's clock differs
        ),
        min_size=1,
        max_size=6,
    )

    @rule(asked=some_facts)
    def a_worker_writes(self, asked: Any) -> None:
        if self.store.dialect == "sqlite" and self.writers:
            return  # one writer at a time
        facts = self._facts(asked)
        write(self.store, *facts)
        self.seen += facts

    @rule(asked=some_facts)
    def a_worker_writes_and_does_not_commit_yet(self, asked: Any) -> None:
        if len(self.writers) >= OPEN_AT_MOST or self.store.dialect == "sqlite":
            return
        conn = self.rest.enter_context(self.store.engine.connect())
        conn.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        facts = self._facts(asked)
        put(self.store, conn, facts)
        self.writers.append(conn)
        self.late.append(facts)

    @rule(which=st.integers(0, OPEN_AT_MOST - 1), commits=st.booleans())
    def such_a_worker_commits_or_dies(self, which: int, commits: bool) -> None:
        if which >= len(self.writers):
            return
        conn, facts = self.writers.pop(which), self.late.pop(which)
        if commits:
            conn.commit()
            self.seen += facts
        conn.close()

    @rule(seconds=st.sampled_from([0, 15, 90, 90]))
    def a_sweep_moves_the_tally_on(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        self.store.move_tally(self.era, TERMS, self.now)

    @rule()
    def a_sweep_dies_in_between(self) -> None:
        with dying(self.store):
            self.store.move_tally(self.era, TERMS, self.now)

    @rule()
    def another_worker_takes_over(self) -> None:
        other = open_store(self.url)
        self.rest.callback(self.store.close)
        self.store = other

    @rule(other=st.integers(0, 4))
    def it_is_counted_by_other_terms(self, other: int) -> None:
        if other:
            return  # seldom: it begins anew, and forgets what went wrong before
        self.store.move_tally(self.era, replace(TERMS, ai_steps=frozenset()), self.now)

    @invariant()
    def every_look_is_what_counting_anew_is(self) -> None:
        for until in (self.now, self.now - timedelta(seconds=20), self.now + timedelta(hours=1)):
            for segment in (None, "travel", ""):
                asked = a_scope(self.era, until, segment=segment)
                assert not self.store.tally_faults(asked, TERMS.ai_steps)

    @invariant()
    def every_segment_is_known(self) -> None:
        mine = [each for each in self.seen if each.arm != Arm.PROBE]
        opened = {each.segment for each in mine if each.kind is K.CASE_OPENED}
        assert self.store.segments_of_eras([self.era]) == sorted(opened)
        rejected = [
            each
            for each in mine
            if (each.kind, each.detail) == (K.SAMPLE_CHECKED, "wrong")
            or (each.kind, each.name) == (K.CASE_REOPENED, "autonomous")
        ]
        assert self.store.rejected_in_eras([self.era]) == {
            segment: max(each.at for each in rejected if each.segment == segment)
            for segment in {each.segment for each in rejected}
        }

    def teardown(self) -> None:
        for conn in self.writers:
            conn.rollback()
        self.rest.close()
        self.store.close()

    def _facts(self, asked: Any) -> list[Fact]:
        return [
            replace(
                told(self.era, number, *thing),
                case_id=CaseId(f"case_{number}"),
                segment=segment,
                arm=arm,
                at=self.now + timedelta(seconds=off),
            )
            for number, thing, segment, arm, off in asked
        ]


def test_a_tally_gives_what_counting_every_fact_gives(store: Store, database_url: str) -> None:
    """The gate promotes and takes back on these numbers; quick and nearly right is wrong."""

    class Against(TallyAgainstFacts):
        url = database_url

    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Against,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


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


@pytest.mark.parametrize("name", ["next_facts_of_era"])
def test_what_is_new_is_found_by_its_number(store: Store, name: str) -> None:
    """By the era's index the database would read all of the era to find what is new in it."""
    era = EraId("rel_1.1")
    write(store, *(told(era, number % 40, K.PROPOSAL_MADE) for number in range(2_000)))
    with store.engine.begin() as conn:
        conn.execute(text("ANALYZE"))
    database: Any = store._db
    how = "EXPLAIN " if store.dialect == "postgresql" else "EXPLAIN QUERY PLAN "
    sql = text(how + database.sql[name].text.replace("IN :kinds", "= 'proposal_made'"))
    asked = {"era": era, "after": 1_990, "last": 2**62, "limit": 100}

    with store.engine.connect() as conn:
        plan = " ".join(str(row) for row in conn.execute(sql, asked))

    assert "pk_fact" in plan or "INTEGER PRIMARY KEY" in plan
    assert "ix_fact_release" not in plan


def test_a_tally_is_counted_on_by_one_worker_at_a_time(store: Store, database_url: str) -> None:
    """Two sweeps at once would count the same facts twice."""
    era, now = EraId("rel_1.1"), NOW + timedelta(hours=1)
    write(store, *(told(era, number, K.PROPOSAL_MADE) for number in range(30)))
    store.move_tally(era, TERMS, now)

    def sweep(_: int) -> int:
        with open_store(database_url) as other:
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
