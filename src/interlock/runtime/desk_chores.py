"""What is tidied up at the desk: drafts of tasks that are over.

Its one rule: nothing that anybody still needs for a decision is touched.
"""

from __future__ import annotations

from typing import Final

from interlock.runtime.chores import Chore
from interlock.runtime.context import Context

TIDY_EVERY_SECONDS: Final = 600.0


def drafts_chore() -> Chore:
    """The chore that forgets the drafts of tasks that are over."""
    return Chore(name="forget_drafts", every_seconds=TIDY_EVERY_SECONDS, run=forget_over_drafts)


def forget_over_drafts(context: Context) -> None:
    """Forgets them; a draft holds what somebody wrote, and is kept no longer than its task."""
    context.store.drop_over_drafts()
