"""Every table beside the log is held against it: what somebody changes by hand is found and named.

A record that only proves itself proves little, when everybody reads the tables beside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from interlock.domain.ids import CaseId
from interlock.domain.quality import Quality
from interlock.domain.review import Verb
from interlock.runtime.commands import ask_question, cancel_case, claim_task, comment_case
from tests.runtime.office import Office
from tests.runtime.watched import watch

CLEAR = {"reason_code": "clear"}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def office(request: pytest.FixtureRequest) -> Iterator[Office]:
    """An office after a day of everything: paid, refused, edited, asked, cancelled, looked at."""
    fixture = "sqlite_url" if request.param == "sqlite" else "module_postgres_url"
    opened = watch(
        Office.opened(request.getfixturevalue(fixture)), Quality(sample=0.5, second_look=0.5)
    )
    for number in range(4):
        opened.handle(f"R-{number}", 100 + number)
    for number, verb in ((5, Verb.APPROVE), (6, Verb.REJECT), (7, Verb.APPROVE)):
        opened.unsure(f"R-{number}", 100)
        opened.decide(f"R-{number}", "anna", verb, note="as the order says", **CLEAR)
    opened.unsure("R-8", 100)
    opened.decide("R-8", "ben", Verb.EDIT, changes={"accept": False}, **CLEAR)
    claim_task(opened.context, opened.unsure("R-9", 120), "anna")
    ask_question(opened.context, opened.unsure("R-10", 130), "ben", "Which order?")
    opened.unsure("R-11")
    cancel_case(opened.context, "R-11", "lead")
    comment_case(opened.context, "R-5", "anna", "done")
    opened.deliver({"number": "R-12", "amount": "none"})
    opened.run()
    opened.later(31)
    opened.later(600)
    yield opened
    opened.close()


def faults(office: Office) -> list[tuple[str, str]]:
    """(case key, what is wrong with its record), of the whole record."""
    found = [fault for _, part in office.store.whole_record() for fault in part]
    return [(_key_of(office, fault.case_id), fault.what) for fault in found]


def _key_of(office: Office, case: CaseId) -> str:
    entry = office.store.entries(case)[0]
    return str(json.loads(entry.payload)["case"]["key"])


def by_hand(office: Office, statement: str, **values: Any) -> None:
    """Somebody with the password of the database changes it."""
    with office.store.engine.begin() as conn:
        assert conn.execute(text(statement), values).rowcount


def with_body(office: Office, place: str, key: str, edit: tuple[str, str]) -> None:
    """The same inside the JSON of the row of a case that has this text in it."""
    (table, _, column), (old, new) = place.partition("."), edit
    case = office.case(key).id
    with office.store.engine.begin() as conn:
        rows = conn.execute(
            text(f"SELECT {column}, CAST(body AS text) AS body FROM {table} WHERE {_of(table)}"),
            {"case": case},
        ).all()
        row = next(each for each in rows if old in each.body)
        conn.execute(
            text(f"UPDATE {table} SET body = :body WHERE {column} = :key"),
            {"body": row.body.replace(old, new, 1), "key": row[0]},
        )


def _of(table: str) -> str:
    return "id = :case" if table == "case_file" else "case_id = :case"


def test_an_untouched_record_holds_whatever_happened(office: Office) -> None:
    """A false alarm is as bad as none: nobody would look at the next one."""
    assert faults(office) == []


COLUMNS = [
    ("UPDATE case_file SET outcome = 'rejected' WHERE id = :case", "R-5", "outcome rejected, the"),
    ("UPDATE case_file SET handling = 'autonomous' WHERE id = :case", "R-5", "handling autonom"),
    ("UPDATE review_task SET queue = 'lead' WHERE case_id = :case", "R-6", "queue lead, the log"),
    ("UPDATE review_task SET state = 'expired', held_by = NULL, attend_at = NULL "
     "WHERE case_id = :case", "R-6", "state expired, the log"),
    ("UPDATE decision SET decided_by = 'ben' WHERE case_id = :case", "R-5", "was changed after it"),
    ("UPDATE decision SET verb = 'reject' WHERE case_id = :case", "R-5", "was changed after it"),
    ("DELETE FROM decision WHERE case_id = :case", "R-6", "the decision about the task"),
    ("UPDATE evidence_package SET digest = 'x' WHERE case_id = :case", "R-5", "after it was"),
    ("DELETE FROM evidence_package WHERE case_id = :case", "R-6", "the evidence of the task"),
    ("UPDATE action SET state = 'failed' WHERE case_id = :case", "R-5", "state failed, the log"),
    ("UPDATE action SET digest = 'x' WHERE case_id = :case", "R-5", "digest x, the log digest"),
    ("DELETE FROM action WHERE case_id = :case", "R-5", "was deleted"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "key", "what"), COLUMNS)
def test_a_row_that_was_changed_by_hand_is_found_and_named(
    office: Office, statement: str, key: str, what: str
) -> None:
    """In that case and in no other."""
    by_hand(office, statement, case=office.case(key).id)

    found = faults(office)

    assert {each for each, _ in found} == {key}
    assert any(what in each for _, each in found), found


BODIES = [
    ("case_file.id", "R-5", '"outcome":"completed"', '"outcome":"rejected"', "outcome rejected"),
    ("case_file.id", "R-5", '"order":"O-1"', '"order":"O-2"', "no entry of the log gave it"),
    ("case_file.id", "R-5", '"micros":100', '"micros":900', "no entry of the log gave it"),
    ("review_task.id", "R-6", '"severity":"low"', '"severity":"high"', "severity high, the log"),
    ("decision.id", "R-6", "as the order says", "as I say", "was changed after it was made"),
    ("decision.id", "R-8", "false", "true", "was changed after it was made"),
    ("evidence_package.task_id", "R-6", "0.5", "0.9", "was changed after it was frozen"),
    ("action.id", "R-5", '"attempt":1', '"attempt":2', "attempt 2, the log attempt 1"),
]


@pytest.mark.parametrize(("place", "key", "old", "new", "what"), BODIES)
def test_what_is_inside_a_row_is_held_against_the_log_too(
    office: Office, place: str, key: str, old: str, new: str, what: str
) -> None:
    """The columns are for searching; what people are shown comes from here."""
    with_body(office, place, key, (old, new))

    found = faults(office)

    assert {each for each, _ in found} == {key}
    assert any(what in each for _, each in found), found


def test_a_document_that_was_changed_or_deleted_is_found(office: Office) -> None:
    """Whoever replaces the invoice has replaced the reason for the payment."""
    source = office.case("R-5").source
    assert source is not None
    by_hand(office, "UPDATE document SET content = :new WHERE digest = :digest",
            new=b"{}", digest=source.document)  # fmt: skip
    changed = faults(office)
    by_hand(office, "DELETE FROM document WHERE digest = :digest", digest=source.document)
    deleted = faults(office)

    assert changed == [("R-5", "the document it came from was changed after it was taken in")]
    assert deleted == [("R-5", "the document it came from was deleted")]


def test_rows_that_nobody_recorded_are_found(office: Office) -> None:
    """An approval slipped in is worse than one that is missing."""
    taken, given = office.case("R-9"), office.case("R-5")
    by_hand(
        office,
        "INSERT INTO decision (task_id, case_id, verb, decided_by, decided_at, body) "
        "SELECT :task, :case, 'approve', decided_by, decided_at, body "
        "FROM decision WHERE case_id = :given",
        task=taken.task or office.store.entries(taken.id)[-1].body["tasks"][0]["id"],
        case=taken.id,
        given=given.id,
    )

    [(key, what)] = faults(office)

    assert key == "R-9"
    assert what.endswith("is in no entry of the log")


def test_one_case_is_told_apart_from_its_neighbours(office: Office) -> None:
    """A reviewer asks about one case, and a fault elsewhere is not theirs."""
    by_hand(office, "DELETE FROM decision WHERE case_id = :case", case=office.case("R-6").id)

    touched, other = (office.store.chain(office.case(key).id) for key in ("R-6", "R-5"))

    assert touched is not None
    assert other is not None
    assert len(office.store.record_faults([touched])) == 1
    assert office.store.record_faults([other]) == []
