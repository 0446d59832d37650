"""The case as conditions and actions see it: one flat view of names and values.

Case fields stand at the top and under the case's name; each output, and each action's receipt,
under every name it is known by; named evidence is found by its own name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from interlock.domain.case import Case
from interlock.domain.contract import WorkflowContract

Facts: TypeAlias = Mapping[str, Any]
ARGUMENTS: Final = "arguments"  # where conditions find an action's free arguments
NOTHING: Final = object()


def facts_of(contract: WorkflowContract, case: Case) -> dict[str, Any]:
    """Every name a condition may use, with its plain value."""
    view: dict[str, Any] = dict(case.data)
    view[contract.case.name] = case.data
    for step in contract.steps:
        if step.step_name in case.outputs:
            value = case.outputs[step.step_name]
            view[step.step_name] = value
            for name in step.produces:
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


def evidence_item(contract: WorkflowContract, case: Case, name: str) -> Any:
    """The named evidence item, or NOTHING when the case does not hold it.

    Looked for, in this order, in the open exception, the proposal, what was kept on the way,
    outputs and case fields by name, and fields inside outputs.
    """
    built_in = _built_in(case, name)
    if built_in is not NOTHING:
        return built_in
    exception, proposal = case.exception, case.proposal
    for place in (
        exception.evidence if exception else {},
        proposal.evidence if proposal else {},
        case.evidence,
        facts_of(contract, case),
        *(v for v in case.outputs.values() if isinstance(v, Mapping)),
    ):
        if place.get(name) is not None:
            return place[name]
    return NOTHING


def _built_in(case: Case, name: str) -> Any:
    match name:
        case "source_document" if case.source is not None:
            return {"document": case.source.document, "name": case.source.name}
        case "case_file":
            return {"case": case.id, "data": dict(case.data), "outputs": dict(case.outputs)}
        case "proposal" if case.proposal is not None:
            return {"value": case.proposal.value, "confidence": case.proposal.confidence}
        case "missing_fields" if case.exception is not None and case.exception.missing:
            return list(case.exception.missing)
    return NOTHING
