"""Signing in with a password or a one-time link.

Its one rule: a refused sign-in says the same whatever was wrong, takes as long, and is recorded.
"""

from __future__ import annotations

from interlock.domain.people import Account
from interlock.identity import slow_down
from interlock.identity.errors import LinkRefused, SignInRefused, SignInTooSoon
from interlock.identity.house import House
from interlock.identity.passwords import fits, keep_up_to_date
from interlock.identity.secret import LONGEST_SECRET, digest_of
from interlock.identity.sessions import opened_session
from interlock.identity.visitor import Via, Visitor
from interlock.storage.house_log import HouseNote

LONGEST_NAME = 200  # letters; no account's id or address is longer
DOOR = "door"  # who says that somebody was not let in


def sign_in_with_password(
    house: House, name: str, password: str, address: str
) -> tuple[Visitor, str]:
    """The visitor and the secret of a new session, for an account's id or mail address.

    address: where the attempt comes from. Raises: SignInRefused, SignInTooSoon.
    """
    account = _account_called(house, name)
    kept = house.store.password_hash("" if account is None else account.id)
    key = slow_down.unknown_key(name) if account is None else slow_down.account_key(account.id)
    unheard = _attempt(house, key, slow_down.address_key(address))
    if fits(password, kept) and account is not None and kept is not None:
        kept = keep_up_to_date(house, account.id, password, kept)
        came_in = opened_session(house, account, Via.PASSWORD, address, password=kept)
        if came_in is not None:
            house.store.forgive({key: slow_down.FORGIVE_ALL, slow_down.address_key(address): 1})
            return came_in
    _record_refusal(house, account, Via.PASSWORD, address, unheard)
    raise SignInRefused


def sign_in_with_link(house: House, token: str, address: str) -> tuple[Visitor, str]:
    """The visitor and the secret of a new session; the link is used up. Raises: LinkRefused.

    No failed password makes anybody wait here: this is the way in for whoever is kept out.
    """
    digest = digest_of(token[: LONGEST_SECRET + 1])
    link = house.store.link(digest)
    account = None if link is None else house.store.account(link.account_id)
    if account is not None:
        came_in = opened_session(house, account, Via.LINK, address, link=digest)
        if came_in is not None:
            house.store.forgive({slow_down.account_key(account.id): slow_down.FORGIVE_ALL})
            return came_in
    _refuse_link(house, account, address)
    raise LinkRefused


def _account_called(house: House, name: str) -> Account | None:
    """The active person with this id, or the only one with this mail address."""
    called = name.strip()
    if not called or len(called) > LONGEST_NAME:
        return None
    account = house.store.account(called)
    if account is None and "@" in called:
        found = house.store.accounts_with_email(called)
        account = found[0] if len(found) == 1 else None
    return account if account is not None and account.active and not account.is_agent else None


def _attempt(house: House, *keys: str) -> int:
    """How many attempts came too soon since the last; this one may be looked at.

    Raises: SignInTooSoon.
    """
    now = house.clock.now()
    attempt = house.store.begin_attempt(keys, now, slow_down.wait, forget=slow_down.FORGOTTEN_AFTER)
    seconds = slow_down.in_seconds(attempt.wait)
    if seconds > 0:
        raise SignInTooSoon(seconds)
    return attempt.unheard


def _refuse_link(house: House, account: Account | None, address: str) -> None:
    """Records the refusal; of an address that floods the door, only now and then."""
    try:
        unheard = _attempt(house, slow_down.address_key(address))
    except SignInTooSoon:
        return
    _record_refusal(house, account, Via.LINK, address, unheard)


def _record_refusal(
    house: House, account: Account | None, via: Via, address: str, unheard: int
) -> None:
    """What was typed is not recorded: it may be a password in the wrong field."""
    whose = {} if account is None else {"account": account.id}
    house.store.note_in_house(
        HouseNote(
            at=house.clock.now(),
            actor=DOOR,
            kind="sign_in_refused",
            body={"via": via, "turned_away_before": unheard, **whose},
            private={"address": address},
        )
    )
