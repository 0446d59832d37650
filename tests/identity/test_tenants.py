"""Tenants: a view of some of them shows nothing of the others, on both databases.

On PostgreSQL the database itself hides the rows, from any statement and from the tables' owner.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from interlock.domain.case import Case
from interlock.storage import CaseQuery, CaseUnknown, Store, TaskQuery, TaskUnknown, open_store
from interlock.storage.database import TENANTS
from interlock.storage.queries import load_queries
from interlock.testing.postgres import PrivatePostgres
from tests.storage.builders import NOW, a_case, a_task, an_action, an_evidence_package, an_opening
from tests.storage.builders import recorded as record_step
from tests.support.postgres import BOTH, emptied, fresh_database

NORTH, SOUTH, NOBODY = "north", "south", ""
ORDINARY: Final = "ordinary"  # a role that is no superuser, as an installation's own is
PASSWORD: Final = "of-a-test-only"


def _open(store: Store, number: int, tenant: str) -> Case:
    case = a_case(number, tenant=tenant)
    task = a_task(case, tenant=tenant)
    store.open_cases(
        [
            an_opening(
                case,
                tasks=(task,),
                actions=(an_action(case),),
                evidence=(an_evidence_package(task),),
            )
        ]
    )
    return store.load([case.id])[0]


@pytest.fixture(scope="module")
def ordinary_url(postgres: PrivatePostgres) -> Iterator[tuple[str, str]]:
    """A PostgreSQL database as its superuser reaches it, and as the tables' owner does, who is
    none."""
    for url in fresh_database(postgres):
        ordinary = _as_ordinary(url)
        with open_store(ordinary) as opened:
            opened.upgrade()
        yield url, ordinary


@pytest.fixture(params=BOTH)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """Two cases of the north, one of the south, one of no tenant, and all that hangs on each."""
    if request.param == "postgresql":
        superusers, url = request.getfixturevalue("ordinary_url")
        emptied(superusers)
    else:
        url = request.getfixturevalue("ready_sqlite_url")
    with open_store(url) as opened:
        for number, tenant in enumerate((NORTH, NORTH, SOUTH, NOBODY)):
            _open(opened, number, tenant)
        yield opened


def _as_ordinary(url: str) -> str:
    address = make_url(url)
    with create_engine(address, isolation_level="AUTOCOMMIT").connect() as conn:
        conn.execute(text(f"CREATE ROLE {ORDINARY} LOGIN PASSWORD '{PASSWORD}'"))
        conn.execute(text(f"GRANT CREATE ON DATABASE {address.database} TO {ORDINARY}"))
    ordinary = address.set(username=ORDINARY, password=PASSWORD)
    return ordinary.render_as_string(hide_password=False)


def test_everybodys_store_sees_everything(store: Store) -> None:
    """Workers work for all tenants."""
    assert store.seen_by(None) is store
    assert len(store.cases(CaseQuery())) == 4
    assert len(store.tasks(TaskQuery())) == 4


def test_a_view_lists_only_its_tenants(store: Store) -> None:
    """Not by the caller's care: the view itself has no others."""
    north = store.seen_by(frozenset({NORTH}))

    assert {case.tenant for case in north.cases(CaseQuery())} == {NORTH}
    assert {task.tenant for task in north.tasks(TaskQuery())} == {NORTH}
    assert {task.tenant for task in north.tasks(TaskQuery(queues=("ap_clerks",)))} == {NORTH}
    counts = north.counts(now=NOW)
    assert sum(counts.states.values()) == 2
    assert [queue.open for queue in counts.queues] == [2]


def test_a_view_finds_nothing_of_others_and_hints_at_nothing(store: Store) -> None:
    """A suggestion names a key, and a key names a customer."""
    north = store.seen_by(frozenset({NORTH}))

    assert north.find_case("supplier/0") == "case_0"
    for wanted in ("case_2", "supplier/2", "case_3"):
        with pytest.raises(CaseUnknown) as unknown:
            north.find_case(wanted)
        assert unknown.value.near == ()
    for wanted in ("task_case_2_1", "task_case_2"):
        with pytest.raises(TaskUnknown) as no_task:
            north.task(wanted)
        assert no_task.value.near == ()
    with pytest.raises(CaseUnknown) as far:
        north.find_case("supplier")
    assert set(far.value.near) == {"supplier/0", "supplier/1"}


def test_what_hangs_on_anothers_case_is_not_there(store: Store) -> None:
    """Whoever guesses an id gets what an id that is none gets."""
    [other] = store.cases(CaseQuery(text="supplier/2"))
    [task] = store.tasks(TaskQuery(case_id=other.id))
    north = store.seen_by(frozenset({NORTH}))

    assert north.load([other.id]) == []
    assert north.actions(case_id=other.id) == []
    assert north.decisions(other.id) == []
    assert north.entries(other.id) == []
    assert north.events(other.id) == []
    assert north.chain(other.id) is None
    with pytest.raises(TaskUnknown):
        north.evidence(task.id)
    assert store.evidence(task.id).task_id == task.id
    [own] = north.tasks(TaskQuery(limit=1))
    assert north.evidence(own.id).case_id == own.case_id
    assert north.entries(own.case_id) != []


