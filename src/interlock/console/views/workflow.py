"""The head of every workflow's pages: its title, its stage, and where it is in one sentence."""

from __future__ import annotations

from dataclasses import dataclass

from interlock.console.views.release_words import stage_words
from interlock.domain.contract import WorkflowContract
from interlock.runtime.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    id: str
    title: str
    stage: str
    outcome: str


def head_now(context: Context, contract: WorkflowContract) -> Head:
    """The head, at the stage that new cases begin at: the running release's, or the setting's."""
    release = context.store.running_release(contract.workflow)
    stage = release.stand.stage if release else context.stage
    return Head(
        id=contract.workflow,
        title=contract.title,
        stage=stage_words(stage, release.canary_share if release else 0.0),
        outcome=contract.outcome.statement,
    )
