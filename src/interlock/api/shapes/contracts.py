"""Contracts as the API gives them."""

from __future__ import annotations

from typing import Any, Literal

from interlock.api.shapes.plain import Shape
from interlock.contracts import CheckReport
from interlock.domain.contract import Severity, StepMode, WorkflowContract
from interlock.papers.words import MODES


class ContractListed(Shape):
    """A contract in force here."""

    workflow: str
    title: str
    fingerprint: str


class StepShape(Shape):
    """One step, and who decides in it."""

    name: str
    title: str
    mode: StepMode
    mode_in_words: str
    owner: str
    queue: str | None
    question: str
    actions: list[str]
    evidence_required: list[str]


class TierShape(Shape):
    """Who must approve an action, and when."""

    action: str
    when: str | None
    approvers: list[str]
    quorum: str


class ContractQueueShape(Shape):
    """A queue and who works it."""

    name: str
    members: list[str]
    escalates_to: list[str]
    lease_minutes: int


class RouteShape(Shape):
    """Where an exception goes, and by when somebody must have looked."""

    exception_type: str
    severity: Severity
    route_to: str
    sla_minutes: int
    automation_allowed: bool
    reviewer_evidence: list[str]


class ContractShape(ContractListed):
    """What was agreed. `text` is the contract as it was written."""

    outcome: str
    owners: dict[str, str]
    never_automate: list[str]
    steps: list[StepShape]
    tiers: list[TierShape]
    queues: list[ContractQueueShape]
    exceptions: list[RouteShape]
    text: str


class ProblemOfContract(Shape):
    """One thing to put right, and how. line 0: the file as a whole."""

    file: str
    line: int
    severity: Literal["error", "warning"]
    message: str
    remedy: str


class CheckShape(Shape):
    """What `interlock check` says of the contract's folder as it is now."""

    is_ok: bool
    fingerprint: str | None
    problems: list[ProblemOfContract]


def listed_contract(contract: WorkflowContract) -> ContractListed:
    return ContractListed(**_names(contract))


def contract_shape(contract: WorkflowContract, text: str) -> ContractShape:
    owners = contract.owners
    return ContractShape(
        **_names(contract),
        outcome=contract.outcome.statement,
        owners={
            "business": owners.business,
            "operations": owners.operations,
            "technical": owners.technical,
            "governance": owners.governance,
        },
        never_automate=list(contract.never_automate),
        steps=[
            StepShape(
                name=each.step_name,
                title=each.title,
                mode=each.mode,
                mode_in_words=MODES[each.mode],
                owner=each.owner,
                queue=each.queue,
                question=each.question,
                actions=list(each.actions),
                evidence_required=list(each.evidence_required),
            )
            for each in contract.steps
        ],
        tiers=[
            TierShape(
                action=each.action,
                when=each.when.text if each.when else None,
                approvers=list(each.tier),
                quorum=str(each.quorum),
            )
            for each in contract.approvals
        ],
        queues=[
            ContractQueueShape(
                name=each.name,
                members=sorted(contract.members_of(each.name)),
                escalates_to=list(each.escalate_to),
                lease_minutes=each.lease_minutes,
            )
            for each in contract.queues.values()
        ],
        exceptions=[
            RouteShape(
                exception_type=each.exception_type,
                severity=each.severity,
                route_to=each.route_to,
                sla_minutes=each.sla_minutes,
                automation_allowed=each.automation_allowed,
                reviewer_evidence=list(each.reviewer_evidence),
            )
            for each in contract.exceptions
        ],
        text=text,
    )


def check_shape(report: CheckReport) -> CheckShape:
    return CheckShape(
        is_ok=report.ok,
        fingerprint=report.workflow.contract.fingerprint if report.workflow else None,
        problems=[
            ProblemOfContract(
                file=each.file,
                line=each.line,
                severity=each.severity,
                message=each.message,
                remedy=each.remedy,
            )
            for each in report.problems
        ],
    )


def _names(contract: WorkflowContract) -> dict[str, Any]:
    return {
        "workflow": contract.workflow,
        "title": contract.title,
        "fingerprint": contract.fingerprint,
    }
