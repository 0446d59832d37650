"""Signing in: with a password or a link, slowed down when it fails, and always on record."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from sqlalchemy import text

from interlock.identity import (
    AccountRefused,
    BareHouse,
    LinkRefused,
    NotAdmin,
    PasswordRefused,
    SignInRefused,
    SignInTooSoon,
    Via,
    add_account,
    change_account,
    end_sessions,
    forget_old_ways_in,
    make_link,
    passwords,
    session_of,
    sessions,
    set_password,
    sign_in_with_link,
    sign_in_with_password,
    sign_out,
)
from interlock.identity.passwords import hasher as real_hasher
from interlock.identity.sessions import IDLE, LASTS
from interlock.identity.slow_down import FREE_OF_ACCOUNT, FREE_OF_ADDRESS, LONGEST_WAIT
from interlock.testing.clock import MovingClock
from tests.identity.conftest import HERE, PASSWORD, bodies, log


@pytest.mark.parametrize("name", ["anna", " anna ", "anna@example.com", "ANNA@EXAMPLE.COM"])
def test_a_password_opens_a_session(staffed: BareHouse, name: str) -> None:
    """By id or by mail address, since people remember the one they write more often."""
    visitor, token = sign_in_with_password(staffed, name, PASSWORD, HERE)

    assert (visitor.id, visitor.via, visitor.scopes) == ("anna", Via.PASSWORD, None)
    assert session_of(staffed, token) == visitor
    assert bodies(staffed, "signed_in")[-1]["session"] == visitor.session_id


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("anna", "the wrong one altogether"),
        ("nobody", PASSWORD),
        ("rosa", PASSWORD),  # has no password
        ("nobody@example.com", PASSWORD),
        ("", ""),
        ("x" * 5000, "y" * 5000),
        ("anna", "\ud800 half a letter"),
    ],
)
def test_a_refusal_never_says_which_half_was_wrong(
    staffed: BareHouse, name: str, password: str
) -> None:
    """Who can tell a wrong name from a wrong password can collect names."""
    with pytest.raises(SignInRefused) as refused:
        sign_in_with_password(staffed, name, password, HERE)

    assert str(refused.value) == str(SignInRefused())
    assert len(log(staffed, "sign_in_refused")) == 1


def test_a_refusal_takes_as_long_for_a_name_that_is_none(
    staffed: BareHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Time tells as much as words: one hash is computed whoever is asked for."""
    compared: list[Any] = []
    real = passwords.hasher()

    class Counting:
        def verify(self, kept: str, given: bytes) -> bool:
            compared.append(kept)
            return real.verify(kept, given)

    monkeypatch.setattr(passwords, "hasher", Counting)
    monkeypatch.setattr(passwords, "_nobodys", cache(lambda: real.hash("nobody")))
    for name in ("anna", "rosa", "nobody"):
        with pytest.raises(SignInRefused):
            sign_in_with_password(staffed, name, "the wrong one altogether", HERE)

    parameters = {kept.rsplit("$", 2)[0] for kept in compared}
    assert (len(compared), len(parameters)) == (3, 1)


def test_what_was_typed_is_not_recorded(staffed: BareHouse) -> None:
    """People type passwords into the wrong field."""
    with pytest.raises(SignInRefused):
        sign_in_with_password(staffed, "my secret password", "anna", HERE)

    [entry] = log(staffed, "sign_in_refused")
    assert "secret" not in str(entry)
    assert HERE not in str(entry.body)
    with staffed.store.engine.connect() as conn:
        assert "secret" not in str(conn.execute(text("SELECT * FROM sign_in_failure")).all())


def test_failures_make_the_next_attempt_wait_ever_longer(
    staffed: BareHouse, clock: MovingClock
) -> None:
    """Guessing must not pay: after a few free mistakes the wait doubles, and says its seconds."""
    for _ in range(FREE_OF_ACCOUNT):
        with pytest.raises(SignInRefused):
            sign_in_with_password(staffed, "anna", "wrong", HERE)

    waits = []
    for _ in range(12):
        with pytest.raises(SignInTooSoon) as too_soon:
            sign_in_with_password(staffed, "anna", PASSWORD, HERE)
        waits.append(too_soon.value.seconds)
        clock.pass_time(timedelta(seconds=too_soon.value.seconds))
        with pytest.raises(SignInRefused):
            sign_in_with_password(staffed, "anna", "wrong", HERE)

    assert waits[:5] == [1, 2, 4, 8, 16]
    assert waits[-1] == LONGEST_WAIT.total_seconds()


