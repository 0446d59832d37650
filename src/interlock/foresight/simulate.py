"""`simulate`: a contract against arrivals, confidence and handling times, at any volume.

Its one rule: `advance` decides every path. A sample of cases is taken through it; then each
simulated case is given one of their paths, and people work the queues event by event.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np

from interlock.contracts.capacity import people_needed, shortest_deadline
from interlock.contracts.opening_hours import business_hours
from interlock.domain.case import Arm
from interlock.domain.contract import Queue, Stage, WorkflowContract
from interlock.domain.hours import BusinessHours
from interlock.domain.ids import QueueName
from interlock.foresight import queueing
from interlock.foresight.forecast import (
    SAMPLE,
    BudgetForecast,
    Part,
    QueueForecast,
    SimulationReport,
)
from interlock.foresight.gate_days import gate_forecasts
from interlock.foresight.paths import Path, recorded_paths, stated_paths
from interlock.foresight.replayed import ReplayedCase
from interlock.foresight.stated import Stated, StatedMinutes
from interlock.foresight.trail import TrailEnd
from interlock.runtime.workflow import Workflow

STARTS: Final = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday; fixed, so a seed says it all
AFTERWARDS: Final = timedelta(days=14)  # for what came in the simulated days to be answered
DAY: Final = 86_400.0
ENOUGH: Final = 30  # known handling times of a queue, before they are taken for its own
ENOUGH_ARRIVALS: Final = 200  # recorded cases, before their hours are taken for the usual ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is simulated. sample: cases taken through the contract; 0: every one of them.

    recorded: cases of the record; empty: what `stated` says. volume_per_day: cases on a day on
    which any come.
    """

    volume_per_day: float
    days: int = 5
    seed: int = 1
    stage: Stage = Stage.AUTONOMOUS
    starts: datetime = STARTS
    sample: int = SAMPLE
    stated: Stated = field(default_factory=Stated)
    recorded: tuple[ReplayedCase, ...] = ()
    source: str = "stated"


def simulate(candidate: Workflow, plan: Plan) -> SimulationReport:
    """What to expect. The same plan gives the same report.

    Raises: StatedUnusable; ValueError for hours that cannot be read.
    """
    random = np.random.default_rng([plan.seed, 3])
    arrivals = _arrivals(plan, random)
    paths = _paths(candidate, plan, len(arrivals), None)
    every = plan.sample == 0 and not plan.recorded
    chosen = np.arange(len(arrivals)) if every else random.integers(len(paths), size=len(arrivals))
    house = _House(candidate.contract, plan, random)
    results = house.run(arrivals, paths, chosen)
    canary = _paths(candidate, plan, len(arrivals), Arm.CANARY)
    times = np.bincount(chosen, minlength=len(paths))
    report = _report(candidate.contract, plan, paths, times, house, results)
    gate = gate_forecasts(candidate.contract, canary, plan.volume_per_day)
    return replace(report, gate=gate)


def _paths(candidate: Workflow, plan: Plan, cases: int, arm: Arm | None) -> list[Path]:
    stage = Stage.CANARY if arm is Arm.CANARY else plan.stage
    if plan.recorded:
        recorded = plan.recorded[: plan.sample] if plan.sample else plan.recorded
        return recorded_paths(
            candidate, recorded, plan.stated, seed=plan.seed, stage=stage, arm=arm
        )
    count = plan.sample if plan.sample or arm is not None else cases
    return stated_paths(
        candidate,
        plan.stated,
        cases=max(count or SAMPLE, 1),
        at=plan.starts,
        seed=plan.seed,
        stage=stage,
        arm=arm,
    )


