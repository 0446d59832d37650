"""What only the desk asks of its queues: how long they are, and who is being waited for.

One rule: what a page costs does not grow with the queue, so counting stops at a limit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from interlock.domain.ids import QueueName, WorkflowId
from interlock.domain.review import ReviewTask
from interlock.storage.codec import TASK
from interlock.storage.database import Database

COUNTED: Final = 1_000  # tasks of a queue that are counted; more is "1,000 and more"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePlace:
    """One queue of one workflow."""

    workflow: WorkflowId
    queue: QueueName


class QueuePages:
    """The part of the store that the desk reads."""

    _db: Database

    def stopped_tasks(
        self,
        places: Iterable[QueuePlace],
        *,
        tenants: frozenset[str] | None = None,
        limit: int = 50,
    ) -> list[ReviewTask]:
        """The tasks whose clock stands still because somebody was asked, first asked on top."""
        found: list[ReviewTask] = []
        with self._db.reading() as conn:
            for place in places:
                rows = self._db.rows(
                    conn,
                    "queue_stopped",
                    workflow=place.workflow,
                    queue=place.queue,
                    any_tenant=tenants is None,
                    tenants=sorted(tenants or ()),
                    limit=limit,
                )
                found += TASK.decode_all([row.body for row in rows])
        return sorted(found, key=lambda task: (task.clock_stopped_at, task.id))[:limit]

    def queue_size(
        self,
        places: Iterable[QueuePlace],
        *,
        tenants: frozenset[str] | None = None,
        free_for: str | None = None,
    ) -> int:
        """How many live tasks wait there, each queue counted up to COUNTED.

        free_for: without those that somebody else holds.
        """
        with self._db.reading() as conn:
            return sum(
                int(
                    self._db.rows(
                        conn,
                        "queue_size",
                        workflow=place.workflow,
                        queue=place.queue,
                        any_tenant=tenants is None,
                        tenants=sorted(tenants or ()),
                        free_for=free_for,
                        limit=COUNTED,
                    )[0].tasks
                )
                for place in places
            )
