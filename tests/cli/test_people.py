"""`interlock people` and `interlock token`: accounts from the command line, and their limits."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from interlock.cli import app
from interlock.identity import BareHouse, authenticate_token, sign_in_with_password
from interlock.identity.errors import LinkRefused
from interlock.identity.signing_in import sign_in_with_link
from interlock.storage import open_store
from interlock.testing.clock import FixedClock
from tests.cli.conftest import DATABASE, MORNING, Command

PASSWORD = "a long walk on a grey beach"


@pytest.fixture
def admin(folder: Path, cli: Command) -> str:
    """A database with one admin, rosa."""
    assert cli("db", "upgrade").code == 0
    assert cli("people", "add", "rosa", "--as", "rosa").code == 0
    assert cli("people", "grant", "rosa", "admin", "--as", "rosa").code == 0
    return "rosa"


def test_a_person_is_added_and_given_a_role(admin: str, cli: Command) -> None:
    """And the list says it in words."""
    added = cli("people", "add", "anna", "--name", "Anna Weiss", "--group", "clerks", "--as", admin)
    role = ("reviewer", "--of", "expenses", "--queue", "clerks", "--up-to", "5,000 EUR")
    granted = cli("people", "grant", "anna", *role, "--as", admin)

    assert "anna has an account, and no role yet" in added.out
    assert "anna is reviewer in expenses, queue clerks, up to EUR 5,000.00" in granted.out
    listed = cli("people", "list").out
    assert "Anna Weiss" in listed
    assert "admin in every workflow" in listed
    shown = cli("people", "show", "anna", "--json").json
    assert shown["person"]["grants"][0]["up_to"] == {"amount": "5000.00", "currency": "EUR"}
    assert (shown["has_password"], shown["sessions"], shown["tokens"]) == (False, [], [])
    assert "clerks" in cli("people", "show", "anna").out

    taken = cli("people", "revoke", "anna", *role[:-2], "--as", admin)
    assert "anna is no longer reviewer in expenses, queue clerks" in taken.out


def test_nobody_gives_themselves_rights_once_there_is_an_admin(admin: str, cli: Command) -> None:
    """Whoever holds the database may act as anybody, but must say so, and it is recorded."""
    cli("people", "add", "anna", "--as", admin)

    for words in (
        ("grant", "anna", "owner"),
        ("add", "friend"),
        ("link", "rosa"),
        ("deactivate", "rosa"),
        ("password", "rosa"),
    ):
        said = cli("people", *words, "--as", "anna")
        assert (said.code, "needs the role admin" in said.err) == (1, True), words
    nameless = cli("people", "grant", "anna", "owner")
    assert (nameless.code, "nobody is named" in nameless.err) == (2, True)


def test_a_link_signs_in_once(admin: str, cli: Command) -> None:
    """The path alone is on the first line, for scripts."""
    path = cli("people", "link", "rosa", "--as", admin).out.splitlines()[0]

    assert path.startswith("/sign-in/link/")
    with open_store(DATABASE) as store:
        house = BareHouse(store=store, clock=FixedClock(MORNING))
        token = path.rsplit("/", 1)[1]
        assert sign_in_with_link(house, token, "")[0].id == "rosa"
        with pytest.raises(LinkRefused):
            sign_in_with_link(house, token, "")


def test_a_password_comes_from_the_input_and_is_never_shown(admin: str, cli: Command) -> None:
    """An argument would stay in the shell's history."""
    result = CliRunner().invoke(
        app, ["people", "password", "rosa", "--as", admin], input=f"{PASSWORD}\n"
    )

    assert result.exit_code == 0, result.output
    assert PASSWORD not in result.output
    with open_store(DATABASE) as store:
        house = BareHouse(store=store, clock=FixedClock(MORNING))
        assert sign_in_with_password(house, "rosa", PASSWORD, "")[0].id == "rosa"
    weak = CliRunner().invoke(app, ["people", "password", "rosa", "--as", admin], input="short\n")
    assert (weak.exit_code, "take at least 12" in weak.stderr) == (1, True)


def test_switching_off_and_on(admin: str, cli: Command) -> None:
    """The list says who is out; the last admin stays in."""
    cli("people", "add", "anna", "--as", admin)

    assert "anna can no longer come in" in cli("people", "deactivate", "anna", "--as", admin).out
    assert "anna (switched off)" in cli("people", "list").out
    assert cli("people", "activate", "anna", "--as", admin).code == 0
    last = cli("people", "deactivate", "rosa", "--as", admin)
    assert (last.code, "rosa is the last admin" in last.err) == (1, True)


def test_a_token_is_shown_once_and_ended_by_its_name(admin: str, cli: Command) -> None:
    """Its first line is the token alone, for scripts."""
    cli("people", "add", "bot", "--agent", "--as", admin)
    made = cli("token", "new", "nightly", "--for", "bot", "--scope", "see", "--as", admin)
    token = made.out.splitlines()[0]

    assert token.startswith("ilk_")
    with open_store(DATABASE) as store:
        house = BareHouse(store=store, clock=FixedClock(MORNING))
        visitor = authenticate_token(house, token)
        assert visitor is not None
        assert visitor.id == "bot"
    listed = cli("token", "list")
    assert "nightly" in listed.out
    assert token not in listed.out

    assert "is over" in cli("token", "revoke", "nightly", "--as", admin).out
    [row] = cli("token", "list", "--for", "bot", "--json").json["tokens"]
    assert row["revoked_at"] is not None
    again = cli("token", "revoke", "nightly", "--as", admin)
    assert (again.code, "no token" in again.err) == (1, True)


def test_a_programs_token_never_decides(admin: str, cli: Command) -> None:
    """Refused when it is asked for, with what it may have."""
    cli("people", "add", "bot", "--agent", "--as", admin)

    said = cli("token", "new", "x", "--for", "bot", "--scope", "decide", "--as", admin)

    assert said.code == 1
    assert "cannot have the scope 'decide'; choose of: see" in said.err


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("people", "show", "ana"), 1, "there is no account 'ana'; did you mean"),
        (("people", "grant", "anna", "king", "--as", "rosa"), 2, "king"),
        (("people", "grant", "anna", "viewer", "--up-to", "much", "--as", "rosa"), 2, "money is"),
        (("people", "add", "an na", "--as", "rosa"), 1, "take letters"),
        (("token", "new", "x", "--scope", "everything", "--as", "rosa"), 2, "everything"),
    ],
)
def test_a_mistake_is_said_in_words(
    admin: str, cli: Command, words: tuple[str, ...], code: int, says: str
) -> None:
    """What was seen, and what to do."""
    cli("people", "add", "anna", "--as", admin)

    said = cli(*words)

    assert said.code == code
    assert says in said.err


def test_an_empty_house_says_what_to_do(folder: Path, cli: Command) -> None:
    """The first command somebody tries."""
    cli("db", "upgrade")

    assert "interlock people add" in cli("people", "list").out
    assert "There is no token." in cli("token", "list").out
