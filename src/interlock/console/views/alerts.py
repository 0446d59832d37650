"""What needs a decision or a look, the most urgent first.

One rule: an alert says what is wrong, since when, and where to go; nothing is listed that needs
nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from interlock.console import words
from interlock.console.views.alarm_line import line_of
from interlock.console.views.alert import ORDER, Alert
from interlock.console.views.release_alerts import release_alerts
from interlock.console.views.scope import Scope
from interlock.identity import Visitor
from interlock.runtime.commands.alarms import open_alarms
from interlock.runtime.context import Context
from interlock.storage.overview import ExceptionCount, QueueLoad

STUCK_AFTER: Final = timedelta(minutes=5)  # an episode takes seconds; its worker beats each second
MONTH: Final = timedelta(days=30)
PILE: Final = 5  # exceptions of one kind today before they can be a pile-up
PILE_FACTOR: Final = 3  # times the daily mean of the month before


def alerts_of(
    context: Context, visitor: Visitor, scope: Scope, loads: Sequence[QueueLoad]
) -> tuple[Alert, ...]:
    """Everything that needs a look now, the worst first."""
    found = [
        *_alarms(context, visitor, scope),
        *_late(scope, loads),
        *_unknown(context, scope),
        *_stuck(context, scope),
        *_workers(context, scope),
        *_unloaded(context, visitor),
        *_piles(context, scope),
        *_at_risk(scope, loads),
        *release_alerts(context, scope),
    ]
    return tuple(sorted(found, key=lambda alert: ORDER[alert.state]))


def _alarms(context: Context, visitor: Visitor, scope: Scope) -> Iterator[Alert]:
    """Its number counts every tenant's cases, so it is for who may see every one."""
    for each in open_alarms(context) if visitor.tenants is None else ():
        if each.workflow not in scope.contracts:
            continue
        line = line_of(context, each)
        due = "late" if line.is_late else f"due {words.clock(each.due_at, scope.now)}"
        holds = f" {line.held_by} looks at it." if line.held_by else ""
        yield Alert(
            state="bad" if line.is_late else "warn",
            icon="stop",
            title=line.name,
            text=f"{line.workflow}. {words.sentence_of(line.seen)}. AI is off. "
            f"{line.asked} is asked, {due}.{holds}",
            label="Look at it",
            href=line.href,
        )


def _late(scope: Scope, loads: Sequence[QueueLoad]) -> Iterator[Alert]:
    for load in sorted(loads, key=lambda each: -each.late):
        if not load.late:
            continue
        contract = scope.contracts[load.workflow]
        onward = contract.queues[load.queue].escalate_to if load.queue in contract.queues else ()
        late = words.left(scope.now - load.first_due) if load.first_due else ""
        goes = f"What is late goes to {words.spaced(onward[0])}." if onward else "Nobody is next."
        yield Alert(
            state="bad",
            icon="clock",
            title=f"{words.counted(load.late, 'task')} late in {words.spaced(load.queue)}",
            text=f"{contract.title}. The oldest is {late} late. {goes}",
            label="Open the queue",
            href=f"/work?queue={load.queue}",
        )


def _at_risk(scope: Scope, loads: Sequence[QueueLoad]) -> Iterator[Alert]:
    for load in loads:
        if load.at_risk and not load.late:
            due = (
                f" The first is due {words.clock(load.first_due, scope.now)}."
                if (load.first_due)
                else ""
            )
            yield Alert(
                state="warn",
                icon="clock",
                title=f"{words.counted(load.at_risk, 'task')} at risk in "
                f"{words.spaced(load.queue)}",
                text=f"{scope.contracts[load.workflow].title}.{due}",
                label="Open the queue",
                href=f"/work?queue={load.queue}",
            )


def _unknown(context: Context, scope: Scope) -> Iterator[Alert]:
    for each in context.store.unknown_actions(tenants=scope.tenants):
        if each.workflow in scope.contracts:
            yield Alert(
                state="bad",
                icon="ask",
                title=f"{words.counted(each.count, 'action')} with no known end",
                text=f"{scope.contracts[each.workflow].title}. Nobody knows whether "
                f"{'it' if each.count == 1 else 'they'} happened; a person has to find out. "
                "Nothing is tried again blindly.",
                label="Open a case",
                href=f"/cases/{each.case_id}",
            )


def _stuck(context: Context, scope: Scope) -> Iterator[Alert]:
    before = scope.now - STUCK_AFTER
    for each in context.store.stuck_cases(before=before, tenants=scope.tenants):
        if each.workflow in scope.contracts and each.since is not None:
            yield Alert(
                state="bad",
                icon="wait",
                title=f"{words.counted(each.count, 'case')} not moved for "
                f"{words.left(scope.now - each.since)}",
                text=f"{scope.contracts[each.workflow].title}. Work is due on them and no worker "
                "takes it.",
                label="See the cases",
                href=f"/cases?workflow={each.workflow}&state=ready",
            )


def _workers(context: Context, scope: Scope) -> Iterator[Alert]:
    workers = context.store.workers()
    silent = [each for each in workers if not each.is_alive]
    if not any(each.is_alive for each in workers):
        since = max((each.beat_at for each in workers), default=None)
        heard = f"The last one was heard {words.clock(since, scope.now)}." if since else ""
        yield Alert(
            state="warn",
            icon="warn",
            title="No worker is running",
            text=f"{heard} Nothing is lost: cases wait until a worker starts.".strip(),
            label="See waiting cases",
            href="/cases?state=ready",
        )
    elif silent:
        yield Alert(
            state="warn",
            icon="warn",
            title=f"{words.counted(len(silent), 'worker')} silent",
            text="Last heard "
            f"{words.clock(max(each.beat_at for each in silent), scope.now)}. The others take "
            "over what it held.",
            label="See waiting cases",
            href="/cases?state=ready",
        )


def _unloaded(context: Context, visitor: Visitor) -> Iterator[Alert]:
    if visitor.tenants is not None or visitor.workflows is not None:
        return  # the count is over all of them, so only whoever may see all is told
    for (workflow, fingerprint), cases in context.store.open_by_contract().items():
        if not context.workflows.knows(fingerprint):
            yield Alert(
                state="warn",
                icon="doc",
                title=f"{words.counted(cases, 'open case')} of a contract that is not loaded",
                text=f"{words.sentence(workflow)}, version {fingerprint[:12]}. They wait; bring "
                "that version back to finish them.",
                label="See the cases",
                href=f"/cases?workflow={workflow}&state=open",
            )


def _piles(context: Context, scope: Scope) -> Iterator[Alert]:
    rows = context.store.exception_counts(
        since=scope.now - MONTH, today=scope.today, tenants=scope.tenants
    )
    kinds: dict[tuple[str, str], list[ExceptionCount]] = {}
    for row in rows:
        if row.workflow in scope.contracts:
            kinds.setdefault((row.workflow, row.exception_type), []).append(row)
    for (workflow, kind), counted in kinds.items():
        today = sum(row.today for row in counted)
        before = sum(row.times - row.today for row in counted) / MONTH.days
        if today >= PILE and before > 0 and today > PILE_FACTOR * before:
            yield Alert(
                state="warn",
                icon="warn",
                title=f"{words.sentence(kind)} piles up: {today} today",
                text=f"{scope.contracts[workflow].title}. The month before had {before:.1f} a day.",
                label="See the cases",
                href=f"/cases?workflow={workflow}&exception={kind}",
            )
