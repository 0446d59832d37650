"""The directory: what is known of a person at the moment they act.

Its one rule: it only tells; who may do what with it is decided by the rules.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from interlock.domain.ids import CaseId
from interlock.domain.people import CONTRACT_ALONE, Standing
from interlock.domain.review import ReviewTask
from interlock.domain.rules.shown import KeptBack, kept_back
from interlock.storage import Store, TaskQuery
from interlock.storage.values import LIVE

MOST_LIVE: Final = 100  # tasks of one case that wait at once; there are hardly ever three


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

    def answers_kept(
        self, case_ids: Collection[CaseId], person: str, now: datetime
    ) -> Mapping[CaseId, KeptBack]:
        """Of these cases, those of which the person may not know an answer yet, and what of them:
        for lists, which must not tell what the case's own page keeps back."""
        asked: dict[CaseId, list[ReviewTask]] = {}
        for task in self.store.compared_looks(case_ids):
            asked.setdefault(task.case_id, []).append(task)
        standing = self.standing(person, now) if asked else CONTRACT_ALONE
        found = {case: kept_back(tasks, person, standing) for case, tasks in asked.items()}
        return {case: kept for case, kept in found.items() if kept.answers}

    def kept_back(self, case_id: CaseId, person: str, now: datetime) -> KeptBack:
        """What of the case this person may not know yet, on whatever page or paper."""
        query = TaskQuery(case_id=case_id, states=LIVE, limit=MOST_LIVE)
        return kept_back(self.store.tasks(query), person, self.standing(person, now))
