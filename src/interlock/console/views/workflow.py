"""The head of every workflow's pages: its title, its stage, and where it is in one sentence."""

from __future__ import annotations

from dataclasses import dataclass

from interlock.domain.contract import Stage, WorkflowContract


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    id: str
    title: str
    stage: str
    outcome: str


def head_of(contract: WorkflowContract, stage: Stage) -> Head:
    """The head of one workflow's pages."""
    return Head(
        id=contract.workflow,
        title=contract.title,
        stage=str(stage).capitalize(),
        outcome=contract.outcome.statement,
    )
