"""People and queues: who works where, and changes only by those who may make them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from interlock.domain.people import Right, Role
from tests.console.operations import opened_town, read, send, words_of
from tests.web.town import Town


@pytest.fixture
def town(sqlite_url: str) -> Iterator[Town]:
    """A town whose people have accounts."""
    with opened_town(sqlite_url) as opened:
        yield opened


def roles_of(town: Town, person: str) -> set[Role]:
    account = town.office.store.account(person)
    assert account is not None
    return {grant.role for grant in account.grants}


def test_everybody_sees_the_queues_and_themselves(town: Town) -> None:
    """The roles of others are not everybody's business."""
    town.claim("C-1")

    own, all_of_them = (words_of(read(town, who, "/people")) for who in ("anna", "lead"))

    assert "clerks Claims" in own
    assert "rosa" not in own
    assert "rosa" in all_of_them
    read(town, "anna", "/people/rosa", 404)
    read(town, "anna", "/people/anna")


def test_an_admin_gives_and_takes_roles(town: Town) -> None:
    """Anybody else is refused, and nothing changes."""
    send(town, "lead", "/people/vera/grant", 403, role="admin")
    assert roles_of(town, "vera") == {Role.VIEWER}

    send(town, "rosa", "/people/vera/grant", role="reviewer", workflow="claims", up_to="500 EUR")
    assert roles_of(town, "vera") == {Role.VIEWER, Role.REVIEWER}
    assert "Take away" in read(town, "rosa", "/people/vera")

    send(town, "rosa", "/people/vera/revoke", role="reviewer", workflow="claims")
    assert roles_of(town, "vera") == {Role.VIEWER}


def test_an_account_is_added_and_switched_off(town: Town) -> None:
    """Switched off, it opens no page any more."""
    send(town, "rosa", "/people", account="newcomer", name="New Comer")
    send(town, "rosa", "/people/anna/active", active="no")

    account = town.office.store.account("anna")
    assert account is not None
    assert not account.active
    assert "New Comer" in read(town, "rosa", "/people")


def test_somebody_sets_themselves_away_and_comes_back(town: Town) -> None:
    """Meanwhile nobody counts on them."""
    first, last = "2026-03-02", "2026-03-04"

    send(town, "anna", "/people/anna/absence", first=first, last=last, deputy="ben")
    away = words_of(read(town, "lead", "/people"))
    send(town, "anna", "/people/anna/absence/end")

    assert "away" in away
    assert "ben stands in" in away
    assert "stands in" not in words_of(read(town, "lead", "/people"))


def test_a_token_is_shown_once_and_revoked(town: Town) -> None:
    """Afterwards only its name is known."""
    shown = send(town, "anna", "/tokens", 200, name="nightly", scopes="see", days="30")
    later = read(town, "anna", "/tokens")

    assert "ilk_" in shown
    assert "ilk_" not in later
    assert "nightly" in later
    assert "nightly" not in read(town, "ben", "/tokens")


def test_a_token_makes_no_tokens(town: Town) -> None:
    """Else one that may only look would make itself one that may do anything."""
    program = town.program("rosa", [Right.SEE, Right.AUDIT])

    answer = program.post("/tokens", data={"name": "wider", "scopes": "administer"})

    assert answer.status_code == 403
