"""Evidence: what a reviewer must be able to see, found by name and frozen into a package."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from interlock.canonical import digest
from interlock.domain.case import Case
from interlock.domain.contract import WorkflowContract
from interlock.domain.review import EvidencePackage, ReviewKind, ReviewTask
from interlock.domain.rules.draft import Draft
from interlock.domain.rules.facts import arguments_of, facts_of

NOTHING: Final = object()


def package(draft: Draft, task: ReviewTask) -> EvidencePackage:
    """Everything the reviewer of a task is shown, frozen and hashed."""
    case = draft.case
    found = {n: item(draft.contract, case, n) for n in task.required}
    content: dict[str, Any] = {
        "question": task.question,
        "why": task.why,
        "case": {"id": case.id, "title": case.title, "key": case.key, "data": dict(case.data)},
        "source": {"name": case.source.name, "document": case.source.document}
        if case.source
        else None,
        "outputs": dict(case.outputs),
        "required": {name: item for name, item in found.items() if item is not NOTHING},
        "missing": list(task.missing),
        **_action_shown(draft, task),
    }
    if case.proposal is not None:
        content["proposal"] = _proposal_shown(draft)
    if case.exception is not None:
        content["exception"] = _exception_shown(draft)
    return EvidencePackage(
        task_id=task.id,
        case_id=case.id,
        digest=digest(content),
        content=content,
        made_at=draft.now,
    )


def _proposal_shown(draft: Draft) -> dict[str, Any]:
    proposal = draft.case.proposal
    assert proposal is not None  # asked by the caller
    return {
        "step": proposal.step,
        "value": proposal.value,
        "confidence": proposal.confidence,
        "rationale": proposal.rationale,
        "weak_point": proposal.weak_point,
        "evidence": dict(proposal.evidence),
        "model": proposal.model,
    }


def _exception_shown(draft: Draft) -> dict[str, Any]:
    exception = draft.case.exception
    assert exception is not None  # asked by the caller
    return {
        "type": exception.type,
        "detail": exception.detail,
        "missing": list(exception.missing),
        "value": exception.value,
        "evidence": dict(exception.evidence),
    }


def item(contract: WorkflowContract, case: Case, name: str) -> Any:
    """The named evidence item, or NOTHING when the case does not hold it.

    Looked for, in this order, in the open exception, the case's fields and outputs, fields inside
    outputs, and what was kept on the way; in a model's own evidence only when nothing else has it.
    """
    built_in = _built_in(case, name)
    if built_in is not NOTHING:
        return built_in
    exception, proposal = case.exception, case.proposal
    for place in (
        exception.evidence if exception else {},
        facts_of(contract, case),
        *(v for v in case.outputs.values() if isinstance(v, Mapping)),
        case.evidence,
        proposal.evidence if proposal else {},
    ):
        if place.get(name) is not None:
            return place[name]
    return NOTHING


def holds_suggestion(case: Case, task: ReviewTask) -> bool:
    """True when the package of a task shows what an AI suggests for it."""
    about_ai = task.kind in (ReviewKind.PROPOSAL, ReviewKind.EXCEPTION)
    return about_ai and case.proposal is not None


def missing(contract: WorkflowContract, case: Case, names: Iterable[str]) -> tuple[str, ...]:
    """Those of the names the case holds nothing for."""
    return tuple(name for name in names if item(contract, case, name) is NOTHING)


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


def _action_shown(draft: Draft, task: ReviewTask) -> dict[str, Any]:
    for action in draft.case.actions:
        if action.id == task.action_id:
            exact = arguments_of(draft.contract, draft.case, action.name, action.arguments)
            shown = {"name": action.name, "arguments": exact, "arguments_digest": action.digest}
            return {"action": shown}
    return {}
