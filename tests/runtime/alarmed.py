"""An office whose contract watches numbers, and what makes one of them leave its band."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from interlock.domain.alarm import AlarmReview
from interlock.domain.pause import PauseScope, ScopeKind
from interlock.runtime.commands.alarms import open_alarms
from interlock.runtime.context import Context
from interlock.runtime.watching_chore import watch
from interlock.runtime.workflow import Workflows
from interlock.storage import Store
from tests.runtime.office import Office

LOW_CONFIDENCE: Final = {"measure": "confidence", "step": "judge", "low": 0.8}
SLOW: Final = {"measure": "latency", "step": "judge", "high": -1}  # no step is so quick
MANY_ACTIONS: Final = {"measure": "action_rate", "high": 3}
SMALL: Final = PauseScope(kind=ScopeKind.AGENT, name="small-1")
REFUNDS: Final = PauseScope(kind=ScopeKind.WORKFLOW, workflow="refunds")
HOUR: Final = 61  # minutes: the window is over, and what commits late has had its time


def watching(
    office: Office, *alerts: dict[str, Any], store: Store | None = None, **monitoring: Any
) -> Context:
    """The office with these alerts in its contract; asked for three events a window at least."""
    plain = {"window_minutes": 60, "minimum": 3, "step": None, "low": None, "high": None}
    lines = [{**plain, "learned": False, **each} for each in alerts]
    loaded = office.workflow.loaded
    contract = replace(loaded.contract, monitoring={"alerts": lines, **monitoring})
    workflow = replace(office.workflow, loaded=replace(loaded, contract=contract))
    return replace(
        office.context, workflows=Workflows([workflow]), store=store or office.context.store
    )


def doubtful(office: Office, count: int, name: str = "R") -> None:
    """So many refunds of which the model is not sure."""
    for number in range(count):
        office.unsure(f"{name}-{number}")


def alarmed(office: Office, *alerts: dict[str, Any], **monitoring: Any) -> Context:
    """The office after an hour in which the model was not sure of three refunds."""
    context = watching(office, *(alerts or (LOW_CONFIDENCE,)), **monitoring)
    doubtful(office, 3)
    office.pass_time(HOUR)
    watch(context)
    return context


def the_alarm(context: Context) -> AlarmReview:
    """The only one that is open."""
    [found] = open_alarms(context)
    return found


def house(context: Context) -> list[str]:
    """What is on record outside of cases, the oldest first."""
    return [entry.kind for entry in reversed(context.store.house_entries())]
