"""Which queues somebody works in, and which they may look at.

One rule: the contract and the directory say who works where; a page only asks them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from interlock.domain.contract import WorkflowContract
from interlock.domain.ids import QueueName
from interlock.domain.people import Right, Standing
from interlock.domain.rules.seats import is_member
from interlock.identity import Visitor
from interlock.storage import QueuePlace


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """mine: where the person decides. team: all that they may look at."""

    mine: tuple[QueuePlace, ...] = ()
    team: tuple[QueuePlace, ...] = ()


def places_of(
    contracts: Iterable[WorkflowContract], visitor: Visitor, standing: Standing
) -> Places:
    """The queues of these contracts that are this visitor's to work in, and to look at."""
    mine, team = list[QueuePlace](), list[QueuePlace]()
    for contract, queue in _queues(contracts):
        place = QueuePlace(workflow=contract.workflow, queue=queue)
        if visitor.may(Right.SEE, workflow=contract.workflow, queue=queue).allowed:
            team.append(place)
        decides = visitor.may(Right.DECIDE, workflow=contract.workflow, queue=queue).allowed
        if decides and is_member(contract, queue, visitor.id, standing):
            mine.append(place)
    return Places(mine=tuple(dict.fromkeys(mine)), team=tuple(dict.fromkeys(team)))


def _queues(contracts: Iterable[WorkflowContract]) -> Iterator[tuple[WorkflowContract, QueueName]]:
    return ((contract, queue) for contract in contracts for queue in contract.queues)
