"""What a visitor may see of the work: their workflows and tenants, and today where they are.

One rule: a view asks here which workflows there are, never the loaded ones directly.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from interlock.domain.contract import WorkflowContract
from interlock.domain.ids import PersonId
from interlock.identity import Visitor
from interlock.runtime.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """contracts: the visible workflows by id, the newest contract of each. `tenants` None: all."""

    contracts: dict[str, WorkflowContract]
    tenants: frozenset[str] | None
    now: datetime

    @property
    def today(self) -> datetime:
        """When the local day began."""
        return self.now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)

    @property
    def zone_offset(self) -> timedelta:
        """What the local clock is ahead of UTC."""
        return self.now.astimezone().utcoffset() or timedelta()


def scope_of(context: Context, visitor: Visitor) -> Scope:
    """What this visitor may see, now."""
    contracts: dict[str, WorkflowContract] = {}
    for workflow in context.workflows:
        contract = workflow.contract
        if visitor.workflows is None or contract.workflow in visitor.workflows:
            contracts.setdefault(contract.workflow, contract)
    return Scope(contracts=contracts, tenants=visitor.tenants, now=context.clock.now())


def name_of(contract: WorkflowContract | None, person: str) -> str:
    """What people call somebody, else their id."""
    known = contract.people.get(PersonId(person)) if contract else None
    return known.name if known else person
