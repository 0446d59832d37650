"""Moving a waiting case to another version of its contract: whether it fits, and the move.

Its one rule: what cannot be continued exactly where it stands stays on the version it began with.
A case never climbs by being moved.
"""

from __future__ import annotations

from typing import Final

from interlock.domain.action import ActionState
from interlock.domain.case import Arm, Case, CaseState
from interlock.domain.contract import WorkflowContract
from interlock.domain.event import CaseMigrated, CaseRefit
from interlock.domain.release import Release, lower
from interlock.domain.review import ReviewTask
from interlock.domain.rules.draft import Draft
from interlock.domain.rules.placing import Place, place

UNDER_WAY: Final = (ActionState.INTENDED, ActionState.UNKNOWN)


def why_not(
    old: WorkflowContract, new: WorkflowContract, case: Case, task: ReviewTask | None
) -> str:
    """Why this case cannot go on under the new version, in words; empty: it can."""
    if case.state is not CaseState.WAITING:
        return f"it is {case.state}; only a waiting case is moved"
    if case.closing is not None:
        return "it is being closed, and what was done is being undone"
    return _steps(old, new, case) or _actions(new, case) or _question(new, task)


def fields(case: Case, refit: CaseRefit) -> str:
    """Why the case's own fields do not fit; empty: they do. A case keeps its key and tenant."""
    if refit.key != case.key:
        return f"its key would be {refit.key}"
    if refit.tenant != case.tenant:
        return "it would belong to another tenant"
    return ""


def place_after(release: Release, case: Case, segment: str) -> Place:
    """Where it stands in the release: never higher than before, and the holdback stays so."""
    drawn = place(release, case.id, segment)
    stage = lower(drawn.stage, case.stage)
    if case.arm is Arm.HOLDBACK:
        return Place(stage=stage, arm=Arm.HOLDBACK, era=drawn.era)
    acted = Place(stage=case.stage, arm=case.arm).acts
    arm = drawn.arm if drawn.arm is not Arm.CANARY or acted else Arm.RELEASE
    return Place(stage=stage, arm=arm, era=drawn.era)


def migrated(draft: Draft, event: CaseMigrated) -> bool:
    """The case goes on under the contract of this draft. False: it has no place here."""
    case = draft.case
    if case.state is not CaseState.WAITING or event.fingerprint != draft.contract.fingerprint:
        return False
    if case.closing is not None or case.arm is Arm.PROBE or fields(case, event.refit):
        return False
    draft.note("migrated", "checked to fit", before=case.fingerprint, after=event.fingerprint)
    draft.change(
        fingerprint=event.fingerprint,
        data=dict(event.refit.data),
        title=event.refit.title or case.title,
        segment=event.refit.segment,
        release=event.release,
        stage=event.stage,
        arm=event.arm,
    )
    return True


def _steps(old: WorkflowContract, new: WorkflowContract, case: Case) -> str:
    names = {each.step_name: each for each in new.steps}
    for name in dict.fromkeys([*case.outputs, *([case.step] if case.step else [])]):
        if name in old.actions:
            if name not in new.actions:
                return f"the new version has no action {name}, whose receipt it holds"
        elif name not in names:
            return f"the new version has no step {name}"
    if case.step is not None and old.step(case.step).mode is not names[case.step].mode:
        return f"step {case.step} is {names[case.step].mode} in the new version"
    return ""


def _actions(new: WorkflowContract, case: Case) -> str:
    for action in case.actions:
        if action.state in UNDER_WAY:
            return f"nobody knows yet whether {action.name} took effect"
        if action.name not in new.actions:
            return f"the new version has no action {action.name}"
    return ""


def _question(new: WorkflowContract, task: ReviewTask | None) -> str:
    if task is None:
        return ""
    if task.held_decision is not None:
        return "its decision is about to take effect"
    return "" if task.queue in new.queues else f"the new version has no queue {task.queue}"
