"""The audit log: whole after anything we do, and broken by anything anybody else does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, update

from interlock.domain.audit import chain_faults
from interlock.domain.case import Case, OpenException
from interlock.domain.event import StepRaised
from interlock.domain.ids import StepName
from interlock.domain.transition import Note
from interlock.storage import RecordedKind, Store
from interlock.storage.tables import audit_entry, case_file
from tests.storage.builders import (
    a_case,
    a_change,
    a_step,
    a_task,
    an_action,
    an_opening,
    at,
    opened,
    recorded,
    waiting,
)

_numbers = count()


def faults_of(store: Store) -> list[str]:
    """What is wrong with the log of any case, in words."""
    found = (
        chain_faults(chain.case_id, chain.entries, length=chain.length, head=chain.head)
        for chain in store.chains()
    )
    return [fault.what for faults in found for fault in faults]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(
        st.lists(st.tuples(st.integers(0, 2), st.integers(1, 4), st.booleans()), max_size=4),
        max_size=5,
    )
)
def test_every_chain_is_whole_after_any_sequence_of_changes(
    store: Store, batches: list[list[tuple[int, int, bool]]]
) -> None:
    """Batches, repetitions and late writers: no entry is lost, doubled or out of place."""
    cases = opened(store, *(a_case(f"{next(_numbers)}") for _ in range(3)))
    length = {case.id: 1 for case in cases}

    for batch in batches:
        current = store.load([case.id for case in cases])
        changes = [
            a_change(
                current[which].version - late,
                *(a_step(current[which], at=at(n + 0.1)) for n in range(steps)),
            )
            for which, steps, late in batch
        ]
        for change, answer in zip(changes, store.record(changes), strict=True):
            if answer.kind is RecordedKind.APPLIED:
                length[answer.case_id] += len(change.transitions)

    assert faults_of(store) == []
    assert {case.id: len(store.entries(case.id)) for case in cases} == length
    heads = {case_id: size for case_id, size, _ in store.chain_heads(2)}
    assert heads.items() >= length.items()


def _change_entry(**values: Any) -> Callable[[Connection], Any]:
    return lambda conn: conn.execute(
        update(audit_entry).where(audit_entry.c.seq == 2).values(**values)
    )


def _swap(conn: Connection) -> None:
    for old, new in ((2, 9), (3, 2), (9, 3)):
        conn.execute(update(audit_entry).where(audit_entry.c.seq == old).values(seq=new))


def _delete(*places: int) -> Callable[[Connection], Any]:
    return lambda conn: conn.execute(delete(audit_entry).where(audit_entry.c.seq.in_(places)))


@pytest.mark.parametrize(
    ("tamper", "what"),
    [
        (_change_entry(actor="somebody else"), "its content was changed"),
        (_change_entry(body={"step": "pay"}), "its content was changed"),
        (_change_entry(payload='{"kind":"timer_fired"}'), "its private part was changed"),
        (_change_entry(salt="00" * 16), "its private part was changed"),
        (_change_entry(commitment="0" * 64), "its content was changed"),
        (_change_entry(hash="0" * 64), "its content was changed"),
        (_change_entry(previous="0" * 64), "it does not follow the entry before it"),
        (_delete(2), "is missing or out of order"),
        (_delete(4), "the case counts 4 entries and the log ends at 3"),
        (_delete(3, 4), "the case counts 4 entries and the log ends at 2"),
        (_delete(1, 2, 3, 4), "the case counts 4 entries and the log ends at 0"),
        (_swap, "it does not follow the entry before it"),
        (lambda conn: conn.execute(update(case_file).values(head="0" * 64)), "the last entry"),
        (lambda conn: conn.execute(update(case_file).values(entries=3)), "the case counts 3"),
    ],
)
def test_tampering_is_found(store: Store, tamper: Callable[[Connection], Any], what: str) -> None:
    """An edited, deleted, truncated, reordered or forged entry cannot pass."""
    _four_entries(store)
    assert faults_of(store) == []

    with store.engine.begin() as conn:
        tamper(conn)

    assert any(what in fault for fault in faults_of(store))


def test_an_erased_payload_leaves_the_chain_whole(store: Store) -> None:
    """Personal data can go; that something happened, when and by whom, stays proven."""
    case = _four_entries(store)

    with store.engine.begin() as conn:
        conn.execute(update(audit_entry).values(payload=None, salt=None))

    assert faults_of(store) == []
    assert store.events(case.id) == []


def test_a_deleted_case_leaves_an_orphaned_log(store: Store) -> None:
    """A row that vanished is missed, because its entries are still there."""
    case = _four_entries(store)

    with store.engine.begin() as conn:
        conn.execute(delete(case_file))

    assert store.orphaned_chains() == [case.id]


def test_the_whole_log_streams_in_order_whatever_the_page(store: Store) -> None:
    """Verifying must handle millions of entries."""
    for _ in range(3):
        _four_entries(store)

    places = [(entry.case_id, entry.seq) for entry in store.all_entries(batch=5)]

    assert len(places) == 12
    assert places == sorted(places)
    assert [chain.case_id for chain in store.chains(batch=1)] == [
        case_id for case_id, _, _ in store.chain_heads(batch=2)
    ]


def test_what_a_case_contains_is_never_in_the_public_part(store: Store) -> None:
    """The log may be read by an auditor who may not read the invoices."""
    secret = "s3cr3t"
    case = a_case(1, title=secret, data={"iban": secret}, outputs={"read": secret})
    problem = OpenException(
        type="missing_data", detail=secret, step=StepName("read"), evidence={"x": secret}
    )
    task = a_task(case, question=secret)
    action = an_action(case, arguments={"to": secret}, error=secret, receipt=secret)
    raised = StepRaised(step=StepName("read"), attempt=1, exception=problem)
    (case,) = opened(store, case)

    recorded(
        store, waiting(case, exception=problem), event=raised, tasks=(task,), actions=(action,)
    )

    entry = store.entries(case.id)[-1]
    assert secret not in str(entry.body)
    assert secret in entry.payload
    assert entry.body["event"]["exception_type"] == "missing_data"
    assert entry.body["case"]["version"] == 2
    assert entry.body["tasks"][0]["id"] == task.id
    assert entry.body["actions"][0]["digest"] == action.digest


def test_an_entry_reads_back_exactly_as_it_was_sealed(store: Store) -> None:
    """Fractions, accents and emptiness must survive both databases, or the hash would not."""
    detail = {"line": 0.93, "tiny": 1e-9, "none": None, "text": "é\u2028", "list": [1, [True]]}
    step = a_step(a_case(), notes=(Note(what="policy", rule="r", detail=detail),), at=at(0.33333))

    store.open_cases([(step,)])

    (entry,) = store.entries(step.case.id)
    assert entry.body["notes"][0]["detail"] == detail
    assert faults_of(store) == []


def test_salts_are_drawn_for_every_entry(store: Store) -> None:
    """Two equal payloads must not be seen to be equal."""
    store.open_cases([an_opening(a_case(1)), an_opening(a_case(2))])

    salts = [entry.salt for entry in store.all_entries()]

    assert len(set(salts)) == 2
    assert all(len(salt or "") == 32 for salt in salts)


def _four_entries(store: Store) -> Case:
    (case,) = opened(store, a_case(f"{next(_numbers)}"))
    store.record([a_change(1, *(a_step(case, at=at(minute)) for minute in (1, 2, 3)))])
    return replace(case, version=2)
