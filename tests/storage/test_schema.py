"""The tables: made by migrations, equal to what the code says, and keeping the rules themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from enum import StrEnum

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import IntegrityError

from interlock.domain.action import ActionState
from interlock.domain.ahead import AheadKind
from interlock.domain.alarm import AlarmDecision, AlarmState
from interlock.domain.case import Arm, CaseState, ClosingOutcome, Handling, Phase, WaitsFor
from interlock.domain.contract import Severity, Stage
from interlock.domain.fact import FactKind
from interlock.domain.gate import GateDecision
from interlock.domain.notice import Channel, NewNotice, NoticeKind, NoticeState
from interlock.domain.pause import ScopeKind
from interlock.domain.release import ReleaseMove, ReleaseState
from interlock.domain.review import ReviewKind, ReviewState, Verb
from interlock.domain.rules.error_budget import Pace
from interlock.domain.watching import Measure, ReadingState
from interlock.storage import (
    DatabaseUnreachable,
    DatabaseUnsupported,
    SchemaOutdated,
    Store,
    open_store,
)
from interlock.storage.schema import REVISION_TABLE
from interlock.storage.tables import metadata
from interlock.storage.tables.web import KeptState
from tests.storage.builders import a_case, opened

ENUMS: dict[str, type[StrEnum]] = {
    "case_file.arm": Arm,
    "case_file.stage": Stage,
    "case_file.state": CaseState,
    "case_file.waits_for": WaitsFor,
    "case_file.phase": Phase,
    "case_file.outcome": ClosingOutcome,
    "case_file.handling": Handling,
    "fact.kind": FactKind,
    "action.state": ActionState,
    "review_task.kind": ReviewKind,
    "review_task.severity": Severity,
    "protected_case.severity": Severity,
    "review_task.state": ReviewState,
    "decision.verb": Verb,
    "pause.kind": ScopeKind,
    "notice.kind": NoticeKind,
    "notice.channel": Channel,
    "notice.state": NoticeState,
    "release_file.state": ReleaseState,
    "release_event.move": ReleaseMove,
    "gate_verdict.decision": GateDecision,
    "burn_alert.pace": Pace,
    "look_ahead.kind": AheadKind,
    "kept_answer.state": KeptState,
    "past_decision.kind": ReviewKind,
    "past_decision.verb": Verb,
    "watch_reading.measure": Measure,
    "watch_reading.state": ReadingState,
    "alarm_review.measure": Measure,
    "alarm_review.state": AlarmState,
    "alarm_review.decision": AlarmDecision,
}


@pytest.fixture
def bare(database_url: str) -> Iterator[Store]:
    """A store whose database has no tables."""
    with open_store(database_url) as store:
        yield store


def test_an_upgrade_keeps_what_waits_in_the_outbox(bare: Store) -> None:
    """The table is made anew where a database cannot change a rule; no notice may be lost by it."""
    moment = datetime(2026, 3, 2, 9, tzinfo=UTC)
    config = Config()
    config.set_main_option("script_location", "interlock.storage:migrations")
    with bare.engine.begin() as conn:
        if bare.dialect == "postgresql":
            conn.execute(text("CREATE SCHEMA IF NOT EXISTS interlock"))
        config.attributes["connection"] = conn
        command.upgrade(config, "0014")
    waiting = NewNotice(
        subject="fact:1", kind=NoticeKind.BREACHED, recipient="person:anna", channel=Channel.MAIL
    )
    bare.add_notices([waiting], moment)
    before = bare.notices()

    bare.upgrade()

    assert bare.notices() == before != []
    assert bare.add_notices([waiting], moment) == 0


def test_migrations_make_exactly_the_tables_of_the_code(store: Store) -> None:
    """Else a fresh test database and an upgraded real one would differ."""
    with store.engine.connect() as conn:
        context = MigrationContext.configure(
            conn, opts={"version_table": REVISION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, metadata) == []


def test_migrations_make_exactly_the_checks_of_the_code(store: Store) -> None:
    """Alembic compares no CHECKs, so we do."""
    found = {
        f"{table}.{check['name']}"
        for table in metadata.tables
        for check in inspect(store.engine).get_check_constraints(table)
    }

    assert found == {
        f"{table.name}.{check.name}"
        for table in metadata.tables.values()
        for check in table.constraints
        if check.__visit_name__.endswith("check_constraint")
    }


def test_every_state_column_allows_exactly_its_enum(store: Store) -> None:
    """The database keeps the rule too, against whatever else writes to it."""
    allowed = {
        f"{table}.{check['name'].removeprefix(f'ck_{table}_')}": set(
            re.findall(r"'(\w+)'", check["sqltext"])
        )
        for table in metadata.tables
        for check in inspect(store.engine).get_check_constraints(table)
        if check["name"]
    }

    for column, kind in ENUMS.items():
        assert allowed[column] == {str(member) for member in kind}, column


def test_every_column_with_an_enum_is_listed_above() -> None:
    """A new state column must be held to its enum as well."""
    held = {
        f"{table.name}.{check.name!s}"
        for table in metadata.tables.values()
        for check in table.constraints
        if " IN (" in str(getattr(check, "sqltext", "")) and "attend" not in str(check.name)
    }

    assert {name.replace("ck_", "").split(".")[0] for name in held} <= set(metadata.tables)
    assert len(held) == len(ENUMS)


def test_the_database_refuses_a_state_that_is_not_one(store: Store) -> None:
    """No other program can invent a state."""
    opened(store, a_case())

    with pytest.raises(IntegrityError), store.engine.begin() as conn:
        conn.execute(text("UPDATE case_file SET state = 'paused'"))
    with pytest.raises(IntegrityError), store.engine.begin() as conn:
        conn.execute(text("UPDATE case_file SET state = 'closed', claimed_by = 'w1'"))


def test_a_database_without_tables_says_what_to_do(bare: Store) -> None:
    """`interlock db check` shows this sentence."""
    assert bare.schema_state().current is None
    with pytest.raises(SchemaOutdated, match=r"has no tables yet.*run: interlock db upgrade"):
        bare.require_current_schema()


def test_upgrading_is_done_once_however_many_ask(bare: Store, database_url: str) -> None:
    """Every worker upgrades when it starts."""

    def upgrade(_: int) -> bool:
        with open_store(database_url) as store:
            store.upgrade()
            return store.schema_state().is_current

    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(upgrade, range(4)))
    bare.require_current_schema()


def test_tables_of_another_version_are_refused(store: Store) -> None:
    """Newer tables under older code would be written wrongly."""
    with store.engine.begin() as conn:
        conn.execute(text(f"UPDATE {REVISION_TABLE} SET version_num = '9999'"))

    with pytest.raises(SchemaOutdated, match="is at revision 9999"):
        store.require_current_schema()


@pytest.mark.postgres
def test_our_tables_keep_to_their_own_schema(postgres_url: str) -> None:
    """The durable engine's tables live beside ours in the same database."""
    with open_store(postgres_url) as store:
        store.upgrade()

    inspector = inspect(create_engine(postgres_url))
    assert inspector.get_table_names(schema="public") == []
    assert set(inspector.get_table_names(schema="interlock")) == {
        *metadata.tables,
        REVISION_TABLE,
    }


