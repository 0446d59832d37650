"""Who is told, and at which address.

Its one rule: a person is told of a task only if they may work on it, or hold it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from interlock.domain.case import Case
from interlock.domain.contract import WorkflowContract
from interlock.domain.ids import PersonId
from interlock.domain.people import Account, Standing
from interlock.domain.review import ReviewTask
from interlock.domain.rules import assign
from interlock.runtime.context import Context


class Recipients:
    """Reads people once for one look at what is new."""

    def __init__(self, context: Context, now: datetime) -> None:
        self._context, self._now = context, now
        self._accounts: dict[str, Account] = {
            each.id: each for each in context.store.accounts() if not each.is_agent
        }
        self._standings: dict[str, Standing] = {}

    def address(self, contract: WorkflowContract | None, person: str) -> str:
        """The person's mail address: their account's, else the contract's; empty: none, or
        switched off."""
        account = self._accounts.get(person)
        if account is not None and not account.active:
            return ""
        if account is not None and account.email:
            return account.email
        named = contract.people.get(PersonId(person)) if contract else None
        return named.email if named else ""

    def of_task(self, contract: WorkflowContract, case: Case, task: ReviewTask) -> Iterator[str]:
        """Whoever has the task: its holder, else whom it is kept for, else all who may take it."""
        if task.held_by is not None:
            yield task.held_by
        elif task.assigned_to is not None:
            yield task.assigned_to
        else:
            yield from self._who_may(contract, case, task)

    def reachable(self, contract: WorkflowContract | None, people: Iterable[str]) -> list[str]:
        """Those of them who are here and have an address, each once."""
        here = (each for each in dict.fromkeys(people) if self.address(contract, each))
        return [each for each in here if not self._is_away(each)]

    def known(self, contract: WorkflowContract) -> Iterator[str]:
        """Everybody who has an address, by the contract or an account."""
        for person in dict.fromkeys([*sorted(contract.people), *sorted(self._accounts)]):
            if self.address(contract, person):
                yield person

    def _who_may(self, contract: WorkflowContract, case: Case, task: ReviewTask) -> Iterator[str]:
        for person in self.known(contract):
            standing = self._standing(person)
            if assign.may_work_on(
                contract, case, task, person, self._now, standing=standing
            ).allowed:
                yield person

    def _is_away(self, person: str) -> bool:
        until = self._standing(person).absent_until
        return until is not None and self._now < until

    def _standing(self, person: str) -> Standing:
        if person not in self._standings:
            self._standings[person] = self._context.directory.standing(person, self._now)
        return self._standings[person]