def test_the_wait_is_the_same_for_a_name_that_is_none(staffed: BareHouse) -> None:
    """Else the wait itself would say which names exist."""
    answers = {}
    for name in ("anna", "nobody"):
        seen = []
        for _ in range(FREE_OF_ACCOUNT + 2):
            with pytest.raises((SignInRefused, SignInTooSoon)) as refused:
                sign_in_with_password(staffed, name, "wrong", name)
            seen.append(str(refused.value))
        answers[name] = seen

    assert answers["anna"] == answers["nobody"]


def test_an_attempt_that_came_too_soon_is_not_looked_at_and_counted_later(
    staffed: BareHouse, clock: MovingClock
) -> None:
    """The right password told apart from a wrong one during the wait would undo the wait."""
    for _ in range(FREE_OF_ACCOUNT):
        with pytest.raises(SignInRefused):
            sign_in_with_password(staffed, "anna", "wrong", HERE)
    for _ in range(3):
        with pytest.raises(SignInTooSoon):
            sign_in_with_password(staffed, "anna", PASSWORD, HERE)
    clock.pass_time(timedelta(seconds=1))
    with pytest.raises(SignInRefused):
        sign_in_with_password(staffed, "anna", "wrong", HERE)

    assert [each["turned_away_before"] for each in bodies(staffed, "sign_in_refused")][-1] == 3


def test_success_forgives_the_account_and_time_forgives_everybody(
    staffed: BareHouse, clock: MovingClock
) -> None:
    """Who comes in after two mistakes starts anew; yesterday's guessing is nobody's wait today."""
    for _ in range(2):
        for _ in range(FREE_OF_ACCOUNT - 1):
            with pytest.raises(SignInRefused):
                sign_in_with_password(staffed, "anna", "wrong", HERE)
        sign_in_with_password(staffed, "anna", PASSWORD, HERE)
    for _ in range(FREE_OF_ACCOUNT):
        with pytest.raises(SignInRefused):
            sign_in_with_password(staffed, "anna", "wrong", HERE)
    clock.pass_time(timedelta(hours=13))

    assert sign_in_with_password(staffed, "anna", PASSWORD, HERE)[0].id == "anna"


def test_one_address_that_tries_many_names_waits(staffed: BareHouse) -> None:
    """One common password tried on every name is guessing too."""
    for number in range(FREE_OF_ADDRESS):
        with pytest.raises(SignInRefused):
            sign_in_with_password(staffed, f"name_{number}", "", HERE)

    with pytest.raises(SignInTooSoon):
        sign_in_with_password(staffed, "anna", PASSWORD, HERE)
    assert sign_in_with_password(staffed, "anna", PASSWORD, "198.51.100.1")[0].id == "anna"


def test_many_guesses_at_once_gain_nothing(staffed: BareHouse) -> None:
    """Each counts before it is looked at, or a hundred at once would all be the first."""

    def guess(number: int) -> type[Exception] | None:
        try:
            sign_in_with_password(staffed, "anna", f"guess {number}", f"192.0.2.{number}")
        except (SignInRefused, SignInTooSoon) as refused:
            return type(refused)
        return None

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(guess, range(16)))

    assert answers.count(SignInRefused) == FREE_OF_ACCOUNT
    assert answers.count(SignInTooSoon) == 16 - FREE_OF_ACCOUNT


def test_a_locked_out_person_comes_in_by_a_link(staffed: BareHouse) -> None:
    """Somebody else's guessing must not keep a reviewer from the desk."""
    for _ in range(FREE_OF_ACCOUNT + 1):
        with pytest.raises((SignInRefused, SignInTooSoon)):
            sign_in_with_password(staffed, "anna", "wrong", HERE)
    link = make_link(staffed, "anna", "rosa")

    visitor, token = sign_in_with_link(staffed, link.token, HERE)

    assert (visitor.id, visitor.via) == ("anna", Via.LINK)
    assert session_of(staffed, token) is not None
    assert link.path == f"/sign-in/link/{link.token}"


