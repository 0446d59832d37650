"""The house log: one chain for what happens outside of cases, and nothing of it can be altered."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from interlock.domain.ids import PersonId
from interlock.domain.people import Account, Grant, Role
from interlock.storage import HouseNote, Store, open_store

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def store(ready_url: str) -> Store:
    opened = open_store(ready_url)
    return opened


def note(kind: str, **body: object) -> HouseNote:
    return HouseNote(at=NOW, actor="person:anna", kind=kind, body=body, private={"why": "because"})


def test_what_is_noted_is_read_back_newest_first(store: Store) -> None:
    """An auditor begins with what happened last."""
    store.note_in_house(note("pause_set", scope="everything"))
    store.note_in_house(note("pause_lifted", scope="everything"))

    entries = store.house_entries()

    assert [(e.seq, e.kind) for e in entries] == [(2, "pause_lifted"), (1, "pause_set")]
    assert entries[1].body == {"scope": "everything"}
    assert [e.kind for e in store.house_entries(before=2)] == ["pause_set"]
    assert store.house_length() == 2
    assert store.house_faults() == []


def test_many_writers_make_one_chain(store: Store) -> None:
    """Two processes that note something at once must not fork the log."""
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: store.note_in_house(note("noted", n=n)), range(20)))

    assert store.house_length() == 20
    assert store.house_faults() == []


@pytest.mark.parametrize(
    ("tampering", "said"),
    [
        ("UPDATE house_entry SET actor = 'person:bruno' WHERE seq = 2", "changed"),
        ("UPDATE house_entry SET payload = '{}' WHERE seq = 2", "private part was changed"),
        ("DELETE FROM house_entry WHERE seq = 2", "missing"),
        ("DELETE FROM house_entry WHERE seq = 3", "counts 3"),
    ],
)
def test_an_altered_log_is_found(store: Store, tampering: str, said: str) -> None:
    """Edited, erased in the middle, cut at the end: each is seen."""
    for place in range(3):
        store.note_in_house(note("noted", n=place))

    with store.engine.begin() as conn:
        conn.execute(text(tampering))

    assert any(said in fault.what for fault in store.house_faults())


def test_an_account_and_its_note_are_one_transaction(store: Store) -> None:
    """No account changes without an entry, and no entry tells of a change that was not made."""
    anna = Account(id=PersonId("anna"), name="Anna Weiss", grants=(Grant(role=Role.REVIEWER),))

    def fail(_: object) -> None:
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        store.save_account(anna, note("account_added", account="anna"), also=fail)
    assert (store.account("anna"), store.house_length()) == (None, 0)

    store.save_account(anna, note("account_added", account="anna"))
    assert (store.account("anna"), store.house_length()) == (anna, 1)
