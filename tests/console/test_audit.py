"""The audit page: the logs, checked when it is asked, for those with the right to audit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from tests.console.operations import opened_town, read, words_of
from tests.web.town import Town


@pytest.fixture
def town(sqlite_url: str) -> Iterator[Town]:
    """A town whose people have accounts."""
    with opened_town(sqlite_url) as opened:
        yield opened


@pytest.mark.parametrize("person", ["vera", "anna", "lead", "head"])
def test_the_log_is_for_those_who_may_audit(town: Town, person: str) -> None:
    """It tells of everybody's work at once."""
    read(town, person, "/audit", 403)
    read(town, person, "/audit/verify", 403)


def test_both_logs_are_listed_newest_first(town: Town) -> None:
    """What happened in cases, and what happened outside of them."""
    town.claim("C-1")

    said = words_of(read(town, "auditor", "/audit"))

    assert "Case opened" in said
    assert "Role granted" in said
    assert "house log verified" in said


def test_the_log_is_searched_by_case_and_kind(town: Town) -> None:
    """A name that fits nothing says so."""
    town.claim("C-1")

    found = read(town, "auditor", "/audit?q=C-1&kind=case_opened")
    nothing = words_of(read(town, "auditor", "/audit?q=C-77"))

    assert found.count('data-l="Case"') == 1
    assert "No case is called “C-77”." in nothing
    read(town, "auditor", "/audit?day=nonsense&after=nonsense&kind=nonsense")


def test_a_whole_log_is_called_complete_and_unchanged(town: Town) -> None:
    """Only after every entry was computed again."""
    town.claim("C-1")

    said = words_of(read(town, "auditor", "/audit/verify"))

    assert "Complete and unchanged" in said
    assert "of 1 case checked, all of them" in said


def test_a_changed_log_is_said_to_be_changed_and_where(town: Town) -> None:
    """Plainly, with what to do next."""
    case = town.claim("C-1")
    with town.office.store.engine.begin() as connection:
        connection.execute(text("UPDATE audit_entry SET kind = 'nothing' WHERE seq = 2"))
        connection.execute(text("UPDATE house_entry SET actor = 'nobody' WHERE seq = 1"))

    said = words_of(read(town, "auditor", "/audit/verify"))

    assert "The audit log does not verify" in said
    assert f"{case} , entry 2" in said
    assert "The house log does not verify." in words_of(read(town, "auditor", "/audit"))
