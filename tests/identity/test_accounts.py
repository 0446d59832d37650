"""Accounts and roles: changed by admins, on record, and never so that nobody is left to."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from interlock.domain.money import Money
from interlock.domain.people import Grant, Role
from interlock.identity import (
    AccountRefused,
    AccountUnknown,
    BareHouse,
    NotAdmin,
    add_account,
    change_account,
    grant_role,
    grant_words,
    revoke_role,
    session_of,
    sign_in_with_password,
)
from tests.identity.conftest import HERE, PASSWORD, bodies, log

CLERK = Grant(role=Role.REVIEWER, workflow="payables", queue="clerks")
ADMIN = Grant(role=Role.ADMIN)


def test_an_account_begins_without_any_role(staffed: BareHouse) -> None:
    """Being known is no right to anything."""
    account = add_account(staffed, "bruno", "rosa", name="Bruno", groups=("clerks", " ", "clerks"))

    assert staffed.store.account("bruno") == account
    assert (account.grants, account.groups, account.active) == ((), ("clerks",), True)
    [entry] = log(staffed, "account_added")[-1:]
    assert (entry.actor, entry.body["account"]) == ("person:rosa", "bruno")
    assert "Bruno" not in str(entry.body)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"account_id": "anna"}, "there is an account anna already"),
        ({"account_id": "an na"}, "take letters"),
        ({"account_id": "a@b.c"}, "take letters"),
        ({"account_id": ""}, "take letters"),
        ({"account_id": "x" * 65}, "at most 64"),
        ({"account_id": "bruno", "email": "no address"}, "write it as name@host"),
        ({"account_id": "bruno", "email": "anna@EXAMPLE.com"}, "anna has the mail address"),
        ({"account_id": "bruno", "name": "x" * 201}, "up to 200"),
    ],
)
def test_an_account_that_cannot_be_is_refused(
    staffed: BareHouse, fields: dict[str, Any], words: str
) -> None:
    """One id and one mail address are one person's."""
    with pytest.raises(AccountRefused, match=words):
        add_account(staffed, by="rosa", **fields)

    assert len(staffed.store.accounts()) == 2


def test_only_an_admin_changes_accounts(staffed: BareHouse) -> None:
    """Nobody gives themselves a right; the refusal changes nothing and is no entry."""
    before = (staffed.store.accounts(), staffed.store.house_length())

    attempts: tuple[Callable[[], object], ...] = (
        lambda: add_account(staffed, "friend", "anna"),
        lambda: change_account(staffed, "anna", "anna", groups=("bosses",)),
        lambda: grant_role(staffed, "anna", ADMIN, "anna"),
        lambda: revoke_role(staffed, "rosa", ADMIN, "anna"),
        lambda: grant_role(staffed, "anna", ADMIN, "installer"),
        lambda: grant_role(staffed, "anna", ADMIN, ""),
    )
    for attempt in attempts:
        with pytest.raises(NotAdmin):
            attempt()

    assert (staffed.store.accounts(), staffed.store.house_length()) == before


def test_as_long_as_there_is_no_admin_whoever_holds_the_database_is_one(house: BareHouse) -> None:
    """A first house has nobody who could be asked."""
    add_account(house, "anna", "somebody")
    grant_role(house, "anna", CLERK, "somebody")
    grant_role(house, "anna", ADMIN, "anna")

    with pytest.raises(NotAdmin):
        add_account(house, "bruno", "somebody")
    assert [entry.actor for entry in log(house, "role_granted")] == [
        "person:somebody",
        "person:anna",
    ]


def test_a_role_is_granted_and_revoked_in_its_place(staffed: BareHouse) -> None:
    """The same role in another queue is another grant; another amount is the same one."""
    limited = Grant(
        role=Role.REVIEWER, workflow="payables", queue="clerks", up_to=Money.of(500, "EUR")
    )
    elsewhere = Grant(role=Role.REVIEWER, workflow="payables", queue="leads", tenant="north")

    grant_role(staffed, "anna", limited, "rosa")
    account = grant_role(staffed, "anna", elsewhere, "rosa")
    assert account.grants == (limited, elsewhere)
    assert revoke_role(staffed, "anna", CLERK, "rosa").grants == (elsewhere,)

    with pytest.raises(AccountRefused, match="they hold: reviewer in payables, queue leads"):
        revoke_role(staffed, "anna", CLERK, "rosa")
    assert bodies(staffed, "role_revoked")[-1]["queue"] == "clerks"


