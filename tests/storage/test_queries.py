"""The SQL files: named, explained, the same for both databases, and served by an index."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import TextClause, text

from interlock import storage
from interlock.storage import Store
from interlock.storage.queries import FOLDERS, load_queries, statements
from interlock.storage.tables import audit_entry, fact
from tests.storage.builders import NOW, a_case, a_task, an_action, an_opening, at, waiting

ROOT = files("interlock.storage") / "sql"
WRITTEN = "\n".join(path.read_text() for path in Path(storage.__file__).parent.glob("*.py"))

TASKS: Mapping[str, Any] = {
    "workflow": None,
    "kind": None,
    "exception_type": None,
    "severity": None,
    "assigned_to": None,
    "any_due": True,
    "due_before": at(3),
    "any_tenant": True,
    "tenants": [],
    "pattern": None,
    "after_due": at(0),
    "after_urgency": -1,
    "after_id": "",
    "limit": 20,
}
ANYBODYS: Mapping[str, Any] = {"any_tenant": True, "tenants": []}

HOT: Mapping[str, Mapping[str, Any]] = {
    "claim_ready": {"worker": "w1", "limit": 20, "fingerprints": '["f"]', "dead_after": 1.5},
    "ready_unclaimed": {"fingerprints": '["f"]', "limit": 20, "dead_after": 1.5},
    "claim": {"worker": "w1", "ids": '["case_1"]', "dead_after": 1.5},
    "due_cases": {"fingerprints": ["f"], "now": at(3), "limit": 20},
    "due_tasks": {"fingerprints": ["f"], "now": at(3), "limit": 20},
    "live_tasks": {"queue": "queue_1", "states": ["open", "claimed"], **TASKS},
    "live_tasks_anywhere": {"states": ["open"], **TASKS},
    "held_tasks": {"held_by": "anna", "any_queue": True, "queues": [], **TASKS},
    "assigned_tasks": {"kept_for": "anna", "any_queue": True, "queues": [], **TASKS},
    "lock_cases": {"ids": '["case_1", "case_2"]'},
    "case_bodies": {"ids": '["case_1", "case_2"]'},
    "task_versions": {"ids": '["task_1"]'},
    "holders_of_keys": {
        "keys": '[{"workflow": "accounts_payable", "tenant": "t", "key": "supplier/1"}]'
    },
    "release_all": {"worker": "w1"},
    "entries": {"case_id": "case_1"},
    "actions_of_case": {"case_id": "case_1", "any_state": True, "states": []},
    "find_case_by_key": {"text": "supplier/1", "limit": 5, **ANYBODYS},
    "find_case_by_id": {"text": "case_1", "text_end": "case_2", "limit": 5, **ANYBODYS},
    "find_task": {"text": "task_1", "text_end": "task_2", "limit": 5, **ANYBODYS},
}


@pytest.mark.parametrize("folder", ["", *FOLDERS.values()])
def test_every_statement_has_a_name_and_a_sentence(folder: str) -> None:
    """Who reads a log or a plan must know what the statement is for."""
    for name, sentence, sql in statements(ROOT / folder if folder else ROOT):
        assert re.match(r"[A-Z].*[.;]", sentence), name
        assert sql, name


def test_both_databases_have_the_same_statements() -> None:
    """Each twice or once for both; never one that the other lacks."""
    names = [[name for name, _, _ in statements(ROOT / folder)] for folder in FOLDERS.values()]
    shared = [name for name, _, _ in statements(ROOT)]

    assert sorted(names[0]) == sorted(names[1])
    assert set(names[0]).isdisjoint(shared)
    assert len(set(names[0] + shared)) == len(names[0] + shared)


def test_every_statement_is_used() -> None:
    """SQL that nobody runs is SQL that nobody tests."""
    unused = [name for name in load_queries("sqlite") if f'"{name}"' not in WRITTEN]

    assert unused == []


@pytest.mark.parametrize(
    ("name", "table"), [("append_entries", audit_entry), ("append_facts", fact)]
)
def test_copied_columns_are_in_the_order_of_the_rows(name: str, table: Any) -> None:
    """COPY goes by place, so the rows' order and the statement's must be one."""
    for dialect in FOLDERS:
        inside = re.search(r"\(([^)]*)\)", load_queries(dialect)[name].text)
        assert inside is not None
        columns = [column.strip() for column in inside.group(1).split(",")]
        assert columns == [c.name for c in table.columns if c.name in columns]


@pytest.fixture
def full(store: Store) -> Store:
    """A store with enough rows that reading them all would be a choice, not a formality."""
    for begin in range(0, 2000, 500):
        store.open_cases([_opening(number) for number in range(begin, begin + 500)])
    with store.engine.begin() as conn:
        conn.execute(text("ANALYZE"))
    return store


def test_hot_statements_read_an_index_never_a_table(full: Store) -> None:
    """A case must cost the same among ten thousand as among ten million."""
    queries = load_queries(full.dialect)

    plans = {name: _plan(full, queries[name], parameters) for name, parameters in HOT.items()}

    for name, plan in plans.items():
        scanned = re.findall(r"(?:Seq Scan on|SCAN) (\w+)(?! USING)", plan)
        assert not {"case_file", "review_task", "audit_entry", "action"} & set(scanned), (
            name,
            plan,
        )


def _opening(number: int) -> Any:
    ready = number % 50 == 0
    case = a_case(number) if ready else waiting(a_case(number), wake_at=at(number))
    task = a_task(case, queue=f"queue_{number % 40}", due_at=at(number))
    action = an_action(case)
    return an_opening(case, tasks=() if ready else (task,), actions=(action,))


def _plan(store: Store, query: TextClause, parameters: Mapping[str, Any]) -> str:
    word = "EXPLAIN QUERY PLAN" if store.dialect == "sqlite" else "EXPLAIN"
    bound = {
        name: value.isoformat(timespec="microseconds")
        if store.dialect == "sqlite" and hasattr(value, "isoformat")
        else value
        for name, value in parameters.items()
    }
    lists = [query._bindparams[name] for name, value in bound.items() if isinstance(value, list)]
    with store.engine.begin() as conn:
        rows = conn.execute(text(f"{word} {query.text}").bindparams(*lists), bound).all()
    return "\n".join(str(row[-1]) for row in rows)


def test_the_examples_above_are_json() -> None:
    """A typing mistake in one of them would explain nothing."""
    assert json.loads(HOT["holders_of_keys"]["keys"])[0]["workflow"] == "accounts_payable"
    assert at(0) == NOW
