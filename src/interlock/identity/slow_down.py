"""How long somebody who keeps failing must wait. A pure rule over what is counted.

A wait falls on an account and on a source address, never on a one-time link: whoever is kept out
by somebody else's guessing can still come in.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Final

from interlock.identity.secret import digest_of
from interlock.storage.attempts import Failures

FREE_OF_ACCOUNT: Final = 4  # failures before an account's first wait: people mistype
FREE_OF_ADDRESS: Final = 50  # a whole office may share one address, all at nine
LONGEST_WAIT: Final = timedelta(minutes=15)
FORGOTTEN_AFTER: Final = timedelta(hours=12)
MOST_DOUBLINGS: Final = 16  # 2^16 s is past the longest wait; more would only overflow
FORGIVE_ALL: Final = 1_000_000  # more than anybody can fail in the time it is remembered
ADDRESS: Final = "address:"
ACCOUNT: Final = "account:"
UNKNOWN: Final = "unknown:"


def account_key(account_id: str) -> str:
    """What an account's failures are counted under."""
    return f"{ACCOUNT}{account_id}"


def unknown_key(name: str) -> str:
    """What a name without an account is counted under: digested, since people type passwords
    into the wrong field."""
    return f"{UNKNOWN}{digest_of(name)}"


def address_key(address: str) -> str:
    """What a source address's failures are counted under."""
    return f"{ADDRESS}{address}"


def wait(key: str, counted: Failures, now: datetime) -> timedelta:
    """How long the next attempt under this key must still wait; zero when it need not.

    It doubles with each failure after the free ones, from one second to LONGEST_WAIT.
    """
    free = FREE_OF_ADDRESS if key.startswith(ADDRESS) else FREE_OF_ACCOUNT
    over = counted.failures - free
    if over < 0:
        return timedelta()
    seconds = 2 ** min(over, MOST_DOUBLINGS)
    whole = min(timedelta(seconds=seconds), LONGEST_WAIT)
    # A clock that was set back must not make anybody wait longer than the rule says.
    return min(max(counted.last_at + whole - now, timedelta()), whole)


def in_seconds(span: timedelta) -> int:
    """The span in whole seconds, rounded up, for people and for Retry-After."""
    return math.ceil(span.total_seconds())
