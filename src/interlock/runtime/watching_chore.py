"""What a worker does to notice that an agent behaves unlike itself: it reads each window once.

Its one rule: a breach stops the AI at once and asks people what follows; nothing here ever lifts
a pause.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from interlock.domain.contract import WorkflowContract
from interlock.domain.pause import PauseScope, ScopeKind
from interlock.domain.rules import alarms, watching
from interlock.domain.watching import AlertRule, Reading, ReadingState
from interlock.observe import ALARM_RAISED, log
from interlock.runtime.chores import Chore
from interlock.runtime.context import Context

EVERY_SECONDS: Final = 15.0
SETTLED: Final = timedelta(seconds=10)  # after a window's end; what commits late is still counted


def watch_chore() -> Chore:
    """The chore that reads the windows that are over."""
    return Chore(name="watch", every_seconds=EVERY_SECONDS, run=watch)


def watch(context: Context) -> int:
    """How many windows were read now, over all workflows. Raises: what the store raises."""
    now, done = context.clock.now(), 0
    for name in sorted({each.contract.workflow for each in context.workflows}):
        contract = context.workflows.named(name).contract
        for rule in watching.rules_of(contract):
            window = watching.last_window(rule, now - SETTLED)
            done += _read(context, contract, rule, window, now)
    return done


def _read(
    context: Context,
    contract: WorkflowContract,
    rule: AlertRule,
    window: tuple[datetime, datetime],
    now: datetime,
) -> int:
    blank = watching.read(contract, rule, window, (), ())
    if context.store.is_read(blank):
        return 0
    before = context.store.values_before(blank, watching.REMEMBERED) if rule.learned else []
    facts = list(
        context.store.facts(
            workflow=contract.workflow, kinds=watching.KINDS, since=window[0], until=window[1]
        )
    )
    reading = watching.read(contract, rule, window, facts, before)
    breached = reading.state is ReadingState.BREACH
    stops = _stops(context, contract, reading) if breached else []
    opening = alarms.opening(contract, now) if breached else None
    recorded = context.store.add_reading(reading, stops, now, opening)
    if recorded is None:
        return 0
    if breached:
        log().warning(ALARM_RAISED, workflow=contract.workflow, measure=str(reading.measure))
    return 1


def _stops(context: Context, contract: WorkflowContract, reading: Reading) -> list[PauseScope]:
    """The agents of the step; for a measure of the workflow, its AI work."""
    workflow = PauseScope(kind=ScopeKind.WORKFLOW, workflow=contract.workflow)
    if not reading.step:
        return [workflow]
    seen = {
        each.agent
        for each in context.store.agents_seen()
        if (each.workflow, each.step) == (contract.workflow, reading.step)
        and each.fingerprint == contract.fingerprint
    }
    step = replace(workflow, kind=ScopeKind.STEP, name=reading.step)
    return [PauseScope(kind=ScopeKind.AGENT, name=name) for name in sorted(seen)] or [step]
