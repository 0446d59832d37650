"""Ways in, as they are stored: each change whole and with its note, or not at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from interlock.domain.ids import PersonId
from interlock.domain.people import Account
from interlock.storage import HouseNote, Store
from interlock.storage.api_tokens import TokenRow
from interlock.storage.attempts import Failures
from interlock.storage.identity import Altered, SessionRow
from tests.storage.builders import NOW, at

ANNA = Account(id=PersonId("anna"), name="Anna", email="anna@example.com")


def a_note(kind: str = "changed", when: datetime = NOW) -> HouseNote:
    return HouseNote(at=when, actor="person:rosa", kind=kind)


def a_session(number: int = 1, **fields: Any) -> SessionRow:
    plain: dict[str, Any] = {
        "id": f"ses_{number}",
        "account_id": ANNA.id,
        "via": "password",
        "opened_at": NOW,
        "seen_at": NOW,
        "expires_at": at(60),
    }
    return SessionRow(**{**plain, **fields})


@pytest.fixture
def known(store: Store) -> Store:
    """Anna has an account and a password."""
    store.save_account(ANNA, a_note("account_added"))
    store.set_password_hash(ANNA.id, "hash-1", a_note("password_set"))
    return store


def test_an_alteration_that_raises_changes_nothing(known: Store) -> None:
    """A refusal in the middle must not leave half a change, or a note of it."""
    before = (known.accounts(), known.house_length())

    def refuse(stored: Any) -> Altered:
        assert list(stored) == [ANNA.id]
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        known.alter_accounts(refuse)

    assert (known.accounts(), known.house_length()) == before


def test_alterations_take_turns(known: Store) -> None:
    """Each sees what the one before it wrote, or two would undo each other."""

    def add_group(number: int) -> None:
        def alter(stored: Any) -> Altered:
            account = stored[ANNA.id]
            grown = replace(account, groups=(*account.groups, f"g{number}"))
            return Altered(accounts=(grown,), notes=(a_note(),))

        known.alter_accounts(alter)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(add_group, range(12)))

    account = known.account(ANNA.id)
    assert account is not None
    assert sorted(account.groups) == sorted(f"g{number}" for number in range(12))
    assert known.house_faults() == []


def test_a_session_is_not_opened_on_a_password_that_was_just_changed(known: Store) -> None:
    """Who was out-guessed changes it while the guesser comes in: the change wins."""
    known.set_password_hash(ANNA.id, "hash-2", a_note("password_set"))
    length = known.house_length()

    assert not known.open_session("digest", a_session(), a_note(), password="hash-1")
    assert known.session("digest", NOW, at(-60)) is None
    assert known.house_length() == length
    assert known.open_session("digest", a_session(), a_note(), password="hash-2")


def test_a_session_is_not_opened_for_an_account_that_is_off(known: Store) -> None:
    """Also when it was switched off between the question and the answer."""
    known.save_account(replace(ANNA, active=False), a_note())

    assert not known.open_session("digest", a_session(), a_note())


def test_a_link_is_its_accounts_alone(known: Store) -> None:
    """A link for one person opens no session of another, and is not used up by the attempt."""
    known.save_account(replace(ANNA, id=PersonId("bruno"), email=""), a_note())
    known.keep_link("link", ANNA.id, at(10), a_note())
    brunos = a_session(1, account_id=PersonId("bruno"))

    assert not known.open_session("digest", brunos, a_note(), link="link")
    link = known.link("link")
    assert link is not None
    assert link.used_at is None
    assert known.open_session("digest", a_session(), a_note(), link="link")
    used = known.link("link")
    assert used is not None
    assert used.used_at == NOW


def test_a_password_is_not_kept_anew_over_another_one(known: Store) -> None:
    """The stronger hash of the old password must not undo the new one."""
    known.set_password_hash(ANNA.id, "hash-2", a_note())

    known.rehash_password(ANNA.id, seen="hash-1", hashed="stronger")

    assert known.password_hash(ANNA.id) == "hash-2"


def test_a_session_holds_until_its_end_and_while_it_is_used(known: Store) -> None:
    """Both ends are exclusive: at the moment itself it is over."""
    known.open_session("digest", a_session(), a_note())

    assert known.session("digest", at(59), at(-1)) is not None
    assert known.session("digest", at(60), at(-1)) is None
    assert known.session("digest", at(30), NOW) is None
    known.touch_session("digest", at(10))
    found = known.session("digest", at(30), NOW)
    assert found is not None
    assert (found[0].seen_at, found[1]) == (at(10), ANNA)
    assert [each.id for each in known.sessions_of(ANNA.id, at(30), NOW)] == ["ses_1"]


def test_what_names_a_way_in_is_unique(known: Store) -> None:
    """Two sessions or tokens of one name could not be told apart when one must end."""
    known.open_session("one", a_session(), a_note())
    token = TokenRow(
        id="tok_1",
        account_id=ANNA.id,
        name="x",
        scopes=("see",),
        made_at=NOW,
        made_by="anna",
    )
    known.keep_token("t1", token, a_note())

    with pytest.raises(IntegrityError):
        known.open_session("other", a_session(), a_note())
    with pytest.raises(IntegrityError):
        known.keep_token("t2", token, a_note())
    with pytest.raises(IntegrityError):
        known.keep_token("t3", replace(token, id="t", account_id=PersonId("nobody")), a_note())


def test_attempts_are_counted_under_every_key_and_those_too_soon_only_remembered(
    store: Store,
) -> None:
    """The longest wait of all keys is the attempt's."""
    waits = {"account:anna": timedelta(), "address:here": timedelta()}
    keys = sorted(waits)

    def begin(minute: float) -> Any:
        return store.begin_attempt(
            keys, at(minute), lambda key, _counted, _now: waits[key], forget=timedelta(hours=1)
        )

    assert begin(0).wait == timedelta()
    waits["address:here"] = timedelta(seconds=7)
    assert begin(1).wait == timedelta(seconds=7)
    waits["address:here"] = timedelta()
    third = begin(2)

    assert third.unheard == 1
    assert third.before["account:anna"] == Failures(failures=1, unheard=1, last_at=NOW)
    store.forgive({"account:anna": 100, "address:here": 1, "unknown:x": 1})
    counted = begin(3).before
    assert (counted["account:anna"].failures, counted["address:here"].failures) == (0, 1)
    assert begin(120).before["address:here"].failures == 0


