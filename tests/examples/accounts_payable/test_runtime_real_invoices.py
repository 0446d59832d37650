"""Real e-invoices that others wrote, through the whole of the example, on both databases.

None crashes and none vanishes: each is a case that closed or waits with a reason that fits.
Skipped where the documents are not beside the project; they are not ours to ship.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from interlock.domain.case import Case, CaseState
from interlock.runtime.commands import Delivered, Delivery
from tests.examples.accounts_payable.runtime_documents import (
    ARE_HERE,
    NO_DATA,
    answer_sheet,
    broken_rules,
    differing,
    invalid_rows,
    real_document,
    real_documents,
    valid_rows,
)
from tests.examples.accounts_payable.runtime_office import BackOffice, stops_at

FATTURA: Final = "FatturaElettronica"

pytestmark = pytest.mark.skipif(not ARE_HERE, reason=NO_DATA)


@dataclass(frozen=True)
class Inbox:
    """What became of all files: the office, the deliveries, and the case of each file."""

    office: BackOffice
    delivered: list[Delivered]
    cases: dict[str, Case]


@pytest.fixture(
    scope="module",
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)],
)
def inbox(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Inbox]:
    """All files handed to a department whose ERP knows nobody."""
    folder = tmp_path_factory.mktemp("strangers")
    if request.param == "sqlite":
        url = f"sqlite:///{folder / 'interlock.sqlite'}"
    else:
        url = request.getfixturevalue("module_postgres_url")
    office = BackOffice.opened(url, folder)
    delivered = office.receive(real_documents())
    found = {case.id: case for case in office.cases()}
    yield Inbox(office, delivered, {each.document: found[each.case_id] for each in delivered})
    office.close()


def test_every_file_is_a_case_that_closed_or_waits(inbox: Inbox) -> None:
    """In = closed + waiting + known again; nothing is lost, made up or left lying."""
    files = [document.name for document in real_documents()]
    became = Counter(each.delivery for each in inbox.delivered)
    states = Counter(case.state for case in inbox.office.cases())

    assert [each.document for each in inbox.delivered] == files
    assert became[Delivery.KNOWN] + sum(states.values()) == len(files)
    assert states[CaseState.READY] == 0
    assert states[CaseState.CLOSED] + states[CaseState.WAITING] == sum(states.values())
    assert inbox.office.broken_chains() == []


def test_no_file_fails_for_a_technical_reason(inbox: Inbox) -> None:
    """A reader or rule that crashes on a real document would hide behind a waiting case."""
    crashes = {
        name: case.exception.detail
        for name, case in inbox.cases.items()
        if case.exception and case.exception.type in ("workflow_failure", "unexpected_output")
    }
    unread = [
        name
        for name, case in inbox.cases.items()
        if case.exception and "could not be read" in case.exception.detail
    ]

    assert crashes == {}
    assert unread == []


def test_the_fields_of_each_case_equal_the_answer_sheet(inbox: Inbox) -> None:
    """What was read wrongly would be paid wrongly."""
    rows = valid_rows()
    wrong = {row["file"]: differing(row, inbox.cases[row["file"]].data) for row in rows}

    assert rows
    assert {file: found for file, found in wrong.items() if found} == {}


def test_a_valid_invoice_of_nobody_we_know_waits_as_that(inbox: Inbox) -> None:
    """Or as another document under a number that came in before: never as anything else."""
    reasons = Counter[str]()
    for row in valid_rows():
        case = inbox.cases[row["file"]]
        assert case.exception is not None, row["file"]
        assert case.exception.type in ("unknown_supplier", "conflicting_instructions"), row
        reasons[case.exception.type] += 1

    assert set(reasons) == {"unknown_supplier", "conflicting_instructions"}


def test_another_document_under_a_known_number_names_the_case_that_has_it(inbox: Inbox) -> None:
    """The same number in another file may be a correction or a fraud; somebody must compare."""
    ids = {case.id for case in inbox.office.cases()}
    clashes = [
        case
        for case in inbox.cases.values()
        if case.exception and case.exception.type == "conflicting_instructions"
    ]

    assert clashes
    for case in clashes:
        assert case.exception is not None
        first = case.exception.evidence["first_case"]
        assert first in ids and first != case.id
        assert first in case.exception.detail


def test_each_invalid_invoice_waits_and_names_every_broken_rule(inbox: Inbox) -> None:
    """Unless its number came in before: that question comes first."""
    invalid = invalid_rows()
    for row in invalid:
        case = inbox.cases[row["file"]]
        assert case.state is CaseState.WAITING
        assert case.exception is not None
        if case.exception.type != "conflicting_instructions":
            assert case.exception.type == "invalid_invoice", row["file"]
            assert broken_rules(row) <= _named(case), row["file"]

    assert invalid


def test_a_fattura_waits_as_a_format_we_do_not_know(inbox: Inbox) -> None:
    """A new format is named, so that somebody can ask for another or have it read."""
    rows = [row for row in answer_sheet() if row.get("kind") == FATTURA]
    for row in rows:
        case = inbox.cases[row["file"]]
        assert stops_at(case) == (CaseState.WAITING, "schema_change", "")
        assert case.exception is not None
        assert "FatturaPA" in case.exception.detail

    assert rows


def test_what_is_no_invoice_at_all_waits_too(inbox: Inbox) -> None:
    """A licence text among the invoices is a question, not a crash and not a bill."""
    strays = [n for n in inbox.cases if Path(n).suffix not in (".xml", ".XML", ".pdf")]

    assert strays
    for name in strays:
        assert stops_at(inbox.cases[name])[:2] == (CaseState.WAITING, "schema_change"), name


def test_each_invalid_invoice_is_found_by_itself(tmp_path: Path) -> None:
    """In an empty store no earlier document under the same number can hide what is wrong."""
    for place, row in enumerate(invalid_rows()):
        office = BackOffice.opened("sqlite://", tmp_path / str(place))
        case = office.handle(real_document(row["file"]))
        task = office.task(case)

        assert stops_at(case) == (CaseState.WAITING, "invalid_invoice", "check_invoice"), row
        assert broken_rules(row) <= _named(case), row["file"]
        assert (task.queue, task.missing) == ("ap_clerks", ())
        office.close()


def _named(case: Case) -> set[str]:
    """The words of an exception's detail, without the marks around them."""
    assert case.exception is not None
    return {word.strip("[](){},;:.") for word in case.exception.detail.split()}