def test_a_query_narrows_further_and_never_widens(store: Store) -> None:
    """The intersection of what is asked and what may be seen."""
    both = frozenset({NORTH, SOUTH})
    north = store.seen_by(frozenset({NORTH}))

    assert len(store.cases(CaseQuery(tenants=both))) == 3
    assert len(north.cases(CaseQuery(tenants=both))) == 2
    assert north.cases(CaseQuery(tenants=frozenset({SOUTH}))) == []
    assert north.tasks(TaskQuery(tenants=frozenset({SOUTH}))) == []
    assert north.seen_by(both).cases(CaseQuery()) == north.cases(CaseQuery())


def test_a_view_of_no_tenant_sees_nothing(store: Store) -> None:
    """Nothing granted is not everything: also a case without a tenant is hidden."""
    nobody = store.seen_by(frozenset())

    assert nobody.cases(CaseQuery()) == []
    assert nobody.tasks(TaskQuery()) == []
    assert nobody.counts(now=NOW).states == {}


def test_views_share_connections_and_do_not_leak_into_each_other(store: Store) -> None:
    """What a transaction was told is forgotten with it."""
    for _ in range(3):
        assert len(store.seen_by(frozenset({SOUTH})).cases(CaseQuery())) == 1
        assert len(store.cases(CaseQuery())) == 4
        assert len(store.seen_by(frozenset({NORTH})).cases(CaseQuery())) == 2


def test_work_goes_on_under_row_level_security(store: Store) -> None:
    """The owner is held to the policies, and still writes for every tenant."""
    for case in store.cases(CaseQuery()):
        assert record_step(store, case).is_applied

    assert len(store.seen_by(frozenset({NORTH})).entries("case_0")) == 2  # type: ignore[arg-type]


# --- what the database itself does -----------------------------------------------------------

TABLES: Final = ("case_file", "review_task", "action", "evidence_package")


@pytest.fixture
def clerk(store: Store) -> Iterator[Connection]:
    """A connection for statements by hand, of a role that is no superuser. PostgreSQL only."""
    if store.dialect != "postgresql":
        pytest.skip("row-level security is PostgreSQL's; SQLite has no roles")
    with store.engine.connect() as conn:
        yield conn


def _see(conn: Connection, tenants: str) -> None:
    conn.execute(text(f"SELECT set_config('{TENANTS}', :tenants, true)"), {"tenants": tenants})


@pytest.mark.parametrize("table", TABLES)
def test_a_statement_by_hand_sees_only_the_tenants_rows(clerk: Connection, table: str) -> None:
    """A forgotten condition in a statement then shows too little, never too much."""
    counted = []
    for tenants in ("", '["north"]', '["south", "north"]', '["nowhere"]', "[]"):
        _see(clerk, tenants)
        counted.append(clerk.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())

    assert counted == [4, 2, 3, 0, 0]


def test_nobody_writes_into_another_tenant(clerk: Connection) -> None:
    """Neither can a row be changed that is not seen, nor a seen one be given away."""
    _see(clerk, '["north"]')

    hidden = clerk.execute(text("UPDATE case_file SET title = 'x' WHERE tenant = 'south'"))
    assert hidden.rowcount == 0
    with pytest.raises(ProgrammingError, match="row-level security"):
        clerk.execute(text("UPDATE case_file SET tenant = 'south' WHERE id = 'case_0'"))


def test_a_tenants_name_is_never_part_of_a_statement(store: Store) -> None:
    """Quotes and brackets are letters like others."""
    odd = """o'b"r]\\,['north"""
    _open(store, 9, odd)

    assert [case.tenant for case in store.seen_by(frozenset({odd})).cases(CaseQuery())] == [odd]


def test_hot_statements_keep_their_index_under_row_level_security(
    store: Store, clerk: Connection
) -> None:
    """Policies may keep a plan from using an index; these are worked out once a statement."""
    store.open_cases([_waiting(number) for number in range(1000, 3000)])
    _analyze(store.engine)
    asked: dict[str, dict[str, Any]] = {
        "find_case_by_id": {"text": "case_1", "text_end": "case_2", "limit": 5},
        "find_case_by_key": {"text": "supplier/1", "limit": 5},
        "find_task": {"text": "task_1", "text_end": "task_2", "limit": 5},
    }
    plain = {
        "entries": {"case_id": "case_1"},
        "case_bodies": {"ids": '["case_1"]'},
        "lock_cases": {"ids": '["case_1"]'},
        "evidence": {"task_id": "task_case_1_1"},
    }
    queries = load_queries("postgresql")

    for tenants in ("", '["north"]'):
        _see(clerk, tenants)
        for name, parameters in asked.items():
            told = {**parameters, "any_tenant": tenants == "", "tenants": ["north"]}
            _assert_no_scan(clerk, name, queries[name], told)
        for name, parameters in plain.items():
            _assert_no_scan(clerk, name, queries[name], parameters)


def _assert_no_scan(conn: Connection, name: str, query: Any, parameters: dict[str, Any]) -> None:
    lists = [query._bindparams[each] for each, value in parameters.items() if type(value) is list]
    rows = conn.execute(text(f"EXPLAIN {query.text}").bindparams(*lists), parameters).all()
    plan = "\n".join(row[0] for row in rows)
    assert not re.search(r"Seq Scan on (case_file|review_task|evidence_package)", plan), (
        name,
        plan,
    )


def _waiting(number: int) -> Any:
    case = a_case(number, tenant=f"tenant_{number % 50}")
    task = a_task(case, tenant=case.tenant)
    return an_opening(case, tasks=(task,), evidence=(an_evidence_package(task),))


def _analyze(engine: Engine) -> None:
    with engine.begin() as conn:
        conn.execute(text("ANALYZE"))
