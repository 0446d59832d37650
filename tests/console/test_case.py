"""One case: everything that happened to it, its proof, and what people may do with it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from interlock.domain.case import CaseState
from interlock.domain.people import Right
from tests.console.operations import opened_town, read, send, words_of
from tests.web.town import IBAN, SOUTH, Town


@pytest.fixture
def town(sqlite_url: str) -> Iterator[Town]:
    """A town whose people have accounts."""
    with opened_town(sqlite_url) as opened:
        yield opened


def test_a_case_is_told_from_its_first_entry_to_its_last(town: Town) -> None:
    """Facts, timeline, evidence and a proof computed for this page."""
    case = town.claim("C-1")

    said = words_of(read(town, "lead", f"/cases/{case}"))

    assert "Claim C-1" in said
    assert "Arrived: C-1.json by api" in said or "Arrived: C-1.json" in said
    assert "This record is complete and unchanged" in said
    assert "Evidence, as it was shown" in said
    assert "Nobody has decided anything" in said


def test_a_changed_record_is_shown_as_changed(town: Town) -> None:
    """Plainly, at the top, with the place; a page that hides it would be part of the fraud."""
    case = town.claim("C-1")
    with town.office.store.engine.begin() as connection:
        connection.execute(text("UPDATE audit_entry SET actor = 'nobody' WHERE seq = 1"))

    said = words_of(read(town, "lead", f"/cases/{case}"))

    assert "The record of this case does not verify." in said
    assert "Entry 1: its content was changed after it was written" in said


def test_protected_values_are_for_those_who_may_see_them(town: Town) -> None:
    """A viewer reads the case and not the bank account."""
    case = town.claim("C-1")

    assert IBAN in read(town, "lead", f"/cases/{case}")
    for person in ("vera", "auditor"):
        assert IBAN[-6:] not in read(town, person, f"/cases/{case}")
        read(town, person, f"/cases/{case}/document", 403)


def test_a_case_of_another_tenant_is_not_there_and_the_reach_is_on_record(town: Town) -> None:
    """It cannot be told from a case that never was."""
    case = town.claim("C-1", "north")

    read(town, SOUTH, f"/cases/{case}", 404)

    (entry,) = town.office.store.house_entries(limit=1)
    assert entry.kind == "boundary_crossing"


def test_a_comment_is_on_the_page_escaped(town: Town) -> None:
    """What people write is text, whatever it looks like."""
    case = town.claim("C-1")

    send(town, "anna", f"/cases/{case}/comment", text="<script>alert(1)</script> third this week")

    html = read(town, "lead", f"/cases/{case}")
    assert "&lt;script&gt;alert(1)" in html
    assert "<script>alert" not in html
    send(town, "vera", f"/cases/{case}/comment", 403, text="I may only look")


def test_a_token_that_may_only_look_writes_no_comment(town: Town) -> None:
    """Its scopes bound it, whatever its owner may."""
    case = town.claim("C-1")

    answer = town.program("lead", [Right.SEE]).post(f"/cases/{case}/comment", data={"text": "hi"})

    assert answer.status_code == 403


def test_a_case_is_stopped_by_those_who_run_the_work_and_by_nobody_else(town: Town) -> None:
    """Then it can be opened again with what is wrong."""
    case = town.claim("C-1")

    send(town, "anna", f"/cases/{case}/cancel", 403, why="no")
    send(town, "lead", f"/cases/{case}/cancel", why="sent twice")
    assert town.office.case("C-1").state is CaseState.CLOSED
    assert "Reopen this case" in read(town, "lead", f"/cases/{case}")
    send(town, "lead", f"/cases/{case}/reopen", why="it was not sent twice")

    assert town.office.case("C-1").state is not CaseState.CLOSED


def test_a_closed_case_is_protected_from_its_page(town: Town) -> None:
    """With an owner, a reason and a last day; by those who run the work."""
    case = town.claim("C-1")
    send(town, "lead", f"/cases/{case}/cancel", why="sent twice")
    said = {"name": "sent twice", "owner": "lead", "why": "it was paid twice once"}
    said |= {"severity": "high", "expires": "2031-12-31"}
    assert "Make this a protected case" in read(town, "lead", f"/cases/{case}")

    send(town, "anna", f"/cases/{case}/protect", 403, **said)
    send(town, "lead", f"/cases/{case}/protect", **said)

    page = read(town, "lead", f"/cases/{case}")
    assert "it was paid twice once" in page
    assert "Make this a protected case" not in page


def test_the_case_file_is_given_as_html_and_as_pdf(town: Town) -> None:
    """One file that opens without this server."""
    case = town.claim("C-1")
    browser = town.browser("lead")

    html, pdf = (browser.get(f"/cases/{case}/file{form}") for form in ("", "?as=pdf"))

    assert html.text.lower().startswith("<!doctype html")
    assert pdf.content.startswith(b"%PDF")
    assert f"{case}.pdf" in pdf.headers["content-disposition"]
