"""`interlock watch`: how agents behave against what is expected of them, and what alarms ask.

One rule: a window with too few events is shown as such, never as usual.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

import typer
from rich.text import Text

from interlock.cli import options
from interlock.cli.failures import UsageWrong
from interlock.cli.screen import document, marked, out
from interlock.cli.session import acting, open_record, open_services
from interlock.domain.alarm import AlarmDecision, AlarmReview, AlarmState
from interlock.domain.watching import Reading, ReadingState
from interlock.papers.words import counted, moment

app = typer.Typer(
    help="How agents and workflows behave against what is expected of them.",
    add_completion=False,
    no_args_is_help=True,
)
NEWEST: Final = 1_000  # readings looked through for the newest of each kind
MARKS: Final = {
    ReadingState.USUAL: "ok",
    ReadingState.TOO_FEW: "ok",
    ReadingState.LEARNING: "warn",
    ReadingState.BREACH: "bad",
}
SAID: Final = {
    ReadingState.USUAL: "as expected",
    ReadingState.TOO_FEW: "too few events to say",
    ReadingState.LEARNING: "still learning what is usual",
    ReadingState.BREACH: "outside; the AI was paused",
}
Number = Annotated[
    int, typer.Argument(metavar="NUMBER", help="The alarm's number, as `watch alarms` has it.")
]
InWorkflow = Annotated[
    str | None, typer.Option("--workflow", "-w", metavar="NAME", help="Of one workflow.")
]


@app.command()
def show(
    workflow: InWorkflow = None, database: options.Database = None, as_json: options.Json = False
) -> None:
    """Show the newest reading of everything that is watched."""
    with open_record(database) as (store, _):
        readings = store.readings(workflow, limit=NEWEST)
    newest: dict[tuple[str, str, str], Reading] = {}
    for each in readings:
        newest.setdefault((each.workflow, each.measure, each.step), each)
    _tell(list(newest.values()), as_json=as_json)


@app.command()
def history(
    workflow: InWorkflow = None,
    breaches: Annotated[bool, typer.Option("--breaches", help="Only what alarmed.")] = False,
    limit: options.Limit = 50,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Show readings, the newest first."""
    states = (ReadingState.BREACH,) if breaches else ()
    with open_record(database) as (store, _):
        found = store.readings(workflow, states=states, limit=limit)
    _tell(found, as_json=as_json)


@app.command("alarms")
def list_alarms(
    workflow: InWorkflow = None,
    every: Annotated[bool, typer.Option("--all", help="The decided ones, too.")] = False,
    limit: options.Limit = 50,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Say which alarms wait for somebody, by when, and what was decided of others."""
    states = () if every else (AlarmState.OPEN,)
    with open_record(database) as (store, clock):
        found, now = store.alarms(workflow, states=states, limit=limit), clock.now()
    if as_json:
        rows = [plain_alarm(each, now) for each in found]
        document({"ok": True, "alarms": rows})
        return
    if not found:
        out().print(marked("ok", "no alarm waits for anybody"))
    for each in found:
        out().print(_alarm_line(each, now))


@app.command()
def take(
    number: Number,
    database: options.Database = None,
    person: options.Person = None,
    as_json: options.Json = False,
) -> None:
    """Say that you look at an alarm; others see it and may still decide."""
    from interlock.runtime.commands import alarms

    with open_services(database, None) as services:
        by = acting(person, [each.contract for each in services.workflows])
        taken = alarms.take(services.context, number, by)
        now = services.clock.now()
    if as_json:
        document({"ok": True, "alarm": plain_alarm(taken, now)})
        return
    out().print(marked("ok", f"{taken.held_by} looks at alarm {taken.id}: {taken.reading.words}"))


@app.command()
def decide(
    number: Number,
    *,
    go_on: Annotated[
        bool | None,
        typer.Option("--go-on/--stay-off", help="Lift what the alarm paused, or keep it off."),
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="TEXT", help="Why; it goes on record.")
    ] = None,
    database: options.Database = None,
    person: options.Person = None,
    as_json: options.Json = False,
) -> None:
    """Decide what follows from an alarm: the AI goes on, or it stays off."""
    if go_on is None:
        raise UsageWrong("no decision is given", "say --go-on or --stay-off")
    if reason is None:
        raise UsageWrong("no reason is given", 'say why with --reason "…"; it goes on record')
    from interlock.runtime.commands import alarms

    decision = AlarmDecision.GO_ON if go_on else AlarmDecision.STAY_OFF
    with open_services(database, None) as services:
        by = acting(person, [each.contract for each in services.workflows])
        done = alarms.decide(services.context, number, by, decision, reason)
        now = services.clock.now()
    if as_json:
        scopes = {
            "lifted": [str(each.scope) for each in done.lifted],
            "kept": [str(each.scope) for each in done.kept],
        }
        document({"ok": True, "alarm": plain_alarm(done.alarm, now), **scopes})
        return
    out().print(marked("ok", f"alarm {number} is decided by {done.alarm.decided_by}"))
    for each in done.lifted:
        out().print(f"  {each.scope} goes on", style="dim")
    for each in done.kept:
        out().print(f"  {each.scope} stays paused, by {each.by}: {each.reason}", style="dim")


def plain_alarm(alarm: AlarmReview, now: datetime) -> dict[str, object]:
    """An alarm as one JSON object."""
    return {
        "id": alarm.id,
        "workflow": alarm.workflow,
        "state": alarm.state,
        "reading": alarm.reading,
        "windows": alarm.windows,
        "queue": alarm.queue,
        "opened_at": alarm.opened_at,
        "due_at": alarm.due_at,
        "is_late": alarm.is_late(now),
        "held_by": alarm.held_by,
        "decided_by": alarm.decided_by,
        "decided_at": alarm.decided_at,
        "decision": alarm.decision,
        "reason": alarm.reason,
    }


def _alarm_line(alarm: AlarmReview, now: datetime) -> Text:
    text = f"{alarm.id}  {alarm.workflow}: {alarm.reading.words}"
    if alarm.windows > 1:
        text += f"; {counted(alarm.windows, 'window')} in all"
    if not alarm.is_open and alarm.decided_at is not None:
        done = "goes on" if alarm.decision is AlarmDecision.GO_ON else "stays off"
        return marked(
            "ok",
            f"{text}: {done}, {alarm.decided_by} at {moment(alarm.decided_at)}: {alarm.reason}",
        )
    late = alarm.is_late(now)
    due = f"late since {moment(alarm.due_at)}" if late else f"due {moment(alarm.due_at)}"
    whom = alarm.queue or "the owner of operations"
    held = f"; {alarm.held_by} looks at it" if alarm.held_by else ""
    return marked("bad" if late else "warn", f"{text}: {whom}, {due}{held}")


def _tell(found: list[Reading], *, as_json: bool) -> None:
    if as_json:
        document({"ok": True, "readings": found})
        return
    if not found:
        out().print(marked("warn", "nothing was read yet: write monitoring.alerts, run a worker"))
    for each in found:
        out().print(_line(each))


def _line(each: Reading) -> Text:
    return marked(
        MARKS[each.state],
        f"{each.workflow}: {each.words}: {SAID[each.state]}",
    )
