"""Readiness as a page shows it: the level, the ladder, and what is missing.

One rule: the level comes from `measure.readiness`; here it only gets its words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from interlock.console.views.scope import Scope, name_of
from interlock.contracts import CheckReport, check_contract
from interlock.domain.contract import WorkflowContract
from interlock.measure.readiness import (
    MEANING,
    NAMES,
    Found,
    Level,
    Readiness,
    ReadinessCheck,
    Telemetry,
    readiness,
)
from interlock.runtime.context import Context
from interlock.storage.overview import OnTime

MONTH: Final = timedelta(days=30)
KEPT_REPORTS: Final = 16  # a report takes seconds to make and is the same until the folder changes
FOUND: Final = MappingProxyType(
    {
        Found.PASS: ("ok", "check", "passes"),
        Found.FAIL: ("bad", "x", "fails"),
        Found.NOT_YET: ("", "wait", "not yet"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    """One check. state, icon, word: how it is drawn."""

    state: str
    icon: str
    word: str
    level: str
    name: str
    seen: str
    fix: str
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    name: str
    meaning: str
    state: str  # is-done, is-now or empty


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessShown:
    """Where a workflow stands, what is missing and what the contract's own check says."""

    title: str
    lead: str
    rungs: tuple[Rung, ...]
    open: tuple[CheckLine, ...]
    passing: tuple[CheckLine, ...]
    problems: tuple[str, ...]
    warnings: tuple[str, ...]
    is_changed: bool
    is_mapped: bool


def readiness_of(
    context: Context, scope: Scope, contract: WorkflowContract, folder: Path
) -> ReadinessShown:
    """The readiness of one workflow, computed now."""
    report = _report(folder, contract.fingerprint)
    is_changed = not (
        report.workflow and report.workflow.contract.fingerprint == contract.fingerprint
    )
    found = readiness(contract, _telemetry(context, scope, contract, report))
    return ReadinessShown(
        title=f"Readiness L{found.level}, {NAMES[found.level].lower()}",
        lead=_lead(found),
        rungs=tuple(_rung(level, found.level) for level in Level),
        open=tuple(_line(check, contract) for check in found.open),
        passing=tuple(_line(c, contract) for c in found.checks if c.found is Found.PASS),
        problems=tuple(f"{p.message}; {p.remedy} (line {p.line})" for p in report.errors),
        warnings=tuple(f"{p.message}; {p.remedy} (line {p.line})" for p in report.warnings),
        is_changed=is_changed,
        is_mapped=found.level >= Level.MAPPED,
    )


@lru_cache(maxsize=KEPT_REPORTS)
def _report(folder: Path, _fingerprint: str) -> CheckReport:
    return check_contract(folder)


def _telemetry(
    context: Context, scope: Scope, contract: WorkflowContract, report: CheckReport
) -> Telemetry:
    since = scope.now - MONTH
    closed = context.store.closed_since(since, tenants=scope.tenants)
    times = context.store.on_time(since, tenants=scope.tenants)
    seen = times.get(contract.workflow, OnTime())
    pauses = context.store.latest_pauses()
    return Telemetry(
        closed=sum(row.cases for row in closed if row.workflow == contract.workflow),
        decided=seen.decided,
        on_time=seen.on_time,
        late=seen.late,
        pauses_lifted=sum(not pause.is_in_force for pause in pauses),
        contract_errors=len(report.errors),
    )


def _lead(found: Readiness) -> str:
    missing = len(found.open)
    checks = f"{found.passed} of {len(found.checks)} checks pass."
    tail = f" Next: {found.next_action}" if missing else ""
    return f"{MEANING[found.level]} {checks}{tail}"


def _rung(level: Level, reached: Level) -> Rung:
    state = "is-now" if level == reached else "is-done" if level < reached else ""
    return Rung(name=f"L{level} {NAMES[level]}", meaning=MEANING[level], state=state)


def _line(check: ReadinessCheck, contract: WorkflowContract) -> CheckLine:
    state, icon, word = FOUND[check.found]
    return CheckLine(
        state=state,
        icon=icon,
        word=word,
        level=f"L{check.level}",
        name=check.name,
        seen=check.seen,
        fix=check.fix,
        who=name_of(contract, check.who),
    )
