"""API tokens: a stated part of an account's rights, shown once, kept as a digest."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis.strategies import sampled_from, sets
from sqlalchemy import text

from interlock.domain.ids import PersonId
from interlock.domain.people import NEVER_AN_AGENT, Account, Grant, Right, Role
from interlock.identity import (
    AccountRefused,
    AccountUnknown,
    BareHouse,
    NotAdmin,
    ScopeRefused,
    TokenUnknown,
    Via,
    Visitor,
    add_account,
    authenticate_token,
    change_account,
    grant_role,
    new_token,
    revoke_token,
    tokens,
)
from interlock.testing.clock import MovingClock
from tests.identity.conftest import MORNING, bodies


def test_a_token_acts_for_its_account_within_its_scopes(staffed: BareHouse) -> None:
    """What leaks with one script is what that script needed."""
    row, token = new_token(staffed, "anna", "my script", ["see"], "anna")

    visitor = authenticate_token(staffed, token)

    assert visitor is not None
    assert token.startswith("ilk_")
    assert (visitor.id, visitor.via, visitor.session_id) == ("anna", Via.TOKEN, None)
    assert visitor.may(Right.SEE, workflow="payables", queue="clerks").allowed
    refused = visitor.may(Right.DECIDE, workflow="payables", queue="clerks")
    assert (refused.allowed, refused.rule) == (False, "scope")
    assert not visitor.may(Right.SEE, workflow="other").allowed
    assert bodies(staffed, "token_made") == [
        {"account": "anna", "token": row.id, "scopes": ["see"]}
    ]


def test_a_scope_gives_no_right_that_the_account_lost(staffed: BareHouse) -> None:
    """The account is asked each time, not once when the token was made."""
    _, token = new_token(staffed, "anna", "admin one day", ["administer"], "anna")
    visitor = authenticate_token(staffed, token)

    assert visitor is not None
    assert not visitor.may(Right.ADMINISTER).allowed


@given(
    roles=sets(sampled_from(Role)),
    scopes=sets(sampled_from(Right)),
    right=sampled_from(Right),
)
def test_a_program_never_decides_pauses_signs_or_administers(
    roles: set[Role], scopes: set[Right], right: Right
) -> None:
    """Whatever it was granted and whatever its token says: rule 5, a person can always stop it."""
    account = Account(
        id=PersonId("bot"),
        name="bot",
        is_agent=True,
        grants=tuple(Grant(role=role) for role in roles),
    )

    allowed = Visitor(account=account, via=Via.TOKEN, scopes=frozenset(scopes)).may(right).allowed

    assert not (allowed and right in NEVER_AN_AGENT)
    assert not (allowed and right not in scopes)


@pytest.mark.parametrize("right", sorted(NEVER_AN_AGENT))
def test_a_programs_token_cannot_even_be_made_with_such_a_scope(
    staffed: BareHouse, right: Right
) -> None:
    """A list of tokens must not show a right that is none."""
    add_account(staffed, "bot", "rosa", is_agent=True)

    with pytest.raises(ScopeRefused, match="choose of: see"):
        new_token(staffed, "bot", "too much", [right], "rosa")


@pytest.mark.parametrize("scopes", [[], ["everything"], ["see", "SEE"]])
def test_a_scope_that_is_none_is_refused(staffed: BareHouse, scopes: list[str]) -> None:
    """No scope is not every scope."""
    with pytest.raises(ScopeRefused):
        new_token(staffed, "anna", "odd", scopes, "anna")


def test_people_make_their_own_tokens_and_admins_those_of_programs(staffed: BareHouse) -> None:
    """Nobody, admin or not, acts as a colleague."""
    add_account(staffed, "bot", "rosa", is_agent=True)

    with pytest.raises(AccountRefused, match="a person makes their own tokens"):
        new_token(staffed, "anna", "hers?", ["see"], "rosa")
    with pytest.raises(NotAdmin):
        new_token(staffed, "bot", "its", ["see"], "anna")
    with pytest.raises(AccountUnknown):
        new_token(staffed, "nobody", "whose?", ["see"], "nobody")
    assert new_token(staffed, "bot", "its", ["see"], "rosa")[0].made_by == "rosa"


@pytest.mark.parametrize("name", ["", "   ", "n" * 81])
def test_a_token_says_what_it_is_for(staffed: BareHouse, name: str) -> None:
    """Nobody dares to revoke a nameless one."""
    with pytest.raises(AccountRefused, match="say what it is for"):
        new_token(staffed, "anna", name, ["see"], "anna")


def test_a_token_ends_at_its_time(staffed: BareHouse, clock: MovingClock) -> None:
    """A token for a trial week must not outlive it."""
    until = MORNING + timedelta(days=7)
    _, token = new_token(staffed, "anna", "trial", ["see"], "anna", expires_at=until)

    assert authenticate_token(staffed, token) is not None
    clock.move_to(until)
    assert authenticate_token(staffed, token) is None
    with pytest.raises(AccountRefused, match="name a time to come"):
        new_token(staffed, "anna", "past", ["see"], "anna", expires_at=until)


def test_a_revoked_token_is_nobodys(staffed: BareHouse) -> None:
    """By its id, or by the name its owner knows it by; once."""
    row, token = new_token(staffed, "anna", "my script", ["see"], "anna")
    _, other = new_token(staffed, "anna", "another", ["see"], "anna")

    assert revoke_token(staffed, "my script", "anna").id == row.id

    assert authenticate_token(staffed, token) is None
    assert authenticate_token(staffed, other) is not None
    with pytest.raises(TokenUnknown):
        revoke_token(staffed, row.id, "anna")
    assert bodies(staffed, "token_revoked") == [{"account": "anna", "token": row.id}]


def test_only_its_owner_or_an_admin_revokes_a_token(staffed: BareHouse) -> None:
    """Revoking is harmless to data and not to work."""
    add_account(staffed, "bruno", "rosa")
    row, token = new_token(staffed, "anna", "my script", ["see"], "anna")

    with pytest.raises(NotAdmin):
        revoke_token(staffed, row.id, "bruno")
    assert authenticate_token(staffed, token) is not None
    revoke_token(staffed, row.id, "rosa")
    assert authenticate_token(staffed, token) is None


def test_a_name_that_several_tokens_have_revokes_none(staffed: BareHouse) -> None:
    """The wrong one would be gone."""
    for _ in range(2):
        new_token(staffed, "anna", "twice", ["see"], "anna")

    with pytest.raises(TokenUnknown):
        revoke_token(staffed, "twice", "anna")


def test_switching_an_account_off_ends_its_tokens_for_good(staffed: BareHouse) -> None:
    """Who comes back makes new ones; the old may be anywhere by then."""
    _, token = new_token(staffed, "anna", "my script", ["see"], "anna")

    change_account(staffed, "anna", "rosa", active=False)
    assert authenticate_token(staffed, token) is None
    change_account(staffed, "anna", "rosa", active=True)

    assert authenticate_token(staffed, token) is None


def test_a_role_change_leaves_tokens_and_takes_effect_in_them(staffed: BareHouse) -> None:
    """Scripts go on, with the rights of today."""
    _, token = new_token(staffed, "anna", "my script", ["see", "audit"], "anna")

    grant_role(staffed, "anna", Grant(role=Role.GOVERNANCE), "rosa")
    visitor = authenticate_token(staffed, token)

    assert visitor is not None
    assert visitor.may(Right.AUDIT).allowed


def test_its_last_use_is_known_to_the_minute(staffed: BareHouse, clock: MovingClock) -> None:
    """An unused token is one to revoke; a write for each request would be too much."""
    _, token = new_token(staffed, "anna", "my script", ["see"], "anna")
    authenticate_token(staffed, token)
    clock.pass_time(timedelta(seconds=30))
    authenticate_token(staffed, token)
    assert [row.used_at for row in tokens(staffed, "anna")] == [MORNING]

    clock.pass_time(timedelta(seconds=30))
    authenticate_token(staffed, token)

    assert [row.used_at for row in tokens(staffed)] == [MORNING + timedelta(minutes=1)]


@pytest.mark.parametrize("token", ["", "ilk_", "ilk_nonsense", "x" * 10_000, "ilk_\ud800"])
def test_what_is_no_token_is_nobody(staffed: BareHouse, token: str) -> None:
    """A header holds anything."""
    assert authenticate_token(staffed, token) is None


def test_the_token_itself_is_not_in_the_database(staffed: BareHouse) -> None:
    """Who steals a backup can act for nobody."""
    _, token = new_token(staffed, "anna", "my script", ["see"], "anna")

    with staffed.store.engine.connect() as conn:
        for table in ("api_token", "house_entry"):
            stored = str(conn.execute(text(f"SELECT * FROM {table}")).all())
            assert token not in stored
            assert token.removeprefix("ilk_") not in stored
