"""`interlock run`: takes input in, works until nothing is ready, and accounts for every case.

ctrl-C is safe at any moment: what is recorded stays, and the same command goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from interlock.bootstrap import Services
from interlock.cli import options
from interlock.cli.documents import NothingThere, batches, found_files, read_document
from interlock.cli.failures import INTERRUPTED, REFUSED
from interlock.cli.screen import BAD, DIM, OK, document, marked, notes, out
from interlock.cli.session import open_services, the_workflow
from interlock.cli.totals import Totals, hold_words, totals_of
from interlock.domain.authoring import Document
from interlock.domain.case import CaseState, ClosingOutcome, Handling
from interlock.domain.ids import PersonId
from interlock.papers.words import HANDLINGS, OUTCOMES, counted, listed, span
from interlock.runtime.commands import Delivered, deliver

FILES_A_BATCH: Final = 100  # one transaction each
SECOND: Final = timedelta(seconds=1)


@dataclass(slots=True)
class _Run:
    """What this run has done so far; still right when it is interrupted."""

    files: int = 0
    delivered: list[Delivered] = field(default_factory=list)
    interrupted: bool = False
    left_out: list[str] = field(default_factory=list)  # files that could not be read, in words


def run(
    source: Annotated[
        Path, typer.Argument(metavar="FOLDER_OR_FILE", help="Input: a file, or all in a folder.")
    ],
    workflow: options.Workflow = None,
    database: options.Database = None,
    stage: options.Stage = None,
    person: options.Person = None,
    as_json: options.Json = False,
) -> None:
    """Take input in and work until nothing is ready; every case is accounted for at the end."""
    files = found_files(source)
    with open_services(database, workflow, stage=stage, engine=None) as services:
        name = the_workflow(services).contract.workflow
        started, done = perf_counter(), _Run()
        try:
            with services.worker() as worker, _bars(len(files), quiet=as_json) as bars:
                for batch in batches(files, FILES_A_BATCH):
                    documents = _readable(batch, source, done)
                    opened_by = PersonId(person) if person else None
                    done.delivered += deliver(
                        services.context, name, documents, opened_by=opened_by
                    )
                    done.files += len(documents)
                    bars.taken_in(done.files)
                worker.run_until_idle(lambda: bars.worked(services, len(done.delivered)))
        except KeyboardInterrupt:
            done.interrupted = True
        took = timedelta(seconds=perf_counter() - started)
        totals = totals_of(services.store, done.delivered, files=done.files, took=took)
        now = services.clock.now()
        paused = [str(each.scope) for each in services.store.pauses_in_force()]
    if as_json:
        document({**_as_document(totals, done), "paused": paused})
    else:
        _show(out(), totals, hold_words(totals, now))
        if paused:
            text = f"paused meanwhile: {listed(paused)}; see: interlock pause list"
            out().print(marked("warn", text))
    _exit(totals, done, source, files)


def _readable(batch: Sequence[Path], source: Path, done: _Run) -> list[Document]:
    """The documents of a batch. One file that cannot be read keeps none of the others out; it is
    named at the end. Raises: NothingThere when it is all there is."""
    documents = []
    for file in batch:
        try:
            documents.append(read_document(file, source))
        except NothingThere as unreadable:
            if file == source:
                raise
            done.left_out.append(str(unreadable))
    return documents


def _exit(totals: Totals, done: _Run, source: Path, files: list[Path]) -> None:
    """Raises: typer.Exit when it was stopped, or a case is not accounted for."""
    if done.interrupted:
        left = len(files) - done.files
        text = (
            f"stopped by ctrl-C with {counted(left, 'file')} not taken in and "
            f"{counted(totals.ready, 'case')} still ready; nothing is lost; "
            f"go on with: interlock run {source}"
        )
        typer.echo(text, err=True)
        raise typer.Exit(INTERRUPTED)
    if done.left_out:
        count = counted(len(done.left_out), "file")
        typer.echo("\n".join([*done.left_out, f"{count} not taken in; all others are"]), err=True)
        raise typer.Exit(REFUSED)
    if not totals.adds_up:
        text = (
            f"{counted(totals.ready, 'case')} of this run are still ready; "
            "another worker may have them; go on with: interlock work --once"
        )
        typer.echo(text, err=True)
        raise typer.Exit(REFUSED)


class _Bars:
    """Two bars: what is taken in, and what has come to a wait or an end."""

    def __init__(self, progress: Progress | None, files: int) -> None:
        self._progress = progress
        if progress is not None:
            self._in = progress.add_task("taking in", total=files, unit="files")
            self._work = progress.add_task("working", total=None, unit="cases")

    def taken_in(self, files: int) -> None:
        """So many files are in."""
        if self._progress is not None:
            self._progress.update(self._in, completed=files)

    def worked(self, services: Services, cases: int) -> None:
        """Looks how many cases are still ready."""
        if self._progress is not None:
            states = services.store.counts(now=services.clock.now()).states
            ready = min(states.get(CaseState.READY, 0), cases)
            self._progress.update(self._work, completed=cases - ready, total=cases)


@contextmanager
def _bars(files: int, *, quiet: bool) -> Iterator[_Bars]:
    console = notes()
    if quiet or not console.is_terminal:
        yield _Bars(None, files)
        return
    columns = (
        TextColumn("{task.description:<10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[unit]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        yield _Bars(progress, files)


def _as_document(totals: Totals, done: _Run) -> dict[str, object]:
    return {
        "ok": totals.adds_up and not done.interrupted,
        "interrupted": done.interrupted,
        "files": totals.files,
        "cases": {
            "in": totals.cases_in,
            "known": totals.known,
            "closed": totals.closed,
            "waiting": totals.waiting,
            "ready": totals.ready,
        },
        "adds_up": totals.adds_up,
        "handled": {each.value: totals.handled.get(each, 0) for each in Handling},
        "outcomes": {each.value: totals.outcomes.get(each, 0) for each in ClosingOutcome},
        "waiting_for": totals.reasons,
        "money": {"closed": totals.money_closed, "waiting": totals.money_waiting},
        "seconds": round(totals.took.total_seconds(), 3),
        "cases_a_second": round(totals.a_second, 1),
    }


def _show(console: Console, totals: Totals, held: str) -> None:
    """The closing table."""
    table = Table.grid(padding=(0, 2))
    table.add_column(min_width=24)
    table.add_column(justify="right")
    table.add_column(style=DIM, overflow="fold")
    table.add_row(Text("In", style="bold"), f"{totals.cases_in:,}", f"from {totals.files:,} files")
    if totals.known:
        table.add_row("Known already", f"{totals.known:,}", "the same input as before")
    money = listed(map(str, totals.money_closed), "")
    table.add_row(Text("Closed", style="bold"), f"{totals.closed:,}", money)
    for way in Handling:
        if totals.handled.get(way):
            table.add_row(f"  {way}", f"{totals.handled[way]:,}", HANDLINGS[way])
    for outcome in ClosingOutcome:
        if outcome is not ClosingOutcome.COMPLETED and totals.outcomes.get(outcome):
            table.add_row(f"  of them {OUTCOMES[outcome]}", f"{totals.outcomes[outcome]:,}", "")
    money = listed(map(str, totals.money_waiting), "")
    table.add_row(Text("Waiting", style="bold"), f"{totals.waiting:,}", money)
    for reason, count in totals.reasons.items():
        table.add_row(f"  {reason}", f"{count:,}", held if reason == "hold" else "")
    if totals.ready:
        table.add_row(Text("Still ready", style=BAD), f"{totals.ready:,}", "not worked on yet")
    console.print(table)
    console.print()
    console.print(_sum_line(totals))
    console.print(f"{_time(totals.took)}, {totals.a_second:,.0f} cases a second")


def _sum_line(totals: Totals) -> Text:
    """In = closed + waiting + known already, with the numbers, right or wrong."""
    sign, style = ("✓", OK) if totals.adds_up else ("✗", BAD)
    equals = "=" if totals.adds_up else "is not"
    text = (
        f"{totals.cases_in:,} in {equals} {totals.closed:,} closed + {totals.waiting:,} waiting"
        f" + {totals.known:,} known already"
    )
    return Text.assemble((f"{sign} ", style), text)


def _time(took: timedelta) -> str:
    return f"{took / SECOND:.1f} s" if took < timedelta(minutes=1) else span(took)