def test_a_role_change_ends_the_sessions(staffed: BareHouse) -> None:
    """Nobody works on under what a page showed them of their old rights."""
    changes: tuple[Callable[[], object], ...] = (
        lambda: grant_role(staffed, "anna", Grant(role=Role.VIEWER), "rosa"),
        lambda: revoke_role(staffed, "anna", Grant(role=Role.VIEWER), "rosa"),
        lambda: change_account(staffed, "anna", "rosa", groups=("clerks",)),
    )
    for change in changes:
        _, token = sign_in_with_password(staffed, "anna", PASSWORD, HERE)
        change()
        assert session_of(staffed, token) is None


def test_a_new_name_ends_no_session(staffed: BareHouse) -> None:
    """Who marries goes on working."""
    visitor, token = sign_in_with_password(staffed, "anna", PASSWORD, HERE)

    account = change_account(staffed, "anna", "rosa", name="Anna Weiss-Roth", email="")

    assert (account.email, account.grants) == ("", visitor.account.grants)
    assert session_of(staffed, token) is not None
    [entry] = log(staffed, "account_changed")
    assert entry.body == {"account": "anna", "changed": ["name", "email"]}


def test_the_last_admin_stays_one(staffed: BareHouse) -> None:
    """Else nobody could ever change anything again, or, worse, anybody could."""
    attempts: tuple[Callable[[], object], ...] = (
        lambda: revoke_role(staffed, "rosa", ADMIN, "rosa"),
        lambda: change_account(staffed, "rosa", "rosa", active=False),
    )
    for attempt in attempts:
        with pytest.raises(AccountRefused, match="rosa is the last admin"):
            attempt()

    grant_role(staffed, "anna", ADMIN, "rosa")
    assert revoke_role(staffed, "rosa", ADMIN, "anna").grants == ()


def test_two_admins_cannot_remove_each_other_at_once(staffed: BareHouse) -> None:
    """Each would see the other one left."""
    grant_role(staffed, "anna", ADMIN, "rosa")

    def remove(pair: tuple[str, str]) -> bool:
        by, other = pair
        try:
            revoke_role(staffed, other, ADMIN, by)
        except (AccountRefused, NotAdmin):
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(remove, [("rosa", "anna"), ("anna", "rosa")]))

    assert sorted(done) == [False, True]


def test_a_program_is_no_admin_whatever_it_was_granted(staffed: BareHouse) -> None:
    """A program that may change rights may give itself any."""
    add_account(staffed, "bot", "rosa", is_agent=True)
    grant_role(staffed, "bot", ADMIN, "rosa")

    with pytest.raises(NotAdmin):
        grant_role(staffed, "bot", Grant(role=Role.OWNER), "bot")
    with pytest.raises(AccountRefused, match="last admin"):
        revoke_role(staffed, "rosa", ADMIN, "rosa")


def test_an_account_that_is_not_there_is_said_with_near_ones(staffed: BareHouse) -> None:
    """A mistyped name is the usual reason."""
    with pytest.raises(AccountUnknown, match=r"did you mean anna\?"):
        grant_role(staffed, "ana", CLERK, "rosa")
    with pytest.raises(AccountUnknown, match="add it first"):
        change_account(staffed, "zzz", "rosa", active=False)


def test_a_grant_in_words() -> None:
    """As lists and refusals show it."""
    grant = Grant(
        role=Role.REVIEWER,
        workflow="payables",
        queue="clerks",
        tenant="north",
        up_to=Money.of(5000, "EUR"),
    )

    assert grant_words(ADMIN) == "admin in every workflow"
    assert (
        grant_words(grant) == "reviewer in payables, queue clerks, tenant north, up to EUR 5,000.00"
    )
