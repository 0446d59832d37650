"""`interlock audit`: the record, read and verified."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from interlock.cli import options
from interlock.cli.failures import REFUSED
from interlock.cli.screen import BAD, document, marked, notes, out
from interlock.cli.session import contracts_of, open_record
from interlock.cli.timeline import print_timeline
from interlock.domain.audit import AuditEntry, ChainFault
from interlock.domain.rules.lens import lens_of
from interlock.domain.rules.shown import KeptBack
from interlock.papers.narrative import Told
from interlock.papers.timeline import is_kept_back, proof_line, timeline, until_answered
from interlock.papers.veil import Veil
from interlock.papers.words import counted
from interlock.runtime.directory import Directory
from interlock.storage import CaseUnknown, Chain, Store
from interlock.storage.house_log import HOUSE

app = typer.Typer(
    help="Read the record and verify that nobody changed it.",
    no_args_is_help=True,
    add_completion=False,
)

CaseName = Annotated[str, typer.Argument(metavar="CASE", help="Id, start of it, or business key.")]
Part = tuple[Sequence[Chain], list[ChainFault]]
SHOWN = 50  # faults printed for people; JSON has them all


@app.command()
def verify(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="A case file (HTML); needs no database."),
    ] = None,
    case: Annotated[
        str | None, typer.Option("--case", metavar="CASE", help="Only this case.")
    ] = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Recompute every seal, and hold every row beside the log against it.

    Finds an entry that was edited, deleted, reordered or cut off, and a case, task, decision,
    action, evidence package or document that says otherwise than the log.
    """
    if file is not None:
        from interlock.cli.case_paper import verify_file  # works without a database

        raise typer.Exit(verify_file(file, as_json=as_json))
    with open_record(database) as (store, _):
        cases, entries, faults = 0, 0, list[ChainFault]()
        for chains, found in _with_progress(_parts(store, case), None if case else store):
            cases += len(chains)
            entries += sum(len(each.entries) + len(each.unreadable) for each in chains)
            faults += found
        if not case:
            faults += store.house_faults()
    if as_json:
        document({"ok": not faults, "cases": cases, "entries": entries, "faults": faults})
    else:
        _show(cases, entries, faults)
    if faults:
        raise typer.Exit(REFUSED)


@app.command()
def show(
    case: CaseName,
    person: options.Person = None,
    workflow: options.Workflow = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """One case's whole log in words: every entry, and every rule that decided on the way."""
    with open_record(database) as (store, clock):
        case_id = store.find_case(case)
        entries = store.entries(case_id)
        [found] = store.load([case_id])
        lens = lens_of(contracts_of(store, workflow).get(found.workflow))
        now = clock.now()
        kept = Directory(store=store).kept_back(case_id, person or "", now)
        hide = Veil(lens, found).text
        told = timeline(entries, now=now, lens=lens, kept=kept, hide=hide)
    entries = list(until_answered(entries, kept))
    head = entries[-1].hash if entries else ""
    if as_json:
        log = [
            {"hash": entry.hash, "kind": entry.kind, "body": _body(entry, kept), **_said(each)}
            for entry, each in zip(entries, told, strict=False)
        ]
        document({"case": case_id, "head": head, "entries": log})
        return
    print_timeline(out(), told, asides=True)
    out().print(f"\n{proof_line(len(entries), head)}", style="dim")


def _body(entry: AuditEntry, kept: KeptBack) -> object:
    return {"kept_back": True} if is_kept_back(entry, kept) else entry.body


def _said(told: Told) -> dict[str, object]:
    return {
        "seq": told.seq,
        "at": told.at,
        "actor": told.actor,
        "says": told.text,
        "asides": list(told.asides),
    }


def _chain_of(store: Store, text: str) -> Chain:
    """One case's chain, beside what the case itself says about it."""
    chain = store.chain(store.find_case(text))
    if chain is None:  # deleted since it was found
        raise CaseUnknown(text)
    return chain


def _parts(store: Store, case: str | None) -> Iterator[Part]:
    """The cases to verify, some at a time, with what is wrong with them."""
    if case is None:
        yield from store.whole_record()
        return
    chain = _chain_of(store, case)
    yield [chain], store.record_faults([chain])


def _with_progress(parts: Iterable[Part], store: Store | None) -> Iterator[Part]:
    """The parts, with a bar on a terminal's standard error while they pass."""
    console = notes()
    if store is None or not console.is_terminal:
        yield from parts
        return
    total = sum(1 for _ in store.chain_heads())
    columns = (TextColumn("verifying"), BarColumn(), MofNCompleteColumn(), TextColumn("cases"))
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("verify", total=total)
        for part in parts:
            yield part
            progress.advance(bar, len(part[0]))


def _show(cases: int, entries: int, faults: list[ChainFault]) -> None:
    console = out()
    checked = f"{counted(entries, 'entry', 'entries')} of {counted(cases, 'case')} checked"
    if not faults:
        console.print(marked("ok", f"{checked}; the log is unchanged"))
        return
    for fault in faults[:SHOWN]:
        place = "house log" if fault.case_id == HOUSE else f"case {fault.case_id}"
        console.print(marked("bad", f"{place}, entry {fault.seq}: {fault.what}"))
    if len(faults) > SHOWN:
        console.print(f"  and {len(faults) - SHOWN:,} more; see them all with --json")
    console.print(
        f"\n{checked}; {counted(len(faults), 'fault')}: the record was changed", style=BAD
    )
