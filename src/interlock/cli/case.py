"""`interlock case`: cases found, looked at, kept, and stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from interlock.cli import options
from interlock.cli.case_file import case_document, print_case
from interlock.cli.failures import UsageWrong
from interlock.cli.screen import DIM, document, marked, out
from interlock.cli.session import acting, contracts_of, open_record, open_services
from interlock.cli.waiting import state_in_words
from interlock.domain.case import CaseState, ClosingOutcome, Handling, WaitsFor
from interlock.domain.rules.lens import lens_of
from interlock.papers.words import clock, counted, short
from interlock.runtime.directory import Directory
from interlock.storage import CaseQuery

app = typer.Typer(
    help="Find cases, look at them, keep one, stop one.", no_args_is_help=True, add_completion=False
)

CaseName = Annotated[str, typer.Argument(metavar="CASE", help="Id, start of it, or business key.")]


@app.command("list")
def list_cases(
    *,
    state: Annotated[CaseState | None, typer.Option("--state", help="Only in this state.")] = None,
    waits_for: Annotated[
        WaitsFor | None, typer.Option("--waits-for", help="Only those that wait for this.")
    ] = None,
    exception: Annotated[
        str | None, typer.Option("--exception", metavar="TYPE", help="Only with this exception.")
    ] = None,
    outcome: Annotated[
        ClosingOutcome | None, typer.Option("--outcome", help="Only closed like this.")
    ] = None,
    handling: Annotated[
        Handling | None, typer.Option("--handling", help="Only handled like this.")
    ] = None,
    text: Annotated[
        str | None, typer.Option("--text", metavar="TEXT", help="Part of the key or title.")
    ] = None,
    of: Annotated[
        str | None, typer.Option("--of", metavar="NAME", help="Only of the workflow of this name.")
    ] = None,
    limit: options.Limit = 50,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """List cases, the newest first."""
    query = CaseQuery(
        workflow=of,
        state=state,
        waits_for=waits_for,
        exception_type=exception,
        outcome=outcome,
        handling=handling,
        text=text,
        limit=limit,
    )
    with open_record(database) as (store, ticking):
        cases, now = store.cases(query), ticking.now()
    if as_json:
        document({"cases": [_row(each) for each in cases]})
        return
    console = out()
    if not cases:
        console.print("No case is like that.")
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style=DIM, show_edge=False)
    table.add_column("Case", ratio=3, overflow="fold")
    table.add_column("Amount", justify="right", no_wrap=True)
    table.add_column("Where it is", ratio=3, overflow="fold")
    table.add_column("Since", no_wrap=True)
    for each in cases:
        name = Text.assemble(each.title or each.key, (f"\n{short(each.id)}", DIM))
        since = clock(each.closed_at or each.updated_at, now)
        table.add_row(name, str(each.amount or ""), state_in_words(each, now), since)
    console.print(table)
    more = ", there may be more (--limit)" if len(cases) == limit else ""
    console.print(f"\n[dim]{counted(len(cases), 'case')}{more}[/dim]")


@app.command()
def show(
    case: CaseName,
    everything: Annotated[
        bool, typer.Option("--all", "-a", help="Also every rule that decided on the way.")
    ] = False,
    person: options.Person = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Show one case: its facts, its timeline in words, its actions, decisions and proof."""
    with open_record(database) as (store, ticking):
        found = store.load([store.find_case(case)])[0]
        contract = contracts_of(store, workflow).get(found.workflow)
        now = ticking.now()
        kept = Directory(store=store).kept_back(found.id, person or "", now)
        if as_json:
            document(case_document(store, found, contract, now, kept))
        else:
            print_case(out(), store, found, contract, now, kept, everything=everything)


@app.command("file")
def keep(
    case: CaseName,
    *,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write it as one HTML file.")
    ] = None,
    pdf: Annotated[
        Path | None, typer.Option("--pdf", metavar="FILE", help="Write it as PDF, for paper.")
    ] = None,
    protected: Annotated[
        bool,
        typer.Option("--protected", help="With protected values and the source document."),
    ] = False,
    person: options.Person = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Keep one case as a file: all of its record, readable and verifiable without any server."""
    from interlock.cli.case_paper import write_case_files

    if not html and not pdf:
        raise UsageWrong("no file is named", "give --html FILE, or --pdf FILE, or both")
    with open_record(database) as (store, ticking):
        found = store.load([store.find_case(case)])[0]
        lens = lens_of(contracts_of(store, workflow).get(found.workflow))
        seen = lens.opened() if protected else lens
        reader, now = person or "", ticking.now()
        written = write_case_files(store, found.id, seen, now, html, pdf, reader=reader)
    if as_json:
        document({"ok": True, "case": found.id, "files": list(written)})
        return
    for file in written:
        out().print(marked("ok", f"{found.title or found.key} is in {file}"))


@app.command()
def cancel(
    case: CaseName,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Why, for the record.")] = "",
    person: options.Person = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Stop a case: what can be undone is undone, then it closes as cancelled."""
    from interlock.cli.carrying import carry_on  # brings the engine; only this command needs it
    from interlock.runtime.commands import cancel_case

    with open_services(database, workflow) as services:
        by = acting(person, [each.contract for each in services.workflows])
        stopped = carry_on(services, cancel_case(services.context, case, by, note=note))
        now = services.clock.now()
    if as_json:
        document({"ok": True, **_row(stopped)})
        return
    out().print(marked("ok", f"{stopped.title or stopped.key}: {state_in_words(stopped, now)}"))


@app.command()
def comment(
    case: CaseName,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What there is to say.")],
    person: options.Person = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Write something about a case; nothing else changes."""
    from interlock.runtime.commands import comment_case  # brings the engine

    with open_services(database, workflow) as services:
        by = acting(person, [each.contract for each in services.workflows])
        said = comment_case(services.context, case, by, text)
    if as_json:
        document({"ok": True, **_row(said)})
        return
    out().print(marked("ok", f"{said.title or said.key}: on the record"))


@app.command()
def reopen(
    case: CaseName,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="What is wrong with it.")],
    person: options.Person = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Open a closed case again because it is wrong; a person is asked what becomes of it."""
    from interlock.runtime.commands import reopen_case  # brings the engine

    with open_services(database, workflow) as services:
        by = acting(person, [each.contract for each in services.workflows])
        opened = reopen_case(services.context, case, by, reason=reason)
        now = services.clock.now()
    if as_json:
        document({"ok": True, **_row(opened)})
        return
    out().print(marked("ok", f"{opened.title or opened.key}: {state_in_words(opened, now)}"))


def _row(case: Any) -> dict[str, object]:
    """The keys of a case that programs may rely on."""
    return {
        "case": case.id,
        "key": case.key,
        "title": case.title,
        "workflow": case.workflow,
        "state": case.state,
        "waits_for": case.waits_for,
        "wake_at": case.wake_at,
        "exception": case.exception.type if case.exception else None,
        "step": case.step,
        "task": case.task,
        "outcome": case.outcome,
        "handling": case.handling,
        "amount": case.amount,
        "opened_at": case.opened_at,
        "updated_at": case.updated_at,
        "closed_at": case.closed_at,
    }