def _arrivals(plan: Plan, random: np.random.Generator) -> Any:
    """When cases come, in seconds from the start, in order: a Poisson process over the hours."""
    windows = _arrival_windows(plan)
    lengths = np.array([end - start for start, end in windows])
    weights = np.array(_weights(plan, windows))
    open_days = len({int(start // DAY) for start, _ in windows})
    total = int(random.poisson(plan.volume_per_day * open_days))
    share = weights / weights.sum() if weights.sum() else np.full(len(windows), 1 / len(windows))
    counts = random.multinomial(total, share)
    starts = np.repeat([start for start, _ in windows], counts)
    within = random.random(total) * np.repeat(lengths, counts)
    return np.sort(starts + within)


def _arrival_windows(plan: Plan) -> list[tuple[float, float]]:
    """Hours of the simulated days in which cases come."""
    hours = business_hours(plan.stated.arrivals, ())
    found = _windows(hours, plan.starts, plan.starts + timedelta(days=plan.days))
    if len(plan.recorded) < ENOUGH_ARRIVALS:
        return found
    return [(3600.0 * n, 3600.0 * (n + 1)) for n in range(plan.days * 24)]


def _weights(plan: Plan, windows: Sequence[tuple[float, float]]) -> list[float]:
    """How much comes in each window: by its length, or as on record by hour of the week."""
    if len(plan.recorded) < ENOUGH_ARRIVALS:
        return [end - start for start, end in windows]
    seen = Counter(_hour(past.case.opened_at) for past in plan.recorded)
    return [float(seen[_hour(plan.starts + timedelta(seconds=start))]) for start, _ in windows]


def _hour(moment: datetime) -> int:
    return moment.weekday() * 24 + moment.hour


def _windows(hours: BusinessHours, start: datetime, end: datetime) -> list[tuple[float, float]]:
    """Open windows between two moments, in seconds from the first."""
    if not hours.openings:
        return [(DAY * n, DAY * (n + 1)) for n in range(int((end - start) / timedelta(days=1)))]
    found = []
    for opens, closes in hours.windows(start):
        if opens >= end:
            break
        inside = (max(opens, start) - start, min(closes, end) - start)
        found.append((inside[0].total_seconds(), inside[1].total_seconds()))
    return found


class _House:
    """The people and the queues of a contract, as the event simulation knows them."""

    def __init__(self, contract: WorkflowContract, plan: Plan, random: np.random.Generator) -> None:
        self.names = list(contract.queues)
        self._contract, self._plan, self._random = contract, plan, random
        people = sorted({p for name in self.names for p in contract.members_of(name)})
        self._numbers = {person: number for number, person in enumerate(people)}
        self.end = plan.starts + timedelta(days=plan.days) + AFTERWARDS
        self.desks = [self._desk(contract.queues[name]) for name in self.names]
        self._known = _known_minutes(plan.recorded)

    def _desk(self, queue: Queue) -> queueing.Desk:
        contract, starts = self._contract, self._plan.starts
        members = sorted(contract.members_of(queue.name))
        always = not queue.hours.openings
        hours = queueing.OpenHours.of([] if always else _windows(queue.hours, starts, self.end))
        onward = contract.queue_of(queue.escalate_to[0]) if queue.escalate_to else None
        return queueing.Desk(
            hours=hours,
            people=tuple(self._numbers[each] for each in members),
            at_once=queue.capacity or max(len(members), 1),
            onward=self.names.index(onward) if onward else None,
        )

    def run(self, arrivals: Any, paths: Sequence[Path], chosen: Any) -> list[queueing.DeskResult]:
        """What happens at each desk."""
        asking = [
            (float(at), paths[number].asks)
            for at, number in zip(arrivals, chosen, strict=True)
            if paths[number].asks
        ]
        work = self._work([each.queue for _, asks in asking for each in asks])
        place, cases = 0, []
        for _, asks in asking:
            cases.append(
                [
                    queueing.Ask(
                        desk=self.names.index(each.queue),
                        allowed=each.allowed_seconds,
                        work=work[place + number],
                        after=each.after_seconds,
                    )
                    for number, each in enumerate(asks)
                ]
            )
            place += len(asks)
        until = (self.end - self._plan.starts).total_seconds()
        return queueing.run(
            self.desks, len(self._numbers), [at for at, _ in asking], cases, until=until
        )

    def _work(self, queues: Sequence[QueueName]) -> list[float]:
        """The seconds each question takes: drawn from the record, else from a gamma time."""
        seconds = np.zeros(len(queues))
        asked = np.array(queues, dtype=object)
        for name in self.names:
            mine = np.flatnonzero(asked == name)
            known = self._known.get(name, [])
            if name not in self._plan.stated.minutes and len(known) >= ENOUGH:
                seconds[mine] = self._random.choice(known, size=len(mine))
                continue
            said = self.minutes(name)
            shape = 1 / said.cv**2  # cv 1: exponential
            seconds[mine] = self._random.gamma(shape, said.mean * 60 / shape, size=len(mine))
        return [float(each) for each in seconds]

    def minutes(self, name: QueueName) -> StatedMinutes:
        """What is stated of a queue's handling time, else the contract's own mean."""
        said = self._plan.stated.minutes.get(name)
        return said or StatedMinutes(mean=self._contract.queues[name].minutes_per_task)


def _known_minutes(recorded: Sequence[ReplayedCase]) -> dict[QueueName, list[float]]:
    """The thinking times of the record, in seconds, by queue."""
    found: dict[QueueName, list[float]] = {}
    for past in recorded:
        for moment in past.moments:
            task = getattr(moment.event, "task", None)
            decision = getattr(moment.event, "decision", None)
            if task is None or decision is None or task.claimed_at is None or task.look:
                continue
            seconds = (moment.at - task.claimed_at).total_seconds()
            if seconds > 0:
                found.setdefault(task.queue, []).append(seconds)
    return found


def _report(
    contract: WorkflowContract,
    plan: Plan,
    paths: Sequence[Path],
    times: Any,
    house: _House,
    results: Sequence[queueing.DeskResult],
) -> SimulationReport:
    cases = int(times.sum())
    settled = [_settled(each) for each in paths]

    def part(of: Sequence[int], hits: Sequence[int]) -> Part:
        whole = sum(int(n) * o for n, o in zip(times, of, strict=True))
        return Part(hits=sum(int(n) * h for n, h in zip(times, hits, strict=True)), of=whole)

    every = [1] * len(paths)
    why: Counter[str] = Counter()
    handled: Counter[str] = Counter()
    for count, path, kind in zip(times, paths, settled, strict=True):
        if kind == "unsettled":
            why[path.why or str(path.end)] += int(count)
        handled[str(path.handling or "open")] += int(count)
    return SimulationReport(
        workflow=contract.workflow,
        fingerprint=contract.fingerprint,
        stage=plan.stage,
        seed=plan.seed,
        source=plan.source,
        starts=plan.starts,
        days=plan.days,
        volume_per_day=plan.volume_per_day,
        cases=cases,
        paths=len(paths),
        machine=part(every, [kind == "machine" for kind in settled]),
        people=part(every, [kind == "people" for kind in settled]),
        unsettled=part(every, [kind == "unsettled" for kind in settled]),
        unsettled_why=dict(why.most_common()),
        handled=dict(sorted(handled.items())),
        exception_rate=part(
            [each.met_ai for each in paths],
            [each.met_ai and each.has_exception for each in paths],
        ),
        human_override_rate=part(
            [each.proposals for each in paths], [each.overruled for each in paths]
        ),
        questions_a_case=sum(each.asked - each.passed_on for each in results) / max(cases, 1),
        queues=tuple(
            _queue(contract, plan, house, name, result, cases)
            for name, result in zip(house.names, results, strict=True)
            if result.asked
        ),
        budget=_budget(contract, paths, times),
        gate=(),
    )


def _settled(path: Path) -> str:
    if path.asks:
        return "people"
    return "machine" if path.end is TrailEnd.CLOSED else "unsettled"


def _queue(
    contract: WorkflowContract,
    plan: Plan,
    house: _House,
    name: QueueName,
    result: queueing.DeskResult,
    cases: int,
) -> QueueForecast:
    queue = contract.queues[name]
    desk = house.desks[house.names.index(name)]
    people = min(len(desk.people), desk.at_once)
    span = plan.days * DAY
    open_seconds = desk.hours.passed(span) if desk.hours.opens else span
    answered = len(result.answers)
    each = result.worked / answered / 60 if answered else queue.minutes_per_task
    per_hour = result.asked / (open_seconds / 3600) if open_seconds else float("inf")
    within = shortest_deadline(contract, queue)
    needed = people_needed(per_hour, each, within) if within and open_seconds else None
    return QueueForecast(
        queue=name,
        people=people,
        asked=result.asked,
        share=result.asked / max(cases, 1),
        minutes_each=each,
        wait_p50=_minutes_at(result.waits, 50),
        wait_p95=_minutes_at(result.waits, 95),
        answer_p95=_minutes_at(result.answers, 95),
        wall_p95=_minutes_at(result.away, 95),
        late=Part(hits=result.late, of=result.asked),
        passed_on=result.passed_on,
        unanswered=result.unanswered,
        longest=result.longest,
        busy=result.asked * each * 60 / (people * open_seconds) if open_seconds else 0.0,
        needed=needed,
        growing=per_hour * each / 60 >= people,
    )


def _minutes_at(seconds: Sequence[float], percent: int) -> float | None:
    return float(np.percentile(seconds, percent)) / 60 if len(seconds) else None


def _budget(contract: WorkflowContract, paths: Sequence[Path], times: Any) -> BudgetForecast | None:
    allowed = contract.error_budget.get("rate")
    if not isinstance(allowed, int | float) or allowed <= 0:
        return None
    checked = sum(int(n) for n, each in zip(times, paths, strict=True) if each.checked)
    wrong = sum(int(n) for n, each in zip(times, paths, strict=True) if each.checked and each.wrong)
    errors = Part(hits=wrong, of=checked)
    burn = errors.value / float(allowed) if errors.value is not None else None
    window = contract.error_budget.get("window_days")
    spent = None
    if burn and burn > 1 and isinstance(window, int | float):
        spent = float(window) / burn
    return BudgetForecast(allowed=float(allowed), errors=errors, burn=burn, days_to_spent=spent)