@pytest.mark.postgres
def test_an_address_without_a_driver_gets_ours(postgres_url: str) -> None:
    """People write postgresql://, as every other program wants it."""
    with open_store(postgres_url.replace("+psycopg", "")) as store:
        store.upgrade()
        assert store.dialect == "postgresql"


def test_memory_serves_threads_one_after_the_other() -> None:
    """`interlock try` needs no file."""
    with open_store("sqlite://") as store, ThreadPoolExecutor(4) as threads:
        store.upgrade()
        list(threads.map(lambda number: opened(store, a_case(number)), range(12)))

        assert len(list(store.chain_heads())) == 12


@pytest.mark.parametrize(
    "url",
    ["sqlite:////no/such/folder/x.db", "postgresql+psycopg://me:s3cr3t@127.0.0.1:1/nothing"],
)
def test_a_database_that_is_not_there_says_so_without_the_password(url: str) -> None:
    """The message ends up in logs."""
    with open_store(url) as store, pytest.raises(DatabaseUnreachable) as raised:
        store.schema_state()

    assert "cannot be reached" in str(raised.value)
    assert "s3cr3t" not in str(raised.value)


@pytest.mark.parametrize("url", ["", "interlock.db", "mysql://root@localhost/x"])
def test_an_address_we_do_not_know_says_which_we_do(url: str) -> None:
    """The two kinds are named with their form."""
    with pytest.raises(DatabaseUnsupported, match="sqlite:///FILE or postgresql"):
        open_store(url)


def test_sqlite_survives_a_power_cut_and_serves_readers_while_it_writes(sqlite_url: str) -> None:
    """The settings that make it so are on every connection."""
    with open_store(sqlite_url) as store:
        store.upgrade()
        with store.engine.connect() as conn:
            settings = {
                name: conn.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            }

    full = 2
    assert settings == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "busy_timeout": 30_000,
    }
