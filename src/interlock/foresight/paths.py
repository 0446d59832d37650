"""Paths: what cases are supposed to meet, found by taking a sample of them through `advance`.

Its one rule: the contract decides the path; only what it cannot know (inputs, answers, people's
words) is drawn or taken from the record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np

from interlock.canonical import derived_id
from interlock.domain.case import Arm, Case, Handling
from interlock.domain.contract import Stage, WorkflowContract
from interlock.domain.event import CaseOpened, StepReturned
from interlock.domain.ids import CaseId, QueueName
from interlock.domain.money import Money
from interlock.domain.review import ReviewKind, Verb
from interlock.foresight.follow import follow
from interlock.foresight.replayed import ReplayedCase, retrace
from interlock.foresight.stated import Stated, StatedKind, StatedUnusable
from interlock.foresight.supposing import Drawn
from interlock.foresight.trail import Said, Trail, TrailEnd
from interlock.runtime.workflow import CaseUnfit, Workflow

OVERRULED: Final = frozenset({Verb.EDIT, Verb.REJECT})
ABOUT_AI: Final = frozenset({"low_confidence"})  # exceptions that put a proposal to a person
EVEN: Final[Mapping[Verb, float]] = {Verb.APPROVE: 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class PathAsk:
    """A question on a path. allowed_seconds: of the queue's open time, until it is due.

    after_seconds: since the answer before, or since the case came.
    """

    queue: QueueName
    allowed_seconds: float
    after_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """What one case met. checked: it is known whether the machine's answer was right."""

    segment: str
    asks: tuple[PathAsk, ...]
    end: TrailEnd
    handling: Handling | None
    met_ai: bool
    has_exception: bool
    proposals: int  # that a person decided
    overruled: int
    by_machine: bool  # an AI result was accepted with nobody asked
    checked: bool
    wrong: bool
    amount: Money | None
    why: str = ""


def stated_paths(
    candidate: Workflow,
    stated: Stated,
    *,
    cases: int,
    at: datetime,
    seed: int,
    stage: Stage,
    arm: Arm | None = None,
) -> list[Path]:
    """So many cases of the stated kinds, each kind by its share.

    at: when they come. arm: the arm of all of them; None: as the contract's shares say.
    Raises: StatedUnusable for a kind whose case does not fit the contract's.
    """
    random = np.random.default_rng([seed, 1])
    kinds = stated.kinds or (StatedKind(share=1),)
    decisions = said_as(stated) or EVEN
    paths = []
    for number, (kind, count) in enumerate(zip(kinds, _shares(kinds, cases), strict=True)):
        for place in range(count):
            name = f"{seed}-{number}-{place}"
            past = _supposed_case(candidate, kind, number, name, random, at)
            past = _placed(candidate.contract, past, stage, arm, (place, count), random)
            drawn = Drawn(
                contract=candidate.contract,
                stated=stated,
                kind=kind,
                random=random,
                place=(place, count),
                decisions=decisions,
            )
            trail = follow(candidate, past, supposed=drawn)
            paths.append(_path(candidate.contract, past, trail, drawn.known, drawn.wrong))
    return paths


def recorded_paths(
    candidate: Workflow,
    cases: Sequence[ReplayedCase],
    stated: Stated,
    *,
    seed: int,
    stage: Stage,
    arm: Arm | None = None,
) -> list[Path]:
    """What the cases on record meet under the candidate; what the record does not say is drawn:
    people's words as often as they said them on record, results as the steps gave them."""
    random = np.random.default_rng([seed, 2])
    decisions = said_as(stated) or said_on_record(cases)
    paths = []
    for number, past in enumerate(cases):
        placed = _placed(candidate.contract, past, stage, arm, (number, len(cases)), random)
        drawn = Drawn(
            contract=candidate.contract,
            stated=stated,
            kind=None,
            random=random,
            place=(number, len(cases)),
            decisions=decisions,
            learned=_learned(past),
        )
        trail = follow(candidate, placed, supposed=drawn)
        known, wrong = _judged(past)
        paths.append(_path(candidate.contract, past, trail, known, wrong))
    return paths


def said_on_record(cases: Iterable[ReplayedCase]) -> dict[Verb, float]:
    """How often people approved, edited and rejected, as shares; all approved when nobody did."""
    said = Counter(each.verb for past in cases for each in past.trail.said)
    total = said.total()
    return {verb: count / total for verb, count in sorted(said.items())} if total else dict(EVEN)


def said_as(stated: Stated) -> dict[Verb, float] | None:
    """The stated shares of people's decisions, or None."""
    found = stated.decisions
    if found is None:
        return None
    return {Verb.APPROVE: found.approve, Verb.EDIT: found.edit, Verb.REJECT: found.reject}


