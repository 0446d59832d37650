"""`interlock review takeover`, `hand-back`, `reassign`, `undo`, `next` and `bulk`.

One rule: nothing is decided here; each command asks the one function that decides for all paths.
"""

from __future__ import annotations

from typing import Annotated

import typer

from interlock.cli import options
from interlock.cli.failures import UsageWrong
from interlock.cli.review_report import report, who
from interlock.cli.screen import document, marked, out
from interlock.cli.session import open_services
from interlock.domain.review import Verb
from interlock.papers.words import short
from interlock.runtime.commands import (
    BulkResult,
    decide_many,
    hand_back_task,
    next_task,
    reassign_task,
    takeover_task,
    undo_decision,
)
from interlock.runtime.commands.bulk import TOGETHER

TaskName = Annotated[str, typer.Argument(metavar="TASK", help="Id of the task, or its start.")]
Note = Annotated[str, typer.Option("--note", metavar="TEXT", help="For the record.")]


def add_to(app: typer.Typer) -> None:
    """Adds these commands to `interlock review`."""
    app.command("next")(next_one)
    app.command()(takeover)
    app.command("hand-back")(hand_back)
    app.command()(reassign)
    app.command()(undo)
    app.command()(bulk)


def next_one(
    queue: Annotated[
        str | None, typer.Option("--queue", "-q", metavar="QUEUE", help="Only from this queue.")
    ] = None,
    person: options.Person = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Take the most urgent task you may work on."""
    with open_services(database, workflow) as services:
        by = who(services, person)
        done = next_task(services.context, by, queue)
        if done is None:
            if as_json:
                document({"ok": True, "task": None})
            else:
                out().print(marked("ok", "nothing waits for you"))
            return
        look = f"look at it with: interlock review show {short(done.task.id)}"
        report(services, done, as_json, f"{done.task.question} — {look}")


def takeover(
    task: TaskName,
    note: Note = "",
    person: options.Person = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Take a task out of somebody's hands, with all it has."""
    with open_services(database, workflow) as services:
        done = takeover_task(services.context, task, who(services, person), note=note)
        report(services, done, as_json, f"{done.task.held_by} holds it now")


def hand_back(
    task: TaskName,
    note: Note = "",
    person: options.Person = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Give a task back to whom it was taken from, else to its queue."""
    with open_services(database, workflow) as services:
        done = hand_back_task(services.context, task, who(services, person), note=note)
        where = f", kept for {done.task.assigned_to}" if done.task.assigned_to else ""
        report(services, done, as_json, f"it is back in {done.task.queue}{where}")


def reassign(
    task: TaskName,
    to: Annotated[str, typer.Argument(metavar="PERSON", help="Who is to work on it.")],
    *,
    note: Note = "",
    person: options.Person = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Keep a task for a named person; others may take it once it is at risk."""
    with open_services(database, workflow) as services:
        done = reassign_task(services.context, task, to, who(services, person), note=note)
        until = f"{done.task.at_risk_at:%Y-%m-%d %H:%M} UTC"
        report(services, done, as_json, f"it is kept for {to} until {until}")


def undo(
    task: TaskName,
    person: options.Person = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Take back your decision while it waits for its effect."""
    with open_services(database, workflow) as services:
        done = undo_decision(services.context, task, who(services, person))
        report(services, done, as_json, f"nothing was decided; {done.task.held_by} holds it")


def bulk(
    verb: Annotated[str, typer.Argument(metavar="approve|reject", help="The decision.")],
    tasks: Annotated[list[str], typer.Argument(metavar="TASK...", help="The tasks.")],
    *,
    reason: Annotated[
        str, typer.Option("--reason", "-r", metavar="CODE", help="A reason code of the tasks.")
    ] = "",
    note: Note = "",
    person: options.Person = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Decide several tasks alike; each is a record of its own, and one refused stops no other."""
    offered = [str(each) for each in TOGETHER]
    if verb not in offered:
        raise UsageWrong(f"the decision is {verb!r}", f"write one of: {', '.join(offered)}")
    with open_services(database, workflow) as services:
        results = decide_many(
            services.context,
            tasks,
            who(services, person),
            Verb(verb),
            reason_code=reason,
            note=note,
        )
    if as_json:
        document({"ok": all(each.is_decided for each in results), "tasks": _rows(results)})
    else:
        for each in results:
            _print(each)
    if not all(each.is_decided for each in results):
        raise typer.Exit(1)


def _rows(results: list[BulkResult]) -> list[dict[str, object]]:
    return [
        {
            "task": each.task,
            "decided": each.is_decided,
            "code": each.code or None,
            "reason": each.reason or None,
        }
        for each in results
    ]


def _print(result: BulkResult) -> None:
    done = result.answered
    if done is None:
        out().print(marked("bad", f"{result.task}: {result.reason}"))
    else:
        title = done.case.title or done.case.key
        out().print(marked("ok", f"{short(done.task.id)}: {title}"))
