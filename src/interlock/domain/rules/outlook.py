"""What each decision on a task will cause, and what happens if nobody decides.

One rule: consequences are the contract's own words (`says`); we only say when they come.
Every surface says them from here, so no two promise differently.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from interlock.domain.action import HAPPENED
from interlock.domain.case import Case
from interlock.domain.contract import WorkflowContract
from interlock.domain.one_line import spaced
from interlock.domain.review import EditTarget, ReviewKind, ReviewTask, Verb
from interlock.domain.rules import asking, looks
from interlock.domain.rules.facts import facts_of


def consequences(contract: WorkflowContract, case: Case, task: ReviewTask) -> Mapping[Verb, str]:
    """A sentence for each verb the task offers."""
    if task.look is not None:
        return {verb: looks.says(task.look, verb) for verb in task.verbs}
    return {verb: _said(contract, case, task, verb) for verb in task.verbs}


def next_steps(contract: WorkflowContract, case: Case, task: ReviewTask) -> tuple[str, ...]:
    """What follows an approval, one sentence each, in order."""
    action = next((each for each in case.actions if each.id == task.action_id), None)
    first = [_says(contract, case, action.name)] if action else []
    return tuple(dict.fromkeys([*first, *_coming(contract, case)]))


def silence(contract: WorkflowContract, task: ReviewTask) -> str:
    """Where the task goes when nobody decides it by its deadline; never an approval."""
    onward = asking.next_queue(contract, task)
    goes = f"it goes to {onward}" if onward else "it stays here"
    runs_out = "; in the end it runs out, undecided" if task.expires_at else ""
    return f"{goes}{runs_out}. Silence never approves."


def owner_of(contract: WorkflowContract, task: ReviewTask) -> str:
    """Who answers for what is decided here, and who may decide it."""
    people = task.deciders or tuple(sorted(contract.members_of(task.queue)))
    may = [name_of(contract, each) for each in people if each not in task.excluded]
    names = ", ".join(may) or "nobody here"
    return f"{name_of(contract, owner_id(contract, task))} answers for it; {names} may decide"


def owner_id(contract: WorkflowContract, task: ReviewTask) -> str:
    """The person or team that owns the step the task is about, else the process."""
    step = next((each for each in contract.steps if each.step_name == task.step), None)
    return step.owner if step else contract.owners.operations


def name_of(contract: WorkflowContract, person: str) -> str:
    """What people call somebody."""
    return next((each.name for each in contract.people.values() if each.id == person), person)


def _said(contract: WorkflowContract, case: Case, task: ReviewTask, verb: Verb) -> str:
    match verb:
        case Verb.APPROVE:
            return _approved(contract, case, task)
        case Verb.EDIT if task.edits is EditTarget.CASE:
            return "corrects the case's fields, and it starts again from its first step"
        case Verb.EDIT:
            return f"takes your value instead{_then(contract, case)}"
        case Verb.REJECT:
            return _rejected(contract, case, task)
        case Verb.ESCALATE:
            onward = asking.next_queue(contract, task)
            return f"puts the same question to {onward}" if onward else "nobody is left to ask"
        case Verb.ASK:
            return "stops the clock until an answer is recorded"


def _approved(contract: WorkflowContract, case: Case, task: ReviewTask) -> str:
    match task.kind:
        case ReviewKind.APPROVAL:
            action = next((each for each in case.actions if each.id == task.action_id), None)
            says = _says(contract, case, action.name) if action else "lets it go on"
            return f"{says}, unless another approval is needed first"
        case ReviewKind.PROPOSAL:
            return f"takes the AI proposal{_then(contract, case)}"
        case ReviewKind.HUMAN_STEP:
            return f"records that you did it{_then(contract, case)}"
    exception = case.exception
    if exception is not None and exception.has_value:
        return f"takes it as it is{_then(contract, case)}"
    return "tries it once more"


def _rejected(contract: WorkflowContract, case: Case, task: ReviewTask) -> str:
    if task.kind is ReviewKind.PROPOSAL:
        step = contract.step(task.step or "")
        by_rules = step.fallback is not None and step.fallback.step is not None
        return f"leaves it to {'its fixed rules' if by_rules else 'a person'} instead"
    undone = [spaced(each.name) for each in case.actions if each.state in HAPPENED]
    return f"undoes {', '.join(undone)} and closes the case" if undone else "closes the case"


def _then(contract: WorkflowContract, case: Case) -> str:
    """What the case does next by itself, as far as the contract says it."""
    coming = list(dict.fromkeys(_coming(contract, case)))
    return f", then {'; '.join(coming)}" if coming else " and goes on"


def _coming(contract: WorkflowContract, case: Case) -> Iterator[str]:
    """What the actions of this step and those after it say, those done already left out."""
    names = [each.step_name for each in contract.steps]
    here = names.index(case.step) if case.step in names else 0
    done = {each.name for each in case.actions if each.state in HAPPENED}
    for step in contract.steps[here:]:
        perhaps = "perhaps " if step.when is not None and step.step_name != case.step else ""
        for action in step.actions:
            if action not in done:
                approval = any(tier.action == action for tier in contract.approvals)
                asked = " (asking for approval where one is due)" if approval else ""
                yield f"{perhaps}{_says(contract, case, action)}{asked}"


def _says(contract: WorkflowContract, case: Case, action: str) -> str:
    return asking.fill(contract.actions[action].says or spaced(action), facts_of(contract, case))
