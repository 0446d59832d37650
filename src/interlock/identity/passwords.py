"""Passwords: what may be one, and how it is kept and compared (argon2id).

Its one rule: comparing takes as long for a name that has no password as for one that has.
"""

from __future__ import annotations

from functools import cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Final

from interlock.domain.ids import PersonId
from interlock.domain.people import Account
from interlock.errors import MissingExtra
from interlock.identity.account_rights import existing, require_self_or_admin
from interlock.identity.errors import AccountRefused, PasswordRefused
from interlock.identity.house import House, note_by
from interlock.identity.secret import new_secret

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST: Final = (
    12  # letters. Source: NIST SP 800-63B rev. 4, at least 8; 15 where it stands alone
)
LONGEST: Final = 1_000  # more would only keep the hasher busy
FEWEST_DIFFERENT: Final = 5  # letters; fewer is one key held down
SHORTEST_OWN_NAME: Final = 4  # a shorter name is found inside many good passwords
HASHES_AT_ONCE: Final = 4  # each takes 64 MiB; a crowd at the door must not take all memory

_at_once: Final = BoundedSemaphore(HASHES_AT_ONCE)


def set_password(house: House, account_id: str, password: str, by: str) -> None:
    """Gives the account this password; its sessions and unused links end.

    Only the person, or an admin. Raises: AccountUnknown, NotAdmin, AccountRefused for a program,
    PasswordRefused.
    """
    require_self_or_admin(house, account_id, by, "set somebody else's password")
    account = existing(house, account_id)
    if account.is_agent:
        raise AccountRefused(f"{account.id} is a program", "give it a token instead")
    check_strength(password, account)
    note = note_by(by, "password_set", house.clock.now(), {"account": account.id})
    house.store.set_password_hash(account.id, hashed(password), note)


def check_strength(password: str, account: Account) -> None:
    """Nothing, for a password the account may have. Raises: PasswordRefused."""
    if len(password) < SHORTEST:
        raise PasswordRefused(
            f"the password has {len(password)} letters",
            f"take at least {SHORTEST}; a short sentence is easy to remember",
        )
    if len(password) > LONGEST:
        raise PasswordRefused(f"the password has {len(password)} letters", f"take up to {LONGEST}")
    if len(set(password)) < FEWEST_DIFFERENT:
        raise PasswordRefused("the password is the same few letters", "take more different ones")
    if any(own in password.casefold() for own in _own_names(account)):
        raise PasswordRefused("the password holds the account's own name", "leave the name out")


def hashed(password: str) -> str:
    """The password as it is kept."""
    with _at_once:
        return hasher().hash(_plain(password))


def fits(password: str, kept: str | None) -> bool:
    """Whether this is the password that is kept; it takes as long when none is."""
    from argon2.exceptions import InvalidHashError, VerificationError

    with _at_once:
        try:
            hasher().verify(kept or _nobodys(), _plain(password[: LONGEST + 1]))
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def keep_up_to_date(house: House, account_id: PersonId, password: str, kept: str) -> str:
    """How the password is kept now: hashed anew when the parameters have become stronger."""
    if not hasher().check_needs_rehash(kept):
        return kept
    renewed = hashed(password)
    house.store.rehash_password(account_id, seen=kept, hashed=renewed)
    return renewed


@cache
def hasher() -> PasswordHasher:
    """Argon2id; the library's own parameters follow RFC 9106. Raises: MissingExtra."""
    try:
        from argon2 import PasswordHasher
    except ModuleNotFoundError:
        raise MissingExtra("argon2-cffi", "web") from None
    return PasswordHasher()


@cache
def _nobodys() -> str:
    """A hash that no password fits, to compare with where there is none."""
    return hasher().hash(new_secret())


def _plain(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")


def _own_names(account: Account) -> list[str]:
    mailbox = account.email.partition("@")[0]
    names = (account.id, mailbox, account.name, account.name.replace(" ", ""))
    return [name.casefold() for name in names if len(name) >= SHORTEST_OWN_NAME]
