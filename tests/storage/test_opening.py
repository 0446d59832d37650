"""Intake: the same business key twice is the same case, whoever asks, however often."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import Connection

from interlock.domain.fact import FactKind
from interlock.domain.ids import CaseId, WorkflowId
from interlock.storage import DocumentUnknown, NewDocument, Store
from tests.storage.builders import (
    NOW,
    a_case,
    a_reservation,
    a_step,
    a_task,
    an_action,
    an_evidence_package,
    an_opening,
    at,
    ids,
    opened,
    recorded,
    waiting,
)


def test_a_new_case_is_stored_with_everything_its_opening_brought(store: Store) -> None:
    """An invoice that does not fit must at once be a task with evidence, not only a row."""
    case = waiting(a_case())
    task = a_task(case)
    package = an_evidence_package(task, total="12.50")

    (answer,) = store.open_cases([an_opening(case, tasks=(task,), evidence=(package,))])

    assert answer.is_new and answer.case_id == case.id
    assert store.load([case.id]) == [replace(case, version=1)]
    assert store.task(task.id) == replace(task, version=1)
    assert store.evidence(task.id) == package
    assert [entry.kind for entry in store.entries(case.id)] == ["case_opened"]
    assert [fact.kind for fact in store.facts()] == [FactKind.CASE_OPENED]


def test_a_key_that_exists_opens_nothing(store: Store) -> None:
    """A mail delivered twice must not be paid twice."""
    opened(store, a_case(1))
    again = a_case("another_id", key="supplier/1", source=None)

    (answer,) = store.open_cases([an_opening(again)])

    assert (answer.is_new, answer.case_id) == (False, "case_1")
    assert answer.existing_document == "d" * 64
    assert store.load([again.id]) == []
    assert len(list(store.all_entries())) == 1
    assert len(list(store.facts())) == 1


def test_the_same_key_twice_in_one_batch_opens_once(store: Store) -> None:
    """A folder may hold one invoice in two files."""
    first, twin = a_case(1), a_case("twin", key="supplier/1")

    answers = store.open_cases([an_opening(first), an_opening(twin), an_opening(a_case(2))])

    assert [answer.is_new for answer in answers] == [True, False, True]
    assert [answer.case_id for answer in answers] == ["case_1", "case_1", "case_2"]


def test_the_same_key_in_two_workflows_is_two_cases(store: Store) -> None:
    """A key means something only inside its workflow."""
    elsewhere = a_case("b", key="supplier/1", workflow=WorkflowId("service_desk"))

    answers = store.open_cases([an_opening(a_case(1)), an_opening(elsewhere)])

    assert [answer.is_new for answer in answers] == [True, True]


def test_a_delivery_under_the_first_key_is_found_after_the_key_was_edited(store: Store) -> None:
    """Ids come from the first key, so the id says that it is the same case."""
    (case,) = opened(store, a_case(1))
    edited = replace(case, key="supplier/1-corrected")
    recorded(store, edited)

    (answer,) = store.open_cases([an_opening(a_case(1))])

    assert (answer.is_new, answer.case_id) == (False, "case_1")


def test_many_threads_open_each_key_once(store: Store, other_store: Store) -> None:
    """Two workers may read the same folder at the same moment."""
    batches = [
        [an_opening(a_case(f"{thread}_{key}", key=f"key/{key}")) for key in _turned(12, thread)]
        for thread in range(6)
    ]
    stores = [store, other_store] * 3

    with ThreadPoolExecutor(6) as threads:
        results = list(
            threads.map(lambda pair: pair[0].open_cases(pair[1]), zip(stores, batches, strict=True))
        )

    answers = [answer for result in results for answer in result]
    assert sum(answer.is_new for answer in answers) == 12
    assert len({answer.case_id for answer in answers}) == 12
    assert len(list(store.chain_heads())) == len(list(store.all_entries())) == 12


def test_also_runs_in_the_same_transaction(store: Store) -> None:
    """When the work cannot be enqueued, the case must not exist, or it would be lost."""

    def fail(_: Connection) -> None:
        raise RuntimeError("no engine")

    with pytest.raises(RuntimeError, match="no engine"):
        store.open_cases([an_opening(a_case(1))], also=fail)

    assert store.load([CaseId("case_1")]) == []
    assert list(store.all_entries()) == []


def test_also_is_not_called_when_nothing_is_new(store: Store) -> None:
    """A repeated delivery starts no work."""
    opened(store, a_case(1))
    calls: list[Connection] = []

    store.open_cases([an_opening(a_case(1))], also=calls.append)
    store.open_cases([an_opening(a_case(2))], also=calls.append)

    assert len(calls) == 1


def test_an_opening_cannot_take_a_budget(store: Store) -> None:
    """Nothing is spent before a case exists."""
    case = a_case()
    step = a_step(case, reservations=(a_reservation(an_action(case), 1, 10),))

    with pytest.raises(ValueError, match="without a budget"):
        store.open_cases([(step,)])


def test_text_that_a_database_cannot_hold_is_opened_all_the_same(store: Store) -> None:
    """Input is never dropped: a NUL in an invoice's number is the invoice's fault, not a crash."""
    case = a_case(1, key="a\x00b", title="c\x00", data={"text": "d\x00é\u2028😀\\u0000"})

    (answer,) = store.open_cases([an_opening(case)])
    (repeated,) = store.open_cases([an_opening(case)])

    assert (answer.is_new, repeated.is_new) == (True, False)
    assert store.load([case.id]) == [replace(case, version=1)]
    assert ids(store.load([store.find_case("a\ufffdb")])) == [case.id]


def test_bytes_are_kept_once_under_their_digest(store: Store) -> None:
    """The raw input is evidence: it can be read back exactly."""
    store.put_document("d1", "a.xml", "folder", b"\x00\xff<xml/>", NOW)
    store.put_documents(
        [
            NewDocument(digest="d1", name="renamed.xml", channel="mail", content=b"\x00\xff<xml/>"),
            NewDocument(digest="d2", name="b.xml", channel="mail", content=b""),
        ],
        at(1),
    )

    kept = store.document("d1")

    assert (kept.name, kept.channel, kept.content, kept.kept_at) == (
        "a.xml", "folder", b"\x00\xff<xml/>", NOW,
    )  # fmt: skip
    assert store.document("d2").content == b""
    with pytest.raises(DocumentUnknown, match="no document is called 'd3'"):
        store.document("d3")


def test_a_contract_is_kept_under_its_fingerprint(store: Store) -> None:
    """A waiting case finishes on the contract it began with, wherever its folder is now."""
    store.save_contract("ap", "f1", "Invoices", "{}", "/a", NOW)
    store.save_contract("ap", "f2", "Invoices", '{"v":2}', "/a", at(5))
    store.save_contract("ap", "f1", "Other", "{}", "/moved", at(9))

    rows = store.contracts()

    assert [(row.fingerprint, row.title, row.source_path, row.saved_at) for row in rows] == [
        ("f2", "Invoices", "/a", at(5)),
        ("f1", "Invoices", "/moved", NOW),
    ]


def _turned(count: int, by: int) -> list[int]:
    """0..count-1, beginning elsewhere, so that threads meet in different orders."""
    return [(number + by * 5) % count for number in range(count)]
