"""What is tidied up behind the doors: ways in that no longer open anything."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from interlock.identity.house import House
from interlock.identity.sessions import IDLE
from interlock.runtime.chores import Chore

FORGOTTEN_AFTER: Final = timedelta(days=30)  # until then, the reuse of an old link is recorded
TIDY_EVERY_SECONDS: Final = 3600.0


def ways_in_chore() -> Chore:
    """The chore that tidies up."""
    return Chore(name="forget_ways_in", every_seconds=TIDY_EVERY_SECONDS, run=forget_old_ways_in)


def forget_old_ways_in(house: House) -> None:
    """Removes sessions that are over, and links and counts of failures of long ago."""
    now = house.clock.now()
    house.store.forget_old_ways_in(now, idle_since=now - IDLE, long_ago=now - FORGOTTEN_AFTER)
