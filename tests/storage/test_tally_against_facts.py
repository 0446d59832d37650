"""A tally gives what counting every fact gives, whatever commits late, dies or is overtaken."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from interlock.domain.case import Arm
from interlock.domain.fact import Fact
from interlock.domain.fact import FactKind as K
from interlock.domain.ids import CaseId
from interlock.domain.release import EraId
from interlock.storage import Store, open_store
from tests.domain.rules.test_tallying import SAID
from tests.storage.builders import NOW
from tests.storage.tallied import TERMS, a_scope, put, told, write

OPEN_AT_MOST: Final = 3
_eras = itertools.count(1)


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


def test_a_tally_gives_what_counting_every_fact_gives(store: Store, ready_url: str) -> None:
    """The gate promotes and takes back on these numbers; quick and nearly right is wrong."""

    class Against(TallyAgainstFacts):
        url = ready_url

    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Against,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
