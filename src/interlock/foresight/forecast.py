"""What a simulation found: values only, each number with what it is a share of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from interlock.domain.contract import Stage
from interlock.domain.ids import Fingerprint, QueueName, WorkflowId

SAMPLE: Final = 1_000  # paths: a share of one half is then right within 3 points


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """So many of so many. value None: there were none to count."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        return self.hits / self.of if self.of else None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueForecast:
    """One queue over the simulated days. Minutes are of its open time, but for `wall_p95`.

    waits: until somebody begins; answer: until it is decided. late: past their deadline;
    passed_on: of these, to the next queue of the chain. unanswered: open at the end. busy: work
    over staffed time. needed: the fewest people who answer 95 % in time, by Erlang C; None: no
    number does. growing: more comes than can be answered.
    """

    queue: QueueName
    people: int
    asked: int
    share: float  # questions a case
    minutes_each: float
    wait_p50: float | None
    wait_p95: float | None
    answer_p95: float | None
    wall_p95: float | None
    late: Part
    passed_on: int
    unanswered: int
    longest: int
    busy: float
    needed: int | None
    growing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetForecast:
    """The error budget: errors among the machine's results that were judged, over what is allowed.

    burn None: nothing on record or stated says what was right. A burn of 1 spends it just in time.
    """

    allowed: float
    errors: Part
    burn: float | None
    days_to_spent: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GateForecast:
    """One line of the gate, watched after every case of the canary at the rate found.

    promote_days, roll_back_days: until half of such releases are; None: never, or not known.
    """

    text: str
    rate: Part
    canary_cases_a_day: float
    promote_days: float | None
    roll_back_days: float | None
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationReport:
    """A contract against a supposed future.

    paths: cases that were taken through the contract; every simulated case went one of their
    ways. machine: closed with nobody asked; people: somebody is asked; unsettled: neither, with
    the reasons in `unsettled_why`. source: where the suppositions come from.
    """

    workflow: WorkflowId
    fingerprint: Fingerprint
    stage: Stage
    seed: int
    source: str
    starts: datetime
    days: int
    volume_per_day: float
    cases: int
    paths: int
    machine: Part
    people: Part
    unsettled: Part
    unsettled_why: Mapping[str, int]
    handled: Mapping[str, int]
    exception_rate: Part
    human_override_rate: Part
    questions_a_case: float
    queues: tuple[QueueForecast, ...]
    budget: BudgetForecast | None
    gate: tuple[GateForecast, ...]
