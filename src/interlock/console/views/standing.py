"""What the shell says of the person who looks: their roles, their waiting work, what is paused.

One rule: it only reads, and never more than the person may see.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from interlock.console import words
from interlock.console.views.pauses import PauseShown, shown_pauses
from interlock.console.views.queue import waiting_for
from interlock.domain.people import Right
from interlock.identity import Visitor
from interlock.runtime.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """waiting: tasks for the person now. roles: what they are, in words."""

    waiting: int = 0
    pauses: tuple[PauseShown, ...] = ()
    may_pause: bool = False
    may_resume: bool = False
    may_audit: bool = False
    roles: str = ""


def standing_of(context: Context, visitor: Visitor | None, now: datetime) -> Standing:
    """What the shell says of this visitor; nothing of nobody."""
    if visitor is None:
        return Standing()
    account = visitor.account
    return Standing(
        waiting=waiting_for(context, visitor, now),
        pauses=shown_pauses(context),
        may_pause=visitor.may(Right.PAUSE).allowed,
        may_resume=visitor.may(Right.RESUME).allowed,
        may_audit=visitor.may(Right.AUDIT).allowed,
        roles=words.listed(tuple(dict.fromkeys(str(grant.role) for grant in account.grants))),
    )
