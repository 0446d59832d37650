"""Actions: the list of side effects, each declared, coded, and either undoable or approved."""

from __future__ import annotations

from collections.abc import Iterator

from interlock.contracts.draft import AI_MODES, Draft
from interlock.contracts.functions import ActionFunction, WorkflowFunctions
from interlock.contracts.problem import Problem, did_you_mean, nearest
from interlock.contracts.shape_steps import ActionShape
from interlock.domain.contract import TaskVerb


def problems(draft: Draft) -> Iterator[Problem]:
    """Actions that are listed, declared or coded without the other two, or unbounded."""
    actions = draft.shape.actions
    used: set[str] = set()
    for place, step in draft.steps:
        for number, name in enumerate(step.actions):
            used.add(name)
            if name not in actions and not draft.was_refused("actions", name):
                message = (
                    f'step "{step.step_name}" lists the action "{name}", which is not declared'
                )
                remedy = did_you_mean(name, actions, f"declare {name} under actions")
                yield draft.problem(("steps", place, "actions", number), message, remedy)
        acts = {TaskVerb.DO, TaskVerb.EXECUTE, TaskVerb.ROUTE} & set(step.task_boundary)
        if step.mode in AI_MODES and step.actions and step.task_boundary and not acts:
            message = f'step "{step.step_name}" has actions, but its task_boundary lets it do none'
            path = ("steps", place, "task_boundary")
            yield draft.warning(path, message, "add execute to it, or move the actions to a step")
    for name, rule in actions.items():
        yield from _rule_problems(draft, name, rule)
        if name not in used:
            message = f'action "{name}" is declared, but no step may run it'
            yield draft.warning(("actions", name), message, "list it in a step, or remove it")
    if draft.functions is not None:
        yield from _code_problems(draft, draft.functions)


def _rule_problems(draft: Draft, name: str, rule: ActionShape) -> Iterator[Problem]:
    path = ("actions", name)
    if rule.system and rule.system not in draft.shape.systems:
        message = f'action "{name}" changes the system "{rule.system}", which is not declared'
        systems = draft.shape.systems
        remedy = did_you_mean(rule.system, systems, f"declare {rule.system} under systems")
        yield draft.problem((*path, "system"), message, remedy)
    if rule.reversible is True and rule.compensate is None:
        message = f'action "{name}" is reversible, but nothing undoes it'
        remedy = "write compensate: and the function that undoes it, or reversible: false"
        yield draft.problem(path, message, remedy)
    if rule.reversible is False:
        yield from _irreversible_problems(draft, name, rule)


def _irreversible_problems(draft: Draft, name: str, rule: ActionShape) -> Iterator[Problem]:
    path = ("actions", name)
    tiers = [tier for tier in draft.shape.approvals if tier.action == name]
    if not tiers:
        message = f'action "{name}" cannot be undone, and nobody approves it'
        remedy = f"add under approvals: {{action: {name}, tier: […]}}"
        yield draft.problem(path, message, remedy)
    elif all(tier.when is not None for tier in tiers):
        message = f'action "{name}" cannot be undone, and runs unapproved when no tier applies'
        yield draft.warning(path, message, "add a tier without when:")
    if rule.verify is None and not rule.idempotent:
        message = f'action "{name}" cannot be undone, and nothing tells whether it happened'
        remedy = "write verify: and the function that looks, or idempotent: true"
        yield draft.problem(path, message, remedy)
    if rule.compensate is not None:
        message = f'action "{name}" is not reversible, but has a compensate'
        yield draft.warning((*path, "compensate"), message, "write reversible: true, or remove it")


def _code_problems(draft: Draft, functions: WorkflowFunctions) -> Iterator[Problem]:
    declared = draft.shape.actions
    for name, rule in declared.items():
        found = functions.actions.get(name)
        if found is None:
            close = nearest(name, functions.actions)
            action = functions.actions[close] if close else None
            remedy = (
                f'did you mean "{close}" ({action.file}:{action.line})?'
                if action
                else f"write @action def {name}(…) in {draft.shape.module[0]}.py"
            )
            yield draft.problem(("actions", name), f'action "{name}" has no function', remedy)
            continue
        yield from _mark_problems(draft, name, rule, found)
    for name, function in functions.actions.items():
        if name not in declared and not draft.was_refused("actions", name):
            missing = [each for each in declared if each not in functions.actions]
            remedy = did_you_mean(name, missing, f"declare {name} under actions ({draft.file})")
            yield Problem(
                file=function.file,
                line=function.line,
                message=f'the action "{name}" is not in the contract',
                remedy=remedy,
            )


def _mark_problems(
    draft: Draft, name: str, rule: ActionShape, found: ActionFunction
) -> Iterator[Problem]:
    """What the contract says about compensate and verify is what the decorator says."""
    place = f"{found.file}:{found.line}"
    for role in ("compensate", "verify"):
        said, coded = getattr(rule, role), getattr(found, role)
        path = ("actions", name, role) if said else ("actions", name)
        if said is not None and coded is None:
            message = f'{role} of action "{name}" is "{said}", but its function has none'
            remedy = f"write @action({role}={said}) ({place})"
            yield draft.problem(path, message, remedy)
        elif said is None and coded is not None:
            message = f'the function of action "{name}" has {role}={coded.name} ({place})'
            yield draft.problem(
                path, message, f"write {role}: {coded.name}, so that readers see it"
            )
        elif said is not None and said != coded.name:
            message = f'{role} of action "{name}" is "{said}", but its function has "{coded.name}"'
            yield draft.problem(path, message, f"write the same name here and there ({place})")