def _path(
    contract: WorkflowContract, past: ReplayedCase, trail: Trail, known: set[str], wrong: set[str]
) -> Path:
    about_ai = [each for each in trail.said if _is_about_ai(each)]
    machine = {str(step) for step in trail.case.decided_by_machine}
    return Path(
        segment=trail.case.segment,
        asks=tuple(_asks(contract, past.moments[0].at, trail)),
        end=trail.end,
        handling=trail.case.handling,
        met_ai=trail.met_ai,
        has_exception=bool(trail.exceptions),
        proposals=len(about_ai),
        overruled=sum(each.verb in OVERRULED for each in about_ai),
        by_machine=bool(machine),
        checked=bool(machine) and machine <= known,
        wrong=bool(machine & wrong),
        amount=trail.case.amount,
        why=trail.why,
    )


def _asks(contract: WorkflowContract, came: datetime, trail: Trail) -> Iterable[PathAsk]:
    before = came
    for each in trail.asked:
        hours = contract.queues[each.queue].hours
        allowed = hours.between(each.opened_at, each.due_at)
        yield PathAsk(
            queue=each.queue,
            allowed_seconds=allowed / timedelta(seconds=1),
            after_seconds=max(0.0, (each.opened_at - before) / timedelta(seconds=1)),
        )
        before = each.opened_at


def _is_about_ai(said: Said) -> bool:
    return said.kind is ReviewKind.PROPOSAL or said.exception_type in ABOUT_AI


def _judged(past: ReplayedCase) -> tuple[set[str], set[str]]:
    """AI steps whose answer a person judged on record, and those found wrong."""
    about_ai = [each for each in past.trail.said if _is_about_ai(each) and each.step]
    known = {str(each.step) for each in about_ai}
    return known, {str(each.step) for each in about_ai if each.verb in OVERRULED}


def _learned(past: ReplayedCase) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for moment in past.moments:
        event = moment.event
        if isinstance(event, StepReturned):
            found[event.step] = event.proposal.value if event.proposal else event.value
    return found


def _placed(
    contract: WorkflowContract,
    past: ReplayedCase,
    stage: Stage,
    arm: Arm | None,
    place: tuple[int, int],
    random: np.random.Generator,
) -> ReplayedCase:
    """The case at this stage, in this arm or in one drawn by the contract's shares."""
    even = (place[0] * 0.6180339887498949 + float(random.random()) / place[1]) % 1  # golden: even
    chosen = arm or _arm(contract, stage, even)
    opening = past.moments[0].event
    assert isinstance(opening, CaseOpened)
    case = replace(opening.case, stage=stage, arm=chosen)
    first = replace(past.moments[0], event=replace(opening, case=case))
    return replace(past, moments=(first, *past.moments[1:]))


def _arm(contract: WorkflowContract, stage: Stage, drawn: float) -> Arm:
    if stage in (Stage.CANARY, Stage.AUTONOMOUS) and drawn < contract.holdback:
        return Arm.HOLDBACK
    share = contract.gate.canary_traffic if contract.gate else 0.0
    canary = stage is Stage.CANARY and drawn < contract.holdback + share
    return Arm.CANARY if canary else Arm.RELEASE


def _shares(kinds: Sequence[StatedKind], cases: int) -> list[int]:
    """How many cases each kind gets: by share, the largest remainders first."""
    total = sum(each.share for each in kinds)
    exact = [each.share / total * cases for each in kinds]
    counts = [int(each) for each in exact]
    order = sorted(range(len(kinds)), key=lambda n: counts[n] - exact[n])
    for place in order[: cases - sum(counts)]:
        counts[place] += 1
    return counts


def _supposed_case(
    candidate: Workflow,
    kind: StatedKind,
    number: int,
    name: str,
    random: np.random.Generator,
    at: datetime,
) -> ReplayedCase:
    """A case of this kind that has just come."""
    contract = candidate.contract
    data = {field: _value(said, name, random) for field, said in kind.case.items()}
    try:
        refit = candidate.fit(data)
    except CaseUnfit as unfit:
        why = f"kinds.{number}.case does not fit: {'; '.join(unfit.problems)}"
        raise StatedUnusable("the stated kinds", why, "write every field the case needs") from None
    amount = None
    if refit.amount_micros is not None and refit.amount_currency is not None:
        amount = Money(micros=refit.amount_micros, currency=refit.amount_currency)
    case = Case(
        id=CaseId(derived_id("case", contract.workflow, "supposed", name)),
        workflow=contract.workflow,
        fingerprint=contract.fingerprint,
        key=refit.key,
        data=refit.data,
        title=refit.title,
        tenant=refit.tenant,
        segment=kind.segment or refit.segment,
        amount=amount,
        opened_at=at,
        updated_at=at,
    )
    opening = CaseOpened(case=case)
    moments, trail = retrace({contract.fingerprint: contract}, [(opening, at)])
    return ReplayedCase(case=case, loaded=candidate.loaded, moments=moments, trail=trail)


def _value(said: Any, name: str, random: np.random.Generator) -> Any:
    """A field's value: as it is written, {n} filled in, or drawn from a lognormal."""
    if isinstance(said, dict) and said.keys() == {"median", "sigma"}:
        drawn = float(random.lognormal(np.log(float(said["median"])), float(said["sigma"])))
        return round(max(drawn, 0.01), 2)
    return said.replace("{n}", name) if isinstance(said, str) else said