def test_a_link_works_once_even_when_two_use_it_together(staffed: BareHouse) -> None:
    """Who finds a used link in a mailbox finds nothing."""
    link = make_link(staffed, "anna", "rosa")

    def use(_: int) -> bool:
        try:
            sign_in_with_link(staffed, link.token, HERE)
        except LinkRefused:
            return False
        return True

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(use, range(6)))

    assert answers.count(True) == 1
    assert len(bodies(staffed, "signed_in")) == 1
    assert len(sessions(staffed, "anna")) == 1


def test_a_link_ends_by_itself_and_by_a_newer_one(staffed: BareHouse, clock: MovingClock) -> None:
    """A forgotten mail must not stay a way in."""
    older, newer = make_link(staffed, "anna", "rosa"), make_link(staffed, "anna", "rosa")
    with pytest.raises(LinkRefused):
        sign_in_with_link(staffed, older.token, HERE)
    clock.pass_time(timedelta(hours=25))

    for token in (newer.token, "never-made", "", "x" * 10_000):
        with pytest.raises(LinkRefused):
            sign_in_with_link(staffed, token, HERE)


def test_a_refused_link_is_recorded_but_a_flood_of_them_is_not(staffed: BareHouse) -> None:
    """The house log must not be filled by whoever can reach the door."""
    for number in range(FREE_OF_ADDRESS + 20):
        with pytest.raises(LinkRefused):
            sign_in_with_link(staffed, f"guess-{number}", HERE)

    assert len(log(staffed, "sign_in_refused")) == FREE_OF_ADDRESS


def test_only_an_admin_makes_links_and_only_for_people(staffed: BareHouse) -> None:
    """A link is a way in as somebody; a program has tokens instead."""
    add_account(staffed, "bot", "rosa", is_agent=True)

    with pytest.raises(NotAdmin, match="anna may not make a sign-in link"):
        make_link(staffed, "rosa", "anna")
    with pytest.raises(AccountRefused, match="bot is a program"):
        make_link(staffed, "bot", "rosa")


def test_a_session_ends_unused_and_after_a_day_at_the_latest(
    staffed: BareHouse, clock: MovingClock
) -> None:
    """A browser left open in the evening is nobody's in the morning."""
    _, used = sign_in_with_password(staffed, "anna", PASSWORD, HERE)
    _, unused = sign_in_with_password(staffed, "anna", PASSWORD, HERE)
    for _ in range(int(LASTS / timedelta(hours=1)) - 1):
        clock.pass_time(timedelta(hours=1))
        assert session_of(staffed, used) is not None

    assert IDLE < LASTS
    assert session_of(staffed, unused) is None
    clock.pass_time(timedelta(hours=1))
    assert session_of(staffed, used) is None


def test_signing_out_ends_the_session(staffed: BareHouse) -> None:
    """And doing it again, or with nothing in hand, is no error."""
    _, token = sign_in_with_password(staffed, "anna", PASSWORD, HERE)

    for each in (token, token, "", "never one", "x" * 10_000):
        sign_out(staffed, each)

    assert session_of(staffed, token) is None
    assert len(log(staffed, "signed_out")) == 1


@pytest.mark.parametrize("token", ["", "nonsense", "x" * 10_000, "\ud800"])
def test_what_is_no_session_is_nobody(staffed: BareHouse, token: str) -> None:
    """Cookies hold anything."""
    assert session_of(staffed, token) is None


def test_a_new_password_ends_sessions_and_unused_links(staffed: BareHouse) -> None:
    """Whoever knew the old one is out."""
    _, token = sign_in_with_password(staffed, "anna", PASSWORD, HERE)
    link = make_link(staffed, "anna", "rosa")

    set_password(staffed, "anna", "another quiet winter morning", "anna")

    assert session_of(staffed, token) is None
    with pytest.raises(LinkRefused):
        sign_in_with_link(staffed, link.token, HERE)
    with pytest.raises(SignInRefused):
        sign_in_with_password(staffed, "anna", PASSWORD, HERE)
    assert sign_in_with_password(staffed, "anna", "another quiet winter morning", HERE)


def test_a_switched_off_account_is_out_at_once(staffed: BareHouse) -> None:
    """And its way in is refused like any other, without a word about why."""
    _, token = sign_in_with_password(staffed, "anna", PASSWORD, HERE)
    link = make_link(staffed, "anna", "rosa")

    change_account(staffed, "anna", "rosa", active=False)

    assert session_of(staffed, token) is None
    with pytest.raises(SignInRefused):
        sign_in_with_password(staffed, "anna", PASSWORD, HERE)
    with pytest.raises(LinkRefused):
        sign_in_with_link(staffed, link.token, HERE)
    with pytest.raises(AccountRefused, match="switched off"):
        make_link(staffed, "anna", "rosa")


