"""What differs between what happened to a case and what would have happened.

Its one rule: a difference is counted only where both sides are known; what is not known is a
count of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from interlock.domain.money import Money
from interlock.domain.review import ReviewKind
from interlock.foresight.replayed import ReplayedCase
from interlock.foresight.trail import Trail, TrailEnd


class Difference(StrEnum):
    PERSON_TO_MACHINE = "person_to_machine"  # people were asked, and nobody would be
    MACHINE_TO_PERSON = "machine_to_person"  # nobody was asked, and a person would be
    OTHER_OUTCOME = "other_outcome"
    OTHER_QUEUE = "other_queue"  # the same question, put to another queue
    OTHER_TIER = "other_tier"  # other approvals are asked for
    OTHER_ACTIONS = "other_actions"  # another action, or other arguments
    OTHER_EXCEPTIONS = "other_exceptions"
    UNKNOWN = "unknown"  # the record does not say how it would have gone on


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference in words: what was, and what would have been."""

    difference: Difference
    was: str
    would_be: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDifference:
    """A case that would have gone another way."""

    case_id: str
    key: str
    title: str
    segment: str
    amount: Money | None
    changes: tuple[Change, ...]

    @property
    def kinds(self) -> frozenset[Difference]:
        return frozenset(each.difference for each in self.changes)


def compared(past: ReplayedCase, would_be: Trail) -> CaseDifference | None:
    """What would have differed for this case, or None when nothing would."""
    changes = tuple(_changes(past.trail, would_be))
    if not changes:
        return None
    return CaseDifference(
        case_id=past.case.id,
        key=past.case.key,
        title=past.case.title,
        segment=past.case.segment,
        amount=past.case.amount,
        changes=changes,
    )


def _changes(was: Trail, now: Trail) -> Iterable[Change]:
    D = Difference
    if was.by_person and now.by_machine:
        yield Change(difference=D.PERSON_TO_MACHINE, was=_hands(was), would_be=_hands(now))
    if now.by_person and not was.by_person:
        yield Change(difference=D.MACHINE_TO_PERSON, was=_hands(was), would_be=_hands(now))
    both_closed = was.end is TrailEnd.CLOSED and now.end is TrailEnd.CLOSED
    if both_closed and was.outcome is not now.outcome:
        yield Change(difference=D.OTHER_OUTCOME, was=str(was.outcome), would_be=str(now.outcome))
    if _queues_differ(was, now):
        yield Change(difference=D.OTHER_QUEUE, was=_queues(was), would_be=_queues(now))
    yield from _beyond_what_is_known(
        D.OTHER_TIER, _tiers(was), _tiers(now), whole=now.end is TrailEnd.CLOSED
    )
    yield from _beyond_what_is_known(
        D.OTHER_ACTIONS, _deeds(was), _deeds(now), whole=now.end is TrailEnd.CLOSED
    )
    yield from _beyond_what_is_known(
        D.OTHER_EXCEPTIONS, was.exceptions, now.exceptions, whole=now.end is TrailEnd.CLOSED
    )
    if _is_unknown(was, now):
        yield Change(difference=D.UNKNOWN, was=_end(was), would_be=_end(now))


def _beyond_what_is_known(
    difference: Difference, was: tuple[str, ...], now: tuple[str, ...], *, whole: bool
) -> Iterable[Change]:
    """A difference in a list of things; where the trail breaks off, only what is new counts."""
    before, after = Counter(was), Counter(now)
    differs = before != after if whole else bool(after - before)
    if differs:
        yield Change(difference=difference, was=_listed(was), would_be=_listed(now))


def _queues_differ(was: Trail, now: Trail) -> bool:
    """True when a question both were asked went to another queue."""
    homes: dict[tuple[object, ...], list[str]] = {}
    for each in was.asked:
        homes.setdefault((each.kind, each.step, each.exception_type), []).append(each.queue)
    for each in now.asked:
        known = homes.get((each.kind, each.step, each.exception_type))
        if known and each.queue not in known:
            return True
    return False


def _is_unknown(was: Trail, now: Trail) -> bool:
    if now.end is TrailEnd.CLOSED or now.end is was.end:
        return False
    return now.end in (TrailEnd.UNKNOWN, TrailEnd.PERSON) or bool(now.why)


def _tiers(trail: Trail) -> tuple[str, ...]:
    return tuple(
        " then ".join(each.approvers) for each in trail.asked if each.kind is ReviewKind.APPROVAL
    )


def _deeds(trail: Trail) -> tuple[str, ...]:
    return tuple(f"{each.name} {each.digest[:8]}" for each in trail.acted)


def _hands(trail: Trail) -> str:
    if not trail.asked:
        return "nobody is asked"
    return "asks " + ", ".join(
        f"{each.queue} ({each.exception_type or each.kind})" for each in trail.asked
    )


def _queues(trail: Trail) -> str:
    return _listed(tuple(each.queue for each in trail.asked))


def _listed(items: tuple[str, ...]) -> str:
    return ", ".join(items) or "none"


def _end(trail: Trail) -> str:
    if trail.end is TrailEnd.CLOSED:
        return f"closed, {trail.outcome}"
    return trail.why or f"open, {trail.end}"
