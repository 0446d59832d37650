"""`interlock audit`: an untouched record verifies, a touched one is found out."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from interlock.storage import open_store
from interlock.storage.house_log import HouseNote
from tests.cli.conftest import DATABASE, MORNING, Command


def tamper(statement: str) -> None:
    """Somebody with access to the file changes it."""
    connection = sqlite3.connect("interlock.db")
    with connection:
        assert connection.execute(statement).rowcount
    connection.close()


def test_an_untouched_record_is_unchanged(taken_in: Path, cli: Command) -> None:
    """The number of entries is said, or an empty log would verify as well."""
    said = cli("audit", "verify")

    assert (said.code, said.out) == (
        0,
        "✓ 12 entries of 5 cases checked; the log is unchanged\n",
    )


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        (
            "UPDATE audit_entry SET actor = 'person:kim' WHERE seq = 2",
            "its content was changed after it was written",
        ),
        (
            "DELETE FROM audit_entry WHERE seq = 2",
            "entry 2 is missing or out of order; found 3",
        ),
        (
            "DELETE FROM audit_entry WHERE seq = 3",
            "the case counts 3 entries and the log ends at 2",
        ),
    ],
)
def test_a_changed_record_is_found_out(
    statement: str, what: str, taken_in: Path, cli: Command
) -> None:
    """Edited, deleted, cut off: each is named with its case and entry."""
    tamper(statement)

    said = cli("audit", "verify")
    document = cli("audit", "verify", "--json")

    assert (said.code, document.code) == (1, 1)
    assert what in said.out
    assert document.json["ok"] is False
    assert {*document.json["faults"][0]} == {"case_id", "seq", "what"}


def test_one_case_may_be_verified_alone(taken_in: Path, cli: Command) -> None:
    """A reviewer asks about one case."""
    said = cli("audit", "verify", "--case", "EX-1001", "--json").json

    assert (said["ok"], said["cases"], said["entries"]) == (True, 1, 3)


def test_show_tells_every_entry_and_rule(taken_in: Path, cli: Command) -> None:
    """The whole log in words, and the seal it ends with."""
    said = cli("audit", "show", "EX-1001")
    document = cli("audit", "show", "EX-1001", "--json").json

    assert "next is check_claim: fixed rules" in said.out
    assert "3 entries on record, the last sealed" in said.out
    assert [each["seq"] for each in document["entries"]] == [1, 2, 3]
    assert document["head"] == document["entries"][-1]["hash"]


@pytest.mark.parametrize("change", ["at = 'never'", "body = '{'"])
def test_an_entry_that_is_none_any_more_is_a_fault_like_others(
    change: str, taken_in: Path, cli: Command
) -> None:
    """One spoilt row must not keep an auditor from seeing the others."""
    tamper(f"UPDATE audit_entry SET {change} WHERE seq = 2")
    tamper("UPDATE audit_entry SET actor = 'person:kim' WHERE seq = 1")

    said = cli("audit", "verify")

    assert said.code == 1
    assert "entry 2: it cannot be read as an entry" in " ".join(said.out.split())
    assert "entry 1: its content was changed after it was written" in " ".join(said.out.split())
    assert said.err == ""


def test_the_house_log_is_verified_too(taken_in: Path, cli: Command) -> None:
    """Promotions and pauses are on record there; an edited one must not pass."""
    with open_store(DATABASE) as store:
        store.note_in_house(HouseNote(at=MORNING, actor="person:anna", kind="pause_set"))
    assert cli("audit", "verify").code == 0

    tamper("UPDATE house_entry SET actor = 'person:somebody' WHERE seq = 1")

    said = cli("audit", "verify")

    assert said.code == 1
    assert "house log, entry 1" in said.out
