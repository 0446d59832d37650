"""What facts mean for a gate's counts: each marks its case, and the counts are of cases by marks.

Its one rule: marks are only ever added, so facts may come in any order, alone or together, and
the counts come out the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntFlag, StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from interlock.domain.case import Arm
from interlock.domain.fact import FactKind as K

WHOLE: Final = ""  # the part that is all of an era
BUSINESS: Final = frozenset({Arm.RELEASE, Arm.CANARY})  # no holdback, no planted questions


class Mark(IntFlag):
    """What has happened to a case."""

    ENTERED = 1  # it came to the AI
    ROUTED = 2
    CLOSED = 4
    ALONE = 8  # closed, and no person decided anything
    BY_PEOPLE = 16
    UNDONE = 32  # closed as compensated
    REOPENED = 64
    CHECKED = 128
    WRONG = 256
    WATCHED = 512  # its AI result was held against what was done


class Counts(StrEnum):
    """What is counted."""

    CASES = "cases"  # an era's cases by their marks
    WATCHED = "watched"  # the cases of a shadow
    COMPARED = "compared"  # results held against what was done, by what came of it
    PROPOSALS = "proposals"  # proposals people decided, by what they said
    OPENED = "opened"  # cases opened, whatever their arm
    REJECTED = "rejected"  # results found wrong that nobody had been asked about


CASE_KINDS: Final = frozenset(
    {
        K.PROPOSAL_MADE,
        K.INCIDENT,
        K.EXCEPTION_ROUTED,
        K.CASE_CLOSED,
        K.CASE_REOPENED,
        K.SAMPLE_CHECKED,
    }
)
COUNTED_KINDS: Final = CASE_KINDS | {K.SHADOW_COMPARED, K.PROPOSAL_DECIDED, K.CASE_OPENED}
CLOSED_BY: Final = MappingProxyType(
    {"autonomous": Mark.ALONE, "assisted": Mark.BY_PEOPLE, "human": Mark.BY_PEOPLE}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an era is counted by: which steps are the AI, and whose cases are the evidence."""

    ai_steps: frozenset[str]
    case_arms: frozenset[str]


class Told(NamedTuple):
    """One fact, as far as counting needs it. (A tuple: it is made for every fact there is.)"""

    id: int
    case_id: str
    segment: str
    arm: str
    kind: str
    name: str
    detail: str
    at: datetime


class CaseKey(NamedTuple):
    """One case in one count, of the whole era or of a segment's part."""

    case_id: str
    counts: str
    part: str


class CountKey(NamedTuple):
    """One line of the counts: cases with these marks, or facts with this detail."""

    counts: str
    part: str
    detail: str
    marks: int


class Hits(NamedTuple):
    """How often, and the newest fact among them."""

    hits: int
    last_id: int
    last_at: datetime

    def plus(self, other: Hits) -> Hits:
        """Both together."""
        return Hits(
            self.hits + other.hits,
            max(self.last_id, other.last_id),
            max(self.last_at, other.last_at),
        )


@dataclass(slots=True, kw_only=True)
class Added:
    """What some facts add: the marks each case got by them, and the counts beside cases.

    Hits of a case are one, however many facts, and its newest fact.
    """

    cases: dict[CaseKey, tuple[int, Hits]] = field(default_factory=dict)
    facts: dict[CountKey, Hits] = field(default_factory=dict)


def part_of(segment: str) -> str:
    """The part of an era that is this segment; a case without one has a part too."""
    return f"/{segment}"


def segment_of(part: str) -> str:
    """The segment whose part it is."""
    return part.removeprefix(part_of(""))


def added_by(facts: Iterable[Told], terms: Terms) -> Added:
    """What these facts add to the counts, whatever was counted before."""
    added = Added()
    for fact in facts:
        for part in (WHOLE, part_of(fact.segment)):
            _add(added, fact, part, terms)
    return added


def counts_after(added: Added, before: Mapping[CaseKey, int]) -> dict[CountKey, Hits]:
    """How each line of the counts changes. before: the marks of those cases that had any row."""
    changes = dict(added.facts)
    for key, (marks, hits) in added.cases.items():
        had = before.get(key)
        _put(changes, CountKey(key.counts, key.part, "", (had or 0) | marks), hits)
        if had is not None:
            _put(changes, CountKey(key.counts, key.part, "", had), hits._replace(hits=-1))
    return changes


