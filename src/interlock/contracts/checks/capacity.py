"""Whether the people of each queue can hold its deadline, at the volume the baseline gives.

It looks at a contract that has no errors. What nobody wrote down is not guessed: then the check
says what to write.
"""

from __future__ import annotations

from collections.abc import Iterator

from interlock.contracts.baseline_volume import BaselineUnusable, volume_per_month
from interlock.contracts.capacity import IN_TIME, QueueOutlook, queue_outlook
from interlock.contracts.draft import Draft
from interlock.contracts.problem import Problem
from interlock.domain.contract import WorkflowContract


def problems(draft: Draft, contract: WorkflowContract) -> Iterator[Problem]:
    """A warning for each queue that cannot hold its deadline; one when no volume is known."""
    found, missing = outlooks(draft, contract)
    shared = [name for name, each in contract.queues.items() if each.expected_share is not None]
    if shared and missing and contract.baseline is None:
        path = ("queues", shared[0], "expected_share")
        yield draft.warning(path, "expected_share needs a volume to reckon with", missing)
    for each in found:
        if not each.holds:
            yield draft.warning(("queues", each.queue), _message(each), _remedy(each))


def outlooks(draft: Draft, contract: WorkflowContract) -> tuple[tuple[QueueOutlook, ...], str]:
    """What to expect of each queue that says its share, and what to write where none can be told.

    The text is empty when there is an outlook.
    """
    if contract.baseline is None:
        return (), "write baseline: baseline.yaml, and in it volume_per_month: 2000"
    try:
        volume = volume_per_month(draft.folder, contract.baseline)
    except BaselineUnusable as unusable:
        return (), str(unusable)
    found = tuple(
        queue_outlook(contract, name, volume, each.expected_share)
        for name, each in contract.queues.items()
        if each.expected_share is not None
    )
    missing = "write expected_share: 0.30 under a queue: how many questions a case it gets"
    return found, "" if found else missing


def _message(each: QueueOutlook) -> str:
    late = "" if each.usual_minutes is None else f"; {1 - each.in_time:.0%} would be late"
    return f"{each.words}{late}"


def _remedy(each: QueueOutlook) -> str:
    if each.needed is None:
        return (
            f"no number of people answers {IN_TIME:.0%} in time; allow more than "
            f"{each.due_minutes or 0:g} minutes, or make the question shorter than "
            f"{each.minutes:g} minutes"
        )
    return "add people or hours, allow more time, or let fewer cases come here"
