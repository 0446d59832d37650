"""A closed case of the record as a protected case: what went in, what was answered, what people
decided.

Its one rule: nothing is copied. It is read from the record each time, and when the data of the
case have been erased, that is said and nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from interlock.domain.action import HAPPENED
from interlock.domain.authoring import Document
from interlock.domain.case import Case, CaseState, RequestRecord
from interlock.domain.contract import StepMode, WorkflowContract
from interlock.domain.event import (
    CaseOpened,
    Event,
    RemedyReturned,
    ReviewDecided,
    StepFailed,
    StepRaised,
    StepReturned,
)
from interlock.domain.protected import (
    Expected,
    ExpectedAction,
    GivenDecision,
    KeptCase,
    ProtectedCase,
    StepAnswer,
)
from interlock.domain.review import Verb
from interlock.errors import InterlockError
from interlock.release.protected.frozen_world import CannotPlay
from interlock.storage import Store
from interlock.storage.codec import EVENT

ERASED: Final = "data of its case were erased"


def from_record(store: Store, contract: WorkflowContract, kept: KeptCase) -> ProtectedCase:
    """The protected case a row stands for, as the contract's steps would be given it.

    Raises: CannotPlay when it is open again, or its data were erased.
    """
    [case] = store.load([kept.case_id])
    if case.state is not CaseState.CLOSED:
        raise CannotPlay(
            f"case {case.id} was opened again", "retire this one and protect it when it is closed"
        )
    events = list(_events(store, kept))
    opened = next(each for each in events if isinstance(each, CaseOpened))
    wrong = list(_found_wrong(events))
    return ProtectedCase(
        name=kept.name,
        owner=kept.owner,
        reason=kept.reason,
        severity=kept.severity,
        expires=kept.expires,
        expected=_expected(contract, case, wrong),
        data=None if opened.problem else opened.case.data,
        document=_document(store, case),
        at=case.opened_at,
        answers=_answers(contract, events),
        receipts={each.name: each.receipt for each in case.actions if each.receipt is not None},
        decisions=tuple(_decisions(case, events)),
        source=str(kept.id),
    )


def _events(store: Store, kept: KeptCase) -> Iterator[Event]:
    for entry in store.entries(kept.case_id)[: kept.until_seq]:
        if entry.payload is None:
            raise CannotPlay(ERASED, "retire it, and protect another case in its place")
        yield EVENT.decode(entry.payload)


def _document(store: Store, case: Case) -> Document | None:
    if case.source is None:
        return None
    try:
        row = store.document(case.source.document)
    except InterlockError:
        raise CannotPlay(ERASED, "retire it, and protect another case in its place") from None
    return Document(name=row.name, content=row.content, channel=row.channel)


def _answers(contract: WorkflowContract, events: Sequence[Event]) -> dict[str, StepAnswer]:
    """What each function answered last; a failure only where it never answered."""
    found: dict[str, StepAnswer] = {}
    for event in events:
        match event:
            case StepReturned():
                found[_function(contract, event)] = _returned(event)
            case StepRaised(step=step, exception=raised):
                found[step] = StepAnswer(
                    value=raised.value,
                    raises=raised.type,
                    detail=raised.detail,
                    missing=raised.missing,
                    may_approve=raised.has_value,
                    may_retry=raised.may_retry,
                    requests=_pairs(raised.requests),
                    evidence=raised.evidence,
                )
            case StepFailed(step=step, error=error):
                found.setdefault(step, StepAnswer(failed=error))
            case RemedyReturned(exception_type=kind, changes=changes):
                remedy = contract.route_for(kind).remedy
                if remedy:
                    found[remedy] = StepAnswer(value=changes)
    return found


def _function(contract: WorkflowContract, event: StepReturned) -> str:
    """The function that answered: an AI step without a suggestion was done by its fallback."""
    step = next((each for each in contract.steps if each.step_name == event.step), None)
    if step is None or not step.is_ai or event.proposal is not None or step.fallback is None:
        return event.step
    return step.fallback.step or event.step


def _returned(event: StepReturned) -> StepAnswer:
    said = event.proposal
    if said is None:
        return StepAnswer(
            value=event.value, requests=_pairs(event.requests), evidence=event.evidence
        )
    return StepAnswer(
        value=said.value,
        confidence=said.confidence,
        requests=_pairs(said.requests),
        evidence=said.evidence,
        model=said.model,
    )


def _pairs(requests: tuple[RequestRecord, ...] | None) -> Any:
    return None if requests is None else tuple((each.action, each.arguments) for each in requests)


def _decisions(case: Case, events: Sequence[Event]) -> Iterator[GivenDecision]:
    """What people decided in the case itself; looks beside it changed nothing."""
    actions = {each.id: each.name for each in case.actions}
    for event in events:
        if not isinstance(event, ReviewDecided) or event.task.look is not None:
            continue
        task, said = event.task, event.decision
        action = actions.get(task.action_id) if task.action_id else None
        about = task.exception_type or action or task.step
        if about:
            yield GivenDecision(
                about=about,
                verb=said.verb,
                value=said.value,
                reason_code=said.reason_code,
                kind=task.kind,
            )


def _found_wrong(events: Sequence[Event]) -> Iterator[tuple[str, Any]]:
    """(step, right value or None) of every look that found what was done to be wrong."""
    for event in events:
        if not isinstance(event, ReviewDecided) or event.task.look is None:
            continue
        step, said = event.task.step, event.decision
        if step and said.verb is Verb.EDIT:
            yield step, said.value
        elif step and said.verb is Verb.REJECT:
            yield step, None


def _expected(contract: WorkflowContract, case: Case, wrong: Sequence[tuple[str, Any]]) -> Expected:
    """What the people decided: the end, the judged steps' outputs and the actions. Where a look
    found it wrong, only that the wrong answer does not come again, and the right one if known."""
    judged = {
        each.step_name for each in contract.steps if each.is_ai or each.mode is StepMode.HUMAN_OWNED
    }
    outputs = {name: value for name, value in case.outputs.items() if name in judged}
    if wrong:
        right = {step: value for step, value in wrong if value is not None}
        bad = {step: case.outputs.get(step) for step, value in wrong if value is None}
        said = frozenset({"outputs", "wrong_outputs"})
        return Expected(said=said, outputs=right, wrong_outputs=bad)
    happened = [each for each in case.actions if each.state in HAPPENED]
    return Expected(
        said=frozenset({"outcome", "outputs", "actions"}),
        outcome=case.outcome,
        outputs=outputs,
        actions=tuple(ExpectedAction(name=each.name) for each in happened),
    )
