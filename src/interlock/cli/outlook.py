"""What happens if nobody decides, with its time; the rest is the domain's own words."""

from __future__ import annotations

from datetime import datetime

from interlock.domain.contract import WorkflowContract
from interlock.domain.review import ReviewTask
from interlock.domain.rules.outlook import consequences, name_of, owner_of, silence
from interlock.papers.words import clock

__all__ = ["consequences", "if_nobody_decides", "name_of", "owner_of"]


def if_nobody_decides(contract: WorkflowContract, task: ReviewTask, now: datetime) -> str:
    """What silence does; it never approves."""
    return f"late at {clock(task.due_at, now)}, then {silence(contract, task)}"
