"""Probes: planted questions with a known answer, which show whether reviewers catch errors.

A probe looks like any other task and is decided like one. It never becomes ready, so no step and
no action of it can ever run; it ends with the answer, and no number of the business counts it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from interlock.canonical import derived_id
from interlock.domain.case import (
    Arm,
    Case,
    CaseState,
    ClosingOutcome,
    Handling,
    OpenException,
    Phase,
)
from interlock.domain.contract import WorkflowContract
from interlock.domain.event import (
    Event,
    ReviewBreached,
    ReviewDecided,
    ReviewEscalated,
    ReviewExpired,
)
from interlock.domain.fact import FactKind
from interlock.domain.ids import CaseId, PersonId, QueueName
from interlock.domain.quality import Probe, ProbeCard, ProbeResult
from interlock.domain.review import Decision, EditTarget, ReviewAction, ReviewTask, Verb
from interlock.domain.review import move as move_task
from interlock.domain.rules import asking, thinking
from interlock.domain.rules.authority import Mandate, mandate
from interlock.domain.rules.draft import Draft
from interlock.domain.rules.undo import freed

CATCH_UP: Final = timedelta(hours=1)  # a probe later than this is left out, not heaped up
NUMBER: Final = "{n}"  # in a probe's texts: five digits drawn for the day
FEWEST, MANY = 10_000, 90_000  # the first number drawn, and how many there are
SPACE: Final = 2**64


def opened(draft: Draft) -> bool:
    """Asks the planted question, in the same way as the real one. False: it has no place here."""
    case, card = draft.case, draft.case.probe
    if card is None or case.step is None:
        return False
    draft.count(FactKind.CASE_OPENED)
    if card.exception_type is None:
        asking.ask_about_proposal(draft, draft.step)
    else:
        asking.ask_about_exception(draft, draft.contract.route_for(card.exception_type))
    return True


def happened(draft: Draft, event: Event) -> bool:
    """The probe ends with its answer, or without one. False: it has no place here."""
    match event:
        case ReviewDecided(task=task, decision=decision):
            _decided(draft, task, decision)
        case ReviewEscalated(task=task, by=by) if by is not None:
            _end(draft, task, ReviewAction.ESCALATE, ProbeResult.PASSED_ON, by)
        case ReviewEscalated(task=task) | ReviewBreached(task=task) | ReviewExpired(task=task) if (
            task.is_overdue(draft.now)
        ):
            _end(draft, task, ReviewAction.WITHDRAW, ProbeResult.UNANSWERED, None)
        case _:
            return False
    return True


def comes_alive(before: Case, after: Case) -> bool:
    """True for a probe that something would make ready or open again: it has no place then."""
    if after.arm is not Arm.PROBE:
        return False
    is_due = after.state is CaseState.READY and after.phase is not Phase.INTAKE
    closed = CaseState.CLOSED
    return is_due or (before.state is closed and after.state is not closed)


def judged(case: Case, task: ReviewTask, decision: Decision) -> ProbeResult:
    """What an answer to a probe shows about the review."""
    card = case.probe
    is_planted = card is not None and card.is_planted
    good, bad = ProbeResult.CLEARED, ProbeResult.FALSE_ALARM
    if is_planted:
        good, bad = ProbeResult.CAUGHT, ProbeResult.MISSED
    match decision.verb:
        case Verb.APPROVE:
            return bad if is_planted else good
        case Verb.REJECT:
            return good if is_planted else bad
    return good if _edited_rightly(case, task, decision) else bad


def due(contract: WorkflowContract, now: datetime) -> Iterator[tuple[date, int, Probe]]:
    """(day, number, probe) of the probes to be asked now: each at a moment nobody can foresee by
    the clock, spread over its queue's open hours, and left out when missed by an hour."""
    workflow, day = contract.workflow, now.astimezone(UTC).date()
    for number in range(contract.quality.probes_per_day if contract.probes else 0):
        probe = _chosen(contract.probes, workflow, day, number)
        hours = contract.queues[queue_of(contract, probe)].hours
        start = datetime.combine(day, time(), UTC)
        open_time = hours.between(start, start + timedelta(days=1))
        moment = hours.after(start, open_time * _fraction(workflow, day, number))
        if open_time and moment <= now < moment + CATCH_UP:
            yield day, number, probe


def queue_of(contract: WorkflowContract, probe: Probe) -> QueueName:
    """The queue in which a real question like this one lies."""
    if probe.exception_type is not None:
        return contract.route_for(probe.exception_type).route_to
    step = contract.step(probe.step)
    return step.queue or contract.queue_of(step.owner)


