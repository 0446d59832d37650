"""How good review is: what samples found wrong, what probes showed, how long people thought.

Each number comes with what it is a share of and an interval; what nobody looked at widens it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from interlock.domain.case import Handling
from interlock.domain.fact import Fact, FactKind
from interlock.domain.quality import WRONG, ProbeResult
from interlock.measure.agreement import Kappa, Pair, kappa, pairs_of
from interlock.measure.calibration import BandAgreement, agreement_by_confidence
from interlock.measure.intervals import exact_interval, rate_interval
from interlock.storage import PastDecision, Store
from interlock.storage.reading import BEGINNING, END

KINDS = (FactKind.CASE_CLOSED, FactKind.SAMPLE_CHECKED, FactKind.SECOND_LOOK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """`hits` of `of`, with the interval of the rate; None where there is nothing to divide by."""

    hits: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float | None:
        return self.hits / self.of if self.of else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleError:
    """The error rate of autonomous cases, from a sample, weighted to all of them by segment.

    population: cases closed autonomous. covered: the share of them in segments of which at least
    one was checked; the rest may be anything, which the interval says. effective: how many equally
    weighted checks the sample is worth. rate: of the covered ones; None when nothing was checked.
    """

    checked: int
    wrong: int
    population: int
    covered: float
    effective: float
    rate: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Probes:
    """What the planted questions showed. caught: of the planted errors that were answered;
    false_alarms: of the clean ones."""

    caught: Rate
    false_alarms: Rate
    passed_on: int
    unanswered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Thinking:
    """How long people thought. median_seconds: of the `timed` decisions; None without any.

    untimed: decisions made without taking the task first, of which nobody knows.
    """

    timed: int
    untimed: int
    too_quick: int
    median_seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityReport:
    """The quality of review of one workflow in a window. Agreement and thinking also by queue."""

    workflow: str
    sample: SampleError
    probes: Probes
    agreement: Kappa
    agreement_by_queue: Mapping[str, Kappa]
    agreement_by_step: Mapping[str, Kappa]
    thinking: Thinking
    thinking_by_queue: Mapping[str, Thinking]
    calibration: tuple[BandAgreement, ...]


def quality_of(
    store: Store, workflow: str, *, since: datetime = BEGINNING, until: datetime = END
) -> QualityReport:
    """The report of one workflow over since <= time < until. Raises: MissingExtra without scipy.

    A sample belongs to the window its case closed in, whenever it was checked.
    """
    facts = list(store.facts(workflow=workflow, kinds=KINDS, since=since))
    within = [fact for fact in facts if fact.at < until]
    answered = (FactKind.PROBE_ANSWERED,)
    asked = store.facts(workflow=workflow, kinds=answered, since=since, until=until, probes=True)
    decisions = list(store.past_decisions(workflow, since=since, until=until))
    pairs = pairs_of(within)
    queues = {each.queue for each in decisions}
    return QualityReport(
        workflow=workflow,
        sample=sample_error(within, facts),
        probes=probes_of(asked),
        agreement=kappa([(each.first, each.second) for each in pairs]),
        agreement_by_queue=_by(lambda pair: pair.queue, pairs),
        agreement_by_step=_by(lambda pair: pair.step, pairs),
        thinking=thinking_of(decisions),
        thinking_by_queue={
            queue: thinking_of([each for each in decisions if each.queue == queue])
            for queue in sorted(queues)
        },
        calibration=tuple(agreement_by_confidence(decisions)),
    )


def sample_error(closings: Iterable[Fact], checks: Iterable[Fact]) -> SampleError:
    """The error rate of the autonomous cases that closed in `closings`, from their checks.

    Each segment weighs as much as it has of the population (post-stratification); the interval is
    Clopper-Pearson's at the effective sample size 1 / sum(w²/n).
    Source: Kish 1965, Survey Sampling, section 11.7; Korn and Graubard 1998, Survey Methodology
    24(2), 193-201.
    """
    segment_of = {
        fact.case_id: fact.segment
        for fact in closings
        if fact.kind is FactKind.CASE_CLOSED and fact.name == Handling.AUTONOMOUS
    }
    found = {
        fact.case_id: fact.detail == WRONG
        for fact in checks
        if fact.kind is FactKind.SAMPLE_CHECKED and fact.case_id in segment_of
    }
    sizes = Counter(segment_of.values())
    seen: dict[str, list[bool]] = defaultdict(list)
    for case_id, is_wrong in found.items():
        seen[segment_of[case_id]].append(is_wrong)
    return _weighted(sizes, seen)


def _weighted(sizes: Mapping[str, int], seen: Mapping[str, Sequence[bool]]) -> SampleError:
    population, inside = sum(sizes.values()), sum(sizes[each] for each in seen)
    checked = sum(map(len, seen.values()))
    wrong = sum(map(sum, seen.values()))
    if not checked:
        return SampleError(
            checked=0,
            wrong=0,
            population=population,
            covered=0.0,
            effective=0.0,
            rate=None,
            low=0.0,
            high=1.0,
        )
    weights = {each: sizes[each] / inside for each in seen}
    rate = sum(weights[each] * sum(marks) / len(marks) for each, marks in seen.items())
    effective = 1 / sum(weights[each] ** 2 / len(marks) for each, marks in seen.items())
    low, high = exact_interval(min(rate * effective, effective), effective)
    covered = inside / population
    return SampleError(
        checked=checked,
        wrong=wrong,
        population=population,
        covered=covered,
        effective=effective,
        rate=rate,
        low=low * covered,  # what nobody looked at may be all right,
        high=high * covered + (1 - covered),  # or all wrong
    )


def probes_of(facts: Iterable[Fact]) -> Probes:
    """What the answers to planted questions show."""
    count = Counter(fact.detail for fact in facts if fact.kind is FactKind.PROBE_ANSWERED)
    caught, missed = count[ProbeResult.CAUGHT], count[ProbeResult.MISSED]
    alarms, cleared = count[ProbeResult.FALSE_ALARM], count[ProbeResult.CLEARED]
    return Probes(
        caught=_rate(caught, caught + missed),
        false_alarms=_rate(alarms, alarms + cleared),
        passed_on=count[ProbeResult.PASSED_ON],
        unanswered=count[ProbeResult.UNANSWERED],
    )


def thinking_of(decisions: Sequence[PastDecision]) -> Thinking:
    """How long people thought about these decisions."""
    known = [each.thinking_seconds for each in decisions if each.thinking_seconds is not None]
    return Thinking(
        timed=len(known),
        untimed=len(decisions) - len(known),
        too_quick=sum(each.too_quick for each in decisions),
        median_seconds=median(known) if known else None,
    )


def _rate(hits: int, of: int) -> Rate:
    low, high = rate_interval(hits, of)
    return Rate(hits=hits, of=of, low=low, high=high)


def _by(place: Callable[[Pair], str], pairs: Sequence[Pair]) -> dict[str, Kappa]:
    names = sorted({place(each) for each in pairs})
    return {
        name: kappa([(each.first, each.second) for each in pairs if place(each) == name])
        for name in names
    }
