"""Who can give somebody a role: the people who keep the accounts.

One rule: names only; nobody learns here what another may do.
"""

from __future__ import annotations

from itertools import islice
from typing import Final

from interlock.domain.people import Right
from interlock.domain.rules.rights import may
from interlock.identity import Visitor
from interlock.runtime.context import Context

SHOWN: Final = 4  # names are enough to find somebody to ask


def whom_to_ask(context: Context, visitor: Visitor) -> tuple[str, ...]:
    """The names of those who can give a role, without the one who asks; the first few."""
    keepers = (each for each in context.store.accounts() if may(each, Right.ADMINISTER).allowed)
    return tuple(each.name for each in islice(keepers, SHOWN) if each.id != visitor.id)
