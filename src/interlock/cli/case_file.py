"""One case, whole: facts, timeline, actions, review tasks, decisions and proof.

One rule: a protected field is never shown in full, and without the contract no field is.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from interlock.cli.screen import DIM, facts, heading
from interlock.cli.timeline import print_timeline
from interlock.cli.waiting import state_in_words
from interlock.domain.case import Case
from interlock.domain.contract import WorkflowContract
from interlock.domain.one_line import brief, spaced
from interlock.domain.review import ReviewState, ReviewTask
from interlock.domain.rules.lens import lens_of
from interlock.domain.rules.shown import KeptBack, as_asked
from interlock.papers.narrative import Told
from interlock.papers.timeline import (
    decided_in,
    proof_line,
    timeline,
    until_answered,
    worth_telling,
)
from interlock.papers.veil import Veil
from interlock.papers.words import KINDS, clock, moment, short
from interlock.storage import Store, TaskQuery

UNKNOWN: Final = "shown when its workflow is given with --workflow FOLDER"
ALL_STATES: Final = tuple(ReviewState)


def case_document(
    store: Store, case: Case, contract: WorkflowContract | None, now: datetime, kept: KeptBack
) -> dict[str, Any]:
    """The case for programs, protected values masked and without what is kept back."""
    entries = until_answered(store.entries(case.id), kept)
    told, veil = _told(store, case, contract, now, kept), Veil(lens_of(contract), case)
    case = as_asked(case, kept)
    return {
        "case": case.id,
        "key": case.key,
        "title": case.title,
        "workflow": case.workflow,
        "fingerprint": case.fingerprint,
        "state": case.state,
        "waits_for": case.waits_for,
        "wake_at": case.wake_at,
        "step": case.step,
        "stage": case.stage,
        "arm": case.arm,
        "segment": case.segment,
        "exception": case.exception.type if case.exception else None,
        "outcome": case.outcome,
        "handling": case.handling,
        "amount": case.amount,
        "deadline": case.deadline,
        "source": case.source,
        "opened_at": case.opened_at,
        "closed_at": case.closed_at,
        "fields": lens_of(contract).masked(case.data),
        "timeline": [
            {"seq": e.seq, "at": e.at, "actor": e.actor, "says": e.text, "asides": list(e.asides)}
            for e in told
        ],
        "actions": [
            {
                "action": each.id,
                "name": each.name,
                "state": each.state,
                "attempt": each.attempt,
                "approved_by": list(each.approved_by),
                "finished_at": each.finished_at,
                "error": veil.text(each.error) or None,
            }
            for each in case.actions
        ],
        "tasks": [_task_document(each) for each in _tasks(store, case, kept)],
        "decisions": _decisions(store, case, veil, decided_in(entries) if kept.answers else None),
        "proof": {"entries": len(entries), "head": entries[-1].hash if entries else None},
    }


def print_case(
    console: Console,
    store: Store,
    case: Case,
    contract: WorkflowContract | None,
    now: datetime,
    kept: KeptBack,
    *,
    everything: bool,
) -> None:
    """Prints the case for people."""
    told = _told(store, case, contract, now, kept)
    case = as_asked(case, kept)
    console.print(f"[bold]{case.title or case.key}[/bold]  {state_in_words(case, now)}")
    console.print(facts(_facts(case, contract, now)))
    console.print(facts([("fields", "")] if contract else [("fields", UNKNOWN)]))
    if contract:
        console.print(facts(_fields(case, contract), indent=4))
    console.print(heading("\nWhat happened"))
    print_timeline(console, told if everything else worth_telling(told), asides=everything)
    if case.actions:
        console.print(heading("\nActions"))
        console.print(_actions(case, contract, now))
    tasks = _tasks(store, case, kept)
    if tasks:
        console.print(heading("\nReview tasks"))
        console.print(_task_table(tasks, now))
    entries = until_answered(store.entries(case.id), kept)
    console.print(f"\n{proof_line(len(entries), entries[-1].hash)}", style=DIM)


def _facts(
    case: Case, contract: WorkflowContract | None, now: datetime
) -> list[tuple[str, object]]:
    workflow = contract.title if contract else case.workflow
    return [
        ("case", case.id),
        ("key", case.key),
        ("workflow", f"{workflow}, stage {case.stage}"),
        ("amount", case.amount),
        ("segment", case.segment),
        ("deadline", clock(case.deadline, now) if case.deadline else None),
        ("source", f"{case.source.name} by {case.source.channel}" if case.source else None),
        ("opened", moment(case.opened_at)),
        ("closed", moment(case.closed_at) if case.closed_at else None),
        ("waits on", f"task {short(case.task)}" if case.task else None),
    ]


def _fields(case: Case, contract: WorkflowContract) -> list[tuple[str, object]]:
    return [
        (spaced(name), brief(value, 100))
        for name, value in lens_of(contract).masked(case.data).items()
        if value not in (None, "", [], {})
    ]


def _told(
    store: Store, case: Case, contract: WorkflowContract | None, now: datetime, kept: KeptBack
) -> list[Told]:
    lens = lens_of(contract)
    hide = Veil(lens, case).text
    return timeline(store.entries(case.id), now=now, lens=lens, kept=kept, hide=hide)


def _decisions(
    store: Store, case: Case, veil: Veil, told: frozenset[str] | None
) -> list[dict[str, Any]]:
    """What people decided; told: only about these tasks, None for all."""
    return [
        {
            "task": each.task_id,
            "verb": each.verb,
            "by": each.by,
            "at": each.at,
            "reason": each.reason_code or None,
            "note": veil.text(each.note) or None,
            "via": each.via,
        }
        for each in store.decisions(case.id)
        if told is None or each.task_id in told
    ]


def _tasks(store: Store, case: Case, kept: KeptBack) -> list[ReviewTask]:
    """Every task of the case; for who may be asked once more, only that and what it is about."""
    tasks = store.tasks(TaskQuery(case_id=case.id, states=ALL_STATES, limit=1000))
    if kept.look is not None:
        tasks = [each for each in tasks if each.id in {*kept.answers, kept.look.id}]
    return sorted(tasks, key=lambda each: (each.is_live, each.opened_at))  # the open one last


def _task_document(task: ReviewTask) -> dict[str, Any]:
    return {
        "task": task.id,
        "kind": task.kind,
        "state": task.state,
        "queue": task.queue,
        "question": task.question,
        "due_at": task.due_at,
        "opened_at": task.opened_at,
        "ended_at": task.ended_at,
    }


def _actions(case: Case, contract: WorkflowContract | None, now: datetime) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(style=DIM, overflow="fold")
    for each in case.actions:
        parts = [f"approved by {', '.join(each.approved_by)}" if each.approved_by else ""]
        parts.append(clock(each.finished_at, now) if each.finished_at else "")
        parts.append(lens_of(contract).brief(each.receipt, 60) if each.receipt is not None else "")
        parts.append(each.error)
        told = ", ".join(part for part in parts if part)
        table.add_row(f"  {each.name}", str(each.state), told)
    return table


def _task_table(tasks: list[ReviewTask], now: datetime) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    for each in tasks:
        when = clock(each.ended_at, now) if each.ended_at else f"due {clock(each.due_at, now)}"
        said = Text.assemble(each.question, (f"  {KINDS[each.kind]}, {each.queue}, {when}", DIM))
        table.add_row(f"  {short(each.id)}", str(each.state), said)
    return table