def case_counts(by_marks: Mapping[int, int]) -> dict[str, int]:
    """The counts of an era's cases, by name, from how many cases have which marks."""
    counts = dict.fromkeys(CASE_RULES, 0)
    for marks, cases in by_marks.items():
        for name in _meant_by(Mark(marks)):
            counts[name] += cases
    return counts


CASE_RULES: Final = (
    "entered",
    "left_it",
    "routed",
    "closed",
    "alone",
    "with_people",
    "reworked",
    "checked",
    "wrong",
    "not_first_time",
)


def _meant_by(marks: Mark) -> Iterable[str]:
    """The counts a case with these marks is in; as section "Numbers and their denominators"."""
    closed, again = Mark.CLOSED in marks, Mark.REOPENED in marks
    if Mark.ENTERED in marks:
        yield "entered"
        if marks & (Mark.CLOSED | Mark.ROUTED):
            yield "left_it"
        if Mark.ROUTED in marks:
            yield "routed"
    if closed:
        yield "closed"
        if marks & (Mark.BY_PEOPLE | Mark.REOPENED):
            yield "with_people"
        if again:
            yield "reworked"
    if Mark.ALONE in marks and not marks & (Mark.BY_PEOPLE | Mark.REOPENED):
        yield "alone"
    if Mark.CHECKED in marks:
        yield "checked"
        if marks & (Mark.WRONG | Mark.UNDONE | Mark.REOPENED):
            yield "wrong"
        if marks & (Mark.WRONG | Mark.REOPENED):
            yield "not_first_time"


def _add(added: Added, fact: Told, part: str, terms: Terms) -> None:
    one = Hits(1, fact.id, fact.at)
    if fact.kind in CASE_KINDS and fact.arm in terms.case_arms:
        _mark(added, CaseKey(fact.case_id, Counts.CASES, part), _mark_of(fact, terms), one)
    if fact.kind == K.CASE_OPENED and fact.arm != Arm.PROBE:
        _put(added.facts, CountKey(Counts.OPENED, part, "", 0), one)
    if _is_rejection(fact) and fact.arm != Arm.PROBE:
        _put(added.facts, CountKey(Counts.REJECTED, part, "", 0), one)
    if fact.arm not in BUSINESS:
        return
    if fact.kind == K.SHADOW_COMPARED:
        _mark(added, CaseKey(fact.case_id, Counts.WATCHED, part), Mark.WATCHED, one)
        _put(added.facts, CountKey(Counts.COMPARED, part, fact.detail, 0), one)
    elif fact.kind == K.PROPOSAL_DECIDED:
        _put(added.facts, CountKey(Counts.PROPOSALS, part, fact.detail, 0), one)


def _mark(added: Added, key: CaseKey, marks: Mark, one: Hits) -> None:
    if key not in added.cases:
        added.cases[key] = (int(marks), one)
        return
    had, newest = added.cases[key]
    both = Hits(1, max(newest.last_id, one.last_id), max(newest.last_at, one.last_at))
    added.cases[key] = (had | int(marks), both)


def _put(counts: dict[CountKey, Hits], key: CountKey, hits: Hits) -> None:
    counts[key] = counts[key].plus(hits) if key in counts else hits


def _mark_of(fact: Told, terms: Terms) -> Mark:
    match fact.kind:
        case K.PROPOSAL_MADE:
            return Mark.ENTERED
        case K.INCIDENT:
            return Mark.ENTERED if fact.name in terms.ai_steps else Mark(0)
        case K.EXCEPTION_ROUTED:
            by_ai = Mark.ENTERED if fact.detail in terms.ai_steps else Mark(0)
            return by_ai | (Mark.ROUTED if fact.name != "reopened" else Mark(0))
        case K.CASE_CLOSED:
            undone = Mark.UNDONE if fact.detail == "compensated" else Mark(0)
            return Mark.CLOSED | CLOSED_BY.get(fact.name, Mark(0)) | undone
        case K.CASE_REOPENED:
            return Mark.REOPENED
        case K.SAMPLE_CHECKED:
            return Mark.CHECKED | (Mark.WRONG if fact.detail == "wrong" else Mark(0))
    return Mark(0)


def _is_rejection(fact: Told) -> bool:
    """True for what a person found wrong that nobody had been asked about."""
    found_wrong = fact.kind == K.SAMPLE_CHECKED and fact.detail == "wrong"
    return found_wrong or (fact.kind == K.CASE_REOPENED and fact.name == "autonomous")