def numbered(probe: Probe, workflow: str, day: date, number: int) -> Probe:
    """The probe with its {n} filled in, so that no two of a kind look alike."""
    drawn = str(FEWEST + int(_fraction(f"number/{workflow}", day, number) * MANY))
    return replace(
        probe,
        data=filled(probe.data, drawn),
        detail=filled(probe.detail, drawn),
        evidence=filled(probe.evidence, drawn),
        outputs=filled(probe.outputs, drawn),
        rationale=filled(probe.rationale, drawn),
        document=filled(probe.document, drawn),
        content=filled(probe.content, drawn),
    )


def filled(value: Any, number: str) -> Any:
    """The value with every {n} in its texts filled in."""
    match value:
        case str():
            return value.replace(NUMBER, number)
        case Mapping():
            return {name: filled(each, number) for name, each in value.items()}
        case list() | tuple():
            return [filled(each, number) for each in value]
    return value


def id_of(workflow: str, day: date, number: int) -> CaseId:
    """The id of the probe case of a slot; a slot that is filled again lands on the same row."""
    return CaseId(derived_id("case", workflow, Arm.PROBE, day.isoformat(), number))


def is_plausible(contract: WorkflowContract, case: Case) -> bool:
    """True when a real case could ask this: no suggestion reaches people where the AI acts."""
    card = case.probe
    if card is None or card.exception_type is not None:
        return card is not None
    return mandate(contract.step(case.step or ""), case) is Mandate.PROPOSES


def card_of(probe: Probe) -> ProbeCard:
    """What the case must know to be judged."""
    return ProbeCard(
        name=probe.name,
        is_planted=probe.is_planted,
        correct=probe.correct,
        exception_type=probe.exception_type,
    )


def exception_of(contract: WorkflowContract, probe: Probe) -> OpenException | None:
    """The open exception a probe is shown as, or None when it is shown as a proposal."""
    if probe.exception_type is None:
        return None
    has_value = probe.value is not None
    return OpenException(
        type=probe.exception_type,
        detail=probe.detail,
        step=contract.step(probe.step).step_name,
        value=probe.value,
        has_value=has_value,
        may_retry=not has_value,
        evidence=probe.evidence,
    )


def _decided(draft: Draft, task: ReviewTask, decision: Decision) -> None:
    result = judged(draft.case, task, decision)
    draft.decision = thinking.timed(draft, task, decision)
    seconds = (draft.now - task.opened_at) / timedelta(seconds=1)
    draft.count(FactKind.REVIEW_DECIDED, name=task.queue, detail=decision.verb, value=seconds)
    _end(draft, task, ReviewAction.DECIDE, result, decision.by)


def _end(
    draft: Draft, task: ReviewTask, how: ReviewAction, result: ProbeResult, by: PersonId | None
) -> None:
    held = {"held_by": by} if how is ReviewAction.DECIDE else {}
    draft.tasks.append(move_task(freed(task), how, ended_at=draft.now, **held))
    draft.count(FactKind.PROBE_ANSWERED, name=task.queue, detail=result)
    draft.note("probe", "a planted question has its answer", task=task.id, result=result)
    draft.change(
        state=CaseState.CLOSED,
        waits_for=None,
        wake_at=None,
        phase=Phase.DONE,
        task=None,
        hands=(by,) if by else (),
        outcome=ClosingOutcome.CANCELLED,
        handling=Handling.ASSISTED,
        closed_at=draft.now,
    )


def _edited_rightly(case: Case, task: ReviewTask, decision: Decision) -> bool:
    card = case.probe
    before, after = _before(case, task), decision.value
    if card is None or not card.is_planted:
        return _fields(after).items() <= _fields(before).items()
    if not card.correct:
        return not _fields(after).items() <= _fields(before).items()
    return all(_fields(after).get(name) == right for name, right in card.correct.items())


def _before(case: Case, task: ReviewTask) -> Any:
    if task.edits is EditTarget.CASE:
        return case.data
    if case.exception is not None:
        return case.exception.value
    return case.proposal.value if case.proposal else None


def _fields(value: Any) -> dict[str, Any]:
    """The value's fields; a value without fields is known as `value`."""
    return dict(value) if isinstance(value, Mapping) else {"value": value}


def _chosen(probes: tuple[Probe, ...], workflow: str, day: date, number: int) -> Probe:
    """The probe for a slot: drawn, and the same whenever it is asked."""
    return probes[int(_fraction(f"which/{workflow}", day, number) * len(probes))]


def _fraction(purpose: str, day: date, number: int) -> float:
    """A number in 0 <= x < 1, drawn for a slot."""
    made = hashlib.sha256(f"probe/{purpose}/{day.isoformat()}/{number}".encode()).digest()
    return int.from_bytes(made[:8], "big") / SPACE
