"""The office with its review watched: samples, second looks, probes and blind queues on request."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from interlock.domain.ids import QueueName
from interlock.domain.quality import LookKind, Probe, Quality
from interlock.domain.review import ReviewTask
from interlock.runtime.workflow import Workflow, Workflows
from interlock.storage import TaskQuery
from tests.runtime.office import Office

CLERKS = QueueName("clerks")


def watch(
    office: Office,
    quality: Quality | None = None,
    *,
    probes: tuple[Probe, ...] = (),
    blind: bool = False,
) -> Office:
    """The same office, whose contract says how closely review is watched."""
    contract = office.workflow.contract
    clerks = replace(contract.queues[CLERKS], blind=blind)
    changed = replace(
        contract,
        quality=quality or Quality(),
        probes=probes,
        queues={**contract.queues, CLERKS: clerks},
    )
    loaded = replace(office.workflow.loaded, contract=changed)
    workflow = Workflow(loaded=loaded, systems=office.workflow.systems)
    workflows = Workflows([workflow])
    office.workflow = workflow
    office.context = replace(office.context, workflows=workflows)
    office.runner = replace(office.runner, workflows=workflows)
    return office


def look_of(office: Office, key: str, kind: LookKind) -> ReviewTask:
    """The live task of the case's look of this kind."""
    tasks = office.store.tasks(TaskQuery(case_id=office.case(key).id))
    [task] = [each for each in tasks if each.look is kind]
    return task


def a_planted_refund(**changes: Any) -> Probe:
    """The AI is said to accept a refund that the order does not allow."""
    plain: dict[str, Any] = {
        "name": "accepted_without_order",
        "step": "judge",
        "data": {"number": "R-{n}", "amount": 120, "order": "O-1"},
        "value": {"accept": True, "reason": "the order says so"},
        "confidence": 0.55,
        "is_planted": True,
        "exception_type": "low_confidence",
        "detail": "confidence 0.55 is under the line of 0.80",
        "correct": {"accept": False},
        "document": "R-{n}.json",
        "content": '{"number": "R-{n}", "amount": 120, "order": "O-1"}',
    }
    return Probe(**{**plain, **changes})
