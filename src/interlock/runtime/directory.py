"""The directory: what is known of a person at the moment they act.

Its one rule: it only tells; who may do what with it is decided by the rules.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from interlock.domain.people import Standing
from interlock.storage import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Reads accounts and what hangs on them."""

    store: Store

    def standing(self, person: str, now: datetime) -> Standing:
        """How the person stands now; without an account, the contract alone will judge."""
        account, hand = self.store.account(person), self.store.at_hand(person, now)
        plain = Standing(
            stands_in_for=hand.stands_in_for,
            absent_until=hand.absent_until,
            trained=hand.trained,
            holding=hand.holding,
        )
        if account is None:
            return plain
        return replace(
            plain,
            known=True,
            active=account.active,
            is_agent=account.is_agent,
            grants=account.grants,
            groups=account.groups,
        )
