"""A release that is taken back: what its cases in flight do with what the machine decided.

Its one rule: no case waits for a pause that nobody will ever lift. What the machine decided and
nothing was built on yet is taken out, and the earliest such step is done without AI; where
something was already done on the strength of it, a person gets the whole story.
"""

from __future__ import annotations

from typing import Final

from interlock.domain.action import HAPPENED, Action, ActionMove, ActionState, move
from interlock.domain.case import OpenException
from interlock.domain.contract import WorkflowContract, WorkflowStep
from interlock.domain.fact import FactKind
from interlock.domain.pause import PausedBy
from interlock.domain.rules import acting, flow
from interlock.domain.rules.draft import Draft

TAKEN_BACK: Final = "release_taken_back"  # the exception type of a case that was half done


def held(draft: Draft, action: Action, paused_by: PausedBy) -> None:
    """An action met a pause on its way: it waits for the lifting, or is taken back for good."""
    if not paused_by.taken_back:
        acting.hold(draft, action, paused_by)
        return
    step = _earliest(draft)
    draft.note("stood_down", paused_by.scope, pause=paused_by.pause, action=action.id)
    draft.count(FactKind.STOOD_DOWN, name=step.step_name, detail=action.name)
    done = _done_since(draft, step)
    if done:
        flow.raise_exception(draft, _whole_story(draft, action, done), person_first=True)
    else:
        _again_without_ai(draft, step)


def _earliest(draft: Draft) -> WorkflowStep:
    """The first step of the flow whose AI result was accepted with nobody asked."""
    decided = draft.case.decided_by_machine
    return next((each for each in draft.contract.steps if each.step_name in decided), draft.step)


def _done_since(draft: Draft, step: WorkflowStep) -> list[Action]:
    """What was done, or may have been, from this step on."""
    begun = HAPPENED | {ActionState.UNKNOWN, ActionState.INTENDED}
    after = _names_from(draft.contract, step)
    return [each for each in draft.case.actions if each.step in after and each.state in begun]


def _again_without_ai(draft: Draft, step: WorkflowStep) -> None:
    """Everything since the step is forgotten, and the step is done by its fallback."""
    after = _names_from(draft.contract, step)
    for action in draft.case.actions:
        if action.step in after and action.state is ActionState.PLANNED:
            draft.put_action(move(action, ActionMove.WITHDRAW))
    kept = {name: value for name, value in draft.case.outputs.items() if name not in after}
    draft.change(
        outputs=kept,
        states={},
        decided_by_machine={},
        step=step.step_name,
        visit=draft.case.visit + 1,
        proposal=None,
        exception=None,
        paused_by=None,
        task=None,
    )
    flow.fall_back(draft, step, "its release was taken back", release_says=True)


def _whole_story(draft: Draft, action: Action, done: list[Action]) -> OpenException:
    names = ", ".join(each.name for each in done)
    detail = (
        f"the AI's release was taken back after {names} was done on its word, "
        f"and before {action.name}; go on, or end it and undo what can be undone?"
    )
    return OpenException(
        type=TAKEN_BACK,
        detail=detail,
        step=draft.case.step,
        action_id=action.id,
        may_retry=True,
        evidence={
            "decided_by_machine": dict(draft.case.decided_by_machine),
            "done": [each.name for each in done],
            "next": action.name,
        },
    )


def _names_from(contract: WorkflowContract, step: WorkflowStep) -> frozenset[str]:
    names = [each.step_name for each in contract.steps]
    return frozenset(names[names.index(step.step_name) :])