def test_somebody_may_end_their_own_sessions_and_an_admin_anybodys(staffed: BareHouse) -> None:
    """A lost telephone is reported by its owner, or for them."""
    _, token = sign_in_with_password(staffed, "anna", PASSWORD, HERE)
    with pytest.raises(NotAdmin):
        end_sessions(staffed, "rosa", "anna")

    end_sessions(staffed, "anna", "anna")

    assert session_of(staffed, token) is None
    assert bodies(staffed, "sessions_ended") == [{"account": "anna"}]


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("too little", "at least 12"),
        ("x" * 1001, "up to 1000"),
        ("abababababab", "the same few letters"),
        ("anna is the best", "own name"),
        ("AnnaWeiss 2026!", "own name"),
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused(
    staffed: BareHouse, password: str, words: str
) -> None:
    """In words, and nothing changes."""
    with pytest.raises(PasswordRefused, match=words) as refused:
        set_password(staffed, "anna", password, "anna")

    assert password not in str(refused.value)
    assert sign_in_with_password(staffed, "anna", PASSWORD, HERE)


def test_a_password_is_set_by_its_owner_or_an_admin_and_never_for_a_program(
    staffed: BareHouse,
) -> None:
    """Somebody else's password is somebody else."""
    add_account(staffed, "bot", "rosa", is_agent=True)

    with pytest.raises(NotAdmin):
        set_password(staffed, "rosa", PASSWORD, "anna")
    with pytest.raises(AccountRefused, match="give it a token"):
        set_password(staffed, "bot", PASSWORD, "rosa")
    set_password(staffed, "anna", "as the admin chose it for her", "rosa")
    assert bodies(staffed, "password_set")[-1] == {"account": "anna"}


def test_passwords_are_hashed_as_the_standard_recommends() -> None:
    """Source: RFC 9106, section 4, for a server with memory to spare but not two gibibytes."""
    memory, rounds = 64 * 1024, 3

    assert (real_hasher().type.name, real_hasher().time_cost) == ("ID", rounds)
    assert real_hasher().memory_cost >= memory


def test_a_password_kept_under_weaker_parameters_is_kept_anew(
    staffed: BareHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parameters grow with the machines; only at a sign-in is the password there to hash again."""
    from argon2 import PasswordHasher

    before = staffed.store.password_hash("anna")
    monkeypatch.setattr(passwords, "hasher", lambda: PasswordHasher(time_cost=4))

    _, token = sign_in_with_password(staffed, "anna", PASSWORD, HERE)

    after = staffed.store.password_hash("anna")
    assert after is not None
    assert after != before
    assert ",t=4," in after
    assert session_of(staffed, token) is not None
    assert sign_in_with_password(staffed, "anna", PASSWORD, HERE)


def test_nothing_that_opens_a_door_is_in_the_database(staffed: BareHouse) -> None:
    """Who steals a backup can sign in as nobody."""
    link = make_link(staffed, "anna", "rosa")
    _, token = sign_in_with_password(staffed, "anna", PASSWORD, HERE)

    with staffed.store.engine.connect() as conn:
        stored = [
            str(conn.execute(text(f"SELECT * FROM {table}")).all())
            for table in ("session", "sign_in_link", "password", "house_entry", "account")
        ]

    assert not [
        secret for secret in (link.token, token, PASSWORD) for rows in stored if secret in rows
    ]


def test_what_opens_nothing_any_more_is_tidied_up(staffed: BareHouse, clock: MovingClock) -> None:
    """Else the tables would grow for ever; a live session stays."""
    make_link(staffed, "anna", "rosa")
    with pytest.raises(SignInRefused):
        sign_in_with_password(staffed, "anna", "wrong", HERE)
    sign_in_with_password(staffed, "anna", PASSWORD, HERE)
    clock.pass_time(timedelta(days=31))
    _, token = sign_in_with_password(staffed, "anna", PASSWORD, "198.51.100.1")

    forget_old_ways_in(staffed)

    assert session_of(staffed, token) is not None
    with staffed.store.engine.connect() as conn:
        counted = {
            table: conn.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in ("session", "sign_in_link")
        }
    assert counted == {"session": 1, "sign_in_link": 0}
