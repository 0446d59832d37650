"""The case as conditions and actions see it: one flat view of names and values.

Case fields stand at the top and under the case's name; each output, and each action's receipt,
under every name it is known by.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from interlock.domain.case import Case
from interlock.domain.contract import WorkflowContract

Facts: TypeAlias = Mapping[str, Any]
ARGUMENTS: Final = "arguments"  # where conditions find an action's free arguments


def facts_of(contract: WorkflowContract, case: Case) -> dict[str, Any]:
    """Every name a condition may use, with its plain value."""
    view: dict[str, Any] = dict(case.data)
    view[contract.case.name] = case.data
    from_models: set[str] = set()
    for step in contract.steps:
        if step.step_name not in case.outputs:
            continue
        value, is_ai = case.outputs[step.step_name], step.is_ai
        for name in (step.step_name, *step.produces):
            if is_ai and name in view and name not in from_models:
                continue  # no model speaks under a name that a threshold reads from elsewhere
            if is_ai:
                from_models.add(name)
            view[name] = value
    for rule in contract.actions.values():
        if rule.name in case.outputs:
            view.update(dict.fromkeys((rule.name, *rule.produces), case.outputs[rule.name]))
    return view


def arguments_of(
    contract: WorkflowContract, case: Case, action: str, free: Mapping[str, Any]
) -> dict[str, Any]:
    """The exact arguments of an action: what the case says, then what the step asked for.

    What the case says cannot be overridden: a model may fill only names nothing else fills.
    """
    view = facts_of(contract, case)
    wanted = contract.actions[action].parameters
    return {**free, **{name: view[name] for name in wanted if name in view}}
