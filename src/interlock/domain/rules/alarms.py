"""Who is asked about an alarm, by when, and which cases of its window they should see first.

Its one rule: staying off takes the right to pause and being asked; going on takes the right to
resume as well. Nothing here gives a right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final

from interlock.domain.action import HAPPENED
from interlock.domain.alarm import AlarmOpening, AlarmReview, Unlike
from interlock.domain.contract import Queue, WorkflowContract
from interlock.domain.fact import Fact, FactKind
from interlock.domain.hours import ALWAYS
from interlock.domain.ids import CaseId, PersonId, QueueName
from interlock.domain.money import MICROS
from interlock.domain.people import ROLE_RIGHTS, Right, Standing
from interlock.domain.rules import seats
from interlock.domain.rules.assign import people_of
from interlock.domain.rules.permission import Permission, refused
from interlock.domain.rules.sla import deadline
from interlock.domain.rules.watching import REFUSED
from interlock.domain.watching import Measure, Reading

DEFAULT_MINUTES: Final = 240  # four hours of the queue's own business time
SHOWN: Final = 20  # cases of a window; more than that nobody opens one by one
OWNERS: Final = QueueName("")  # no queue is named: the owner of operations is asked


def opening(contract: WorkflowContract, now: datetime) -> AlarmOpening:
    """Who is asked about a breach read now, and by when, in that queue's business time."""
    name = contract.monitoring.get("alerts_queue") or ""
    minutes = contract.monitoring.get("alerts_sla_minutes") or DEFAULT_MINUTES
    queue = contract.queues.get(QueueName(name)) or Queue(name=OWNERS, members=(), hours=ALWAYS)
    return AlarmOpening(queue=queue.name, due_at=deadline(queue, minutes, now).due_at)


def queues_asked(contract: WorkflowContract, alarm: AlarmReview, now: datetime) -> list[QueueName]:
    """The queues that are asked now: the alarm's own; once it is late, those it escalates to.

    A queue that is in the contract no longer is passed over, so the owners are left.
    """
    own = contract.queues.get(alarm.queue)
    if own is None:
        return []
    later = map(contract.queue_of, own.escalate_to) if alarm.is_late(now) else ()
    return [own.name, *(each for each in later if each in contract.queues)]


def is_asked(
    contract: WorkflowContract,
    alarm: AlarmReview,
    person: PersonId,
    now: datetime,
    standing: Standing,
) -> Permission:
    """Whether the alarm is this person's to look at: as a member of a queue that is asked, or as
    somebody who answers for the workflow. What they may decide is asked besides."""
    if person in owners_of(contract) or _answers_for(alarm, standing):
        return Permission(allowed=True, reason="answers for the workflow", rule="owner")
    for queue in queues_asked(contract, alarm, now):
        if seats.is_member(contract, queue, person, standing):
            return Permission(allowed=True, reason=f"member of {queue}", rule="queue")
    whom = f"queue {alarm.queue}" if alarm.queue else "the owner of operations"
    return refused("queue", f"{whom} is asked about this alarm, or an owner of {contract.workflow}")


def told(contract: WorkflowContract, alarm: AlarmReview, now: datetime) -> list[PersonId]:
    """Whom to tell of it, each once: the queue's people, or else the owner of operations; of a
    late one also whoever holds it, those it escalates to, and the owner of operations."""
    people: list[PersonId] = [alarm.held_by] if alarm.held_by else []
    for queue in queues_asked(contract, alarm, now):
        people += sorted(contract.members_of(queue))
    if alarm.is_late(now) or not people:
        owner = contract.owners.operations
        people += sorted(people_of(contract, owner)) or [owner]
    return list(dict.fromkeys(people))


def owners_of(contract: WorkflowContract) -> frozenset[PersonId]:
    """The four owners, teams resolved."""
    four = contract.owners
    named = (four.business, four.operations, four.technical, four.governance)
    return frozenset(named).union(*(people_of(contract, each) for each in named))


def most_unlike(reading: Reading, facts: Iterable[Fact], limit: int = SHOWN) -> list[Unlike]:
    """At most `limit` cases of the window, each once, the one furthest the way it broke first.

    facts: those of the window, as the reading was made from them. What has no number of its own
    (refusals, the actions of a rate or a mix) comes largest amount first.
    """
    found: dict[CaseId, Unlike] = {}
    for fact, value in sorted(_candidates(reading, list(facts)), key=_furthest(reading)):
        known = Unlike(case_id=fact.case_id, tenant=fact.tenant, value=value)
        found.setdefault(fact.case_id, known)
    return list(found.values())[:limit]


def _answers_for(alarm: AlarmReview, standing: Standing) -> bool:
    """Whether a role that resumes is held for the whole workflow."""
    return any(
        Right.RESUME in ROLE_RIGHTS[each.role]
        and each.workflow in (None, alarm.workflow)
        and each.tenant is None
        and each.queue is None
        for each in standing.grants
    )


def _candidates(reading: Reading, facts: Sequence[Fact]) -> list[tuple[Fact, float | None]]:
    """The facts the number was made from, each with its own value where it has one."""
    match reading.measure:
        case Measure.CONFIDENCE:
            made = [f for f in facts if f.kind is FactKind.PROPOSAL_MADE and f.name == reading.step]
            return [(fact, fact.value or 0.0) for fact in made]
        case Measure.LATENCY:
            done = [f for f in facts if f.kind is FactKind.STEP_FINISHED and f.name == reading.step]
            return [(fact, fact.value or 0.0) for fact in done]
        case Measure.REFUSALS:
            return [
                (fact, None)
                for fact in facts
                if fact.kind is FactKind.EXCEPTION_ROUTED
                and (fact.name, fact.detail) == (REFUSED, reading.step)
            ]
    acted = [f for f in facts if f.kind is FactKind.ACTION_FINISHED and f.detail in HAPPENED]
    if reading.measure is Measure.MIX and acted:
        usual = Counter(fact.name for fact in acted).most_common(1)[0][0]
        acted = [fact for fact in acted if fact.name == usual]
    if reading.measure is not Measure.AMOUNT:
        return [(fact, None) for fact in acted]
    priced = [fact for fact in acted if fact.amount_micros is not None]
    usual_currency = Counter(fact.currency for fact in priced).most_common(1)
    return [
        (fact, _amount(fact) / MICROS) for fact in priced if fact.currency == usual_currency[0][0]
    ]


def _furthest(reading: Reading) -> Callable[[tuple[Fact, float | None]], tuple[float, float, str]]:
    """Sorts the way the number broke: from the top when it was too high, else from the bottom."""
    low, seen = reading.band.low, reading.value
    sign = 1.0 if low is not None and seen is not None and seen < low else -1.0

    def key(candidate: tuple[Fact, float | None]) -> tuple[float, float, str]:
        fact, value = candidate
        return (sign * value if value is not None else 0.0, -_amount(fact), fact.case_id)

    return key


def _amount(fact: Fact) -> float:
    return float(fact.amount_micros or 0)
