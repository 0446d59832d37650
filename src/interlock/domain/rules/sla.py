"""A task's clock: when it is due, when it is at risk, and how a question stops it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from interlock.domain.contract import Queue
from interlock.domain.review import ReviewTask


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """When a task is due and from when on it counts as at risk."""

    due_at: datetime
    at_risk_at: datetime


def deadline(
    queue: Queue, minutes: float, now: datetime, latest: datetime | None = None
) -> Deadline:
    """The deadline `minutes` of the queue's business time from now.

    latest: the case's own deadline, such as the end of a discount; an earlier one wins while it
    is still ahead, because being on time for the queue would be too late for the business.
    """
    due_at = queue.hours.after(now, timedelta(minutes=minutes))
    at_risk_at = queue.hours.after(now, timedelta(minutes=minutes * queue.at_risk_share))
    if latest is not None and now < latest < due_at:
        due_at = latest
        at_risk_at = min(at_risk_at, now + (latest - now) * queue.at_risk_share)
    return Deadline(due_at=due_at, at_risk_at=at_risk_at)


def stop_clock(task: ReviewTask, now: datetime) -> ReviewTask:
    """The task with its clock standing still, while somebody is asked."""
    return replace(task, clock_stopped_at=task.clock_stopped_at or now)


def restart_clock(task: ReviewTask, queue: Queue, now: datetime) -> ReviewTask:
    """The task with its clock running again; it keeps the business time it had left."""
    if task.clock_stopped_at is None:
        return task
    return replace(
        task,
        clock_stopped_at=None,
        due_at=_moved(task.due_at, task.clock_stopped_at, queue, now),
        at_risk_at=_moved(task.at_risk_at, task.clock_stopped_at, queue, now),
    )


def _moved(moment: datetime, stopped_at: datetime, queue: Queue, now: datetime) -> datetime:
    if moment <= stopped_at:
        return moment
    return queue.hours.after(now, queue.hours.between(stopped_at, moment))