def test_a_subject_elsewhere_is_one_account_here_and_the_other_way_round(known: Store) -> None:
    """Else who signs in over there could choose who they are here."""
    known.save_account(replace(ANNA, id=PersonId("bruno"), email=""), a_note())

    assert known.link_outside("anna", "https://id", "a-1", a_note())
    assert not known.link_outside("bruno", "https://id", "a-1", a_note())
    assert not known.link_outside("anna", "https://id", "a-2", a_note())
    assert known.outside_account("https://id", "a-1") == ANNA
    assert known.outside_account("https://other", "a-1") is None


def test_what_was_begun_elsewhere_is_taken_once_and_in_time(store: Store) -> None:
    """Two browsers with one cookie are one sign-in."""
    for name in ("one", "late"):
        store.keep_outside_sign_in(name, {"state": "s"}, at(10))

    assert store.take_outside_sign_in("one", at(5)) == {"state": "s"}
    assert store.take_outside_sign_in("one", at(5)) is None
    assert store.take_outside_sign_in("late", at(10)) is None


def test_signing_in_reads_by_index(known: Store) -> None:
    """Every request of every browser asks this."""
    with known.engine.begin() as conn:
        if known.dialect == "postgresql":
            conn.execute(text("SET enable_seqscan = off"))  # a table of one row is always read
        word = "EXPLAIN" if known.dialect == "postgresql" else "EXPLAIN QUERY PLAN"
        for table in ("session", "api_token"):
            sql = f"{word} SELECT * FROM {table} WHERE digest = 'x'"
            plan = "\n".join(str(row[-1]) for row in conn.execute(text(sql)))
            assert f"pk_{table}" in plan or f"autoindex_{table}" in plan, plan
