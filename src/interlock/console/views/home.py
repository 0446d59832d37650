"""The operations home: what needs a look first, then every workflow and queue.

One rule: a number that was not measured is absent, never zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from interlock.console import words
from interlock.console.views.alert import Alert
from interlock.console.views.alerts import alerts_of
from interlock.console.views.queues import QueueLine, queue_lines
from interlock.console.views.release_line import ReleaseLine, release_line
from interlock.console.views.scope import Scope, name_of, scope_of
from interlock.domain.case import CaseState, Handling, WaitsFor
from interlock.domain.contract import Stage, WorkflowContract
from interlock.domain.ids import WorkflowId
from interlock.identity import Visitor
from interlock.runtime.context import Context
from interlock.storage.overview import OnTime, QueueLoad

DAYS_SHOWN: Final = 22  # about a month of working days
WEEK: Final = timedelta(days=7)
GOAL: Final = 0.95  # of decisions by their deadline
STAGES: Final = tuple(Stage)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowLine:
    """One workflow. `days`: closed cases a day, today last. stage_index: 0 to 3."""

    id: str
    title: str
    domain: str
    owner: str
    stage: str
    stage_index: int
    waiting: int
    at_risk: int
    late: int
    working: int
    timers: int
    on_time: OnTime
    days: tuple[int, ...]
    closed_week: int
    autonomous_week: int
    release: ReleaseLine | None = None

    @property
    def on_time_share(self) -> float | None:
        """The share of tasks that were decided in time, 0 to 1; None when there were none."""
        seen = self.on_time.on_time + self.on_time.late
        return self.on_time.on_time / seen if seen else None

    @property
    def on_time_of(self) -> int:
        return self.on_time.on_time + self.on_time.late

    @property
    def is_below_goal(self) -> bool:
        return self.on_time_share is not None and self.on_time_share < GOAL

    @property
    def autonomous_share(self) -> float | None:
        """The share of cases closed with no person deciding; None when none closed."""
        return self.autonomous_week / self.closed_week if self.closed_week else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Everything the page shows. `headline` and `lead` say it in two sentences."""

    headline: str
    lead: str
    alerts: tuple[Alert, ...]
    workflows: tuple[WorkflowLine, ...]
    queues: tuple[QueueLine, ...]
    working: int


def home_of(context: Context, visitor: Visitor) -> Home:
    """The home as this visitor may see it."""
    scope = scope_of(context, visitor)
    loads = [
        load
        for load in context.store.queue_loads(now=scope.now, tenants=scope.tenants)
        if load.workflow in scope.contracts
    ]
    lines = _workflow_lines(context, scope, loads)
    alerts = alerts_of(context, visitor, scope, loads)
    waiting, late = sum(w.waiting for w in lines), sum(w.late for w in lines)
    return Home(
        headline=_headline(alerts, late, waiting),
        lead=_lead(lines, waiting, late),
        alerts=alerts,
        workflows=lines,
        queues=queue_lines(context, scope, loads),
        working=sum(each.working for each in lines),
    )


def _headline(alerts: Sequence[Alert], late: int, waiting: int) -> str:
    urgent = sum(alert.state == "bad" for alert in alerts)
    if late:
        is_are = "is" if late == 1 else "are"
        return f"{words.counted(late, 'decision')} {is_are} late."
    if urgent:
        return f"{words.counted(urgent, 'thing')} {'needs' if urgent == 1 else 'need'} a look."
    return "Nothing is late." if waiting else "Nothing waits for a person."


def _lead(lines: Sequence[WorkflowLine], waiting: int, late: int) -> str:
    wait = "waits" if waiting == 1 else "wait"
    late_words = f"{late} late" if late else "none late"
    working = sum(each.working for each in lines)
    return (
        f"{words.counted(len(lines), 'workflow')}. {words.counted(waiting, 'task')} {wait} for a "
        f"person, {late_words}. {words.counted(working, 'case')} on the way."
    )


def _workflow_lines(
    context: Context, scope: Scope, loads: Sequence[QueueLoad]
) -> tuple[WorkflowLine, ...]:
    store, tenants = context.store, scope.tenants
    first_day = scope.today - timedelta(days=DAYS_SHOWN - 1)
    days = store.closed_by_day(first_day, zone_offset=scope.zone_offset, tenants=tenants)
    closed = store.closed_since(scope.now - WEEK, tenants=tenants)
    on_time = store.on_time(scope.now - WEEK, tenants=tenants)
    counts = store.open_counts(tenants=tenants)
    lines = []
    for name, contract in scope.contracts.items():
        mine = [load for load in loads if load.workflow == name]
        week = [row for row in closed if row.workflow == name]
        open_cases = [row for row in counts if row.workflow == name]
        held = (WaitsFor.REVIEW, WaitsFor.ANSWER)
        release = release_line(context, scope, contract)
        lines.append(
            WorkflowLine(
                id=name,
                title=contract.title,
                domain=words.sentence(contract.domain) if contract.domain else "",
                owner=name_of(contract, contract.owners.operations),
                stage=_stage(context, release),
                stage_index=_rung(context, release),
                release=release,
                waiting=sum(load.open for load in mine),
                at_risk=sum(load.at_risk for load in mine),
                late=sum(load.late for load in mine),
                working=sum(r.cases for r in open_cases if r.state is CaseState.READY),
                timers=sum(
                    r.cases
                    for r in open_cases
                    if r.state is CaseState.WAITING and r.waits_for not in held
                ),
                on_time=on_time.get(contract.workflow, OnTime()),
                days=_days(days, contract, first_day),
                closed_week=sum(row.cases for row in week),
                autonomous_week=sum(
                    row.cases for row in week if row.handling is Handling.AUTONOMOUS
                ),
            )
        )
    return tuple(sorted(lines, key=lambda each: (-each.late, -each.at_risk, each.title)))


def _stage(context: Context, release: ReleaseLine | None) -> str:
    """At which stage new cases begin: the release's, or else the setting's."""
    return release.stage if release and release.stage else str(context.stage).capitalize()


def _rung(context: Context, release: ReleaseLine | None) -> int:
    return release.index if release and release.stage else STAGES.index(context.stage)


def _days(
    days: Mapping[tuple[WorkflowId, date], int], contract: WorkflowContract, first: datetime
) -> tuple[int, ...]:
    wanted = [first.date() + timedelta(days=number) for number in range(DAYS_SHOWN)]
    return tuple(days.get((contract.workflow, day), 0) for day in wanted)
