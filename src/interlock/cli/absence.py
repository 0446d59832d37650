"""`interlock away`: who is away, and who fills their seat meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from interlock.cli import options
from interlock.cli.failures import UsageWrong
from interlock.cli.screen import document, marked, out
from interlock.cli.session import acting, open_record, open_services
from interlock.runtime.commands import end_absence, set_absence

app = typer.Typer(
    help="Say who is away, and who stands in for them.", no_args_is_help=True, add_completion=False
)

Who = Annotated[str, typer.Argument(metavar="PERSON", help="Who is away.")]


@app.command("set")
def set_away(
    who: Who,
    until: Annotated[
        str,
        typer.Option(
            "--until", metavar="TIME", help="Back from then on: 2026-08-17 or with a time."
        ),
    ],
    *,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="TIME", help="Away from then on; else from now."),
    ] = None,
    deputy: Annotated[
        str | None, typer.Option("--deputy", metavar="PERSON", help="Who fills their seat.")
    ] = None,
    person: options.Person = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Somebody is away: they are not asked, and their deputy works in their queues."""
    with open_services(database, workflow) as services:
        by = acting(person, [each.contract for each in services.workflows])
        begin = _moment("--since", since) if since else services.clock.now()
        absence = set_absence(services.context, who, begin, _moment("--until", until), deputy, by)
    if as_json:
        row = {"person": absence.person, "since": absence.since, "until": absence.until}
        document({"ok": True, **row, "deputy": absence.deputy})
        return
    seat = f"; {absence.deputy} stands in" if absence.deputy else ""
    out().print(marked("ok", f"{who} is away until {absence.until:%Y-%m-%d %H:%M} UTC{seat}"))


@app.command("end")
def end(
    who: Who,
    person: options.Person = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Somebody is back: their absences end now, those to come too."""
    with open_services(database, workflow) as services:
        by = acting(person, [each.contract for each in services.workflows])
        ended = end_absence(services.context, who, by)
    if as_json:
        document({"ok": True, "person": who, "ended": ended})
    else:
        out().print(marked("ok", f"{who} is asked again"))


@app.command("list")
def list_away(database: options.Database = None, as_json: options.Json = False) -> None:
    """Who is away, and who is going to be."""
    with open_record(database) as (store, ticking):
        found = store.absences(ticking.now())
    if as_json:
        names = ("person", "since", "until", "deputy", "set_by")
        document({"absences": [{n: getattr(each, n) for n in names} for each in found]})
        return
    for each in found:
        seat = f", {each.deputy} stands in" if each.deputy else ""
        dates = f"{each.since:%Y-%m-%d %H:%M} to {each.until:%Y-%m-%d %H:%M} UTC"
        out().print(f"{each.person}: {dates}{seat}")
    if not found:
        out().print("nobody is away")


def _moment(option: str, text: str) -> datetime:
    """The moment a text names, UTC unless it says otherwise. Raises: UsageWrong."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageWrong(f"{option} is {text!r}", "write 2026-08-17 or 2026-08-17T09:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
