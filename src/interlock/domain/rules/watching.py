"""From facts to a reading, and from earlier readings to what is expected.

A learned band is Tukey's outer fences over the windows before: from the lower quartile less three
interquartile ranges to the upper quartile plus three. A few odd windows do not move it, and windows
that breached are not learned from. Source: J. Tukey, Exploratory Data Analysis (1977), 2D. That at
least a tenth of the median lies on either side is our own choice: a number that never moved would
otherwise alarm at its first hair's breadth.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from statistics import fmean, median, quantiles
from typing import Final

from interlock.domain.action import HAPPENED
from interlock.domain.contract import WorkflowContract
from interlock.domain.fact import Fact, FactKind
from interlock.domain.money import MICROS
from interlock.domain.watching import (
    OF_AN_AGENT,
    AlertRule,
    Band,
    Measure,
    Reading,
    ReadingState,
)

REFUSED: Final = "permission_denied"
LEARN_FROM: Final = 20  # windows at least, before a band is learned
REMEMBERED: Final = 200  # of the newest, that a band is learned from
FENCES: Final = 3.0  # interquartile ranges beyond the quartiles
LEAST: Final = 0.1  # of the median, on either side
KINDS: Final = (
    FactKind.ACTION_FINISHED,
    FactKind.PROPOSAL_MADE,
    FactKind.EXCEPTION_ROUTED,
    FactKind.STEP_FINISHED,
)


def rules_of(contract: WorkflowContract) -> list[AlertRule]:
    """The contract's alert rules; one of an agent without a step stands for every AI step."""
    found: list[AlertRule] = []
    for line in contract.monitoring.get("alerts") or ():
        measure = Measure(line["measure"])
        ai = [step.step_name for step in contract.steps if step.is_ai]
        steps = [line.get("step") or ""]
        if measure in OF_AN_AGENT and not steps[0]:
            steps = [str(name) for name in ai]
        found += [
            AlertRule(
                measure=measure,
                step=step,
                window_minutes=line["window_minutes"],
                minimum=line["minimum"],
                band=Band(low=line.get("low"), high=line.get("high")),
                learned=bool(line.get("learned")),
            )
            for step in steps
        ]
    return found


def last_window(rule: AlertRule, now: datetime) -> tuple[datetime, datetime]:
    """The newest window that is over, in UTC; windows are cut from midnight of 1970."""
    length = timedelta(minutes=rule.window_minutes)
    start = datetime(1970, 1, 1, tzinfo=UTC)
    ends = start + ((now - start) // length) * length
    return ends - length, ends


def read(
    contract: WorkflowContract,
    rule: AlertRule,
    window: tuple[datetime, datetime],
    facts: Iterable[Fact],
    before: Sequence[float],
) -> Reading:
    """What the window shows. facts: those of its time; before: the values of earlier windows."""
    values = _values(rule, facts)
    value = _measured(rule.measure, values)
    band = learned_band(before) if rule.learned else rule.band
    if value is None or len(values) < rule.minimum:
        state = ReadingState.TOO_FEW
    elif band is None:
        state = ReadingState.LEARNING
    else:
        state = ReadingState.USUAL if band.holds(value) else ReadingState.BREACH
    return Reading(
        workflow=contract.workflow,
        measure=rule.measure,
        step=rule.step,
        begins=window[0],
        ends=window[1],
        events=len(values),
        value=value,
        band=band or Band(),
        state=state,
    )


def learned_band(before: Sequence[float]) -> Band | None:
    """What earlier windows make one expect; None while there are too few of them."""
    known = list(before)[-REMEMBERED:]
    if len(known) < LEARN_FROM:
        return None
    low, middle, high = quantiles(known, n=4, method="inclusive")
    reach = max(FENCES * (high - low), LEAST * abs(middle))
    return Band(low=low - reach, high=high + reach)


def _values(rule: AlertRule, facts: Iterable[Fact]) -> Sequence[float | str]:
    """One value for each event that counts."""
    if rule.measure not in OF_AN_AGENT:
        done = [f for f in facts if f.kind is FactKind.ACTION_FINISHED and f.detail in HAPPENED]
        if rule.measure is Measure.AMOUNT:
            return _amounts(done)
        return [fact.name for fact in done]
    timed = rule.measure is Measure.LATENCY
    kind = FactKind.STEP_FINISHED if timed else FactKind.PROPOSAL_MADE
    mine = list(facts)
    found = [f.value or 0.0 for f in mine if f.kind is kind and f.name == rule.step]
    if rule.measure is not Measure.REFUSALS:
        return found
    refused = sum(
        f.kind is FactKind.EXCEPTION_ROUTED and (f.name, f.detail) == (REFUSED, rule.step)
        for f in mine
    )
    bad = min(refused, len(found))
    return [1.0] * bad + [0.0] * (len(found) - bad)


def _amounts(done: Sequence[Fact]) -> Sequence[float | str]:
    """The amounts in the currency most of them are in; two currencies never mix."""
    usual = Counter(fact.currency for fact in done if fact.amount_micros is not None).most_common(1)
    return [
        fact.amount_micros / MICROS
        for fact in done
        if fact.amount_micros is not None and fact.currency == usual[0][0]
    ]


def _measured(measure: Measure, values: Sequence[float | str]) -> float | None:
    if not values:
        return None
    if measure is Measure.ACTION_RATE:
        return float(len(values))
    if measure is Measure.MIX:
        return Counter(values).most_common(1)[0][1] / len(values)
    numbers = [each for each in values if not isinstance(each, str)]
    if measure in (Measure.REFUSALS, Measure.CONFIDENCE):
        return fmean(numbers)
    return float(median(numbers))
